package civil_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/fault"
	"pgregory.net/rapid"
)

func day(t testing.TB, s string) civil.Date {
	t.Helper()
	d, err := civil.ParseDate(s)
	if err != nil {
		t.Fatalf("ParseDate(%q): %v", s, err)
	}
	return d
}

func TestMalformedDatesAreRefusedWithoutRepeatingThem(t *testing.T) {
	for _, c := range []struct{ in, code string }{
		{"2016-3", "civil.month_format"}, {"2016/03", "civil.month_format"}, {"20160-3", "civil.month_format"},
		{"+016-03", "civil.month_format"}, {"２０１６-03", "civil.month_format"}, {"", "civil.month_format"},
		{"2016-13", "civil.month"}, {"2016-00", "civil.month"}, {"0016-03", "civil.year"}, {"9999-01", "civil.year"},
		{"2015-02-29", "civil.day"}, {"2016-02-30", "civil.day"}, {"2016-04-31", "civil.day"}, {"2016-04-00", "civil.day"},
		{"2016-04-1x", "civil.date_format"}, {"2026-12", "civil.future"}, {"1903-01", "civil.too_old"},
	} {
		_, err := civil.ParseBirth(c.in, day(t, "2026-11-22"))
		if fault.CodeOf(err) != c.code || !errors.Is(err, fault.Invalid) {
			t.Errorf("case %s: got code %q, kind %q", c.code, fault.CodeOf(err), fault.KindOf(err))
		}
		if err != nil && c.in != "" && strings.Contains(err.Error(), c.in) {
			t.Errorf("case %s: the error repeats the input", c.code)
		}
	}
}

func TestDatesAreThoseOfChinaWhateverTheZoneOfTheInstant(t *testing.T) {
	at := time.Date(2026, 6, 14, 16, 0, 0, 0, time.UTC)
	if got := civil.DateOf(at).String(); got != "2026-06-15" {
		t.Errorf("16:00 UTC is midnight in China: got %s", got)
	}
	if got := civil.DateOf(at.Add(-time.Millisecond)).String(); got != "2026-06-14" {
		t.Errorf("just before midnight: got %s", got)
	}
	if d := day(t, "2026-06-14"); !d.End().Equal(at) || !d.End().Equal(d.AddDays(1).Start()) {
		t.Errorf("the day ends at %v", d.End())
	}
}

// Part 6 fixtures on age; B1. The day itself is uncertain, the day after is not.
func TestSomebodySurelyTurnsFourteenOnTheDayAfterB1(t *testing.T) {
	for _, c := range []struct {
		birth string
		n     int
		on    string
		want  civil.Reached
	}{
		{"2012-06-15", 14, "2026-06-14", civil.NotYet},
		{"2012-06-15", 14, "2026-06-15", civil.Perhaps},
		{"2012-06-15", 14, "2026-06-16", civil.Surely},
		{"2012-06", 14, "2026-05-31", civil.NotYet},
		{"2012-06", 14, "2026-06-01", civil.Perhaps},
		{"2012-06", 14, "2026-06-30", civil.Perhaps},
		{"2012-06", 14, "2026-07-01", civil.Surely},
		{"2012-02-29", 14, "2026-02-27", civil.NotYet},
		{"2012-02-29", 14, "2026-02-28", civil.Perhaps},
		{"2012-02-29", 14, "2026-03-01", civil.Surely},
		{"2012-02-29", 18, "2030-02-28", civil.Perhaps},
		{"2012-02-29", 18, "2030-03-01", civil.Surely},
		{"2012-02-29", 16, "2028-02-28", civil.NotYet},
		{"2012-02-29", 16, "2028-02-29", civil.Perhaps},
		{"2012-02", 16, "2028-02-29", civil.Perhaps},
		{"2012-02", 14, "2026-02-28", civil.Perhaps},
		{"2012-12", 14, "2026-12-31", civil.Perhaps},
		{"2012-12", 14, "2027-01-01", civil.Surely},
	} {
		b, err := civil.ParseBirth(c.birth, day(t, c.on))
		if err != nil {
			t.Fatal(err)
		}
		if got := b.Reached(c.n, day(t, c.on)); got != c.want {
			t.Errorf("%s at %d on %s: got %d, want %d", c.birth, c.n, c.on, got, c.want)
		}
	}
}

