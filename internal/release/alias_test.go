package release_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/leak"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/phone"
	"github.com/wardfold/wardfold/internal/relay"
	"github.com/wardfold/wardfold/internal/release"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// aliased is a class of 33 exported with aliases, and the relay that asks.
type aliased struct {
	*desk
	app  application.Application
	file release.File
	rows [][]string // without the header
	line *relay.Local
	asks actor.Actor
}

func newAliased(t *testing.T) *aliased {
	d := newDesk(t)
	d.crowd(30)
	d.pool(60)
	x := d.granted(func(f *application.Form) {
		f.Range, f.Store, f.Subjects = application.RangeStore, d.Uni.Store, nil
	})
	e, err := d.Releases.Prepare(t.Context(), d.teacher, x.ID, release.Shape{Format: release.CSV, Aliases: true})
	d.must(err)
	f, err := d.Releases.Collect(t.Context(), d.teacher, e.ID, words)
	d.must(err)
	key, _ := d.Relay()
	return &aliased{d, x, f, d.rows(f)[1:], d.Releases.Line.(*relay.Local), key}
}

// pool gives the institution n relay numbers.
func (d *desk) pool(n int) {
	d.t.Helper()
	var pool []string
	for i := range n {
		pool = append(pool, fmt.Sprintf("1700000%04d", i))
	}
	_, err := d.Releases.AddNumbers(d.t.Context(), d.Person("officer", actor.Officer), pool)
	d.must(err)
}

// dial has the relay ask whom the alias of a row reaches.
func (a *aliased) dial(alias string) error {
	number, extension, _ := strings.Cut(alias, "-")
	_, err := a.Releases.Forward(a.t.Context(), a.asks, release.Dialled{Number: number, Extension: extension, Leg: "call-7"})
	return err
}

// trace looks where a list comes from.
func (a *aliased) trace(write func(row []string) string) leak.Result {
	a.t.Helper()
	var b bytes.Buffer
	for _, r := range a.rows {
		fmt.Fprintln(&b, write(r))
	}
	officer := a.Person("officer", actor.Officer)
	c, err := a.Leaks.Receive(a.t.Context(), officer, bytes.NewReader(b.Bytes()), int64(b.Len()))
	a.must(err)
	_, r, err := a.Leaks.Trace(a.t.Context(), officer, c.ID, nil)
	a.must(err)
	return r
}

// TestAnExportMayCarryAliasesThatOnlyTheRelayResolves (S1-05, B10, I1): no number
// is in the file; each alias reaches one family, which reads of it, and those of
// the decoys reach nobody.
func TestAnExportMayCarryAliasesThatOnlyTheRelayResolves(t *testing.T) {
	a := newAliased(t)
	families := map[string]bool{}
	for _, n := range []int{100, 101, 102} {
		families[number(t, n)] = true
	}
	for n := range 30 {
		families[number(t, 500+n)] = true
	}
	nobody := 0
	for _, r := range a.rows {
		if len(r[2]) != 16 || !strings.HasPrefix(r[2], "1700000") {
			t.Fatalf("%d characters stand for a number", len(r[2]))
		}
		before := len(a.line.Calls())
		switch err := a.dial(r[2]); {
		case fault.KindOf(err) == fault.Erased:
			nobody++
		case err != nil:
			t.Fatal(err)
		default:
			c := a.line.Calls()
			if len(c) != before+1 || c[0].Leg != "call-7" || c[0].Desk.Expose() != "" || !families[c[0].Family.Expose()] {
				t.Fatalf("%d calls", len(c)-before)
			}
			delete(families, c[0].Family.Expose()) // each by one alias only
		}
	}
	if nobody != a.file.Export.Decoys || nobody != 3 || len(families) != 0 {
		t.Errorf("%d aliases reach nobody, %d families are not reached", nobody, len(families))
	}
	a.entries(33, 3)
	looks, err := a.Family.Looks(t.Context(), actor.Actor{Institution: a.Uni.Institution, Role: actor.Guardian, Subject: a.Students[0].Guardian, ProvedAt: a.Now()},
		a.Students[0].Guardian, 0)
	a.must(err)
	if len(looks.Entries) == 0 || looks.Entries[0].Type != ledger.CallForwarded {
		t.Errorf("the family reads %d entries", len(looks.Entries))
	}
}

