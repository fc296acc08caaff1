package enrol_test

import (
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/inventory"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// try books a trial lesson for the nth family as it does on its own phone.
func try(t *testing.T, f *housetest.Fixture, n int, birth string) enrol.Receipt {
	t.Helper()
	ctx := t.Context()
	link, err := f.House.Enrol.StartTrial(ctx, f.As(actor.Clerk), "示例试听")
	must(t, err)
	b, err := f.Accounts.NewBrowser()
	must(t, err)
	form := housetest.Form(n, birth)
	// A child's name before the parent has agreed on the notice of trial lessons
	// is refused, whatever the form says.
	if _, err := f.House.Enrol.Confirm(ctx, link.Token, b, form); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a name without a receipt: %v", err)
	}
	must(t, f.House.Enrol.Continue(ctx, link.Token, b))
	must(t, f.House.Enrol.SendCode(ctx, link.Token, b, form.Phone))
	must(t, f.House.Enrol.Prove(ctx, link.Token, b, form.Phone, f.Code(n)))
	refused := form
	refused.Agree = false
	if _, err := f.House.Enrol.Confirm(ctx, link.Token, b, refused); fault.KindOf(err) != fault.ConsentNeeded {
		t.Errorf("without consent: %v", err)
	}
	r, err := f.House.Enrol.Confirm(ctx, link.Token, b, form)
	must(t, err)
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func cards(t *testing.T, f *housetest.Fixture, n int) int {
	t.Helper()
	found, err := f.Desk.Find(t.Context(), f.As(actor.Clerk), desk.Query{Phone: secret.NewText(housetest.Phone(n))}, "learner.manage")
	must(t, err)
	return len(found)
}

// S0-03, S0-02, I6: a trial lesson with a child's name and no receipt is
// refused; with the parent's receipt it is stored, for nothing but the trial, and
// after thirty days it is gone with an entry that says so.
func TestATrialLessonTakesAReceiptAndThirtyDays(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	r := try(t, f, 1, "2016-03")
	if r.State != enrol.Trial || r.Number == "" {
		t.Fatalf("%+v", r)
	}
	f.View(func(tx *db.Tx) error {
		for purpose, want := range map[string]consent.State{catalogue.TrialLesson: consent.StateLive, "learner.manage": consent.StateNone, "contact.class": consent.StateNone} {
			if got, err := consent.Live(tx, f.Institution, r.Child, purpose); err != nil || got != want {
				t.Errorf("%s: %q, %v", purpose, got, err)
			}
		}
		n, err := inventory.Unreceipted(tx, f.Institution)
		if n != 0 {
			t.Errorf("%d fields of learners without a receipt", n)
		}
		return err
	})
	if _, err := f.Desk.Reveal(ctx, f.As(actor.Clerk), r.Guardian, subject.GuardianPhone, "contact.class"); fault.KindOf(err) != fault.ConsentNeeded {
		t.Errorf("used for another purpose: %v", err)
	}
	if _, err := f.Desk.View(ctx, f.As(actor.Clerk), r.Child, catalogue.TrialLesson); err != nil {
		t.Errorf("seen for the trial: %v", err)
	}
	f.Advance(29 * 24 * time.Hour)
	must(t, f.Sweep(ctx, f.Institution))
	if cards(t, f, 1) != 1 {
		t.Fatal("gone too early")
	}
	f.Advance(25 * time.Hour)
	must(t, f.Sweep(ctx, f.Institution))
	if cards(t, f, 1) != 0 {
		t.Error("still there after thirty days")
	}
	f.View(func(tx *db.Tx) error {
		page, err := ledger.List(tx, ledger.Filter{Type: ledger.Erased, Limit: 1})
		if len(page.Entries) != 1 || page.Entries[0].Role != actor.System || page.Entries[0].Count != 2 || page.Entries[0].Purpose != catalogue.TrialLesson {
			t.Errorf("%+v", page.Entries)
		}
		return err
	})
}

// S0-03: whoever enrols after a trial is kept once, as enrolled; another child of
// the same family keeps its own trial.
func TestAnEnrolmentTakesThePlaceOfATrial(t *testing.T) {
	f := housetest.New(t)
	trial := try(t, f, 1, "2016-03")
	f.Advance(2 * time.Minute)
	r := f.Enrol(1, "2016-03")
	if r.State != enrol.Enrolled || r.Guardian != trial.Guardian {
		t.Fatalf("%+v after %+v", r, trial)
	}
	if n := cards(t, f, 1); n != 1 {
		t.Errorf("the family is there with %d children", n)
	}
	f.View(func(tx *db.Tx) error {
		s, err := subject.Load(tx, f.Institution, trial.Child)
		if s.State != subject.Erased {
			t.Errorf("the record of the trial is %s", s.State)
		}
		return err
	})
}

// S0-03, S2-17: a child of 15 agrees to its trial lesson itself.
func TestAChildOfFifteenTriesOnItsOwnWord(t *testing.T) {
	f := housetest.New(t)
	if r := try(t, f, 1, "2011-03"); r.State != enrol.Waiting {
		t.Fatalf("%+v", r)
	}
	form := housetest.Form(2, "2011-03")
	key := actor.Actor{Institution: f.Institution, Store: f.Store, Role: actor.Integrator, Purposes: []string{catalogue.TrialLesson},
		Fields: []string{subject.LearnerName, subject.LearnerBirth, subject.GuardianName, subject.GuardianPhone}}
	form.Agree = false
	if _, err := f.House.Enrol.CompleteTrial(t.Context(), key, f.Store, form); fault.KindOf(err) != fault.ConsentNeeded {
		t.Errorf("a program without the family's consent: %v", err)
	}
}

// I9: a link that was seen to have expired stays so, though the clock goes back.
func TestAnExpiredLinkStaysExpiredWhenTheClockGoesBack(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	for name, see := range map[string]func(enrol.Token, account.Browser) error{
		"by looking":  func(tok enrol.Token, b account.Browser) error { _, err := f.House.Enrol.Look(ctx, tok, b); return err },
		"by going on": func(tok enrol.Token, b account.Browser) error { _ = f.House.Enrol.Continue(ctx, tok, b); return nil },
		"by the desk": func(enrol.Token, account.Browser) error { return nil },
	} {
		link, err := f.House.Enrol.Start(ctx, f.As(actor.Clerk), "示例课程")
		must(t, err)
		b, err := f.Accounts.NewBrowser()
		must(t, err)
		f.Advance(16 * time.Minute)
		must(t, see(link.Token, b))
		if name == "by the desk" {
			_, err := f.House.Enrol.Status(ctx, f.As(actor.Clerk), link.ID)
			must(t, err)
		}
		f.Advance(-10 * time.Minute)
		if err := f.House.Enrol.Continue(ctx, link.Token, b); fault.CodeOf(err) != "enrol.expired" {
			t.Errorf("%s: %v", name, err)
		}
		f.Advance(10 * time.Minute)
	}
}
