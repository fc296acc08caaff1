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

// days is the number of days from 1 January 1970 to d.
func days(d Date) int {
	y, m := int(d.Year), int(d.Month)
	if m <= 2 {
		y--
	}
	era := y / 400
	of := y - era*400
	doy := (153*((m+9)%12)+2)/5 + int(d.Day) - 1
	return era*146_097 + of*365 + of/4 - of/100 + doy - 719_468
}

// fromDays is the inverse of days for dates from 1600 on.
func fromDays(n int) Date {
	n += 719_468
	era := n / 146_097
	of := n - era*146_097
	y := (of - of/1460 + of/36_524 - of/146_096) / 365
	doy := of - (365*y + y/4 - y/100)
	m := (5*doy + 2) / 153
	d := Date{Day: uint8(doy - (153*m+2)/5 + 1), Month: uint8((m+2)%12 + 1)}
	y += era * 400
	if d.Month <= 2 {
		y++
	}
	d.Year = int16(y)
	return d
}

// Serial is the number that a spreadsheet keeps for a date: 1 is 1 January 1900,
// and the 29 February 1900 that never was is counted.
func Serial(d Date) int { return days(d) + 25_569 }

// FromSerial is the inverse of Serial, from 1 March 1900 on.
func FromSerial(n int) Date { return fromDays(n - 25_569) }

// FromUnix is the date in China of a moment in seconds since 1970; it is zero
// before 1900 and after 2200.
func FromUnix(seconds int64) Date {
	seconds += 8 * 3600
	n := seconds / 86_400
	if seconds%86_400 < 0 {
		n--
	}
	if n < -25_567 || n > 84_006 {
		return Date{}
	}
	return fromDays(int(n))
}