// S3-54: protection of the under-14 never ends before authority passes.
func TestAgeAndBandNeverRunAheadOfCertaintyS3_54(t *testing.T) { // S3-54
	rapid.Check(t, func(t *rapid.T) {
		d := civil.MustDate(2000, 1, 1).AddDays(rapid.IntRange(0, 9000).Draw(t, "born"))
		on := d.AddDays(rapid.IntRange(0, 9000).Draw(t, "days"))
		exact, month := civil.BornOn(d), civil.BornIn(d.YearMonth())
		if month.Age(on) > exact.Age(on) {
			t.Fatalf("a birth month claims a greater age than the birth day")
		}
		for n := 1; n < 25; n++ {
			if (exact.Age(on) >= n) != (exact.Reached(n, on) == civil.Surely) {
				t.Fatalf("age and Reached(%d) disagree", n)
			}
			if month.Reached(n, on) == civil.Surely && exact.Reached(n, on) != civil.Surely {
				t.Fatalf("a birth month is surer than the day")
			}
		}
		if month.Band(on) == civil.From14 && !on.After(d.AddYears(14)) {
			t.Fatalf("band rose before the day after the 14th birthday")
		}
	})
}

// S1-08, S1-11 and the Part 6 fixtures on periods; B14.
func TestPeriodsEndAsTheCivilCodeSays(t *testing.T) {
	for _, c := range []struct {
		name, start string
		p           civil.Period
		due, rolled string
	}{
		{"recommendation S1-11", "2019-09-30", civil.Period{N: 2, Unit: civil.Months}, "2019-11-30", "2019-12-02"},
		{"urgent S1-11", "2019-09-30", civil.Period{N: 15, Unit: civil.Days}, "2019-10-15", "2019-10-15"},
		{"campaign S1-08", "2019-11-05", civil.Period{N: 2, Unit: civil.Months}, "2020-01-05", "2020-01-06"},
		{"15 working days", "2026-03-02", civil.Period{N: 15, Unit: civil.WorkingDays}, "2026-03-23", "2026-03-23"},
		{"30 working days over Spring Festival", "2026-01-30", civil.Period{N: 30, Unit: civil.WorkingDays}, "2026-03-19", "2026-03-19"},
		{"month end", "2026-01-31", civil.Period{N: 1, Unit: civil.Months}, "2026-02-28", "2026-02-28"},
		{"month end in a leap year", "2024-01-31", civil.Period{N: 1, Unit: civil.Months}, "2024-02-29", "2024-02-29"},
		{"leap day", "2024-02-29", civil.Period{N: 1, Unit: civil.Years}, "2025-02-28", "2025-02-28"},
		{"into a long holiday", "2026-09-01", civil.Period{N: 1, Unit: civil.Months}, "2026-10-01", "2026-10-08"},
	} {
		d, err := civil.After(day(t, c.start), c.p, civil.China())
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if d.Due.String() != c.due {
			t.Errorf("%s: due %s, want %s", c.name, d.Due, c.due)
		}
		r, err := d.RollOver(civil.China())
		if err != nil || r.Due.String() != c.rolled {
			t.Errorf("%s: rolled to %s (%v), want %s", c.name, r.Due, err, c.rolled)
		}
		if len(d.Trace) < 2 || d.Trace[0].Kind != "start" || len(r.Trace) != len(d.Trace)+1 {
			t.Errorf("%s: the trace has %d then %d steps", c.name, len(d.Trace), len(r.Trace))
		}
	}
}

