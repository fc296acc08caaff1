package enrol_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/notify"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

var ctx = context.Background()

// S0-01, I7: exactly the four promised items are stored, and nothing else.
func TestAnEnrolmentStoresExactlyTheFourPromisedItems(t *testing.T) {
	f := housetest.New(t)
	r := f.Enrol(1, "2016年3月")
	if r.State != enrol.Enrolled || r.Number == "" {
		t.Fatalf("state %q", r.State)
	}
	f.View(func(tx *db.Tx) error {
		child, err := subject.Held(tx, f.Institution, r.Child)
		if err != nil {
			return err
		}
		guardian, err := subject.Held(tx, f.Institution, r.Guardian)
		if got := strings.Join(append(child, guardian...), " "); got != "learner.birth_month learner.name guardian.name guardian.phone" {
			t.Errorf("held: %s", got)
		}
		return err
	})
}

// S0-02, S0-03, I6: before the wish to enrol is declared nothing about the
// learner is accepted.
func TestNothingIsAcceptedBeforeTheWishToEnrolIsDeclared(t *testing.T) {
	f := housetest.New(t)
	link, err := f.House.Enrol.Start(ctx, f.As(actor.Clerk), "示例课程")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := f.Accounts.NewBrowser()
	if _, err := f.House.Enrol.Confirm(ctx, link.Token, b, housetest.Form(1, "2016-03")); fault.KindOf(err) != fault.Conflict {
		t.Errorf("confirming an unopened link: %v", err)
	}
	if err := f.House.Enrol.Continue(ctx, link.Token, b); err != nil {
		t.Fatal(err)
	}
	if _, err := f.House.Enrol.Confirm(ctx, link.Token, b, housetest.Form(1, "2016-03")); fault.CodeOf(err) != "enrol.enquiry" {
		t.Errorf("confirming before the phone is proved: %v", err)
	}
}

// S0-30, B6: refusing every optional purpose ends in the same enrolment.
func TestRefusingEveryOptionalPurposeIsTheSameEnrolment(t *testing.T) {
	f := housetest.New(t)
	all := housetest.Form(1, "2016-03")
	all.Optional = []string{"photo.wall", "survey"}
	with, _ := f.EnrolWith(all, 1)
	without := f.Enrol(2, "2016-03")
	if with.State != without.State || len(without.Refused) != 2 || len(with.Refused) != 0 {
		t.Errorf("with: %s given %v; without: %s refused %v", with.State, with.Given, without.State, without.Refused)
	}
	f.View(func(tx *db.Tx) error {
		for _, p := range without.Given {
			if s, err := consent.Live(tx, f.Institution, without.Child, p); err != nil || s != consent.StateLive {
				t.Errorf("%s is %q, %v", p, s, err)
			}
		}
		return nil
	})
}

func TestConfirmingTwiceGivesTheSameReceipt(t *testing.T) {
	f := housetest.New(t)
	link, err := f.House.Enrol.Start(ctx, f.As(actor.Clerk), "示例课程")
	if err != nil {
		t.Fatal(err)
	}
	form := housetest.Form(1, "2016-03")
	b, _ := f.Accounts.NewBrowser()
	steps := []error{f.House.Enrol.Continue(ctx, link.Token, b), f.House.Enrol.SendCode(ctx, link.Token, b, form.Phone)}
	steps = append(steps, f.House.Enrol.Prove(ctx, link.Token, b, form.Phone, f.Code(1)))
	if err := errors.Join(steps...); err != nil {
		t.Fatal(err)
	}
	first, err := f.House.Enrol.Confirm(ctx, link.Token, b, form)
	if err != nil {
		t.Fatal(err)
	}
	again, err := f.House.Enrol.Confirm(ctx, link.Token, b, form)
	if err != nil || again.Number != first.Number || again.Child != first.Child {
		t.Errorf("the second answer is another receipt: %v", err)
	}
	// A second phone on the same link is told so, and the clerk sees it.
	other, _ := f.Accounts.NewBrowser()
	if _, err := f.House.Enrol.Confirm(ctx, link.Token, other, form); fault.CodeOf(err) != "enrol.taken" {
		t.Errorf("another browser: %v", err)
	}
}

