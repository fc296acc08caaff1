package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/intake"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func code(t *testing.T, err error, want string) {
	t.Helper()
	if fault.CodeOf(err) != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// assessed is an assessment made a month before the fixture's day.
func assessed(c consent.Capacity) *consent.Assessment {
	return &consent.Assessment{Capacity: c, By: "区残联评定组", Basis: "评定书2026/118", On: civil.MustDate(2026, 10, 22)}
}

// agree takes a change through its second look.
func agree(t *testing.T, f *housetest.Fixture, x desk.Asked, again string) {
	t.Helper()
	which, _, err := f.Desk.Ask(t.Context(), f.As(actor.Clerk), account.Browser{}, x)
	must(t, err)
	_, err = f.Desk.Decide(t.Context(), f.As(actor.Manager), which, true, secret.NewText(again))
	must(t, err)
}

func standing(t *testing.T, f *housetest.Fixture, child id.Subject, purpose string) (s consent.Standing) {
	t.Helper()
	f.View(func(tx *db.Tx) error {
		all, err := consent.Standings(tx, f.Institution, child)
		for _, x := range all {
			if x.Purpose == purpose {
				s = x
			}
		}
		return err
	})
	return s
}

// confirm is the guardian's own word on a record that waits.
func confirm(t *testing.T, f *housetest.Fixture, r enrol.Receipt) (enrol.State, error) {
	t.Helper()
	return f.Intake.Confirm(t.Context(), f.Guardian(r.Guardian), r.Child, intake.Answer{Language: "zh-CN", Screen: [32]byte{1}})
}

// S2-20†, I6, I8, B1: a child of 15 that cannot express a will. Nobody can
// agree until an assessment is on record, which two people hand in; then the
// guardian speaks, the identifier of the assessment stands with the consent; and
// when it has run out, authority is the child's again and the record waits.
func TestAnAssessmentLetsTheGuardianSpeak(t *testing.T) {
	f := housetest.New(t)
	r := f.Enrol(1, "2011-03")
	if r.State != enrol.Waiting {
		t.Fatalf("a child of 15 is %s", r.State)
	}
	_, err := confirm(t, f, r)
	if fault.KindOf(err) != fault.Denied {
		t.Fatalf("without an assessment the guardian speaks: %v", err)
	}
	agree(t, f, desk.Asked{Child: r.Child, Ref: "P-2026-7", Assessment: assessed(consent.Unable)}, "评定书2026/118")
	state, err := confirm(t, f, r)
	if err != nil || state != enrol.Enrolled {
		t.Fatalf("the guardian's word: %s, %v", state, err)
	}
	s := standing(t, f, r.Child, "learner.manage")
	if s.State != consent.StateLive || s.Needs != consent.ByGuardian {
		t.Errorf("%+v", s)
	}
	f.View(func(tx *db.Tx) error {
		events, err := consent.Events(tx, f.Institution, r.Child)
		if len(events) == 0 || !strings.HasPrefix(events[0].Ref, "chg_") {
			t.Error("the consent does not name the assessment")
		}
		return err
	})
	// The family's pages and the sweep go by the record too.
	c, err := f.Family.Child(t.Context(), f.Guardian(r.Guardian), r.Child)
	if err != nil || c.Speaker != consent.Guardian {
		t.Errorf("the family's page says %s, %v", c.Speaker, err)
	}
	must(t, f.Sweep(t.Context(), f.Institution))
	if standing(t, f, r.Child, "learner.manage").State != consent.StateLive {
		t.Error("a current assessment does not stop the handover")
	}
	f.Advance(366 * 24 * time.Hour)
	must(t, f.Sweep(t.Context(), f.Institution))
	if s := standing(t, f, r.Child, "learner.manage"); s.State != consent.StateExpired {
		t.Errorf("after twelve months: %s", s.State)
	}
}

