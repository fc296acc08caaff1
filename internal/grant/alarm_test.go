package grant_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
)

// reveal opens a subject under a quota as package desk does, with its entry.
func (h *house) reveal(t *testing.T, r *grant.Register, subj id.Subject, quota int) (ok bool) {
	t.Helper()
	err := h.db.Update(t.Context(), inst, func(tx *db.Tx) (err error) {
		if ok, err = r.Left(tx, inst, clerk, subj, quota); err != nil || !ok {
			return err
		}
		ledger.Append(tx, ledger.Event{Type: ledger.Reveal, Actor: clerk.String(), Role: actor.Clerk, Store: shop,
			Op: "use", InCharge: shop.String(), HandledBy: clerk.String(), Purpose: "contact.class", Allow: true,
			Subject: subj, Commitment: [32]byte{1}})
		_, err = r.Spend(tx, h.as(clerk, actor.Clerk), subj)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return ok
}

// revealAll opens many in one transaction, the last one twice.
func (h *house) revealAll(t *testing.T, r *grant.Register, kids []id.Subject) {
	t.Helper()
	err := h.db.Update(t.Context(), inst, func(tx *db.Tx) error {
		for _, subj := range append(slices.Clip(kids), kids[len(kids)-1]) {
			ledger.Append(tx, ledger.Event{Type: ledger.Reveal, Actor: clerk.String(), Role: actor.Clerk, Store: shop,
				Op: "use", InCharge: shop.String(), HandledBy: clerk.String(), Purpose: "contact.class", Allow: true,
				Subject: subj, Commitment: [32]byte{1}})
			if _, err := r.Spend(tx, h.as(clerk, actor.Clerk), subj); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func children(n int) []id.Subject {
	list := make([]id.Subject, n)
	for i := range list {
		list[i] = id.Make[id.Subject](noon)
	}
	return list
}

// TestTheDailyQuotaCountsDifferentSubjectsExactly, and a restart makes the count
// anew from the log: no more, no less. R14.
func TestTheDailyQuotaCountsDifferentSubjectsExactly(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		kids := children(4)
		for i, c := range kids {
			if got := h.reveal(t, h.Register, c, 3); got != (i < 3) {
				t.Errorf("child %d: %v", i, got)
			}
		}
		for range 5 {
			if !h.reveal(t, h.Register, kids[0], 3) {
				t.Error("the same child again costs something")
			}
		}
		restarted := &grant.Register{Gate: h.Gate}
		if h.reveal(t, restarted, kids[3], 3) {
			t.Error("a restart gives new looks")
		}
		if !h.reveal(t, restarted, kids[0], 3) || !h.reveal(t, restarted, kids[3], 4) {
			t.Error("a restart counts eight entries and not three children")
		}
		h.wait(24 * time.Hour)
		if !h.reveal(t, restarted, kids[3], 1) {
			t.Error("yesterday counts today")
		}
	})
}

// alarms lists what rang, and what waits.
func (h *house) alarms(t *testing.T) (open []grant.Alarm, entries int) {
	t.Helper()
	err := h.db.View(t.Context(), inst, func(tx *db.Tx) (err error) {
		if open, err = grant.OpenAlarms(tx, inst, 100); err != nil {
			return err
		}
		return tx.QueryRow(`SELECT COUNT(*) FROM event WHERE institution_id = $1 AND type = 'alarm'`, inst).Scan(&entries)
	})
	if err != nil {
		t.Fatal(err)
	}
	return open, entries
}

// TestAlarmsRingAt50And500And5000 different subjects of one person on one day,
// once each, with an entry; a restart rings none again. S0-20, S1-14, R14.
func TestAlarmsRingAt50And500And5000(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		kids, r := children(5001), h.Register
		if testing.Short() {
			kids = kids[:1000]
		}
		for at := 0; at < len(kids); at += 100 {
			h.wait(200 * time.Second) // slowly, so that only the volume counts
			if at == 600 {
				r = &grant.Register{Gate: h.Gate} // a restart
			}
			h.revealAll(t, r, kids[at:min(at+100, len(kids))])
		}
		open, entries := h.alarms(t)
		levels := []int{}
		for _, a := range open {
			levels = append(levels, a.Level)
			if a.Who != clerk || a.Kind != grant.Volume || a.Opened != a.Level || a.Store != shop {
				t.Errorf("%+v", a)
			}
		}
		want := []int{50, 500, 5000}
		if testing.Short() {
			want = want[:2]
		}
		if !slices.Equal(levels, want) || entries != len(want) {
			t.Errorf("rang at %v, %d entries", levels, entries)
		}
	})
}

// TestFiveHundredReadsInTenMinutesHoldEveryGrant until somebody else has looked.
// S0-20, I8.
func TestFiveHundredReadsInTenMinutesHoldEveryGrant(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.grant(t, application())
		kids := children(10)
		for i := range grant.SpeedCount - 1 {
			h.reveal(t, h.Register, kids[i%10], 100)
			h.wait(time.Second)
		}
		if !h.find(t, nil).Live {
			t.Fatal("held at 499")
		}
		h.reveal(t, h.Register, kids[0], 100)
		if h.find(t, nil).Live {
			t.Fatal("not held at 500")
		}
		open, _ := h.alarms(t)
		if len(open) != 1 || open[0].Kind != grant.Speed {
			t.Fatalf("%+v", open)
		}
		if _, err := h.Handle(t.Context(), h.as(clerk, actor.Officer), open[0].ID, "daily_work"); !errors.Is(err, fault.Denied) {
			t.Errorf("handled by the person it is about: %v", err)
		}
		if _, err := h.Handle(t.Context(), h.as(boss, actor.Manager), open[0].ID, "never mind"); !errors.Is(err, fault.Invalid) {
			t.Errorf("handled without a verdict: %v", err)
		}
		if _, err := h.Handle(t.Context(), h.as(boss, actor.Manager), open[0].ID, "daily_work"); err != nil {
			t.Fatal(err)
		}
		if !h.find(t, nil).Live {
			t.Error("still held")
		}
		if _, err := h.Handle(t.Context(), h.as(boss, actor.Manager), open[0].ID, "misuse"); !errors.Is(err, fault.Conflict) {
			t.Errorf("handled twice: %v", err)
		}
	})
}

