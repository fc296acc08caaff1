package compartment_test

import (
	"path/filepath"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/compartment"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// S2-23†: a backup keeps a record secluded, and its two officers open it there.
func TestABackupKeepsTheSeclusion(t *testing.T) {
	o := newBureau(t)
	if o.DB.Kind() != "sqlite" {
		t.Skip("the file of a backup is SQLite's; PostgreSQL has its own")
	}
	ctx := t.Context()
	f := o.seclude()
	copied := filepath.Join(t.TempDir(), "copy.db")
	must(t, o.DB.Backup(ctx, copied))
	there := &bureau{Fixture: o.Reopen(house.Config{DSN: "sqlite:" + copied, KEK: o.KEK}), second: o.second, family: o.family}
	if there.found() != 0 {
		t.Error("the family is found in the copy")
	}
	r := there.agreed(f, compartment.ToOpen, subject.GuardianPhone)
	got, err := there.Compartment.Open(ctx, there.one(), r.ID, subject.GuardianPhone)
	if err != nil || got.Values[0].Expose() != "+86"+housetest.Phone(1) {
		t.Errorf("the copy does not open: %v", err)
	}
}

// S2-23†: the rule holds by itself. A room that loaded the record as the family does,
// on behalf of staff, would be told that there is none; so would an emergency.
func TestTheRuleHoldsWhereAWrongLoaderIsCalled(t *testing.T) {
	o := newBureau(t)
	o.seclude()
	for _, act := range []policy.Act{policy.SubjectView, policy.FieldReveal, policy.MessageSend, policy.SubjectCorrect, policy.GlassBreak} {
		req := gate.Request{Actor: o.As(actor.Manager), Act: act, Purpose: "contact.class", Fields: []string{subject.GuardianPhone}, Subject: o.family.Child}
		opened := false
		_, err := o.Gate.Do(t.Context(), req, func(tx *db.Tx, c *gate.Case) error {
			row, err := subject.LoadOwn(tx, o.Institution, o.family.Child)
			if err != nil {
				return err
			}
			c.Facts.SecondPerson, c.Facts.Emergency, c.Facts.GrantLive = true, true, true
			return o.Facts.Record(tx, c, row)
		}, func(*db.Tx, seal.Permit, *gate.Case) error { opened = true; return nil })
		if fault.KindOf(err) != fault.NotFound || opened {
			t.Errorf("%s: %v", act, err)
		}
	}
	_, err := o.Applications.Break(t.Context(), o.As(actor.Clerk), o.family.Child, "injury")
	code(t, err, fault.NotFound, "subject.unknown")
	for _, q := range []desk.Query{{Receipt: o.family.Number}, {Phone: secret.NewText(housetest.Phone(1))}} {
		if cards, err := o.Desk.Find(t.Context(), o.one(), q, "learner.manage"); err != nil || len(cards) != 0 {
			t.Errorf("%d cards, %v", len(cards), err)
		}
	}
}