// S2-20†: with help a child can express a will: both must agree, in either
// order, and what the child alone had agreed to waits for the guardian.
func TestWithHelpBothMustAgree(t *testing.T) {
	f := housetest.New(t)
	r := f.Enrol(1, "2011-03")
	_, err := f.House.Enrol.ConfirmChild(t.Context(), f.ChildLink(r), enrol.Answer{Agree: true, Language: "zh-CN", Screen: [32]byte{1}})
	must(t, err)
	if standing(t, f, r.Child, "learner.manage").State != consent.StateLive {
		t.Fatal("the child's own consent is not live")
	}
	agree(t, f, desk.Asked{Child: r.Child, Ref: "P-2026-8", Assessment: assessed(consent.Assisted)}, "评定书2026/118")
	if s := standing(t, f, r.Child, "learner.manage"); s.State != consent.StatePending || s.Missing() != consent.ByGuardian {
		t.Fatalf("after the assessment: %+v", s)
	}
	state, err := confirm(t, f, r)
	if err != nil || state != enrol.Enrolled || standing(t, f, r.Child, "learner.manage").State != consent.StateLive {
		t.Errorf("the guardian adds its word: %s, %v", state, err)
	}
	// Able again: the guardian's part is not needed any more, and the child's stands.
	f.Advance(time.Minute)
	agree(t, f, desk.Asked{Child: r.Child, Ref: "P-2026-9", Assessment: assessed(consent.Able)}, "评定书2026/118")
	if s := standing(t, f, r.Child, "learner.manage"); s.State != consent.StateLive || s.Needs != consent.ByChild|consent.Informed {
		t.Errorf("able again: %+v", s)
	}
}

// S2-20†, I8: an assessment without assessor, ground or date is refused; one
// person does not decide alone, and a clerk is not the second; what is typed the
// second time must agree; a stale one changes nothing.
func TestAnAssessmentTakesTwoPeopleAndIsCurrent(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	r := f.Enrol(1, "2011-03")
	for _, spoil := range []func(*consent.Assessment){
		func(a *consent.Assessment) { a.By = "" }, func(a *consent.Assessment) { a.Basis = " " }, func(a *consent.Assessment) { a.On = civil.Date{} },
	} {
		a := assessed(consent.Unable)
		spoil(a)
		_, _, err := f.Desk.Ask(ctx, f.As(actor.Clerk), account.Browser{}, desk.Asked{Child: r.Child, Ref: "P-1", Assessment: a})
		code(t, err, "consent.assessment")
	}
	which, _, err := f.Desk.Ask(ctx, f.As(actor.Manager), account.Browser{}, desk.Asked{Child: r.Child, Ref: "P-1", Assessment: assessed(consent.Unable)})
	must(t, err)
	second := secret.NewText("评定书2026/118")
	if _, err := f.Desk.Decide(ctx, f.As(actor.Manager), which, true, second); fault.KindOf(err) != fault.Denied && fault.KindOf(err) != fault.ApprovalNeeded {
		t.Errorf("alone: %v", err)
	}
	if _, err := f.Desk.Decide(ctx, f.As(actor.Clerk), which, true, second); fault.KindOf(err) != fault.ApprovalNeeded {
		t.Errorf("a clerk as the second: %v", err)
	}
	_, err = f.Desk.Decide(ctx, f.As(actor.Officer), which, true, secret.NewText("another paper"))
	code(t, err, "desk.differs")
	if x, err := f.Desk.Look(ctx, f.As(actor.Officer), which); err != nil || x.Assessment == nil || x.Assessment.Basis != "" || x.Assessment.Capacity != consent.Unable {
		t.Errorf("the officer sees %+v, %v", x, err)
	}
	_, err = f.Desk.Decide(ctx, f.As(actor.Officer), which, false, secret.Text{})
	must(t, err)
	_, err = f.Desk.Decide(ctx, f.As(actor.Officer), which, true, second)
	code(t, err, "subject.change_decided")

	old := assessed(consent.Unable)
	old.On = civil.MustDate(2025, 10, 1)
	agree(t, f, desk.Asked{Child: r.Child, Ref: "P-2", Assessment: old}, "评定书2026/118")
	if _, err := confirm(t, f, r); fault.KindOf(err) != fault.Denied {
		t.Errorf("on a stale assessment the guardian speaks: %v", err)
	}
}

// S2-01, I4, S2-20†: no row outside a sealed body, no entry and no list says
// that a child was assessed rather than that its name was misspelt.
func TestNothingSaysThatAChildWasAssessed(t *testing.T) {
	f := housetest.New(t)
	a, b := f.Enrol(1, "2011-03"), f.Enrol(2, "2016-03")
	agree(t, f, desk.Asked{Child: a.Child, Ref: "P-1", Assessment: assessed(consent.Unable)}, "评定书2026/118")
	agree(t, f, desk.Asked{Child: b.Child, Field: subject.LearnerName, Value: secret.NewText("欧阳新例"), Ref: "P-2"}, "欧阳新例")
	f.View(func(tx *db.Tx) error {
		for _, column := range []string{"length(sealed)", "version", "state"} {
			rows, err := tx.Query(`SELECT DISTINCT CAST(` + column + ` AS text) FROM record_change WHERE child_id <> ''`)
			if err != nil {
				return err
			}
			var seen []string
			for rows.Next() {
				var x string
				if err := rows.Scan(&x); err != nil {
					return err
				}
				seen = append(seen, x)
			}
			if len(seen) != 1 {
				t.Errorf("%s tells an assessment from a correction: %v", column, seen)
			}
		}
		page, err := ledger.List(tx, ledger.Filter{Type: ledger.ChangeAsked})
		if len(page.Entries) != 2 || page.Entries[1].Purpose != page.Entries[0].Purpose {
			t.Errorf("%d entries", len(page.Entries))
		}
		return err
	})
}

