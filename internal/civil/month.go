package civil

import (
	"fmt"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
)

// YearMonth is one month of one year: all that is asked about a learner's birth
// (S0-01). The zero value is no month.
type YearMonth struct {
	year  int16
	month uint8
}

// NewYearMonth returns the given month. It fails with fault.Invalid (codes
// civil.year, civil.month).
func NewYearMonth(year int, month time.Month) (YearMonth, error) {
	if year < minYear || year > maxYear {
		return YearMonth{}, fault.New(fault.Invalid, "civil.year")
	}
	if month < time.January || month > time.December {
		return YearMonth{}, fault.New(fault.Invalid, "civil.month")
	}
	return YearMonth{int16(year), uint8(month)}, nil
}

// ParseYearMonth reads exactly YYYY-MM in ASCII digits; fold full-width digits
// before. Its errors never repeat the input.
func ParseYearMonth(s string) (YearMonth, error) {
	if len(s) != 7 || s[4] != '-' {
		return YearMonth{}, fault.New(fault.Invalid, "civil.month_format")
	}
	year, ok := digits(s[:4])
	month, ok2 := digits(s[5:])
	if !ok || !ok2 {
		return YearMonth{}, fault.New(fault.Invalid, "civil.month_format")
	}
	return NewYearMonth(year, time.Month(month))
}

func (m YearMonth) on(day int) Date { return Date{m.year, m.month, uint8(day)} }

// Year returns the year, 0 for the zero value.
func (m YearMonth) Year() int { return int(m.year) }

// Month returns the month of the year.
func (m YearMonth) Month() time.Month { return time.Month(m.month) }

// IsZero reports whether m is no month.
func (m YearMonth) IsZero() bool { return m == YearMonth{} }

// Days returns the number of days in m.
func (m YearMonth) Days() int {
	return time.Date(int(m.year), time.Month(m.month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// First returns the first day of m.
func (m YearMonth) First() Date { return m.on(1) }

// Last returns the last day of m.
func (m YearMonth) Last() Date { return m.on(m.Days()) }

// AddMonths returns the month n months after m; n may be negative.
func (m YearMonth) AddMonths(n int) YearMonth {
	k := int(m.year)*12 + int(m.month) - 1 + n
	return YearMonth{int16(k / 12), uint8(k%12 + 1)}
}

// Compare returns -1, 0 or +1 as m lies before, is or lies after o.
func (m YearMonth) Compare(o YearMonth) int { return m.First().Compare(o.First()) }

// String prints YYYY-MM; the zero value prints "".
func (m YearMonth) String() string {
	if m.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", m.year, m.month)
}

// MarshalText prints like String.
func (m YearMonth) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText parses like ParseYearMonth; empty text is the zero value.
func (m *YearMonth) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*m = YearMonth{}
		return nil
	}
	p, err := ParseYearMonth(string(b))
	if err == nil {
		*m = p
	}
	return err
}
