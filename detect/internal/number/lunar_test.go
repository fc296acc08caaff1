package number_test

import (
	"testing"

	"github.com/wardfold/wardfold/detect/internal/number"
)

func TestLunarDaysFallOnTheDaysThatCalendarsPrint(t *testing.T) {
	for _, c := range []struct {
		year, month, day int
		leap             bool
		want             number.Date
	}{
		{1900, 1, 1, false, number.Date{Year: 1900, Month: 1, Day: 31}},
		{1979, 12, 29, false, number.Date{Year: 1980, Month: 2, Day: 15}},
		{2000, 1, 1, false, number.Date{Year: 2000, Month: 2, Day: 5}},
		{2009, 5, 5, true, number.Date{Year: 2009, Month: 6, Day: 27}},
		{2012, 1, 1, false, number.Date{Year: 2012, Month: 1, Day: 23}},
		{2012, 4, 8, true, number.Date{Year: 2012, Month: 5, Day: 28}},
		{2012, 12, 8, false, number.Date{Year: 2013, Month: 1, Day: 19}},
		{2020, 4, 1, true, number.Date{Year: 2020, Month: 5, Day: 23}},
		{2023, 8, 15, false, number.Date{Year: 2023, Month: 9, Day: 29}},
		{2024, 1, 1, false, number.Date{Year: 2024, Month: 2, Day: 10}},
		{2033, 11, 1, true, number.Date{Year: 2033, Month: 12, Day: 22}},
		{2100, 1, 1, false, number.Date{Year: 2100, Month: 2, Day: 9}},
	} {
		if got, ok := number.Lunar(c.year, c.month, c.day, c.leap); !ok || got != c.want {
			t.Errorf("%d-%d-%d leap %v: got %v %v, want %v", c.year, c.month, c.day, c.leap, got, ok, c.want)
		}
	}
	for _, c := range [][3]int{{1899, 1, 1}, {2101, 1, 1}, {2012, 13, 1}, {2012, 1, 0}, {2012, 1, 31}, {2012, 0, 1}} {
		if d, ok := number.Lunar(c[0], c[1], c[2], false); ok {
			t.Errorf("%v: got %v, want none", c, d)
		}
	}
	if _, ok := number.Lunar(2013, 4, 1, true); ok {
		t.Error("2013 has no leap month")
	}
}

// TestLunarYearsFollowEachOther: every day of two centuries is one lunar day.
func TestLunarYearsFollowEachOther(t *testing.T) {
	seen := make(map[number.Date]bool)
	for y := 1900; y <= 2100; y++ {
		for m := 1; m <= 12; m++ {
			for _, leap := range []bool{false, true} {
				for d := 1; d <= 30; d++ {
					if date, ok := number.Lunar(y, m, d, leap); ok {
						if seen[date] || !number.Real(int(date.Year), int(date.Month), int(date.Day)) {
							t.Fatalf("%d-%d-%d falls on %v again", y, m, d, date)
						}
						seen[date] = true
					}
				}
			}
		}
	}
	days := 0
	for y := 1900; y <= 2100; y++ {
		days += 337 + number.DaysIn(y, 2)
	}
	if want := days - 30 + 28; len(seen) != want { // from 1900-01-31 to 2101-01-28
		t.Errorf("%d days, want %d", len(seen), want)
	}
}