// S3-25, S3-33, I8: the family's word in the store: a clerk writes it down, the
// manager types it again, and it is in the record; the entries are the family's
// to see. Somebody else's record stays as it is.
func TestACorrectionAtTheDeskTakesASecondLook(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	r := f.Enrol(1, "2016-03")
	x := desk.Asked{Child: r.Child, Field: subject.GuardianName, Value: secret.NewText("欧阳改"), Ref: "P-2026-1"}
	_, _, err := f.Desk.Ask(ctx, f.As(actor.Clerk), account.Browser{}, desk.Asked{Child: r.Child, Field: x.Field, Value: x.Value, Ref: "欧阳的申请"})
	code(t, err, "desk.ref")
	agree(t, f, x, " 欧阳改 ")
	rev, err := f.Desk.Reveal(ctx, f.As(actor.Clerk), r.Guardian, subject.GuardianName, "contact.class")
	if err != nil || rev.Value.Expose() != "欧阳改" {
		t.Errorf("the record has another name: %v", err)
	}
	looks, err := f.Family.Looks(ctx, f.Guardian(r.Guardian), r.Guardian, 0)
	must(t, err)
	seen := map[ledger.Type]int{}
	for _, e := range looks.Entries {
		seen[e.Type]++
	}
	if seen[ledger.ChangeAsked] != 1 || seen[ledger.Correct] != 1 {
		t.Errorf("the family sees %v", seen)
	}
	stranger := f.Hire("stranger", f.Other, actor.Clerk)
	must(t, f.Instruct(ctx, f.Institution, stranger.ID, f.Now().AddDate(1, 0, 0), [32]byte{1}))
	other := actor.Actor{Institution: f.Institution, Store: f.Other, Staff: stranger.ID, Role: actor.Clerk, ProvedAt: f.Now()}
	if _, _, err := f.Desk.Ask(ctx, other, account.Browser{}, x); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another store's clerk: %v", err)
	}
	if _, err := f.Family.Correct(ctx, f.As(actor.Clerk), r.Child, subject.LearnerName, secret.NewText("新示例")); fault.KindOf(err) != fault.ApprovalNeeded {
		t.Errorf("a clerk corrects alone: %v", err)
	}
}

// I8, T31: an API key neither writes a change down nor decides one that a clerk
// wrote down, even of a record that it may correct itself.
func TestNoProgramDecidesAChange(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	r := f.Enrol(1, "2016-03")
	x := desk.Asked{Child: r.Child, Field: subject.GuardianName, Value: secret.NewText("欧阳改"), Ref: "P-2026-1"}
	made, _, err := f.Desk.Ask(ctx, f.As(actor.Clerk), account.Browser{}, x)
	must(t, err)
	key := actor.Actor{Institution: f.Institution, Store: f.Store, Role: actor.Integrator, Key: id.Make[id.APIKey](f.Now()),
		Purposes: []string{"learner.manage"}, Fields: []string{subject.GuardianName, subject.LearnerName}}
	_, _, err = f.Desk.Ask(ctx, key, account.Browser{}, x)
	code(t, err, "desk.people_only")
	_, err = f.Desk.Decide(ctx, key, made, true, secret.NewText("欧阳改"))
	code(t, err, "desk.people_only")
	_, err = f.Desk.Look(ctx, key, made)
	code(t, err, "desk.people_only")
}

// S3-25, B15: a lost phone. The receipt and a code to the new number, and a second
// look; then the old number finds and opens nothing, and both numbers are told.
func TestALostPhoneIsReplacedAtTheDesk(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	r, other := f.Enrol(1, "2016-03"), f.Enrol(2, "2016-04")
	b, err := f.Accounts.NewBrowser()
	must(t, err)
	number := secret.NewText(housetest.Phone(7))
	must(t, f.Desk.SendCode(ctx, f.As(actor.Clerk), b, number))
	x := desk.Asked{Child: r.Child, Field: subject.GuardianPhone, Value: number, Code: f.Code(7), Ref: other.Number}
	_, _, err = f.Desk.Ask(ctx, f.As(actor.Clerk), b, x)
	code(t, err, "desk.receipt")
	f.Advance(2 * time.Minute)
	must(t, f.Desk.SendCode(ctx, f.As(actor.Clerk), b, number))
	x.Code, x.Ref = f.Code(7), r.Number
	which, _, err := f.Desk.Ask(ctx, f.As(actor.Clerk), b, x)
	must(t, err)
	_, err = f.Desk.Decide(ctx, f.As(actor.Manager), which, true, number)
	must(t, err)
	moved(t, f, r, 1, 7)
}

