package compartment_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/compartment"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func code(t testing.TB, err error, kind fault.Kind, want string) {
	t.Helper()
	if fault.KindOf(err) != kind || fault.CodeOf(err) != want {
		t.Errorf("got %v, want %s %s", err, kind, want)
	}
}

var number = secret.NewText("（2026）沪0105刑初12号")

// bureau is a house with two officers and one family.
type bureau struct {
	*housetest.Fixture
	second account.Staff
	family enrol.Receipt
}

func newBureau(t testing.TB) *bureau {
	t.Helper()
	o := &bureau{Fixture: housetest.New(t)}
	o.second = o.officer("officer2")
	o.family = o.Enrol(1, "2016-03")
	return o
}

func (o *bureau) officer(login string) account.Staff {
	o.T.Helper()
	s := o.Hire(login, id.Store{}, actor.Officer)
	must(o.T, o.Instruct(o.T.Context(), o.Institution, s.ID, o.Now().AddDate(1, 0, 0), [32]byte{1}))
	return s
}

func (o *bureau) one() actor.Actor { return o.As(actor.Officer) }

func (o *bureau) two() actor.Actor {
	return actor.Actor{Institution: o.Institution, Staff: o.second.ID, Role: actor.Officer, ProvedAt: o.Now()}
}

func (o *bureau) seclude() compartment.File {
	o.T.Helper()
	f, err := o.Compartment.Seclude(o.T.Context(), o.one(), o.family.Child, number)
	must(o.T, err)
	return f
}

func (o *bureau) agreed(f compartment.File, k compartment.Kind, fields ...string) compartment.Request {
	o.T.Helper()
	r, err := o.Compartment.Ask(o.T.Context(), o.one(), f.ID, k, fields, number)
	must(o.T, err)
	r, err = o.Compartment.Agree(o.T.Context(), o.two(), r.ID)
	must(o.T, err)
	return r
}

// found is how many cards the clerk finds by the family's phone.
func (o *bureau) found() int {
	o.T.Helper()
	cards, err := o.Desk.Find(o.T.Context(), o.As(actor.Clerk), desk.Query{Phone: secret.NewText(housetest.Phone(1))}, "learner.manage")
	must(o.T, err)
	return len(cards)
}

// S2-23†: one officer secludes at once; two open one field, with the case, and the
// family reads of it; two let it out, and the record is as before.
func TestTwoOfficersOpenWhatOneHasSecluded(t *testing.T) {
	o := newBureau(t)
	ctx := t.Context()
	if o.found() != 1 {
		t.Fatal("the family is not found at first")
	}
	f := o.seclude()
	if o.found() != 0 {
		t.Error("a secluded child is found")
	}
	r := o.agreed(f, compartment.ToOpen, subject.LearnerName, subject.GuardianPhone)
	for field, want := range map[string]string{subject.LearnerName: "欧阳示一", subject.GuardianPhone: "+86" + housetest.Phone(1)} {
		got, err := o.Compartment.Open(ctx, o.one(), r.ID, field)
		if err != nil || len(got.Values) != 1 || field == subject.GuardianPhone && got.Values[0].Expose() != want {
			t.Errorf("%s: %d values, %v", field, len(got.Values), err)
		}
	}
	_, err := o.Compartment.Open(ctx, o.one(), r.ID, subject.LearnerBirth)
	code(t, err, fault.ApprovalNeeded, "policy.approval_needed") // not asked for

	looks, err := o.Family.Looks(ctx, o.Guardian(o.family.Guardian), o.family.Child, 0)
	must(t, err)
	seen := func(want ledger.Type) bool {
		return slices.ContainsFunc(looks.Entries, func(e ledger.Entry) bool { return e.Type == want && e.Store.IsZero() })
	}
	for _, want := range []ledger.Type{ledger.Secluded, ledger.CompartmentAsked, ledger.CompartmentAgreed, ledger.CompartmentOpened} {
		if !seen(want) {
			t.Errorf("the family does not read of %s", want)
		}
	}

	out := o.agreed(f, compartment.ToLetOut)
	_, err = o.Compartment.Release(ctx, o.two(), out.ID)
	code(t, err, fault.ApprovalNeeded, "policy.approval_needed") // not the one who asked
	_, err = o.Compartment.Release(ctx, o.one(), out.ID)
	must(t, err)
	if o.found() != 1 {
		t.Error("the record did not come back")
	}
	_, err = o.Compartment.Open(ctx, o.one(), r.ID, subject.LearnerName)
	code(t, err, fault.NotFound, "compartment.unknown")
}