func number(t *testing.T, n int) string {
	t.Helper()
	x, err := phone.Normalise(secret.NewText(fmt.Sprintf("154%08d", n)))
	if err != nil {
		t.Fatal(err)
	}
	return x.Expose()
}

// entries checks what the log says of aliases that were dialled: each with the
// file that it came from.
func (a *aliased) entries(through, refused int) {
	a.t.Helper()
	a.must(a.DB.View(a.t.Context(), a.Uni.Institution, func(tx *db.Tx) error {
		for _, c := range []struct {
			kind ledger.Type
			want int
		}{{ledger.CallForwarded, through}, {ledger.Denied, refused}} {
			page, err := ledger.List(tx, ledger.Filter{Type: c.kind, Limit: 100})
			if err != nil {
				return err
			}
			n := 0
			for _, e := range page.Entries {
				if e.Ref == a.file.Export.ID.String() {
					n++
				}
			}
			if n != c.want {
				a.t.Errorf("%d entries %s of the file, want %d", n, c.kind, c.want)
			}
		}
		return nil
	}))
}

// TestAnAliasDiesWithTheFamilyAndWithTheGrant (S1-05, S0-20, I10): and who has the
// list still and dials rings an alarm.
func TestAnAliasDiesWithTheFamilyAndWithTheGrant(t *testing.T) {
	a := newAliased(t)
	ctx := t.Context()
	first := a.reaching(100)
	a.must(a.dial(first))
	for name, key := range map[string]func(*actor.Actor){
		"another purpose": func(x *actor.Actor) { x.Purposes = []string{"survey"} },
		"another field":   func(x *actor.Actor) { x.Fields = []string{subject.LearnerName} },
		"another store":   func(x *actor.Actor) { x.Store = id.Make[id.Store](a.Now()) },
		"staff":           func(x *actor.Actor) { *x = a.teacher },
	} {
		b := *a
		key(&b.asks)
		if err := b.dial(first); err == nil {
			t.Errorf("a key for %s dials", name)
		}
	}
	for alias, want := range map[string]string{"17000000001-0000": "release.alias", "17000000001-12": "release.dialled", "1700000001-1234": "release.dialled"} {
		if err := a.dial(alias); fault.CodeOf(err) != want && !strings.Contains(fmt.Sprint(err), want) {
			t.Errorf("%s: %v", alias, err)
		}
	}
	a.must(a.DB.Update(ctx, a.Uni.Institution, func(tx *db.Tx) error {
		_, err := subject.Erase(tx, a.Vault, a.Uni.Institution, a.Students[0].Child)
		return err
	}))
	if err := a.dial(first); fault.KindOf(err) != fault.Erased {
		t.Errorf("after the family was erased: %v", err)
	}
	a.alarms(0)
	second := a.reaching(101)
	_, err := a.Applications.End(ctx, a.teacher, a.app.ID)
	a.must(err)
	for range 2 {
		if err := a.dial(second); fault.KindOf(err) != fault.Erased {
			t.Errorf("after the grant ended: %v", err)
		}
	}
	a.alarms(1)
	a.Releases.Line = nil
	if err := a.dial(second); fault.CodeOf(err) != "call.none" {
		t.Errorf("without a relay: %v", err)
	}
}

// TestAnAliasStandsForTheChildOfItsFile (S0-04, B6): a sister who came later shares
// the parent's record; what the family stops for either is stopped for her alone.
func TestAnAliasStandsForTheChildOfItsFile(t *testing.T) {
	for name, ofFile := range map[string]bool{"the child of the file": true, "the sister": false} {
		t.Run(name, func(t *testing.T) {
			a := newAliased(t)
			alias := a.reaching(100)
			key := actor.Actor{Institution: a.Uni.Institution, Role: actor.Integrator, Key: id.Make[id.APIKey](a.Now()),
				Purposes: []string{"learner.manage"}, Fields: []string{"learner.name", "learner.birth_month", "guardian.name", "guardian.phone"}}
			form := housetest.Form(100, "2019-09")
			form.LearnerName = secret.NewText("李小乙")
			sister, err := a.House.Enrol.Complete(t.Context(), key, a.Uni.Store, form)
			a.must(err)
			if sister.Guardian != a.Students[0].Guardian {
				t.Fatal("the sister has another guardian")
			}
			stopped := sister.Child
			if ofFile {
				stopped = a.Students[0].Child
			}
			parent := actor.Actor{Institution: a.Uni.Institution, Role: actor.Guardian, Subject: sister.Guardian, ProvedAt: a.Now()}
			_, err = a.Family.Withdraw(t.Context(), parent, stopped, a.app.Form.Purpose)
			a.must(err)
			if err := a.dial(alias); (err == nil) == ofFile {
				t.Errorf("the alias: %v", err)
			}
		})
	}
}

