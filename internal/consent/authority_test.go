package consent_test

import (
	"errors"
	"testing"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/fault"
	"pgregory.net/rapid"
)

func day(t testing.TB, s string) civil.Date {
	t.Helper()
	d, err := civil.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func birth(t testing.TB, s string) civil.Birth {
	t.Helper()
	b, err := civil.ParseBirth(s, civil.MustDate(2026, 11, 22))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// I6, B1, S2-16, S2-17: the fixtures of Part 6 on who may consent.
func TestAuthorityPassesToTheChildAt14AsTheFixturesSayB1(t *testing.T) { // I6, B1, S2-16, S2-17
	for _, c := range []struct {
		birth, on string
		capacity  consent.Capacity
		want      consent.Speaker
	}{
		{"2012-06-15", "2026-06-14", consent.Able, consent.Guardian},
		{"2012-06-15", "2026-06-15", consent.Able, consent.Both},
		{"2012-06-15", "2026-06-16", consent.Able, consent.Child},
		{"2012-06", "2026-05-31", consent.Able, consent.Guardian},
		{"2012-06", "2026-06-01", consent.Able, consent.Both},
		{"2012-06", "2026-06-30", consent.Able, consent.Both},
		{"2012-06", "2026-07-01", consent.Able, consent.Child},
		{"2012-02-29", "2026-02-27", consent.Able, consent.Guardian},
		{"2012-02-29", "2026-02-28", consent.Able, consent.Both},
		{"2012-02-29", "2026-03-01", consent.Able, consent.Child},
		{"2012-06", "2026-07-01", consent.Assisted, consent.Both},     // S2-20†
		{"2012-06", "2026-07-01", consent.Unable, consent.Guardian},   // S2-20†
		{"2015-06", "2026-07-01", consent.Assisted, consent.Guardian}, // before 14 nothing changes
		{"2000-01", "2026-07-01", consent.Able, consent.Child},
	} {
		if got := consent.Authority(birth(t, c.birth), day(t, c.on), c.capacity); got != c.want {
			t.Errorf("born %s, on %s, capacity %q: %s, want %s", c.birth, c.on, c.capacity, got, c.want)
		}
	}
	for born, want := range map[string]string{"2012-06-15": "2026-06-16", "2012-06": "2026-07-01", "2012-02-29": "2026-03-01", "2012-12": "2027-01-01"} {
		if got := consent.Handover(birth(t, born)); got.String() != want {
			t.Errorf("born %s: handover on %s, want %s", born, got, want)
		}
	}
}

// I6: whatever is known of the birth, a child never speaks alone before the day
// after its 14th birthday, and a guardian never alone from that day on.
func TestNoChildSpeaksAloneBefore14I6(t *testing.T) { // I6
	rapid.Check(t, func(t *rapid.T) {
		born := civil.MustDate(2000, 1, 1).AddDays(rapid.IntRange(0, 9000).Draw(t, "born"))
		on := born.AddDays(rapid.IntRange(0, 9000).Draw(t, "age"))
		b := civil.BornOn(born)
		if rapid.Bool().Draw(t, "month only") {
			b = civil.BornIn(born.YearMonth())
		}
		c := rapid.SampledFrom([]consent.Capacity{consent.Able, consent.Assisted, consent.Unable}).Draw(t, "capacity")
		got := consent.Authority(b, on, c)
		if got == consent.Child && !on.After(born.AddYears(14)) {
			t.Fatal("the child speaks alone too early")
		}
		if got == consent.Guardian && c == consent.Able && on.After(born.AddYears(14)) {
			t.Fatal("the guardian still speaks alone")
		}
		if c == consent.Able && (got == consent.Child) != !on.Before(consent.Handover(b)) {
			t.Fatal("authority and handover disagree")
		}
	})
}

// S2-20†: no switch of authority without a current assessment.
func TestAnAssessmentMustBeCompleteAndCurrentS2_20(t *testing.T) { // S2-20†
	full := consent.Assessment{Capacity: consent.Unable, By: "district hospital", Basis: "certificate 1", On: day(t, "2025-11-22")}
	if c, err := full.Current(day(t, "2026-11-22")); err != nil || c != consent.Unable {
		t.Errorf("on its last day: %q, %v", c, err)
	}
	for on, code := range map[string]string{"2026-11-23": "consent.assessment_stale", "2025-11-21": "consent.assessment_stale"} {
		if c, err := full.Current(day(t, on)); fault.CodeOf(err) != code || c != consent.Able {
			t.Errorf("on %s: %q, %v", on, c, err)
		}
	}
	for name, change := range map[string]func(*consent.Assessment){
		"no assessor": func(a *consent.Assessment) { a.By = "" },
		"no basis":    func(a *consent.Assessment) { a.Basis = "" },
		"no date":     func(a *consent.Assessment) { a.On = civil.Date{} },
		"no finding":  func(a *consent.Assessment) { a.Capacity = "tired" },
	} {
		a := full
		change(&a)
		if c, err := a.Current(day(t, "2026-01-01")); !errors.Is(err, fault.Invalid) || c != consent.Able {
			t.Errorf("%s: %q, %v", name, c, err)
		}
	}
	if c, err := (consent.Assessment{}).Current(day(t, "2026-01-01")); err != nil || c != consent.Able {
		t.Errorf("never assessed: %q, %v", c, err)
	}
}
