package office_test

import (
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/subject"
)

// S2-08, I8: every entry names the person in charge of the data set and who
// handled it. Another person takes charge of a store by being named and
// accepting in person; from then on the entries of that store name that person,
// and the report tells both chains.
func TestEveryEntryNamesThePersonInCharge(t *testing.T) {
	f, s := open(t)
	ctx := t.Context()
	officer, manager, clerk := f.As(actor.Officer), f.As(actor.Manager), f.As(actor.Clerk)
	r := f.Enrol(1, "2016-03")
	look := func() ledger.Entry {
		t.Helper()
		if _, err := f.Desk.Reveal(ctx, clerk, r.Guardian, subject.GuardianPhone, "contact.class"); err != nil {
			t.Fatal(err)
		}
		page, err := s.Audit(ctx, officer, ledger.Filter{Type: ledger.Reveal, Limit: 1})
		if err != nil || len(page.Entries) != 1 {
			t.Fatalf("%d entries, %v", len(page.Entries), err)
		}
		return page.Entries[0]
	}
	if e := look(); e.InCharge != officer.Staff.String() || e.HandledBy != clerk.Staff.String() {
		t.Errorf("%s in charge, handled by %s", e.InCharge, e.HandledBy)
	}
	charge := catalogue.Owner{Dataset: catalogue.Minimal, Store: f.Store, InCharge: manager.Staff}
	if err := s.Name(ctx, clerk, charge); fault.KindOf(err) != fault.Denied {
		t.Errorf("a clerk names somebody: %v", err)
	}
	own := charge
	own.InCharge = officer.Staff
	if err := s.Name(ctx, officer, own); fault.KindOf(err) != fault.Denied {
		t.Errorf("somebody names himself: %v", err)
	}
	if err := s.Name(ctx, officer, charge); err != nil {
		t.Fatal(err)
	}
	if e := look(); e.InCharge != officer.Staff.String() {
		t.Error("named is in charge already")
	}
	if err := s.Accept(ctx, clerk, catalogue.Minimal, f.Store); fault.KindOf(err) != fault.NotFound {
		t.Errorf("somebody else accepts: %v", err)
	}
	if err := s.Accept(ctx, manager, catalogue.Minimal, f.Store); err != nil {
		t.Fatal(err)
	}
	f.Advance(time.Second)
	if e := look(); e.InCharge != manager.Staff.String() {
		t.Errorf("%s is in charge of the store", e.InCharge)
	}
	d, err := s.Duties(ctx, officer)
	if err != nil || len(d.Owners) != 2 || len(d.Waiting) != 0 || !d.Whole {
		t.Fatalf("%+v, %v", d, err)
	}
	for _, h := range d.Handled {
		if h.By == clerk.Staff.String() && h.InCharge == manager.Staff.String() && h.Acts[ledger.Use] == 1 {
			return
		}
	}
	t.Errorf("the report does not say what the clerk handled: %+v", d.Handled)
}
