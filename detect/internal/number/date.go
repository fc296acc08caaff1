package number

// Date is a day of the Gregorian calendar. The zero Date is no date.
type Date struct {
	Year       int16
	Month, Day uint8
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d.Year == 0 }

// After reports whether d is later than e.
func (d Date) After(e Date) bool { return d.ordinal() > e.ordinal() }

func (d Date) ordinal() int32 { return int32(d.Year)<<9 | int32(d.Month)<<5 | int32(d.Day) }

var monthDays = [16]uint8{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func leap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

// DaysIn is the number of days of a month; it is 0 for what is no month.
func DaysIn(year, month int) int {
	if uint(month) > 12 {
		return 0
	}
	if month == 2 && leap(year) {
		return 29
	}
	return int(monthDays[month])
}

// Real reports whether year, month and day are a day of the calendar.
func Real(year, month, day int) bool {
	return day >= 1 && day <= DaysIn(year, month)
}

// AgeAt is the age in full years on a day. Somebody born on 29 February has the
// birthday on 28 February in common years.
func AgeAt(born, on Date) int {
	if born.Month == 2 && born.Day == 29 && !leap(int(on.Year)) {
		born.Day = 28
	}
	age := int(on.Year) - int(born.Year)
	if on.Month < born.Month || on.Month == born.Month && on.Day < born.Day {
		age--
	}
	return age
}

// Value reads digits as a number.
func Value(s []byte) (v uint64) {
	for _, c := range s {
		v = v*10 + uint64(c-'0')
	}
	return v
}
