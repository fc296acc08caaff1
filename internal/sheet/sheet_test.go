package sheet_test

import (
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/sheet"
)

func TestColumnsAreCalledAsInSpreadsheets(t *testing.T) {
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA", 16383: "XFD"} {
		if got := sheet.Column(i); got != want {
			t.Errorf("Column(%d) = %s, want %s", i, got, want)
		}
	}
}

func TestNumberFormatsTellDatesFromNumbers(t *testing.T) {
	for code, want := range map[string]sheet.Style{
		"General": {}, "0.00": {}, `#,##0"年"`: {}, "mm:ss": {}, "[Red]0": {},
		"yyyy-mm-dd": {Date: true, Day: true}, `yyyy"年"m"月"`: {Date: true}, "d/m": {Date: true, Day: true},
	} {
		if got := sheet.StyleOf(code); got != want {
			t.Errorf("StyleOf(%s) = %v, want %v", code, got, want)
		}
	}
}

func TestDayCountsBecomeDates(t *testing.T) {
	for _, c := range []struct {
		n    float64
		from bool
		want string
	}{{42444, false, "2016-03-15"}, {40982.5, true, "2016-03-15"}} {
		if got, ok := sheet.Day(c.n, c.from); !ok || got.Format(time.DateOnly) != c.want {
			t.Errorf("Day(%v) = %v, %v", c.n, got, ok)
		}
	}
	if _, ok := sheet.Day(2958466, false); ok {
		t.Error("the year 10000 is a date")
	}
}