// Part 6: the report for 2026 is due on 2027-01-31, a Sunday; no roll-over.
func TestAYearWithoutATableIsNotComputable(t *testing.T) {
	due := day(t, "2027-01-31")
	for name, ask := range map[string]func() error{
		"last working day": func() error { _, err := civil.China().LastWorkingDay(due); return err },
		"end of December":  func() error { _, err := civil.China().IsWorkingDay(day(t, "2026-12-28")); return err },
		"long period": func() error {
			_, err := civil.After(day(t, "2026-12-01"), civil.Period{N: 60, Unit: civil.WorkingDays}, civil.China())
			return err
		},
		"before the first table": func() error { _, err := civil.China().NextWorkingDay(day(t, "2001-01-01")); return err },
	} {
		if err := ask(); fault.CodeOf(err) != "civil.not_computable" || !errors.Is(err, fault.Unavailable) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	plain, err := civil.ParseCalendar("year 2027\noff 2027-01-01\n")
	if err != nil {
		t.Fatal(err)
	}
	if warn, err := plain.LastWorkingDay(due); err != nil || warn.String() != "2027-01-29" {
		t.Errorf("with a table, warn on %s (%v)", warn, err)
	}
}

func TestDaysAndMonthsNeedNoTable(t *testing.T) {
	d, err := civil.After(day(t, "2090-01-31"), civil.Period{N: 1, Unit: civil.Months}, nil)
	if err != nil || d.Due.String() != "2090-02-28" {
		t.Errorf("got %s, %v", d.Due, err)
	}
}

// S3-44 and the log fixture of Part 6: six months beat 180 days on every day.
func TestLogsAreKeptForSixMonthsNotOnlyFor180DaysS3_44(t *testing.T) { // S3-44
	d := civil.LogFloor(day(t, "2026-03-01"))
	if d.Due.String() != "2026-09-01" {
		t.Errorf("got %s, want 2026-09-01", d.Due)
	}
	if purge := day(t, "2026-08-29"); !purge.Start().Before(d.Due.End()) {
		t.Error("a purge on 2026-08-29 would be allowed")
	}
	for at := day(t, "2024-01-01"); at.Year() < 2028; at = at.AddDays(1) {
		if n := civil.LogFloor(at).Due.Sub(at); n < 181 || n > 184 {
			t.Fatalf("from %s the floor is %d days", at, n)
		}
	}
	if d := civil.LogFloor(day(t, "2026-03-01"), civil.Period{N: 1, Unit: civil.Days}); d.Due.String() != "2026-09-01" {
		t.Errorf("a shorter own period shortened the floor to %s", d.Due)
	}
	if d := civil.LogFloor(day(t, "2026-03-01"), civil.Period{N: 3, Unit: civil.Years}); d.Due.String() != "2029-03-01" {
		t.Errorf("a longer own period is ignored: %s", d.Due)
	}
}

func TestTheHolidayTableHasTheLengthsOfTheNotices(t *testing.T) {
	// Working days of each year as the notices add up. In January 2020 the
	// Spring Festival was prolonged by two working days.
	want := map[int]int{2019: 250, 2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248}
	for year, n := range want {
		got := 0
		for d := civil.MustDate(year, 1, 1); d.Year() == year; d = d.AddDays(1) {
			works, err := civil.China().IsWorkingDay(d)
			if err != nil {
				t.Fatal(err)
			}
			if works {
				got++
			}
		}
		if got != n {
			t.Errorf("%d has %d working days, want %d", year, got, n)
		}
	}
}

func TestAWrongTableIsRefused(t *testing.T) {
	for name, table := range map[string]string{
		"no year":          "off 2026-01-01",
		"other year":       "year 2026\noff 2025-01-01",
		"year twice":       "year 2026\nyear 2026",
		"day twice":        "year 2026\noff 2026-01-01\nwork 2026-01-01",
		"backwards":        "year 2026\noff 2026-01-03..2026-01-01",
		"no such day":      "year 2026\noff 2026-02-30",
		"no such verb":     "year 2026\nrest 2026-02-03",
		"much too long":    "year 2026\noff 2026-01-01..2026-06-01",
		"year is no year":  "year MMXX",
		"text after verbs": "year",
	} {
		if _, err := civil.ParseCalendar(table); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestTextIsTheOnlyFormAndParsesBack(t *testing.T) {
	type both struct {
		D civil.Date
		M civil.YearMonth
	}
	rapid.Check(t, func(t *rapid.T) {
		d := civil.MustDate(1900, 1, 1).AddDays(rapid.IntRange(0, 100000).Draw(t, "d"))
		in := both{d, d.YearMonth()}
		b, err := json.Marshal(in)
		if err != nil {
			t.Fatal(err)
		}
		var out both
		if err := json.Unmarshal(b, &out); err != nil || out != in {
			t.Fatalf("%s came back as %v, %v", b, out, err)
		}
		n := rapid.IntRange(-500, 500).Draw(t, "n")
		if in.M.AddMonths(n).AddMonths(-n) != in.M || d.AddDays(n).Sub(d) != n {
			t.Fatalf("arithmetic does not invert")
		}
	})
	if b, err := json.Marshal(both{}); err != nil || string(b) != `{"D":"","M":""}` {
		t.Errorf("zero values: %s %v", b, err)
	}
}

func FuzzDatesParseOrAreRefused(f *testing.F) {
	for _, s := range []string{"2012-02-29", "2012-06", "2012-13", "", "２０１２", "2012-6-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := civil.ParseDate(s); err == nil && d.String() != s {
			t.Errorf("parsed to another day")
		}
		if m, err := civil.ParseYearMonth(s); err == nil && m.String() != s {
			t.Errorf("parsed to another month")
		}
	})
}