// moved checks that a family's number has moved from the nth to the mth.
func moved(t *testing.T, f *housetest.Fixture, r enrol.Receipt, from, to int) {
	t.Helper()
	find := func(n int) int {
		cards, err := f.Desk.Find(t.Context(), f.As(actor.Clerk), desk.Query{Phone: secret.NewText(housetest.Phone(n))}, "learner.manage")
		must(t, err)
		return len(cards)
	}
	if find(from) != 0 || find(to) != 1 {
		t.Errorf("the former number finds %d, the new one %d", find(from), find(to))
	}
	must(t, f.Outbox.Deliver(t.Context(), f.Institution))
	for n, template := range map[int]string{from: "phone_left", to: "phone_new"} {
		if m, ok := f.Post.Last("+86" + housetest.Phone(n)); !ok || m.Template != template {
			t.Errorf("to number %d: %q", n, m.Template)
		}
	}
	looks, err := f.Family.Looks(t.Context(), f.Guardian(r.Guardian), r.Guardian, 0)
	if err != nil || len(looks.Entries) < 1 {
		t.Errorf("the history is %d entries long, %v", len(looks.Entries), err)
	}
}

// S3-33: a family changes its number itself: the old one proved by the sign-in
// half an hour ago at most, the new one by its code. A number that is another
// guardian's is refused.
func TestAFamilyChangesItsPhone(t *testing.T) {
	f := housetest.New(t)
	ctx := t.Context()
	r := f.Enrol(1, "2016-03")
	f.Enrol(2, "2016-04")
	b, err := f.Accounts.NewBrowser()
	must(t, err)
	me := f.Guardian(r.Guardian)
	f.Advance(2 * time.Minute)
	must(t, f.Family.NewPhone(ctx, me, b, secret.NewText(housetest.Phone(2))))
	_, err = f.Family.ChangePhone(ctx, me, b, secret.NewText(housetest.Phone(2)), f.Code(2))
	code(t, err, "family.phone_used")
	must(t, f.Family.NewPhone(ctx, me, b, secret.NewText(housetest.Phone(8))))
	_, err = f.Family.ChangePhone(ctx, me, b, secret.NewText(housetest.Phone(8)), f.Code(8))
	must(t, err)
	moved(t, f, r, 1, 8)
	stale := me
	stale.ProvedAt = f.Now().Add(-31 * time.Minute)
	code(t, f.Family.NewPhone(ctx, stale, b, secret.NewText(housetest.Phone(9))), "stepup.needed")
}

// I6, B1: a birth month that would make somebody else decide is not the family's
// to correct alone: the store does it, with a second person, and the consents
// follow.
func TestABirthMonthThatMovesAuthorityTakesTheStore(t *testing.T) {
	f := housetest.New(t)
	r := f.Enrol(1, "2016-03")
	_, err := f.Family.Correct(t.Context(), f.Guardian(r.Guardian), r.Child, subject.LearnerBirth, secret.NewText("201103"))
	code(t, err, "family.birth_speaker")
	_, err = f.Family.Correct(t.Context(), f.Guardian(r.Guardian), r.Child, subject.LearnerBirth, secret.NewText("201604"))
	must(t, err)
	agree(t, f, desk.Asked{Child: r.Child, Field: subject.LearnerBirth, Value: secret.NewText("2011-03"), Ref: "P-1"}, "201103")
	if s := standing(t, f, r.Child, "learner.manage"); s.State != consent.StateExpired {
		t.Errorf("the guardian's consent for a child of 15 is %s", s.State)
	}
}

// I10: an erasure takes along what was asked to be changed.
func TestAnErasureTakesChangesAlong(t *testing.T) {
	f := housetest.New(t)
	r := f.Enrol(1, "2016-03")
	_, _, err := f.Desk.Ask(t.Context(), f.As(actor.Clerk), account.Browser{},
		desk.Asked{Child: r.Child, Field: subject.LearnerName, Value: secret.NewText("欧阳新例"), Ref: "P-2"})
	must(t, err)
	_, err = f.Family.Erase(t.Context(), f.Guardian(r.Guardian), r.Child)
	must(t, err)
	if list, err := f.Desk.Changes(t.Context(), f.As(actor.Manager)); err != nil || len(list) != 0 {
		t.Errorf("%d changes are left, %v", len(list), err)
	}
}
