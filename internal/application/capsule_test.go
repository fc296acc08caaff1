package application_test

import (
	"slices"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// capsule is an activity of two days with one volunteer and masks of two fields.
func (c *campus) capsule(change func(*application.Form)) application.Form {
	return c.form(func(f *application.Form) {
		f.Kind, f.Title, f.Why = application.Capsule, "示例周末活动", "周末带孩子参观，点名用"
		f.Users, f.Clear, f.Until = []id.Staff{c.people["volunteer"].ID}, false, c.Now().Add(2*day)
		f.Fields = []string{subject.LearnerName}
		if change != nil {
			change(f)
		}
	})
}

func (c *campus) look(child id.Subject) error {
	c.t.Helper()
	_, err := c.Desk.View(c.t.Context(), c.as("volunteer", actor.Volunteer), child, "learner.manage")
	return err
}

// TestAVolunteerSeesACapsuleAndNothingElse: outside it not even a mask; inside it
// masks of its fields alone; at its end plus 24 hours it is gone; and it closes
// only with the volunteer's word. S2-14, S2-15, B13.
func TestAVolunteerSeesACapsuleAndNothingElse(t *testing.T) {
	c := newCampus(t)
	kid, other := c.students[0].Child, c.students[2].Child
	if err := c.look(kid); fault.KindOf(err) != fault.NotFound {
		t.Fatalf("a mask before any capsule: %v", err)
	}
	x := c.submitted(c.capsule(nil))
	if err := c.look(kid); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a mask before it was agreed: %v", err)
	}
	x = c.agreed(x, "manager")
	card, err := c.Desk.View(t.Context(), c.as("volunteer", actor.Volunteer), kid, "learner.manage")
	c.must(err)
	if card.Name == "" || card.Phone != "" || card.Birth != "" || card.GuardianName != "" {
		t.Errorf("the mask shows %q %q %q %q", card.Name, card.Birth, card.GuardianName, card.Phone)
	}
	if err := c.look(other); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a child outside the capsule: %v", err)
	}
	if err := c.reveal("volunteer", actor.Volunteer, kid, subject.LearnerName, "learner.manage"); fault.KindOf(err) != fault.ApprovalNeeded {
		t.Errorf("a value in clear from masks: %v", err)
	}
	if list, err := c.apps.Children(t.Context(), c.as("volunteer", actor.Volunteer), x.ID); err != nil || len(list) != 2 {
		t.Errorf("%d children, %v", len(list), err)
	}
	if _, err := c.apps.Close(t.Context(), c.as("teacher", actor.Teacher), x.ID); fault.CodeOf(err) != "capsule.running" {
		t.Errorf("closed while it runs: %v", err)
	}
	c.Advance(3*day - time.Minute)
	c.must(c.look(kid)) // within the 24 hours
	c.Advance(time.Minute)
	if err := c.look(kid); fault.KindOf(err) != fault.Erased || fault.CodeOf(err) != "capsule.over" {
		t.Errorf("after its end plus 24 hours: %v", err)
	}
	if _, err := c.apps.Children(t.Context(), c.as("volunteer", actor.Volunteer), x.ID); fault.KindOf(err) != fault.Erased {
		t.Errorf("the list after its end: %v", err)
	}
	c.closes(x)
}

// closes walks the end of an activity that is over.
func (c *campus) closes(x application.Application) {
	t, ctx := c.t, c.t.Context()
	t.Helper()
	helper, teacher := c.as("volunteer", actor.Volunteer), c.as("teacher", actor.Teacher)
	if _, err := c.apps.Close(ctx, teacher, x.ID); fault.CodeOf(err) != "capsule.statements" {
		t.Errorf("closed without a statement: %v", err)
	}
	if _, err := c.submit(c.capsule(nil)); fault.CodeOf(err) != "application.incomplete" {
		t.Errorf("a helper who owes a statement gets into another: %v", err)
	}
	if _, err := c.apps.Declare(ctx, c.as("office", actor.CyberOffice), x.ID, "deleted", true); err == nil {
		t.Error("somebody else declares for the helper")
	}
	if _, err := c.apps.Declare(ctx, helper, x.ID, "lost it", true); fault.KindOf(err) != fault.Denied {
		t.Errorf("a statement that says nothing: %v", err)
	}
	_, err := c.apps.Declare(ctx, helper, x.ID, "deleted", true)
	c.must(err)
	if _, err := c.apps.Declare(ctx, helper, x.ID, "deleted", true); fault.CodeOf(err) != "capsule.declared" {
		t.Errorf("declared twice: %v", err)
	}
	y, err := c.apps.Close(ctx, teacher, x.ID)
	c.must(err)
	if y.Case.State != application.Closed || c.entries("capsule.stated") != 1 || c.entries("capsule.closed") != 1 {
		t.Errorf("%s", y.Case.State)
	}
	if _, err := c.submit(c.capsule(nil)); err != nil {
		t.Errorf("after the statement: %v", err)
	}
}

