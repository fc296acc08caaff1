package desk_test

import (
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// sisters enrols two children of one guardian.
func sisters(f *housetest.Fixture) (first, second enrol.Receipt) {
	first = f.Enrol(1, "2018-05")
	f.Advance(2 * time.Minute) // until another code may go to the phone
	form := housetest.Form(1, "2020-02")
	form.LearnerName = secret.NewText("李小乙")
	second, _ = f.EnrolWith(form, 1)
	return first, second
}

// TestWhatIsStoppedForOneChildIsNotDoneInItsName (B6, S0-04): two children share
// a guardian's record, and one stop is a stop, whatever holds for the other.
func TestWhatIsStoppedForOneChildIsNotDoneInItsName(t *testing.T) {
	f := housetest.New(t)
	first, second := sisters(f)
	stranger := f.Enrol(2, "2018-05")
	_, err := f.Family.Withdraw(t.Context(), f.Guardian(first.Guardian), first.Child, "contact.class")
	must(t, err)

	for _, c := range []struct {
		name  string
		child id.Subject
		kind  fault.Kind
	}{
		{"the child it was stopped for", first.Child, fault.ConsentNeeded},
		{"the other child", second.Child, ""},
		{"somebody else's child", stranger.Child, fault.NotFound},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := f.Desk.For(c.child)
			_, seen := at.Reveal(t.Context(), f.As(actor.Clerk), first.Guardian, subject.GuardianPhone, "contact.class")
			_, sent := at.Message(t.Context(), f.As(actor.Clerk), first.Guardian, "class", "contact.class")
			for what, err := range map[string]error{"reveal": seen, "message": sent} {
				if fault.KindOf(err) != c.kind {
					t.Errorf("%s: %v, want kind %q", what, err, c.kind)
				}
			}
		})
	}
}

// TestWhatIsStoppedForOneChildIsStoppedWhenNoneIsNamed (I6): asked for no child in
// particular, a guardian's record might be used for any of them, on a day that the
// sweep has reached and on one that it has not. A child who was never asked and one
// who is gone stop nothing.
func TestWhatIsStoppedForOneChildIsStoppedWhenNoneIsNamed(t *testing.T) {
	for name, swept := range map[string]bool{"swept": true, "not swept": false} {
		t.Run(name, func(t *testing.T) {
			f := housetest.New(t)
			first, second := sisters(f)
			if swept {
				must(t, f.Sweep(t.Context(), f.Institution))
			}
			look := func(when string, want fault.Kind) {
				t.Helper()
				_, err := f.Desk.Reveal(t.Context(), f.As(actor.Clerk), first.Guardian, subject.GuardianPhone, "contact.class")
				if got := fault.KindOf(err); got != want {
					t.Errorf("%s: %q, want %q", when, got, want)
				}
			}
			parent := f.Guardian(first.Guardian)
			look("nothing is stopped", "")
			_, err := f.Family.Withdraw(t.Context(), parent, second.Child, "contact.class")
			must(t, err)
			look("stopped for the younger", fault.ConsentNeeded)
			_, err = f.Family.Erase(t.Context(), parent, second.Child)
			must(t, err)
			look("the younger is gone", "")
			_, err = f.Family.Withdraw(t.Context(), parent, first.Child, "contact.class")
			must(t, err)
			look("stopped for the elder", fault.ConsentNeeded)
		})
	}
}

// TestAChildWhoseRecordIsClosedClosesTheParentsForItsSake: what the child itself has
// not agreed to yet is not done by way of its parent.
func TestAChildWhoseRecordIsClosedClosesTheParentsForItsSake(t *testing.T) {
	f := housetest.New(t)
	first, second := sisters(f)
	must(t, f.DB.Update(t.Context(), f.Institution, func(tx *db.Tx) error {
		return subject.Restrict(tx, f.Institution, first.Child)
	}))
	for child, want := range map[id.Subject]bool{first.Child: false, second.Child: true} {
		_, err := f.Desk.For(child).Reveal(t.Context(), f.As(actor.Clerk), first.Guardian, subject.GuardianPhone, "contact.class")
		if (err == nil) != want {
			t.Errorf("opens %v, want %v: %v", err == nil, want, err)
		}
	}
}
