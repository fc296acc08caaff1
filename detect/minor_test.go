package detect_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/detect"
)

// TestTheDayDecidesWhoIsAMinor walks the days around every fourteenth and
// eighteenth birthday of twelve years, leap days included: the number of a child
// says under 14 until the day before, and a birth on 29 February counts as 28.
// This is what S1-17 and the protection of children under 14 stand on.
func TestTheDayDecidesWhoIsAMinor(t *testing.T) {
	for born := time.Date(1999, 12, 25, 0, 0, 0, 0, time.UTC); born.Year() < 2013; born = born.AddDate(0, 0, 1) {
		if born.Day() > 2 && born.Day() < 27 {
			continue
		}
		body := "110105" + born.Format("20060102") + "123"
		id := []byte(body + string(check(body)))
		for _, c := range []struct {
			years         int
			before, after detect.Minor
		}{{14, detect.Under14, detect.From14To17}, {18, detect.From14To17, detect.Adult}} {
			birthday := time.Date(born.Year()+c.years, born.Month(), born.Day(), 0, 0, 0, 0, time.UTC)
			if birthday.Month() != born.Month() {
				birthday = time.Date(born.Year()+c.years, 2, 28, 0, 0, 0, 0, time.UTC)
			}
			for off, want := range map[int]detect.Minor{-1: c.before, 0: c.after, 1: c.after} {
				on := birthday.AddDate(0, 0, off)
				s := detect.New(detect.Options{On: detect.On(on.Year(), int(on.Month()), on.Day()), Kinds: detect.Numbers})
				got := slices.Collect(s.Text(id))
				if len(got) != 1 || got[0].Minor != want || got[0].Born != detect.On(born.Year(), int(born.Month()), born.Day()) {
					t.Fatalf("born %s, scanned %s: got %v, want %v", born.Format(time.DateOnly), on.Format(time.DateOnly), got, want)
				}
			}
		}
	}
}

func TestAYearOrMonthDecidesOnlyWhereEveryDayAgrees(t *testing.T) {
	for text, want := range map[string]detect.Minor{
		"出生年月：2012年10月": detect.From14To17, // turned 14 in October 2026 whatever the day
		"出生年月：2012年11月": detect.Unknown,
		"出生年月：2012年12月": detect.Under14,
		"出生年月：2008年11月": detect.Unknown,
		"出生年月：2008年12月": detect.From14To17,
		"出生年月：1990年1月":  detect.Adult,
	} {
		got := slices.Collect(everything.Text([]byte(text)))
		if len(got) != 1 || got[0].Minor != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}

func TestWithoutADateOfTheScanNobodyHasAnAge(t *testing.T) {
	for f := range detect.New(detect.Options{}).Text([]byte(sampleText)) {
		if f.Minor != detect.Unknown && !f.Born.IsZero() {
			t.Errorf("got %+v", f)
		}
	}
}

func TestALineGivesTheAgeOfItsOnePersonToAll(t *testing.T) {
	var got []string
	text := "姓名：王小明，身份证110101201503078036，电话13812345678，哮喘\n电话13912345678\n"
	for f := range everything.Text([]byte(text)) {
		got = append(got, f.Kind.String()+" "+f.Minor.String())
	}
	want := "person_name under_14|resident_id under_14|mobile under_14|health under_14|mobile unknown"
	if s := strings.Join(got, "|"); s != want {
		t.Errorf("got  %s\nwant %s", s, want)
	}
}

// TestAScanAllocatesNothing: whoever scans a disk allocates per scan, not per
// megabyte.
func TestAScanAllocatesNothing(t *testing.T) {
	small, large := append(news(64<<10), sampleText...), append(news(2<<20), strings.Repeat(sampleText, 2000)...)
	for _, kinds := range []detect.Kinds{detect.Numbers, detect.Every} {
		s := detect.New(detect.Options{On: on, Kinds: kinds})
		count := func(text []byte) float64 {
			n := 0
			return testing.AllocsPerRun(5, func() {
				for range s.Text(text) {
					n++
				}
			})
		}
		count(large) // let the buffers grow
		// A collection may empty the pool of buffers in between, and the race detector
		// does; there are thousands of findings.
		if a, b := count(small), count(large); b > a+8 {
			t.Errorf("%d kinds: %v allocations for %d kB, %v for %d kB", kinds.Len(), a, len(small)>>10, b, len(large)>>10)
		}
	}
}

func TestNamesOfKindsAndReasonsAreStable(t *testing.T) {
	for k := range detect.Every.All() {
		text, err := k.MarshalText()
		var back detect.Kind
		if err != nil || back.UnmarshalText(text) != nil || back != k || k.String() == "" {
			t.Errorf("%d is %q", k, text)
		}
	}
	if detect.Every.Len() != 39 {
		t.Errorf("%d kinds", detect.Every.Len())
	}
	for _, l := range []detect.Level{detect.Possible, detect.Likely, detect.Certain} {
		text, err := l.MarshalText()
		var back detect.Level
		if err != nil || back.UnmarshalText(text) != nil || back != l {
			t.Errorf("%d is %q", l, text)
		}
	}
	var k detect.Kind
	var l detect.Level
	if k.UnmarshalText([]byte("x")) == nil || l.UnmarshalText([]byte("x")) == nil {
		t.Error("an unknown name is taken")
	}
	if s := (detect.Checksum | detect.Region).String(); s != "checksum,region" {
		t.Errorf("got %s", s)
	}
	if fmt.Sprint(detect.Kind(200), detect.Level(9), detect.Minor(9)) != "  " {
		t.Error("what is none has a name")
	}
}