// TestAHelperWhoDeclaresSeesNothingMore even while the activity runs. S2-15.
func TestAHelperWhoDeclaresSeesNothingMore(t *testing.T) {
	c := newCampus(t)
	x := c.agreed(c.submitted(c.capsule(nil)), "manager")
	c.must(c.look(c.students[0].Child))
	_, err := c.apps.Declare(t.Context(), c.as("volunteer", actor.Volunteer), x.ID, "nothing_kept", true)
	c.must(err)
	if err := c.look(c.students[0].Child); fault.CodeOf(err) != "capsule.over" {
		t.Errorf("%v", err)
	}
}

// TestAnOutsiderNeedsAnUndertakingAndAnEnd: a vendor joins no use without the
// first and has no account without the second. S3-43.
func TestAnOutsiderNeedsAnUndertakingAndAnEnd(t *testing.T) {
	c := newCampus(t)
	v, _, err := c.Accounts.AddStaff(t.Context(), c.system(), account.NewStaff{Login: "vendor", Name: "示例外包", Store: c.Founded.Store,
		Roles: []actor.Role{actor.Vendor}, Ends: c.Now().AddDate(0, 2, 0), Password: secret.NewText(housetest.Password)})
	c.must(err)
	form := c.form(func(f *application.Form) { f.Users = []id.Staff{v.ID} })
	if _, err := c.submit(form); fault.CodeOf(err) != "application.incomplete" {
		t.Fatalf("without an undertaking: %v", err)
	}
	c.must(c.Instruct(t.Context(), c.Founded.Institution, v.ID, c.Now().AddDate(1, 0, 0), [32]byte{1}))
	c.people["vendor"] = v
	c.agreed(c.submitted(form), "registry", "students", "office")
	c.must(c.reveal("vendor", actor.Vendor, c.students[0].Child, subject.LearnerName, "learner.manage"))
}

// TestBreakGlassIsLoudShortAndReviewed: only with a reserve that two agreed to
// before, one child, four hours; it waits for review by somebody else within one
// working day; the family is told. S3-16, I8, B3.
func TestBreakGlassIsLoudShortAndReviewed(t *testing.T) {
	c := newCampus(t)
	ctx, teacher, kid := t.Context(), c.as("teacher", actor.Teacher), c.students[0].Child
	if _, err := c.apps.Break(ctx, teacher, kid, "injury"); fault.KindOf(err) != fault.ApprovalNeeded {
		t.Fatalf("without a reserve: %v", err)
	}
	asked, err := c.Grants.Ask(ctx, teacher, grant.Application{Who: teacher.Staff, Role: actor.Teacher, Purpose: "life.health",
		Fields: []string{subject.GuardianPhone}, Store: c.Founded.Store, From: c.Now(), Until: c.Now().AddDate(0, 6, 0),
		Reason: "emergency", Reserve: true})
	c.must(err)
	_, err = c.Grants.Approve(ctx, c.as("manager", actor.Manager), asked.ID)
	c.must(err)
	parent := c.students[0].Guardian
	if err := c.reveal("teacher", actor.Teacher, parent, subject.GuardianPhone, "life.health"); fault.KindOf(err) != fault.ApprovalNeeded {
		t.Errorf("a reserve opens by itself: %v", err)
	}
	if _, err := c.apps.Break(ctx, teacher, kid, "curious"); fault.CodeOf(err) != "glass.reason" {
		t.Errorf("without a reason: %v", err)
	}
	g, err := c.apps.Break(ctx, teacher, kid, "injury")
	c.must(err)
	if c.entries("glass.broken") != 1 || c.entries("alarm") != 1 || g.Until.Sub(c.Now()) != application.OpenFor {
		t.Errorf("not loud, or not short: %+v", g)
	}
	c.must(c.reveal("teacher", actor.Teacher, parent, subject.GuardianPhone, "life.health"))
	if err := c.reveal("teacher", actor.Teacher, c.students[1].Guardian, subject.GuardianPhone, "life.health"); fault.KindOf(err) != fault.ApprovalNeeded {
		t.Errorf("another child: %v", err)
	}
	if seen, err := c.apps.Seen(ctx, c.as("manager", actor.Manager), g.Grant); err != nil || len(seen) != 1 || seen[0] != subject.GuardianPhone {
		t.Errorf("who reviews does not learn what was seen: %v, %v", seen, err)
	}
	if _, err := c.apps.Seen(ctx, teacher, g.Grant); fault.CodeOf(err) != "glass.unknown" {
		t.Errorf("who broke it reads the review: %v", err)
	}
	for _, login := range []string{"officer", "manager"} { // both at once
		if open, _, err := c.apps.Glasses(ctx, c.as(login, actor.Role(login))); err != nil || len(open) != 1 {
			t.Errorf("%s sees %d, %v", login, len(open), err)
		}
	}
	c.Advance(application.OpenFor)
	if err := c.reveal("teacher", actor.Teacher, parent, subject.GuardianPhone, "life.health"); fault.KindOf(err) != fault.ApprovalNeeded {
		t.Errorf("after four hours: %v", err)
	}
	c.reviewed(g)
}

