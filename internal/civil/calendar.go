package civil

import (
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
)

//go:embed holidays.txt
var holidays string

// Calendar knows which days are working days in the years it has a table for.
// It is immutable and safe for concurrent use.
type Calendar struct {
	years map[int]bool
	rest  map[Date]bool // true: rest, false: a make-up working day
}

// China returns the calendar of the State Council's notices that this program
// was built with.
var China = sync.OnceValue(func() *Calendar {
	c, err := ParseCalendar(holidays)
	if err != nil {
		panic(err) // a test reads the embedded table
	}
	return c
})

// ParseCalendar reads a table in the form explained at the head of holidays.txt.
// An operator adds a year by appending its notice.
func ParseCalendar(table string) (*Calendar, error) {
	c := &Calendar{years: map[int]bool{}, rest: map[Date]bool{}}
	year := 0
	for i, line := range strings.Split(table, "\n") {
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		if verb == "" || verb[0] == '#' {
			continue
		}
		value, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
		var err error
		if verb == "year" {
			year, err = c.addYear(value)
		} else {
			err = c.addDays(year, verb, value)
		}
		if err != nil {
			return nil, fmt.Errorf("calendar line %d: %w", i+1, err)
		}
	}
	return c, nil
}

func (c *Calendar) addYear(s string) (int, error) {
	n, ok := digits(s)
	if !ok || len(s) != 4 || c.years[n] {
		return 0, fault.New(fault.Invalid, "civil.table")
	}
	c.years[n] = true
	return n, nil
}

func (c *Calendar) addDays(year int, verb, span string) error {
	from, to, isSpan := strings.Cut(span, "..")
	if !isSpan {
		to = from
	}
	first, err := ParseDate(from)
	if err != nil {
		return err
	}
	last, err := ParseDate(to)
	if err != nil {
		return err
	}
	if verb != "off" && verb != "work" || noticeYear(first) != year || last.Sub(first) < 0 || last.Sub(first) > 31 {
		return fault.New(fault.Invalid, "civil.table")
	}
	for d := first; !d.After(last); d = d.AddDays(1) {
		if _, twice := c.rest[d]; twice {
			return fault.New(fault.Invalid, "civil.table")
		}
		c.rest[d] = verb == "off"
	}
	return nil
}

// noticeYear returns the year whose notice decides about d. New Year's Day has
// twice been joined with days of the old year (2018-12-29…31, 2022-12-31), so
// the last week of December waits for the notice of the year that follows.
func noticeYear(d Date) int {
	if d.Month() == time.December && d.Day() >= 25 {
		return d.Year() + 1
	}
	return d.Year()
}

// IsWorkingDay reports whether d is a working day. It fails with
// fault.Unavailable (civil.not_computable, the year as argument) if the calendar
// has no table for it.
func (c *Calendar) IsWorkingDay(d Date) (bool, error) {
	if y := noticeYear(d); !c.years[y] {
		return false, fault.New(fault.Unavailable, "civil.not_computable", y)
	}
	if rest, listed := c.rest[d]; listed {
		return !rest, nil
	}
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday, nil
}

// AddWorkingDays returns the nth working day after d, d itself not counted; for
// n = 0 it is d. It fails like IsWorkingDay.
func (c *Calendar) AddWorkingDays(d Date, n int) (Date, error) {
	for n > 0 {
		d = d.AddDays(1)
		works, err := c.IsWorkingDay(d)
		if err != nil {
			return Date{}, err
		}
		if works {
			n--
		}
	}
	return d, nil
}

// NextWorkingDay returns d if it is a working day, else the first one after it
// (Civil Code art. 203). It fails like IsWorkingDay.
func (c *Calendar) NextWorkingDay(d Date) (Date, error) { return c.seek(d, 1) }

// LastWorkingDay returns d if it is a working day, else the last one before it:
// the day to warn on where a rule knows no roll-over. It fails like IsWorkingDay.
func (c *Calendar) LastWorkingDay(d Date) (Date, error) { return c.seek(d, -1) }

func (c *Calendar) seek(d Date, step int) (Date, error) {
	for {
		works, err := c.IsWorkingDay(d)
		if err != nil {
			return Date{}, err
		}
		if works {
			return d, nil
		}
		d = d.AddDays(step)
	}
}
