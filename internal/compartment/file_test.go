package compartment_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wardfold/wardfold/internal/compartment"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
)

var noon = time.Date(2026, 11, 23, 4, 0, 0, 0, time.UTC)

func TestTheNumberOfACaseHasOneForm(t *testing.T) { // S2-23†
	for typed, want := range map[string]string{
		"(2026)沪0105刑初12号":            "(2026)沪0105刑初12号",
		"（２０２６）沪0105刑初12号":            "(2026)沪0105刑初12号",
		" 〔2026〕沪0105 刑初 12号 ":        "(2026)沪0105刑初12号",
		"沪公（长）受案字[2026]00318号":        "沪公(长)受案字(2026)00318号",
		"School-2026/7":               "SCHOOL-2026/7",
		strings.Repeat("案", 63) + "1": strings.Repeat("案", 63) + "1",
	} {
		got, err := compartment.CleanCase(secret.NewText(typed))
		if err != nil || got.Expose() != want {
			t.Errorf("%q: %v", typed, err)
		}
	}
}

func TestWhatIsNoNumberOfACaseIsRefused(t *testing.T) { // S2-23†, BAN-01, S3-04
	for typed, want := range map[string]string{
		"":    "compartment.case",
		"12号": "compartment.case",
		"孩子被邻居打伤，家里没有人管": "compartment.case", // a reason
		"刑初十二号":                    "compartment.case", // no digit
		strings.Repeat("1案", 33):   "compartment.case",
		"2026刑初12号<b>":             "compartment.case",
		"案13800005678":             "note.personal",
		"(2026)110101201603150015": "note.personal",
		"2026刑初12号\u202e":          "compartment.case",
		"2026刑初12号;DROP":           "compartment.case",
	} {
		_, err := compartment.CleanCase(secret.NewText(typed))
		if fault.CodeOf(err) != want || fault.KindOf(err) != fault.Invalid {
			t.Errorf("%q: %v, want %s", typed, err, want)
		}
	}
}

func FuzzCleanCase(f *testing.F) {
	f.Add("（2026）沪0105刑初12号")
	f.Fuzz(func(t *testing.T, typed string) {
		once, err := compartment.CleanCase(secret.NewText(typed))
		if err != nil {
			return
		}
		twice, err := compartment.CleanCase(once)
		if err != nil || twice.Expose() != once.Expose() {
			t.Errorf("%q is not a form of its own: %v", once.Expose(), err)
		}
	})
}

func TestWhereARequestStands(t *testing.T) { // S2-23†
	r := compartment.Request{By: id.Make[id.Staff](noon), At: noon}
	agreed := r
	agreed.Second, agreed.Agreed = id.Make[id.Staff](noon), noon.Add(time.Hour)
	done := agreed
	done.Ended = agreed.Agreed.Add(time.Minute)
	for _, c := range []struct {
		name string
		r    compartment.Request
		at   time.Duration
		want compartment.Stage
	}{
		{"it waits a day", r, 24*time.Hour - 1, compartment.Waiting},
		{"and no longer", r, 24 * time.Hour, compartment.Over},
		{"it opens for half an hour", agreed, 90*time.Minute - 1, compartment.Agreed},
		{"and no longer", agreed, 90 * time.Minute, compartment.Over},
		{"what is carried out is over", done, 62 * time.Minute, compartment.Over},
	} {
		if got := c.r.Stage(noon.Add(c.at)); got != c.want {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

// Whatever a request says, one officer alone is never ready (S2-23†, I8).
func TestOneOfficerIsNeverReady(t *testing.T) {
	people := []id.Staff{{}, id.Make[id.Staff](noon), id.Make[id.Staff](noon), id.Make[id.Staff](noon)}
	rapid.Check(t, func(t *rapid.T) {
		who := func(label string) id.Staff { return rapid.SampledFrom(people).Draw(t, label) }
		when := func(label string) time.Time {
			if rapid.Bool().Draw(t, label+" never") {
				return time.Time{}
			}
			return noon.Add(time.Duration(rapid.IntRange(-2000, 2000).Draw(t, label)) * time.Minute)
		}
		r := compartment.Request{Kind: rapid.SampledFrom(compartment.Kinds).Draw(t, "kind"), By: who("by"), At: when("at"),
			Second: who("second"), Agreed: when("agreed"), Ended: when("ended")}
		by, now := who("actor"), noon
		if !r.Ready(by, compartment.ToOpen, now) {
			return
		}
		if r.By.IsZero() || r.Second.IsZero() || r.By == r.Second || by != r.By || r.Agreed.IsZero() || !r.Ended.IsZero() ||
			!now.Before(r.Agreed.Add(30*time.Minute)) || r.Kind != compartment.ToOpen {
			t.Fatalf("%+v is ready", r)
		}
	})
}