// reviewed lets the review be late and then done.
func (c *campus) reviewed(g application.Glass) {
	t, ctx := c.t, c.t.Context()
	t.Helper()
	c.Advance(2 * day) // Tuesday: Monday was the working day
	teacher := c.as("teacher", actor.Teacher)
	if _, err := c.apps.Break(ctx, teacher, c.students[1].Child, "injury"); fault.CodeOf(err) != "glass.unreviewed" {
		t.Errorf("again before the late review: %v", err)
	}
	if _, err := c.apps.Review(ctx, teacher, g.Grant, "justified"); fault.KindOf(err) != fault.Denied {
		t.Errorf("reviewed by who broke it: %v", err)
	}
	if _, err := c.apps.Review(ctx, c.as("manager", actor.Manager), g.Grant, "fine"); fault.CodeOf(err) != "glass.verdict" {
		t.Errorf("without a verdict: %v", err)
	}
	done, err := c.apps.Review(ctx, c.as("manager", actor.Manager), g.Grant, "justified")
	c.must(err)
	c.must(c.Outbox.Deliver(ctx, c.Founded.Institution))
	if m, ok := c.Post.Last("+86" + housetest.Phone(100)); !ok || m.Template != "emergency" || done.Told.IsZero() {
		t.Errorf("the family was not told: %v %+v", ok, done)
	}
	family := c.Guardian(c.students[0].Guardian)
	family.Institution = c.Founded.Institution
	looks, err := c.Family.Looks(ctx, family, c.students[0].Guardian, 0)
	c.must(err)
	if !slices.ContainsFunc(looks.Entries, func(e ledger.Entry) bool { return e.Type == ledger.Reveal && e.Purpose == "life.health" }) {
		t.Errorf("the family does not read of it among who looked: %+v", looks.Entries)
	}
	if looks, err = c.Family.Looks(ctx, family, g.Child, 0); err != nil || !slices.ContainsFunc(looks.Entries, func(e ledger.Entry) bool { return e.Type == ledger.GlassBroken }) {
		t.Errorf("the family does not read of the emergency: %+v %v", looks.Entries, err)
	}
	if _, err := c.apps.Review(ctx, c.as("officer", actor.Officer), g.Grant, "justified"); fault.CodeOf(err) != "glass.reviewed" {
		t.Errorf("reviewed twice: %v", err)
	}
	c.must(c.DB.View(ctx, c.Founded.Institution, func(tx *db.Tx) error {
		untold, err := grant.Untold(tx, c.Founded.Institution, tx.Now().Add(30*day))
		if len(untold) != 0 {
			t.Errorf("%d families untold", len(untold))
		}
		return err
	}))
	if _, err := c.apps.Break(ctx, teacher, c.students[1].Child, "injury"); err != nil {
		t.Errorf("after the review: %v", err)
	}
}