func TestMisuseEndsEveryGrant(t *testing.T) { // S0-20
	each(t, func(t *testing.T, h *house) {
		g := h.grant(t, application())
		for _, c := range children(50) {
			h.reveal(t, h.Register, c, 100)
		}
		open, _ := h.alarms(t)
		if len(open) != 1 {
			t.Fatalf("%+v", open)
		}
		if _, err := h.Handle(t.Context(), h.as(boss, actor.Manager), open[0].ID, "misuse"); err != nil {
			t.Fatal(err)
		}
		if h.find(t, nil).Live {
			t.Error("live after misuse")
		}
		err := h.db.View(t.Context(), inst, func(tx *db.Tx) error { return h.Still(tx, inst, g.ID) })
		if fault.CodeOf(err) != "grant.over" {
			t.Errorf("a download would go on: %v", err)
		}
	})
}

// TestAnIssuedGrantCountsItsUses, and nobody issues one to themselves. S3-39.
func TestAnIssuedGrantCountsItsUses(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		app := application()
		app.Uses = 2
		g := grant.Grant{Institution: inst, Application: app, Applicant: clerk, Decider: clerk}
		issue := func() (err error) {
			return h.db.Update(t.Context(), inst, func(tx *db.Tx) error {
				g, err = h.Issue(tx, g)
				return err
			})
		}
		if err := issue(); fault.CodeOf(err) != "grant.own" {
			t.Errorf("issued to oneself: %v", err)
		}
		g.Decider, g.Institution, g.Application, g.Applicant = boss, inst, app, clerk
		if err := issue(); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			if got := h.find(t, nil).Whole(); got != (i < 2) {
				t.Errorf("use %d: %v", i+1, got)
			}
			err := h.db.Update(t.Context(), inst, func(tx *db.Tx) error { return h.Use(tx, inst, g) })
			if (fault.CodeOf(err) == "grant.used_up") != (i == 2) {
				t.Errorf("use %d: %v", i+1, err)
			}
		}
	})
}
