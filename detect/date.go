package detect

import "github.com/wardfold/wardfold/detect/internal/number"

// Date is a day of the Gregorian calendar. The zero Date is no date. Where only
// the year, or year and month, are known, the rest is zero.
type Date struct {
	Year       int16
	Month, Day uint8
}

// On makes a Date.
func On(year, month, day int) Date {
	return Date{Year: int16(year), Month: uint8(month), Day: uint8(day)}
}

// minorAt classifies a person by the date of birth on a day. A birth on 29
// February counts as 28 February in a common year, so that nobody is younger by
// a missing day. Where only the year or month is known, the answer is the class
// that holds for every day in it, or else Unknown.
func minorAt(born, on Date) Minor {
	if born.Year == 0 || on.Year == 0 {
		return Unknown
	}
	if born.Day != 0 {
		return classAt(number.Date(born), number.Date(on))
	}
	first, last := number.Date(born), number.Date(born)
	if born.Month == 0 {
		first.Month, last.Month = 1, 12
	}
	first.Day, last.Day = 1, uint8(number.DaysIn(int(last.Year), int(last.Month)))
	if a := classAt(first, number.Date(on)); a == classAt(last, number.Date(on)) {
		return a
	}
	return Unknown
}

func classAt(born, on number.Date) Minor {
	switch age := number.AgeAt(born, on); {
	case age < 14:
		return Under14
	case age < 18:
		return From14To17
	}
	return Adult
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d.Year == 0 }
