package ledger_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
)

func list(t testing.TB, d *db.DB, inst id.Institution, f ledger.Filter) []ledger.Entry {
	t.Helper()
	var all []ledger.Entry
	for {
		var page ledger.Page
		err := d.View(t.Context(), inst, func(tx *db.Tx) (err error) {
			page, err = ledger.List(tx, f)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Entries...)
		if f.Before = page.Next; f.Before == 0 {
			return all
		}
	}
}

// Every filter finds exactly what a walk over all entries finds, page by page,
// newest first.
func TestListFindsExactlyWhatTheFilterSays(t *testing.T) {
	dbtest.EachWith(t, db.Config{Flush: ledger.Flush}, func(t *testing.T, d *db.DB) {
		inst := id.Make[id.Institution](now)
		var staff, stores = []string{}, []id.Store{}
		var subjects []id.Subject
		for range 3 {
			staff = append(staff, id.Make[id.Staff](now).String())
			stores = append(stores, id.Make[id.Store](now))
			subjects = append(subjects, id.Make[id.Subject](now))
		}
		kinds := []ledger.Type{ledger.Reveal, ledger.Search, ledger.SignIn, ledger.GrantApproved, ledger.Denied}
		err := d.Update(t.Context(), inst, func(tx *db.Tx) error {
			for i := range 400 {
				e := reveal(subjects[i%3])
				e.Type, e.Actor, e.Store = kinds[i%5], staff[i%2], stores[i%3]
				e.At = now.Add(time.Duration(i)*time.Second - time.Duration(i%7)*10*time.Second)
				if e.Purpose = "contact.class"; i%4 == 0 {
					e.Purpose = "learner.manage"
				}
				if e.Type == ledger.Denied {
					e.Allow, e.Code = false, "policy.refused"
				}
				ledger.Append(tx, e)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		everything := list(t, d, inst, ledger.Filter{Limit: 500})
		if len(everything) != 400 || everything[0].Index != 399 {
			t.Fatalf("%d entries", len(everything))
		}
		for name, c := range map[string]struct {
			f    ledger.Filter
			want func(ledger.Entry) bool
		}{
			"hot type":  {ledger.Filter{Type: ledger.Reveal}, func(e ledger.Entry) bool { return e.Type == ledger.Reveal }},
			"rare type": {ledger.Filter{Type: ledger.GrantApproved, Limit: 7}, func(e ledger.Entry) bool { return e.Type == ledger.GrantApproved }},
			"actor":     {ledger.Filter{Actor: staff[1]}, func(e ledger.Entry) bool { return e.Actor == staff[1] }},
			"nobody":    {ledger.Filter{Actor: staff[2]}, func(e ledger.Entry) bool { return false }},
			"purpose":   {ledger.Filter{Purpose: "learner.manage"}, func(e ledger.Entry) bool { return e.Purpose == "learner.manage" }},
			"store":     {ledger.Filter{Store: stores[2], Limit: 3}, func(e ledger.Entry) bool { return e.Store == stores[2] }},
			"denied":    {ledger.Filter{Denied: true}, func(e ledger.Entry) bool { return e.Code != "" }},
			"subject":   {ledger.Filter{Subject: subjects[1], Limit: 10}, func(e ledger.Entry) bool { return e.Index%3 == 1 }},
			"time": {ledger.Filter{From: now.Add(100 * time.Second), To: now.Add(200 * time.Second)}, func(e ledger.Entry) bool {
				return !e.At.Before(now.Add(100*time.Second)) && e.At.Before(now.Add(200*time.Second))
			}},
			"all of it": {ledger.Filter{Actor: staff[0], Type: ledger.SignIn, Purpose: "learner.manage", From: now.Add(time.Minute)}, func(e ledger.Entry) bool {
				return e.Actor == staff[0] && e.Type == ledger.SignIn && e.Purpose == "learner.manage" && !e.At.Before(now.Add(time.Minute))
			}},
		} {
			var want []int64
			for _, e := range everything {
				if c.want(e) {
					want = append(want, e.Index)
				}
			}
			got := list(t, d, inst, c.f)
			if len(got) != len(want) {
				t.Errorf("%s: %d entries, want %d", name, len(got), len(want))
				continue
			}
			for i := range got {
				if got[i].Index != want[i] {
					t.Errorf("%s: entry %d is %d, want %d", name, i, got[i].Index, want[i])
					break
				}
			}
		}
	})
}

// S3-59: what the inspector and the family see after an erasure: the entries
// are there, and nothing connects them to the child any more.
func TestForgettingASubjectKeepsTheEntries(t *testing.T) { // S3-59
	dbtest.EachWith(t, db.Config{Flush: ledger.Flush}, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		subject := id.Make[id.Subject](now)
		for range 3 {
			err := d.Update(t.Context(), l.inst, func(tx *db.Tx) error {
				ledger.Append(tx, reveal(subject))
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		forSubject := func() (page ledger.Page) {
			err := d.View(t.Context(), l.inst, func(tx *db.Tx) (err error) {
				page, err = ledger.ForSubject(tx, subject, 0, 10)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return page
		}
		if n := len(forSubject().Entries); n != 3 {
			t.Errorf("%d entries before", n)
		}
		err := d.Update(t.Context(), l.inst, func(tx *db.Tx) error {
			ledger.Append(tx, reveal(subject)) // a look that shares the commit of the erasure
			return ledger.Forget(tx, subject)
		})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(forSubject().Entries); n != 0 {
			t.Errorf("%d entries after", n)
		}
		l.step()
		l.check(4)
	})
}

func TestABadFilterIsAFaultAndAnEmptyLogIsEmpty(t *testing.T) {
	d, inst := open(t), id.Make[id.Institution](now)
	if got := list(t, d, inst, ledger.Filter{From: now}); len(got) != 0 {
		t.Errorf("%d entries", len(got))
	}
	err := d.View(t.Context(), inst, func(tx *db.Tx) error {
		_, err := ledger.List(tx, ledger.Filter{Actor: "wang"})
		return err
	})
	if fault.CodeOf(err) != "ledger.bad_filter" {
		t.Errorf("got %v", err)
	}
}

// A page that looked at many entries and found nothing says where to go on.
func TestASearchThatFindsNothingComesBackInTime(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 25,000 entries")
	}
	l := newLog(t, open(t))
	l.fill(25_000)
	var page ledger.Page
	err := l.DB.View(t.Context(), l.inst, func(tx *db.Tx) (err error) {
		page, err = ledger.List(tx, ledger.Filter{Purpose: "nothing.like.it"})
		return err
	})
	if err != nil || len(page.Entries) != 0 || page.Next != 5_000 {
		t.Errorf("%d entries, next %d, %v", len(page.Entries), page.Next, err)
	}
}

// However the clock jumps, the range of indexes for a span of time leaves no
// entry of that span out.
func TestNoClockJumpHidesAnEntryFromASearchByTime(t *testing.T) {
	d := open(t)
	rapid.Check(t, func(r *rapid.T) {
		inst := id.Make[id.Institution](now)
		steps := rapid.SliceOfN(rapid.Int64Range(-5_000, 9_000), 1, 60).Draw(r, "steps")
		clock := now
		var times []time.Time
		for len(steps) > 0 { // several batches
			n := rapid.IntRange(1, len(steps)).Draw(r, "batch")
			err := d.Update(t.Context(), inst, func(tx *db.Tx) error {
				for _, s := range steps[:n] {
					clock = clock.Add(time.Duration(s) * time.Millisecond)
					times = append(times, clock)
					ledger.Append(tx, ledger.Event{Type: ledger.SignOut, Role: actor.Clerk, At: clock, Allow: true})
				}
				return nil
			})
			if err != nil {
				r.Fatal(err)
			}
			steps = steps[n:]
		}
		from := now.Add(time.Duration(rapid.Int64Range(-20_000, 200_000).Draw(r, "from")) * time.Millisecond)
		to := from.Add(time.Duration(rapid.Int64Range(0, 60_000).Draw(r, "span")) * time.Millisecond)
		var lo, hi int64
		err := d.View(t.Context(), inst, func(tx *db.Tx) (err error) {
			lo, hi, err = ledger.Within(tx, from, to)
			return err
		})
		if err != nil {
			r.Fatal(err)
		}
		for i, at := range times {
			if inside := !at.Before(from) && at.Before(to); inside && (int64(i) < lo || int64(i) >= hi) {
				r.Fatalf("entry %d of %d lies in the span but outside [%d, %d)", i, len(times), lo, hi)
			}
		}
	})
}
