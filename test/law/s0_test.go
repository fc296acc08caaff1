package law_test

import (
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/subject"
)

// S0-02, S0-03, S3-31: somebody asks about a course and gives the child's name
// before the wish to enrol is declared. It is refused, whatever has been read
// and proved so far, and nothing about the learner is stored.
func TestAnEnquiryStoresNothingAboutTheLearner(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	link, err := f.House.Enrol.Start(ctx, f.As(actor.Clerk), "trial lesson")
	must(t, err)
	browser, err := f.Accounts.NewBrowser()
	must(t, err)
	refused := func(when string) {
		t.Helper()
		if _, err := f.House.Enrol.Confirm(ctx, link.Token, browser, housetest.Form(1, ten)); fault.KindOf(err) != fault.Conflict {
			t.Errorf("%s: %v", when, err)
		}
		f.View(func(tx *db.Tx) error {
			var n int
			err := tx.QueryRow(`SELECT COUNT(*) FROM sealed_field WHERE institution_id = $1`, f.Institution).Scan(&n)
			if n != 0 {
				t.Errorf("%s: %d fields are stored", when, n)
			}
			return err
		})
	}
	refused("before the notice was read")
	must(t, f.House.Enrol.Continue(ctx, link.Token, browser))
	refused("before the phone was proved")
	must(t, f.House.Enrol.Decline(ctx, link.Token, browser))
	refused("after the family declined")
}

// S0-05, S0-30: whoever agrees to nothing optional is enrolled all the same,
// and the consent says which purposes were refused.
func TestRefusingEverythingOptionalIsAFullEnrolment(t *testing.T) {
	f := housetest.New(t)
	none := f.Enrol(1, ten)
	form := housetest.Form(2, ten)
	form.Optional = []string{"photo.wall", "survey"}
	all, _ := f.EnrolWith(form, 2)
	if none.State != enrol.Enrolled || all.State != none.State || len(none.Refused) == 0 {
		t.Errorf("%s with nothing, %s with everything; refused %v", none.State, all.State, none.Refused)
	}
}

// S0-10, S3-46: without a grant a role sees masks, of every field, in every view;
// and the matrix shows for each running grant who approved it, why, until when.
func TestWithoutAGrantARoleSeesMasks(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	r := f.Enrol(1, ten)
	form := housetest.Form(1, ten)
	f.Hire("second", f.Store, actor.Clerk)
	card, err := f.Desk.View(ctx, f.As(actor.Clerk), r.Child, "contact.class")
	must(t, err)
	for what, shown := range map[string]string{"name": card.Name, "guardian": card.GuardianName, "phone": card.Phone, "birth": card.Birth} {
		for _, clear := range []string{form.LearnerName.Expose(), form.GuardianName.Expose(), housetest.Phone(1), ten} {
			if strings.Contains(shown, clear) {
				t.Errorf("the %s is not masked", what)
			}
		}
	}
	if _, err := f.Desk.Reveal(ctx, f.As(actor.Teacher), r.Guardian, subject.GuardianPhone, "contact.class"); fault.KindOf(err) != fault.ApprovalNeeded {
		t.Errorf("without a grant: %v", err)
	}
	f.View(func(tx *db.Tx) error {
		m, err := f.Grants.Snapshot(tx, f.Institution, tx.Now())
		lines := 0
		for _, row := range m.Rows {
			for _, cell := range row.Cells {
				for _, l := range cell.Grants {
					lines++
					if l.Approver.IsZero() || l.Reason == "" || !l.Until.After(tx.Now()) {
						t.Errorf("a grant without approver, reason or end: %+v", l)
					}
				}
			}
		}
		if lines == 0 {
			t.Error("the matrix shows no grant")
		}
		return err
	})
}

// S0-04, S3-41: the purpose stands in the entry of every read.
func TestEveryReadNamesItsPurposeInTheLog(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	r := f.Enrol(1, ten)
	clerk := f.As(actor.Clerk)
	_, err := f.Desk.Reveal(ctx, clerk, r.Guardian, subject.GuardianPhone, "contact.class")
	must(t, err)
	_, err = f.Desk.View(ctx, clerk, r.Child, "contact.class")
	must(t, err)
	f.View(func(tx *db.Tx) error {
		page, err := ledger.List(tx, ledger.Filter{Limit: 500})
		for _, e := range page.Entries {
			if e.Op == ledger.Use && e.Purpose == "" {
				t.Errorf("entry %d of type %s names no purpose", e.Index, e.Type)
			}
		}
		return err
	})
}
