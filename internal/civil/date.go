// Package civil holds calendar values: dates, year-months, births, ages, working
// days and statutory periods, all by the Gregorian calendar and the clock of
// China (Civil Code art. 200).
//
// A date is not an instant. A date of birth has no time zone; a deadline ends
// with a day. Where a question about a day needs facts that this program does
// not have (the State Council's holiday notice of a coming year, the day of a
// birth of which only the month is known) the answer says so and is never a
// guess.
//
// The package is pure: it reads no clock, no zone database and no disk.
package civil

import (
	"fmt"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
)

// Zone is the clock of China. It has been UTC+8 without summer time since 1991,
// so it needs no zone database.
var Zone = time.FixedZone("Asia/Shanghai", 8*60*60)

// Years outside this span are typing errors.
const (
	minYear = 1900
	maxYear = 2199
)

// Date is a day of the Gregorian calendar. The zero value is no date.
type Date struct {
	year  int16
	month uint8
	day   uint8
}

// NewDate returns the given day. It fails with fault.Invalid if there is no
// such day (codes civil.year, civil.month, civil.day).
func NewDate(year int, month time.Month, day int) (Date, error) {
	ym, err := NewYearMonth(year, month)
	if err != nil {
		return Date{}, err
	}
	if day < 1 || day > ym.Days() {
		return Date{}, fault.New(fault.Invalid, "civil.day")
	}
	return ym.on(day), nil
}

// MustDate is NewDate for days written in code; it panics on a wrong one.
func MustDate(year int, month time.Month, day int) Date {
	d, err := NewDate(year, month, day)
	if err != nil {
		panic(err)
	}
	return d
}

// ParseDate reads exactly YYYY-MM-DD in ASCII digits. Its errors never repeat
// the input: it may be a date of birth.
func ParseDate(s string) (Date, error) {
	if len(s) != 10 || s[7] != '-' {
		return Date{}, fault.New(fault.Invalid, "civil.date_format")
	}
	ym, err := ParseYearMonth(s[:7])
	if err != nil {
		return Date{}, err
	}
	day, ok := digits(s[8:])
	if !ok {
		return Date{}, fault.New(fault.Invalid, "civil.date_format")
	}
	return NewDate(ym.Year(), ym.Month(), day)
}

// DateOf returns the day it is in China at the instant t.
func DateOf(t time.Time) Date { return fromTime(t.In(Zone)) }

func fromTime(t time.Time) Date {
	y, m, d := t.Date()
	return Date{int16(y), uint8(m), uint8(d)}
}

// midnight places d in UTC, where every day has 24 hours, for arithmetic.
func (d Date) midnight() time.Time {
	return time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, 0, time.UTC)
}

// Year returns the year, 0 for the zero Date.
func (d Date) Year() int { return int(d.year) }

// Month returns the month.
func (d Date) Month() time.Month { return time.Month(d.month) }

// Day returns the day of the month, from 1.
func (d Date) Day() int { return int(d.day) }

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// YearMonth returns the month that d lies in.
func (d Date) YearMonth() YearMonth { return YearMonth{d.year, d.month} }

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.midnight().Weekday() }

// Start returns the first instant of d in China.
func (d Date) Start() time.Time {
	return time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, 0, Zone)
}

// End returns the first instant after d: a period whose last day is d is over
// from then on (24:00, Civil Code art. 203).
func (d Date) End() time.Time { return d.AddDays(1).Start() }

// AddDays returns the day n days after d; n may be negative.
func (d Date) AddDays(n int) Date { return fromTime(d.midnight().AddDate(0, 0, n)) }

// AddMonths returns the corresponding day n months after d, or the last day of
// that month if it has no such day. Source: Civil Code art. 202.
func (d Date) AddMonths(n int) Date {
	ym := d.YearMonth().AddMonths(n)
	return ym.on(min(int(d.day), ym.Days()))
}

// AddYears is AddMonths(12*n): 29 February counts as 28 in a common year.
func (d Date) AddYears(n int) Date { return d.AddMonths(12 * n) }

// Sub returns the number of days from e to d.
func (d Date) Sub(e Date) int { return int(d.midnight().Sub(e.midnight()).Hours() / 24) }

// Compare returns -1, 0 or +1 as d lies before, on or after e.
func (d Date) Compare(e Date) int { return d.midnight().Compare(e.midnight()) }

// Before reports whether d lies before e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d lies after e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// String prints YYYY-MM-DD; the zero Date prints "".
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.year, d.month, d.day)
}

// MarshalText prints like String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText parses like ParseDate; empty text is the zero Date.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	p, err := ParseDate(string(b))
	if err == nil {
		*d = p
	}
	return err
}

// digits reads s as an unsigned decimal number of ASCII digits only.
func digits(s string) (n int, ok bool) {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, s != ""
}