func TestASecondPhoneOnOneLinkIsRefusedAndSeen(t *testing.T) {
	f := housetest.New(t)
	link, err := f.House.Enrol.Start(ctx, f.As(actor.Clerk), "示例课程")
	if err != nil {
		t.Fatal(err)
	}
	one, _ := f.Accounts.NewBrowser()
	two, _ := f.Accounts.NewBrowser()
	if err := f.House.Enrol.Continue(ctx, link.Token, one); err != nil {
		t.Fatal(err)
	}
	if err := f.House.Enrol.Continue(ctx, link.Token, two); fault.CodeOf(err) != "enrol.taken" {
		t.Errorf("the second phone: %v", err)
	}
	e, err := f.House.Enrol.Status(ctx, f.As(actor.Clerk), link.ID)
	if err != nil || e.Opens != 1 {
		t.Errorf("the clerk sees %d others, %v", e.Opens, err)
	}
	f.Advance(enrol.LinkLife)
	if err := f.House.Enrol.Continue(ctx, link.Token, one); fault.CodeOf(err) != "enrol.expired" {
		t.Errorf("after its time: %v", err)
	}
}

// S2-16, S2-17, B1, I6: in the month of the 14th birthday guardian and child
// decide together, after it the child decides and the guardian is informed;
// until the child has spoken nothing may be used.
func TestFrom14OnTheChildDecides(t *testing.T) {
	for _, c := range []struct {
		name, birth string
		before      consent.State
	}{
		{"in the month of the 14th birthday both", "2012-11", consent.StatePending},
		{"after it the child", "2012-10", consent.StateNone},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := housetest.New(t)
			r := f.Enrol(1, c.birth)
			if r.State != enrol.Waiting {
				t.Fatalf("state %q before the child has spoken", r.State)
			}
			state := func() (s consent.State) {
				f.View(func(tx *db.Tx) (err error) {
					s, err = consent.Live(tx, f.Institution, r.Child, "learner.manage")
					return err
				})
				return s
			}
			if s := state(); s != c.before {
				t.Errorf("before: %q, want %q", s, c.before)
			}
			if _, err := f.Desk.Reveal(ctx, f.As(actor.Clerk), r.Child, subject.LearnerName, "contact.class"); err == nil {
				t.Error("a value opened before the child agreed")
			}
			link := f.ChildLink(r)
			got, err := f.House.Enrol.ConfirmChild(ctx, link, enrol.Answer{Agree: true, Language: "zh-CN", Screen: [32]byte{1}})
			if err != nil || got.State != enrol.Enrolled {
				t.Fatalf("the child agreed: %q, %v", got.State, err)
			}
			if s := state(); s != consent.StateLive {
				t.Errorf("after: %q", s)
			}
			before := told(t, f)
			if before.Template != "informed" {
				t.Errorf("the guardian was told %q", before.Template)
			}
			// What the child agrees to later counts too, and is told as well.
			if _, err := f.Family.Give(ctx, f.Child(r.Child), r.Child, "photo.wall", "zh-CN", [32]byte{1}); err != nil {
				t.Fatal(err)
			}
			want := consent.StateLive
			if c.before == consent.StatePending { // both decide, and the guardian has not yet
				want = consent.StatePending
			}
			f.View(func(tx *db.Tx) error {
				s, err := consent.Live(tx, f.Institution, r.Child, "photo.wall")
				if s != want {
					t.Errorf("a later consent: %q, want %q", s, want)
				}
				return err
			})
			if m := told(t, f); m.Template != "informed" || m.ID == before.ID {
				t.Errorf("of the later consent the guardian was told %q", m.Template)
			}
		})
	}
}

// told is the last message to the first guardian.
func told(t *testing.T, f *housetest.Fixture) notify.Message {
	t.Helper()
	if err := f.Outbox.Deliver(ctx, f.Institution); err != nil {
		t.Fatal(err)
	}
	m, _ := f.Post.Last("+86" + housetest.Phone(1))
	return m
}

