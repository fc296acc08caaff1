package desk_test

import (
	"context"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/phone"
	"github.com/wardfold/wardfold/internal/relay"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// watched is a relay that looks, before it takes a call, whether its entry is
// durable.
type watched struct {
	relay.Local
	f       *housetest.Fixture
	entries int
}

func (w *watched) Connect(ctx context.Context, c desk.Connection) error {
	w.f.View(func(tx *db.Tx) error {
		page, err := ledger.List(tx, ledger.Filter{Type: ledger.CallAsked})
		for _, e := range page.Entries {
			if e.Ref == c.ID.String() {
				w.entries++
			}
		}
		return err
	})
	return w.Local.Connect(ctx, c)
}

// TestAFamilyIsCalledWithoutAnybodySeeingTheNumber: the entry is durable before
// the relay is asked (I1), the relay gets both numbers, the family reads who
// called, and the day's quota counts it.
func TestAFamilyIsCalledWithoutAnybodySeeingTheNumber(t *testing.T) {
	f := housetest.New(t)
	line := &watched{f: f}
	f.Desk.Line = line
	r := f.Enrol(1, "2017-03")
	clerk := f.As(actor.Clerk)
	_, err := f.Desk.Call(t.Context(), clerk, r.Guardian, "contact.class")
	code(t, err, "call.no_desk")
	if has, err := f.Desk.HasPhone(t.Context(), clerk); has || err != nil {
		t.Errorf("a telephone before it was registered: %v", err)
	}
	must(t, f.Desk.SetPhone(t.Context(), clerk, secret.NewText("010-8888 0000")))
	must(t, f.Desk.SetPhone(t.Context(), clerk, secret.NewText("010-8888 0001"))) // a new desk
	out, err := f.Desk.Call(t.Context(), clerk, r.Guardian, "contact.class")
	must(t, err)
	family, err := phone.Normalise(secret.NewText(housetest.Phone(1)))
	must(t, err)
	calls := line.Calls()
	if len(calls) != 1 || line.entries != 1 || calls[0].Desk.Expose() != "+861088880001" || calls[0].Family.Expose() != family.Expose() {
		t.Fatalf("%d calls, %d entries before them", len(calls), line.entries)
	}
	looks, err := f.Family.Looks(t.Context(), f.Guardian(r.Guardian), r.Guardian, 0)
	must(t, err)
	seen := false
	for _, e := range looks.Entries {
		seen = seen || e.Type == ledger.CallAsked && e.Index == out.Index()
	}
	if !seen {
		t.Error("the family does not read who called")
	}
}

// TestACallNeedsWhatALookNeeds: a grant, the store, a purpose, and a person (I4,
// I8); a program has no telephone, and without a relay nobody is called.
func TestACallNeedsWhatALookNeeds(t *testing.T) {
	f := housetest.New(t)
	r := f.Enrol(1, "2017-03")
	f.Desk.Line = nil
	_, err := f.Desk.Call(t.Context(), f.As(actor.Clerk), r.Guardian, "contact.class")
	code(t, err, "call.none")
	line := &relay.Local{}
	f.Desk.Line = line
	must(t, f.Desk.SetPhone(t.Context(), f.As(actor.Clerk), secret.NewText("010-88880000")))
	other := f.As(actor.Clerk)
	other.Store = f.Other
	program := actor.Actor{Institution: f.Institution, Role: actor.Integrator, Purposes: []string{"contact.class"}, Fields: []string{subject.GuardianPhone}}
	for name, a := range map[string]actor.Actor{"another store": other, "an officer": f.As(actor.Officer), "a program": program, "the family": f.Guardian(r.Guardian)} {
		if _, err := f.Desk.Call(t.Context(), a, r.Guardian, "contact.class"); err == nil {
			t.Errorf("%s calls", name)
		}
	}
	if _, err := f.Desk.Call(t.Context(), f.As(actor.Clerk), r.Guardian, "marketing"); err == nil {
		t.Error("for marketing")
	}
	stale := f.As(actor.Clerk)
	stale.ProvedAt = f.Now().Add(-5 * time.Hour)
	if err := f.Desk.SetPhone(t.Context(), stale, secret.NewText("010-88880000")); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("a telephone on an old proof: %v", err)
	}
	if len(line.Calls()) != 0 {
		t.Errorf("%d calls", len(line.Calls()))
	}
}

// TestATelephoneGoesWithItsAccount (I10).
func TestATelephoneGoesWithItsAccount(t *testing.T) {
	f := housetest.New(t)
	s := f.Hire("gone", f.Store, actor.Clerk)
	a := actor.Actor{Institution: f.Institution, Store: f.Store, Staff: s.ID, Role: actor.Clerk, ProvedAt: f.Now()}
	must(t, f.Desk.SetPhone(t.Context(), a, secret.NewText("010-88880000")))
	must(t, f.Accounts.Remove(t.Context(), f.As(actor.Manager), s.ID))
	f.View(func(tx *db.Tx) error {
		var phones, keys int
		err := tx.QueryRow(`SELECT count(*) FROM desk_phone WHERE institution_id = $1 AND staff_id = $2`, f.Institution, s.ID).Scan(&phones)
		if err == nil {
			err = tx.QueryRow(`SELECT count(*) FROM subject_key WHERE institution_id = $1 AND subject_id = $2`, f.Institution, s.ID).Scan(&keys)
		}
		if phones+keys != 0 {
			t.Errorf("%d telephones and %d keys are left", phones, keys)
		}
		return err
	})
}
