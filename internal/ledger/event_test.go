package ledger_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
)

// appended runs one Append and returns what the database then holds.
func appended(t *testing.T, d *db.DB, inst id.Institution, e ledger.Event) (ledger.Entry, error) {
	t.Helper()
	var p *ledger.Pending
	err := d.Update(t.Context(), inst, func(tx *db.Tx) error {
		p = ledger.Append(tx, e)
		return nil
	})
	if err != nil {
		return ledger.Entry{}, err
	}
	var got ledger.Entry
	err = d.View(t.Context(), inst, func(tx *db.Tx) (err error) {
		got, err = ledger.At(tx, p.Index())
		return err
	})
	return got, err
}

// S2-07, S3-07: exactly the eight operations, and none without a basis.
// S2-08: nobody processes without a handler and a person in charge.
// R13, invariant I3: no part of an entry takes what a person typed.
func TestEventsThatBreakARuleAreRefused(t *testing.T) {
	d, inst := open(t), id.Make[id.Institution](now)
	subject := id.Make[id.Subject](now)
	for _, c := range []struct {
		field  string
		change func(*ledger.Event)
	}{
		{"", func(*ledger.Event) {}},
		{"type", func(e *ledger.Event) { e.Type = "looked" }},
		{"type", func(e *ledger.Event) { e.Type = "" }},
		{"op", func(e *ledger.Event) { e.Op = "sell" }},
		{"op", func(e *ledger.Event) { e.Op = "Use" }},
		{"handled_by", func(e *ledger.Event) { e.HandledBy = "" }},
		{"handled_by", func(e *ledger.Event) { e.HandledBy = "王老师" }},
		{"handled_by", func(e *ledger.Event) { e.HandledBy = "clerk@here" }},
		{"in_charge", func(e *ledger.Event) { e.InCharge = "" }},
		{"in_charge", func(e *ledger.Event) { e.InCharge = "boss" }},
		{"basis", func(e *ledger.Event) { e.Purpose, e.Rules = "", nil }},
		{"purpose", func(e *ledger.Event) { e.Purpose = "call 13800138000" }},
		{"purpose", func(e *ledger.Event) { e.Purpose = "p13800138000" }},
		{"purpose", func(e *ledger.Event) { e.Purpose = "138-0013-8000" }},
		{"purpose", func(e *ledger.Event) { e.Purpose = strings.Repeat("a", 65) }},
		{"fields", func(e *ledger.Event) { e.Fields = []string{"learner.name", "李小明"} }},
		{"fields", func(e *ledger.Event) { e.Fields = make([]string, 33) }},
		{"rules", func(e *ledger.Event) { e.Rules = []string{"because I said so"} }},
		{"actor", func(e *ledger.Event) { e.Actor = id.Make[id.Subject](now).String() }},
		{"actor", func(e *ledger.Event) { e.Actor = "wang.laoshi" }},
		{"role", func(e *ledger.Event) { e.Role = "root" }},
		{"commitment", func(e *ledger.Event) { e.Commitment = [32]byte{} }},
		{"commitment", func(e *ledger.Event) { e.Subject = id.Subject{} }},
		{"code", func(e *ledger.Event) { e.Code = "policy.refused" }}, // and Allow
		{"code", func(e *ledger.Event) { e.Allow, e.Code = false, "no way" }},
		{"allow", func(e *ledger.Event) { e.Allow = false }},
		{"denied", func(e *ledger.Event) { e.Type = ledger.Denied }},
		{"count", func(e *ledger.Event) { e.Count = -1 }},
		{"ref", func(e *ledger.Event) { e.Ref = subject.String() }},
		{"ref", func(e *ledger.Event) { e.Ref = "grt_13800138000" }},
	} {
		e := reveal(subject)
		c.change(&e)
		_, err := appended(t, d, inst, e)
		switch {
		case c.field == "" && err != nil:
			t.Errorf("a good event: %v", err)
		case c.field != "" && (fault.CodeOf(err) != "ledger.bad_event" || !strings.HasSuffix(err.Error(), ": "+c.field)):
			t.Errorf("%s: got %v", c.field, err)
		}
	}
}

func TestEveryTypeAndOperationCanBeWrittenAndReadBack(t *testing.T) {
	d, inst := open(t), id.Make[id.Institution](now)
	for i, kind := range ledger.Types {
		e := reveal(id.Subject{})
		e.Type, e.Op = kind, ledger.Operations[i%len(ledger.Operations)]
		if kind == ledger.Denied {
			e.Allow, e.Code = false, "policy.refused"
		}
		got, err := appended(t, d, inst, e)
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		e.ID, e.At = got.ID, got.At
		if diff := cmp.Diff(e, got.Event, cmp.Comparer(func(a, b id.Store) bool { return a == b }),
			cmp.Comparer(func(a, b id.Grant) bool { return a == b }), cmp.Comparer(func(a, b id.Event) bool { return a == b }),
			cmp.Comparer(func(a, b id.Subject) bool { return a == b })); diff != "" {
			t.Errorf("%s: %s", kind, diff)
		}
	}
	// A house event needs neither operation nor purpose, and its handler is the
	// actor, or the role where no account stands behind it.
	got, err := appended(t, d, inst, ledger.Event{Type: ledger.ConfigLoaded, Role: actor.System, Allow: true})
	if err != nil || got.HandledBy != "system" {
		t.Errorf("%+v, %v", got.Event, err)
	}
	if _, err := appended(t, d, inst, ledger.Event{Type: ledger.ConfigLoaded, Allow: true}); fault.CodeOf(err) != "ledger.bad_event" {
		t.Errorf("nobody did it: %v", err)
	}
}