func TestAChildWhoDoesNotAgreeEndsTheEnrolment(t *testing.T) {
	f := housetest.New(t)
	r := f.Enrol(1, "2012-10")
	got, err := f.House.Enrol.ConfirmChild(ctx, f.ChildLink(r), enrol.Answer{Language: "zh-CN", Screen: [32]byte{1}})
	if err != nil || got.State != enrol.Declined {
		t.Fatalf("%q, %v", got.State, err)
	}
	f.View(func(tx *db.Tx) error {
		s, err := subject.Load(tx, f.Institution, r.Child)
		if s.State != subject.Erased {
			t.Errorf("the record is %q", s.State)
		}
		return err
	})
	if m := told(t, f); m.Template != "declined" {
		t.Errorf("the guardian was told %q", m.Template)
	}
}

func TestEveryWrongFieldIsNamedAtOnce(t *testing.T) {
	form := housetest.Form(1, "2016-13")
	form.LearnerName, form.Phone = secret.NewText("小明😀"), secret.NewText("138abc00000")
	_, err := form.Clean(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
	f, ok := errors.AsType[*fault.Error](err)
	if !ok || len(f.Fields) != 3 {
		t.Fatalf("got %v", err)
	}
	for i, want := range []string{"roster.name_mark", "roster.month_range", "phone.letters"} {
		if f.Fields[i].Code != want {
			t.Errorf("field %s: %s, want %s", f.Fields[i].Path, f.Fields[i].Code, want)
		}
	}
	// What is missing from a form is told in words for a form, not for a table.
	form = housetest.Form(1, "2016-03")
	form.GuardianName = secret.NewText("　")
	_, err = form.Clean(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))
	if f, ok := errors.AsType[*fault.Error](err); !ok || len(f.Fields) != 1 || f.Fields[0].Code != "form.required" {
		t.Errorf("an empty name: %v", err)
	}
	// Full-width digits, rare characters and names with a dot are fine.
	form = housetest.Form(1, "２０１６年３月")
	form.LearnerName, form.GuardianName = secret.NewText("𠮷𬱖"), secret.NewText("古丽娜尔•买买提")
	form.Phone = secret.NewText("＋８６ １５４－０００００００１")
	if c, err := form.Clean(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)); err != nil || c.Phone.Expose() != "+8615400000001" {
		t.Errorf("good values were refused: %v", err)
	}
}

// A phone that came to another person opens a record of its own.
func TestARecycledNumberDoesNotShowItsFormerOwnersChildren(t *testing.T) {
	f := housetest.New(t)
	old := f.Enrol(1, "2016-03")
	f.Advance(time.Hour)
	form := housetest.Form(2, "2017-05")
	form.Phone = secret.NewText(housetest.Phone(1))
	fresh, _ := f.EnrolWith(form, 1)
	if old.Guardian == fresh.Guardian {
		t.Fatal("two people share a record")
	}
	home, err := f.Family.Home(ctx, f.Guardian(fresh.Guardian))
	if err != nil || len(home) != 1 || home[0].ID != fresh.Child {
		t.Errorf("home shows %d children, %v", len(home), err)
	}
	if _, err := f.Family.Child(ctx, f.Guardian(fresh.Guardian), old.Child); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another's child: %v", err)
	}
}

// S0-04, S3-30, B2: an integrator's key is bound to purposes and fields.
func TestAnIntegratorEnrolsWithinItsKeyOnly(t *testing.T) {
	f := housetest.New(t)
	key := actor.Actor{Institution: f.Institution, Role: actor.Integrator, Key: id.Make[id.APIKey](f.Now()),
		Purposes: []string{"learner.manage"}, Fields: []string{"learner.name", "learner.birth_month", "guardian.name", "guardian.phone"}}
	r, err := f.House.Enrol.Complete(ctx, key, f.Store, housetest.Form(7, "2016-03"))
	if err != nil || r.State != enrol.Enrolled {
		t.Fatalf("%q, %v", r.State, err)
	}
	key.Fields = key.Fields[:2]
	if _, err := f.House.Enrol.Complete(ctx, key, f.Store, housetest.Form(8, "2016-03")); err == nil {
		t.Error("a key wrote fields that it is not bound to")
	}
}
