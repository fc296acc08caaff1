package house_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/verify"
)

// The life of one record: enrol, consent, seal, mask, reveal with an entry, the
// family sees it, deletes, and the log still verifies.
// S0-01, S0-02, S0-06, S3-24, S3-46, I1, I2, I10, B3, B12.
func TestOneRecordLivesFromTheLinkToErasure(t *testing.T) {
	f := housetest.New(t)
	ctx := context.Background()
	r := f.Enrol(1, "2016-03")
	clerk, parent := f.As(actor.Clerk), f.Guardian(r.Guardian)

	cards, err := f.Desk.Find(ctx, clerk, desk.Query{Phone: secret.NewText(housetest.Phone(1))}, "contact.class")
	if err != nil || len(cards) != 1 {
		t.Fatalf("Find gives %d cards, %v", len(cards), err)
	}
	if c := cards[0]; c.Child != r.Child || c.Phone != "154****0001" {
		t.Errorf("the card shows %q, %q, %q", c.Name, c.GuardianName, c.Phone)
	}

	rev, err := f.Desk.Reveal(ctx, clerk, r.Guardian, subject.GuardianPhone, "contact.class")
	if err != nil || rev.Value.Expose() != "+86"+housetest.Phone(1) {
		t.Fatalf("Reveal: %v", err)
	}

	looks, err := f.Family.Looks(ctx, parent, r.Guardian, 0)
	if err != nil || len(looks.Entries) == 0 || looks.Entries[0].Index != rev.Index() || looks.Entries[0].Actor != clerk.ID() {
		t.Fatalf("the family does not see who looked: %d entries, %v", len(looks.Entries), err)
	}
	if err := f.Log.Step(ctx, f.Institution); err != nil {
		t.Fatal(err)
	}
	proof, err := f.Family.Proof(ctx, parent, r.Guardian, rev.Index())
	if err != nil {
		t.Fatal(err)
	}
	doc, err := json.Marshal(proof)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := verify.ParseReceipt(doc); err != nil {
		t.Errorf("the receipt does not parse: %v", err)
	}

	if _, err := f.Family.Erase(ctx, parent, r.Child); err != nil {
		t.Fatal(err)
	}
	if _, err := f.Desk.Reveal(ctx, clerk, r.Guardian, subject.GuardianPhone, "contact.class"); fault.KindOf(err) != fault.Erased {
		t.Errorf("after erasure Reveal says %v", err)
	}
	if cards, err = f.Desk.Find(ctx, clerk, desk.Query{Receipt: r.Number}, "contact.class"); err != nil || len(cards) != 0 {
		t.Errorf("after erasure Find gives %d cards, %v", len(cards), err)
	}
	report, err := f.Log.VerifyAll(ctx, f.Institution, nil)
	if err != nil {
		t.Errorf("the log does not verify: %+v, %v", report, err)
	}
}

// S0-04, S3-41, B3: no grant, another purpose, a banned purpose: nothing opens.
func TestNothingOpensWithoutPurposeAndGrant(t *testing.T) {
	f := housetest.New(t)
	ctx := context.Background()
	r := f.Enrol(1, "2016-03")
	for _, c := range []struct {
		who     actor.Role
		purpose string
		want    fault.Kind
	}{
		{actor.Clerk, "learner.manage", fault.ApprovalNeeded},
		{actor.Teacher, "contact.class", fault.ApprovalNeeded},
		{actor.Clerk, "marketing", fault.Denied},
		{actor.Clerk, "livestream.sales", fault.Denied},
		{actor.Owner, "fundraising", fault.Denied},
	} {
		_, err := f.Desk.Reveal(ctx, f.As(c.who), r.Guardian, subject.GuardianPhone, c.purpose)
		if fault.KindOf(err) != c.want {
			t.Errorf("%s for %s: %v, want %s", c.who, c.purpose, err, c.want)
		}
	}
}