// Invariant I3: the leaf names the family only by a commitment, and no word in
// it could be a name or a number.
func TestALeafHoldsNoSubjectAndNoFreeText(t *testing.T) {
	d, inst := open(t), id.Make[id.Institution](now)
	subject := id.Make[id.Subject](now)
	got, err := appended(t, d, inst, reveal(subject))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(got.Leaf, subject.String()) || strings.Contains(got.Leaf, subject.String()[4:]) {
		t.Error("the leaf names the subject")
	}
	var any map[string]any
	if err := json.Unmarshal([]byte(got.Leaf), &any); err != nil {
		t.Error("the leaf is not JSON")
	}
	if len(got.Leaf) > 400 {
		t.Errorf("a full leaf has %d bytes", len(got.Leaf))
	}
	t.Logf("a full leaf has %d bytes, a sign-in %d", len(got.Leaf), func() int {
		e, err := appended(t, d, inst, ledger.Event{Type: ledger.SignIn, Actor: got.Actor, Role: actor.Clerk, Allow: true})
		if err != nil {
			t.Fatal(err)
		}
		return len(e.Leaf)
	}())
}

// Invariant I3 as a property: a code never holds a telephone, identity or bank
// number, in whatever disguise of separators.
func TestNoNumberOfAPersonIsACode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.StringMatching(`1[3-9][0-9]{9}|[1-9][0-9]{16}[0-9X]|[0-9]{8}`).Draw(t, "number")
		sep := rapid.SampledFrom([]string{"", ".", "-", "_"}).Draw(t, "sep")
		every := rapid.IntRange(1, 8).Draw(t, "every")
		var b strings.Builder
		for i, c := range digits {
			if i > 0 && i%every == 0 {
				b.WriteString(sep)
			}
			b.WriteRune(c)
		}
		if ledger.IsCode(b.String()) || ledger.IsCode("p."+b.String()) {
			t.Errorf("a number of %d digits, cut every %d by %q, is a code", len(digits), every, sep)
		}
	})
	for _, good := range []string{"learner.name", "R-140", "BAN-01", "S2-07", "policy.refused", "pipl-28", "identity.2026"} {
		if !ledger.IsCode(good) {
			t.Errorf("%q is refused", good)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"t":1790000000000,"y":"reveal","e":"evt_06dq0000000000000000000000"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if e, err := ledger.Decode(b); err == nil && !e.Subject.IsZero() {
			t.Error("a leaf knows a subject")
		}
	})
}

// The schema's partial index and the vocabulary name the same hot types.
func TestSchemaLeavesOnlyHotTypesOutOfTheTypeIndex(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		text, err := os.ReadFile("../db/schema/" + engine + "/0020_ledger.sql")
		if err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("NOT IN ('%s', '%s', '%s')", ledger.Reveal, ledger.Search, ledger.ViewMasked)
		if !strings.Contains(string(text), want) {
			t.Errorf("%s: no %s", engine, want)
		}
	}
}

func TestEveryTypeAndOperationHasWords(t *testing.T) {
	for _, lang := range []string{"en", "zh-CN"} {
		text, err := os.ReadFile("../lang/messages/" + lang + "/ledger.txt")
		if err != nil {
			t.Fatal(err)
		}
		has := func(key string) bool { return regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(key) + ` = .`).Match(text) }
		for _, k := range ledger.Types {
			if !has("ledger.type." + string(k)) {
				t.Errorf("%s: no words for %s", lang, k)
			}
		}
		for _, o := range ledger.Operations {
			if !has("ledger.op." + string(o)) {
				t.Errorf("%s: no words for %s", lang, o)
			}
		}
	}
}

// S3-44 with the fixtures of the requirements: written 2026-03-01, 180 days end
// on 2026-08-28 and six months on 2026-09-01, so 2026-08-29 is refused.
func TestPurgeBeforeTheFloorIsRefusedS3_44(t *testing.T) { // S3-44
	at := func(s string) time.Time {
		d, err := time.ParseInLocation("2006-01-02 15:04", s, civil.Zone)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	written := at("2026-03-01 10:00")
	for _, c := range []struct {
		on   string
		own  []civil.Period
		want bool
	}{
		{"2026-08-27 12:00", nil, false},
		{"2026-08-29 12:00", nil, false},
		{"2026-09-01 23:59", nil, false},
		{"2026-09-02 00:00", nil, true},
		{"2026-09-02 00:00", []civil.Period{{N: 30, Unit: civil.Days}}, true}, // a policy cannot shorten
		{"2027-01-01 00:00", []civil.Period{{N: 12, Unit: civil.Months}}, false},
		{"2027-03-02 00:00", []civil.Period{{N: 12, Unit: civil.Months}}, true},
	} {
		err := ledger.MayPurge(written, at(c.on), c.own...)
		if (err == nil) != c.want || err != nil && fault.CodeOf(err) != "ledger.retained" {
			t.Errorf("purge on %s: %v", c.on, err)
		}
	}
}