// reaching finds the alias of a family.
func (a *aliased) reaching(n int) string {
	a.t.Helper()
	for _, r := range a.rows {
		if a.dial(r[2]) == nil && a.line.Calls()[0].Family.Expose() == number(a.t, n) {
			return r[2]
		}
	}
	a.t.Fatal("no alias reaches the family")
	return ""
}

func (a *aliased) alarms(want int) {
	a.t.Helper()
	a.must(a.DB.View(a.t.Context(), a.Uni.Institution, func(tx *db.Tx) error {
		open, err := grant.OpenAlarms(tx, a.Uni.Institution, 10)
		if len(open) != want || want > 0 && (open[0].Kind != grant.Dialled || open[0].Who != a.teacher.Staff) {
			a.t.Errorf("alarms: %+v", open)
		}
		return err
	}))
}

// TestAListWithAliasesLeadsBackToItsFile (S1-05, B10): by the aliases alone, with
// their names, and by the decoys among them; without the extensions the numbers
// are nobody's, and say so.
func TestAListWithAliasesLeadsBackToItsFile(t *testing.T) {
	a := newAliased(t)
	for name, c := range map[string]struct {
		write   func(r []string) string
		verdict leak.Verdict
		check   func(leak.Reading) bool
	}{
		"aliases":          {func(r []string) string { return r[2] }, leak.Export, func(x leak.Reading) bool { return x.Relayed == 33 && x.Outside == 0 }},
		"names with them":  {func(r []string) string { return r[1] + " " + r[2] }, leak.Export, func(x leak.Reading) bool { return x.Outside == 0 }},
		"cut in two":       {func(r []string) string { return strings.Replace(r[2], "-", ",", 1) }, leak.Export, func(x leak.Reading) bool { return x.Relayed == 33 }},
		"no extensions":    {func(r []string) string { return r[2][:11] }, leak.Unusable, func(x leak.Reading) bool { return x.Relayed > 0 && x.Outside == 0 }},
		"other extensions": {func(r []string) string { return r[2][:12] + "0000" }, leak.Unusable, func(x leak.Reading) bool { return x.Marked == 0 && x.Outside == 0 }},
	} {
		r := a.trace(c.write)
		if r.Verdict != c.verdict || !c.check(r.Read) {
			t.Errorf("%s: %s, %+v", name, r.Verdict, r.Read)
		}
		for _, e := range r.Exports {
			if e.Named && e.ID != a.file.Export.ID.String() {
				t.Errorf("%s names another file", name)
			}
		}
	}
}

// TestAliasesNeedANumberAndARelay.
func TestAliasesNeedANumberAndARelay(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	shape := release.Shape{Format: release.CSV, Aliases: true}
	names := d.granted(func(f *application.Form) { f.Fields = []string{subject.LearnerName} })
	if _, err := d.Releases.Prepare(ctx, d.teacher, names.ID, shape); !strings.Contains(fmt.Sprint(err), "release.no_numbers") {
		t.Errorf("aliases of names: %v", err)
	}
	x := d.granted(nil)
	e, err := d.Releases.Prepare(ctx, d.teacher, x.ID, shape)
	d.must(err)
	if _, err := d.Releases.Collect(ctx, d.teacher, e.ID, words); fault.CodeOf(err) != "release.pool" {
		t.Errorf("without relay numbers: %v", err)
	}
	d.Releases.Line = nil
	if _, err := d.Releases.Prepare(ctx, d.teacher, x.ID, shape); fault.CodeOf(err) != "call.none" {
		t.Errorf("without a relay: %v", err)
	}
}
