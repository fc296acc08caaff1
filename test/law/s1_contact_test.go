package law_test

import (
	"slices"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/subject"
)

// surveyed is two families: one agreed to the survey, the other did not; the
// clerk may use their numbers for it, and so may a program.
type surveyed struct {
	*housetest.Fixture
	yes, no enrol.Receipt
	clerk   actor.Actor
	program actor.Actor
}

func newSurveyed(t *testing.T) surveyed {
	f := housetest.New(t)
	form := housetest.Form(1, "2017-03")
	form.Optional = []string{"survey"}
	s := surveyed{Fixture: f, no: f.Enrol(2, "2017-03")}
	s.yes, _ = f.EnrolWith(form, 1)
	f.Grant(actor.Clerk, "survey", subject.GuardianPhone)
	s.clerk = f.As(actor.Clerk)
	s.program = actor.Actor{Institution: f.Institution, Role: actor.Integrator, Purposes: []string{"survey", "contact.class", "marketing.summer"},
		Fields: []string{subject.GuardianPhone}}
	var err error
	s.program.Key, err = f.Accounts.AskKey(t.Context(), f.As(actor.Manager), account.KeyRequest{Label: "示例系统", Purposes: s.program.Purposes,
		Fields: s.program.Fields, QuotaPerDay: 100, Expires: f.Now().AddDate(0, 3, 0)})
	must(t, err)
	must(t, f.Accounts.ApproveKey(t.Context(), f.As(actor.Officer), s.program.Key))
	_, err = f.Accounts.CollectKey(t.Context(), f.As(actor.Manager), s.program.Key)
	must(t, err)
	return s
}

func (s surveyed) message(a actor.Actor, r enrol.Receipt, purpose string) error {
	_, err := s.Desk.Message(s.T.Context(), a, r.Guardian, "class", purpose)
	return err
}

// S1-02, S0-04: nobody is sold anything over what was got otherwise. A message is
// on record as sent only on a live consent to its purpose; marketing, under
// whatever name, has none of a minor's family here; and no entry of the log stands
// without the consent that it leads to.
func TestEveryContactLeadsToAConsent(t *testing.T) {
	s := newSurveyed(t)
	for _, r := range []struct {
		what    string
		by      actor.Actor
		to      enrol.Receipt
		purpose string
		want    []fault.Kind
	}{
		{"who agreed", s.clerk, s.yes, "survey", nil},
		{"who did not", s.clerk, s.no, "survey", []fault.Kind{fault.ConsentNeeded}},
		{"who did not, by a program", s.program, s.no, "survey", []fault.Kind{fault.ConsentNeeded}},
		{"marketing", s.clerk, s.yes, "marketing", []fault.Kind{fault.Denied}},
		{"marketing by another name", s.program, s.yes, "marketing.summer", []fault.Kind{fault.Denied}},
		{"the course", s.clerk, s.no, "contact.class", nil},
	} {
		if err := s.message(r.by, r.to, r.purpose); (err != nil) != (r.want != nil) || err != nil && !slices.Contains(r.want, fault.KindOf(err)) {
			t.Errorf("%s: %v", r.what, err)
		}
	}
	s.View(func(tx *db.Tx) error {
		sent, orphans := 0, 0
		for _, who := range []enrol.Receipt{s.yes, s.no} {
			page, err := ledger.List(tx, ledger.Filter{Type: ledger.MessageSent, Subject: who.Guardian})
			if err != nil {
				return err
			}
			past, err := consent.Events(tx, s.Institution, who.Child)
			if err != nil {
				return err
			}
			for _, e := range page.Entries {
				sent++
				if !slices.ContainsFunc(past, func(c consent.Event) bool {
					return c.Kind == consent.Given && !c.At.After(e.At) && slices.Contains(c.Purposes, e.Purpose)
				}) {
					orphans++
				}
			}
		}
		all, err := ledger.List(tx, ledger.Filter{Type: ledger.MessageSent})
		if orphans != 0 || sent != 2 || len(all.Entries) != sent {
			t.Errorf("%d of %d messages, %d in the log, lead to no consent", orphans, sent, len(all.Entries))
		}
		return err
	})
}

// S1-03: who refused is left alone by every store and every program at once, and is
// not asked again for thirty days; who agreed is approached once in thirty days by
// all of them together. What the course needs is not held up.
func TestNoFamilyIsPestered(t *testing.T) {
	s := newSurveyed(t)
	other := s.Hire("other", s.Other, actor.Clerk)
	elsewhere := actor.Actor{Institution: s.Institution, Store: s.Other, Staff: other.ID, Role: actor.Clerk, ProvedAt: s.Now()}
	for name, by := range map[string]actor.Actor{"the store": s.clerk, "another store": elsewhere, "a program": s.program} {
		if err := s.message(by, s.no, "survey"); err == nil {
			t.Errorf("%s writes to who refused", name)
		}
	}
	s.View(func(tx *db.Tx) error {
		if err := consent.MayAsk(tx, s.Institution, s.no.Child, "survey"); fault.CodeOf(err) != "consent.cooling_off" {
			t.Errorf("asking again: %v", err)
		}
		return nil
	})
	must(t, s.message(s.clerk, s.yes, "survey"))
	for name, again := range map[string]func() error{
		"the store":     func() error { return s.message(s.clerk, s.yes, "survey") },
		"another store": func() error { return s.message(elsewhere, s.yes, "survey") },
		"a program":     func() error { return s.message(s.program, s.yes, "survey") },
	} {
		if err := again(); err == nil {
			t.Errorf("%s writes twice", name)
		}
	}
	if err := s.message(s.program, s.yes, "survey"); fault.CodeOf(err) != "desk.often" {
		t.Errorf("a program writes once more: %v", err)
	}
	must(t, s.message(s.clerk, s.yes, "contact.class"))
	must(t, s.message(s.clerk, s.yes, "contact.class"))
	s.Advance(desk.Quiet + time.Minute)
	must(t, s.Sweep(t.Context(), s.Institution))
	must(t, s.message(s.program, s.yes, "survey"))
}
