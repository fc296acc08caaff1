package office_test

import (
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/inventory"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/subject"
)

// S3-09: a field that nobody has used for 180 days becomes a task of the officer,
// once; it ends with a reason, and comes up again only after another 180 days.
func TestAFieldThatNobodyUsesIsReviewed(t *testing.T) {
	f, s := open(t)
	ctx, officer := t.Context(), f.As(actor.Officer)
	r := f.Enrol(1, "2016-03")
	sweep := func(days int) (waiting []string) {
		t.Helper()
		f.Advance(time.Duration(days) * 24 * time.Hour)
		if err := f.Sweep(ctx, f.Institution); err != nil {
			t.Fatal(err)
		}
		list, err := s.Reviews(ctx, officer)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range list {
			if x.Decided.IsZero() {
				waiting = append(waiting, x.Field)
			}
		}
		return waiting
	}
	if got := sweep(80); len(got) != 0 {
		t.Errorf("after 80 days %v wait", got)
	}
	if _, err := f.Desk.Reveal(ctx, f.As(actor.Clerk), r.Guardian, subject.GuardianPhone, "contact.class"); err != nil {
		t.Fatal(err)
	}
	got := sweep(110)
	if len(got) == 0 || got[0] == subject.GuardianPhone {
		t.Fatalf("after 190 days %v wait", got)
	}
	if again := sweep(8); len(again) != len(got) {
		t.Errorf("they are asked for twice: %v", again)
	}
	f.View(func(tx *db.Tx) error {
		page, err := ledger.List(tx, ledger.Filter{Type: ledger.Alarm})
		if len(page.Entries) < len(got) {
			t.Errorf("%d alarms for %d fields", len(page.Entries), len(got))
		}
		return err
	})
	field := got[0]
	if err := s.Review(ctx, officer, field, true, " "); fault.CodeOf(err) != "inventory.reason" {
		t.Errorf("without a reason: %v", err)
	}
	if err := s.Review(ctx, f.As(actor.Clerk), field, true, "needed"); fault.KindOf(err) != fault.Denied {
		t.Errorf("a clerk decides: %v", err)
	}
	if err := s.Review(ctx, officer, field, true, "分班要用"); err != nil {
		t.Fatal(err)
	}
	if err := s.Review(ctx, officer, field, true, "again"); fault.CodeOf(err) != "inventory.no_review" {
		t.Errorf("decided twice: %v", err)
	}
	if left := sweep(10); len(left) != len(got)-1 {
		t.Errorf("after the decision %v wait", left)
	}
	if later := sweep(inventory.Idle); len(later) < len(got) {
		t.Errorf("after another %d days %v wait", inventory.Idle, later)
	}
}