// S2-23†, I8: what does not open a file.
func TestWhatDoesNotOpenAFile(t *testing.T) {
	o := newBureau(t)
	ctx := t.Context()
	f := o.seclude()
	_, err := o.Compartment.Ask(ctx, o.one(), f.ID, compartment.ToOpen, []string{subject.LearnerName}, secret.NewText("(2026)沪0105刑初13号"))
	code(t, err, fault.Denied, "policy.denied")
	var rules []string
	if x, ok := errors.AsType[*fault.Error](err); ok {
		rules = x.Rules
	}
	if !slices.Contains(rules, "R-165") {
		t.Errorf("a wrong case is refused by %v", rules)
	}
	o.View(func(tx *db.Tx) error {
		page, err := ledger.ForSubject(tx, o.family.Child, 0, 1)
		if err != nil || len(page.Entries) != 1 || page.Entries[0].Type != ledger.Denied {
			t.Errorf("a wrong case is not written down: %v", err)
		}
		return err
	})

	ask := func(a actor.Actor) compartment.Request {
		r, err := o.Compartment.Ask(ctx, a, f.ID, compartment.ToOpen, []string{subject.LearnerName}, number)
		must(t, err)
		return r
	}
	r := ask(o.one())
	open := func(a actor.Actor, kind fault.Kind, want string) {
		t.Helper()
		_, err := o.Compartment.Open(ctx, a, r.ID, subject.LearnerName)
		code(t, err, kind, want)
	}
	open(o.one(), fault.ApprovalNeeded, "policy.approval_needed") // alone
	_, err = o.Compartment.Agree(ctx, o.one(), r.ID)
	code(t, err, fault.Denied, "policy.denied") // with oneself
	_, err = o.Compartment.Agree(ctx, o.As(actor.Manager), r.ID)
	code(t, err, fault.Denied, "policy.denied") // with a manager
	puppet := o.officer("puppet")
	o.Update(func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE staff SET created_by = $1 WHERE institution_id = $2 AND staff_id = $3`, o.one().Staff, o.Institution, puppet.ID)
		return err
	})
	made := actor.Actor{Institution: o.Institution, Staff: puppet.ID, Role: actor.Officer, ProvedAt: o.Now()}
	_, err = o.Compartment.Agree(ctx, made, r.ID)
	code(t, err, fault.Denied, "policy.denied") // with an account of one's own making

	_, err = o.Compartment.Agree(ctx, o.two(), r.ID)
	must(t, err)
	_, err = o.Compartment.Agree(ctx, o.two(), r.ID)
	code(t, err, fault.Conflict, "compartment.decided")
	open(o.two(), fault.ApprovalNeeded, "policy.approval_needed") // who agreed did not ask
	open(o.As(actor.Owner), fault.Denied, "policy.denied")
	stale := o.one()
	stale.ProvedAt = o.Now().Add(-5 * time.Hour)
	open(stale, fault.Unauthenticated, "policy.unauthenticated")
	o.Advance(compartment.OpenFor)
	open(o.one(), fault.ApprovalNeeded, "policy.approval_needed") // too late

	late := ask(o.one())
	o.Advance(compartment.AgreeWithin)
	_, err = o.Compartment.Agree(ctx, o.two(), late.ID)
	code(t, err, fault.Conflict, "compartment.lapsed")
}

// S2-23†: what cannot be asked for, and whom nobody can seclude.
func TestWhatIsRefusedAtTheCompartment(t *testing.T) {
	o := newBureau(t)
	ctx := t.Context()
	_, err := o.Compartment.Seclude(ctx, o.As(actor.Manager), o.family.Child, number)
	code(t, err, fault.Denied, "policy.denied")
	_, err = o.Compartment.Seclude(ctx, o.one(), o.family.Guardian, number)
	code(t, err, fault.NotFound, "subject.unknown")
	_, err = o.Compartment.Seclude(ctx, o.one(), o.family.Child, secret.NewText("被邻居打伤"))
	code(t, err, fault.Invalid, "compartment.case")
	f := o.seclude()
	_, err = o.Compartment.Seclude(ctx, o.one(), o.family.Child, number)
	code(t, err, fault.NotFound, "subject.unknown")
	for _, c := range []struct {
		kind   compartment.Kind
		fields []string
		want   string
	}{
		{"peek", nil, "compartment.kind"}, {compartment.ToOpen, nil, "compartment.fields"},
		{compartment.ToOpen, []string{"learner.phone"}, "compartment.fields"},
		{compartment.ToLetOut, []string{subject.LearnerName}, "compartment.fields"},
	} {
		_, err := o.Compartment.Ask(ctx, o.one(), f.ID, c.kind, c.fields, number)
		code(t, err, fault.Invalid, c.want)
	}
	_, err = o.Compartment.Ask(ctx, o.one(), id.Make[id.SealedFile](o.Now()), compartment.ToLetOut, nil, number)
	code(t, err, fault.NotFound, "compartment.unknown")
	_, err = o.Compartment.List(ctx, o.As(actor.Auditor))
	code(t, err, fault.Denied, "policy.denied")
	list, err := o.Compartment.List(ctx, o.two())
	if err != nil || len(list) != 1 || list[0].ID != f.ID || list[0].Case.Expose() != "(2026)沪0105刑初12号" || list[0].Days != 0 {
		t.Errorf("%d files, %v", len(list), err)
	}
}

// S2-23†: the family keeps its rights; what it erases is gone from the compartment.
func TestTheFamilyKeepsItsRights(t *testing.T) {
	o := newBureau(t)
	ctx := t.Context()
	f := o.seclude()
	g := o.Guardian(o.family.Guardian)
	home, err := o.Family.Home(ctx, g)
	if err != nil || len(home) != 1 || home[0].State != subject.Live {
		t.Fatalf("%d children at home, %v", len(home), err)
	}
	o.View(func(tx *db.Tx) error {
		members, err := o.Family.ByPhone(tx, o.Institution, secret.NewText("+86"+housetest.Phone(1)))
		if err != nil || len(members) != 1 || members[0].Subject != o.family.Guardian {
			t.Errorf("the guardian cannot sign in: %v", err)
		}
		return nil
	})
	_, err = o.Family.Correct(ctx, g, o.family.Child, subject.LearnerName, secret.NewText("欧阳示丁"))
	must(t, err)
	_, _, err = o.Family.Copy(ctx, g, o.family.Child)
	must(t, err)
	_, err = o.Family.Withdraw(ctx, g, o.family.Child, "contact.class")
	must(t, err)
	must(t, o.Sweep(ctx, o.Institution))
	r := o.agreed(f, compartment.ToOpen, subject.LearnerName)
	got, err := o.Compartment.Open(ctx, o.one(), r.ID, subject.LearnerName)
	if err != nil || got.Values[0].Expose() != "欧阳示丁" {
		t.Errorf("the correction is not there: %v", err)
	}
	cert, err := o.Family.Erase(ctx, g, o.family.Child)
	if err != nil || cert.Records != 2 {
		t.Fatalf("%d records erased, %v", cert.Records, err)
	}
	_, err = o.Compartment.Open(ctx, o.one(), r.ID, subject.LearnerName)
	code(t, err, fault.NotFound, "compartment.unknown")
	if list, err := o.Compartment.List(ctx, o.two()); err != nil || len(list) != 0 {
		t.Errorf("%d files after the erasure, %v", len(list), err)
	}
}

// S2-23†: a guardian is there as long as one child is seen, and tells of no other.
func TestAGuardianTellsOfNoSecludedChild(t *testing.T) {
	o := newBureau(t)
	ctx := t.Context()
	o.Advance(2 * time.Minute) // a code is sent once a minute
	form := housetest.Form(1, "2018-05")
	form.LearnerName = secret.NewText("欧阳示丙")
	sister, _ := o.EnrolWith(form, 1)
	if sister.Guardian != o.family.Guardian || o.found() != 2 {
		t.Fatal("the sister has another guardian")
	}
	state := func(subj id.Subject) (s subject.Subject) {
		o.View(func(tx *db.Tx) (err error) { s, err = subject.LoadOwn(tx, o.Institution, subj); return err })
		return s
	}
	f := o.seclude()
	if o.found() != 1 || state(sister.Guardian).Secluded {
		t.Error("the sister went with the child")
	}
	_, err := o.Family.Erase(ctx, o.Guardian(sister.Guardian), sister.Child)
	must(t, err)
	if !state(sister.Guardian).Secluded || o.found() != 0 {
		t.Error("a guardian of nobody who is seen is found")
	}
	o.Advance(2 * time.Minute)
	form.LearnerName = secret.NewText("欧阳示戊")
	brother, _ := o.EnrolWith(form, 1)
	if brother.Guardian != sister.Guardian || o.found() != 1 || state(brother.Guardian).Secluded {
		t.Error("the brother's guardian is not found")
	}
	out := o.agreed(f, compartment.ToLetOut)
	_, err = o.Compartment.Release(ctx, o.one(), out.ID)
	must(t, err)
	if o.found() != 2 {
		t.Error("let out, the child is not found")
	}
}

// S2-23†: a restriction that begins or ends meanwhile counts once the record is out,
// and does not let it out.
func TestARestrictionDoesNotLetOut(t *testing.T) {
	o := newBureau(t)
	f := o.seclude()
	for _, step := range []func(*db.Tx, id.Institution, id.Subject) error{subject.Unrestrict, subject.Restrict} {
		o.Update(func(tx *db.Tx) error { return step(tx, o.Institution, o.family.Child) })
		if o.found() != 0 {
			t.Error("it is out")
		}
	}
	_, err := o.Compartment.Release(t.Context(), o.one(), o.agreed(f, compartment.ToLetOut).ID)
	must(t, err)
	o.View(func(tx *db.Tx) error {
		s, err := subject.Load(tx, o.Institution, o.family.Child)
		if s.State != subject.Restricted {
			t.Errorf("out and %s", s.State)
		}
		return err
	})
}
