package application_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/subject"
)

// TestAnApplicationBecomesAGrantThatTheGateEnforces: both owners of the fields,
// then the office; then these children, these fields, this purpose, until then,
// and not one step further. Refusals are entries. S3-11, S3-22, S3-39, S3-40,
// S3-41, B3.
func TestAnApplicationBecomesAGrantThatTheGateEnforces(t *testing.T) {
	c := newCampus(t)
	kid, parent := c.students[0].Child, c.students[0].Guardian
	if err := c.reveal("teacher", actor.Teacher, kid, subject.LearnerName, "learner.manage"); fault.KindOf(err) != fault.ApprovalNeeded {
		t.Fatalf("before: %v", err)
	}
	x := c.submitted(c.form(nil))
	if len(x.Case.Steps) != 3 || x.People != 2 || len(x.Resolved) != 4 {
		t.Fatalf("%d steps for %d people, %d subjects", len(x.Case.Steps), x.People, len(x.Resolved))
	}
	if _, err := c.agree(x, "office"); fault.CodeOf(err) != "application.early" {
		t.Errorf("the office before the owners: %v", err)
	}
	x = c.agreed(x, "registry")
	if err := c.reveal("teacher", actor.Teacher, kid, subject.LearnerName, "learner.manage"); fault.KindOf(err) != fault.ApprovalNeeded {
		t.Errorf("one owner of two opened it: %v", err)
	}
	x = c.agreed(x, "students", "office")
	if x.Case.State != application.Granted {
		t.Fatalf("%s", x.Case.State)
	}
	for _, r := range []struct {
		what           string
		subj           id.Subject
		field, purpose string
		want           fault.Kind
	}{
		{"a listed child's name", kid, subject.LearnerName, "learner.manage", ""},
		{"a listed child's parent's phone", parent, subject.GuardianPhone, "learner.manage", ""},
		{"another purpose", kid, subject.LearnerName, "contact.class", fault.ApprovalNeeded},
		{"another field", parent, subject.GuardianName, "learner.manage", fault.ApprovalNeeded},
		{"another child", c.students[2].Child, subject.LearnerName, "learner.manage", fault.ApprovalNeeded},
	} {
		before := c.entries("denied")
		err := c.reveal("teacher", actor.Teacher, r.subj, r.field, r.purpose)
		if fault.KindOf(err) != r.want {
			t.Errorf("%s: %v", r.what, err)
		}
		if r.want != "" && c.entries("denied") != before+1 {
			t.Errorf("%s: the refusal is no entry", r.what)
		}
	}
	if err := c.reveal("teacher2", actor.Teacher, kid, subject.LearnerName, "learner.manage"); fault.KindOf(err) != fault.ApprovalNeeded {
		t.Errorf("a colleague: %v", err)
	}
	c.Advance(40 * day)
	c.must(c.Sweep(t.Context(), c.Founded.Institution))
	if err := c.reveal("teacher", actor.Teacher, kid, subject.LearnerName, "learner.manage"); fault.KindOf(err) != fault.ApprovalNeeded {
		t.Errorf("after its end: %v", err)
	}
}

// TestMissingPartsAreNamed, all at once; nothing is handed in. S3-39, S3-42.
func TestMissingPartsAreNamed(t *testing.T) {
	c := newCampus(t)
	for _, r := range []struct {
		code   string
		change func(*application.Form)
	}{
		{"application.title", func(f *application.Form) { f.Title = " " }},
		{"application.why", func(f *application.Form) { f.Why = "" }},
		{"application.number", func(f *application.Form) { f.Why = "打154 0000-0001联系" }},
		{"application.purpose", func(f *application.Form) { f.Purpose = "" }},
		{"application.fields", func(f *application.Form) { f.Fields = nil }},
		{"application.field_outside", func(f *application.Form) { f.Fields = append(f.Fields, "learner.health") }},
		{"application.range", func(f *application.Form) { f.Range = "" }},
		{"application.subjects", func(f *application.Form) { f.Subjects = nil }},
		{"application.store", func(f *application.Form) { f.Range, f.Course = application.RangeClass, "x" }},
		{"application.course", func(f *application.Form) { f.Range, f.Store = application.RangeClass, c.Founded.Store }},
		{"application.users", func(f *application.Form) { f.Users = nil }},
		{"application.from", func(f *application.Form) { f.From = time.Time{} }},
		{"application.until", func(f *application.Form) { f.Until = c.Now() }},
		{"grant.life", func(f *application.Form) { f.Until = c.Now().AddDate(1, 0, 2) }},
		{"application.place", func(f *application.Form) { f.Place = "" }},
		{"application.party", func(f *application.Form) { f.Place = "outside" }},
		{"application.safeguards", func(f *application.Form) { f.Safeguards = nil }},
		{"application.pledge", func(f *application.Form) { f.Pledge = false }},
	} {
		_, err := c.submit(c.form(r.change))
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Code != "application.incomplete" || !slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Code == r.code }) {
			t.Errorf("%s: %v", r.code, err)
		}
	}
	_, err := c.submit(application.Form{Kind: application.Project})
	if f, ok := errors.AsType[*fault.Error](err); !ok || len(f.Fields) < 9 {
		t.Errorf("an empty form: %v", err)
	}
	if n := c.entries("application.submitted"); n != 0 {
		t.Errorf("%d were handed in", n)
	}
	banned := c.form(func(f *application.Form) { f.Purpose = "fundraising" })
	if _, err := c.submit(banned); fault.KindOf(err) != fault.Denied { // I4, S2-03
		t.Errorf("a banned purpose: %v", err)
	}
}

// TestOutsideProvisionNeedsEveryoneAndEveryPaper: the leader too, a signed
// agreement, a purpose that families agreed to separately, an assessment; and
// nothing ever goes to an individual. S3-48, S3-49, S3-55, S3-56.
func TestOutsideProvisionNeedsEveryoneAndEveryPaper(t *testing.T) {
	c := newCampus(t)
	outside := func(change func(*application.Form)) application.Form {
		return c.form(func(f *application.Form) {
			f.Purpose, f.Fields, f.Place = "survey", []string{subject.GuardianPhone}, "outside"
			f.Party = &application.Party{Kind: application.Body, Name: "示例研究所", Agreement: "A-1", Document: [32]byte{1}}
			if change != nil {
				change(f)
			}
		})
	}
	for code, change := range map[string]func(*application.Form){
		"application.agreement":        func(f *application.Form) { f.Party.Document = [32]byte{} },
		"application.separate_consent": func(f *application.Form) { f.Purpose = "learner.manage" },
		"application.harms":            func(f *application.Form) { f.Harms = nil },
		"application.harm":             func(f *application.Form) { f.Harms[0].Response = "" },
		"application.party":            func(f *application.Form) { f.Party.Name = "" },
	} {
		_, err := c.submit(outside(change))
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || !slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Code == code }) {
			t.Errorf("%s: %v", code, err)
		}
	}
	_, err := c.submit(outside(func(f *application.Form) { f.Party.Kind = application.Individual }))
	if f, ok := errors.AsType[*fault.Error](err); !ok || !slices.Equal(f.Rules, []string{"BAN-06"}) {
		t.Errorf("to an individual: %v", err)
	}
	x := c.submitted(outside(nil))
	x = c.agreed(x, "students", "office")
	if x.Case.State != application.Pending {
		t.Fatalf("granted without the leader: %s", x.Case.State)
	}
	if x = c.agreed(x, "leader"); x.Case.State != application.Granted {
		t.Errorf("%s", x.Case.State)
	}
}

// TestNobodyDecidesTwiceOrForThemselves: not the applicant, not a user, not in
// two steps, not the office for its own department. I8, S3-40.
func TestNobodyDecidesTwiceOrForThemselves(t *testing.T) {
	c := newCampus(t)
	by := func(x application.Application, who id.Staff, role actor.Role, step int) error {
		a := actor.Actor{Institution: c.Founded.Institution, Staff: who, Role: role, ProvedAt: c.Now()}
		_, err := c.apps.Decide(t.Context(), a, x.ID, application.Answer{Step: step, Agree: true})
		return err
	}
	c.must(c.Accounts.Appoint(t.Context(), c.system(), c.people["registry"].ID, actor.CyberOffice))
	c.must(c.Accounts.Appoint(t.Context(), c.system(), c.people["office2"].ID, actor.Teacher))
	x := c.submitted(c.form(func(f *application.Form) { f.Users = append(f.Users, c.people["office2"].ID) }))
	x = c.agreed(x, "registry", "students")
	office := c.step(x, actor.CyberOffice, "")
	for what, err := range map[string]error{
		"application.hands": by(x, c.people["registry"].ID, actor.CyberOffice, office),
		"policy.denied":     by(x, c.people["office2"].ID, actor.CyberOffice, office),
		"application.duty":  by(x, c.people["officer"].ID, actor.Officer, office),
	} {
		if fault.CodeOf(err) != what {
			t.Errorf("%s: %v", what, err)
		}
	}
	stale := c.as("office", actor.CyberOffice)
	stale.ProvedAt = c.Now().Add(-5 * time.Hour)
	if _, err := c.apps.Decide(t.Context(), stale, x.ID, application.Answer{Step: office, Agree: true}); fault.KindOf(err) != fault.Unauthenticated {
		t.Errorf("without a fresh proof: %v", err)
	}
	c.must(c.apps.Assign(t.Context(), c.as("office", actor.CyberOffice), c.people["office"].ID, "registry"))
	if _, err := c.agree(x, "office"); fault.CodeOf(err) != "application.unit" {
		t.Errorf("the owner's own department as the office: %v", err)
	}
}

// TestOfTwoWhoDecideAtOnceOneWins and the other gets a clear conflict.
func TestOfTwoWhoDecideAtOnceOneWins(t *testing.T) {
	c := newCampus(t)
	x := c.agreed(c.submitted(c.form(nil)), "registry", "students")
	var wait sync.WaitGroup
	errs := make([]error, 2)
	for i, who := range []string{"office", "office2"} {
		wait.Go(func() { _, errs[i] = c.agree(x, who) })
	}
	wait.Wait()
	won, lost := 0, 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case fault.KindOf(err) == fault.Conflict:
			lost++
		}
	}
	if won != 1 || lost != 1 {
		t.Errorf("%v", errs)
	}
	c.must(c.DB.View(t.Context(), c.Founded.Institution, func(tx *db.Tx) error {
		made, err := grant.Under(tx, c.Founded.Institution, x.ID)
		if len(made) != 1 {
			t.Errorf("%d grants", len(made))
		}
		return err
	}))
}

// TestAnApproverWhoLeavesCannotDecide; the step is the others'. When nobody is
// left it waits, and a new application is not even taken. S3-20.
func TestAnApproverWhoLeavesCannotDecide(t *testing.T) {
	c := newCampus(t)
	x := c.agreed(c.submitted(c.form(nil)), "registry", "students")
	gone := c.as("office", actor.CyberOffice)
	c.must(c.Accounts.Remove(t.Context(), c.system(), gone.Staff))
	if _, err := c.apps.Decide(t.Context(), gone, x.ID, application.Answer{Step: c.step(x, actor.CyberOffice, ""), Agree: true}); fault.KindOf(err) != fault.Denied && fault.KindOf(err) != fault.NotFound {
		t.Errorf("who has left decides: %v", err)
	}
	v, err := c.apps.Read(t.Context(), c.as("office2", actor.CyberOffice), x.ID)
	c.must(err)
	if len(v.Can) != 1 {
		t.Errorf("the step did not pass to the colleague: %+v", v.Able)
	}
	if x = c.agreed(x, "office2"); x.Case.State != application.Granted {
		t.Errorf("%s", x.Case.State)
	}
	waiting := c.submitted(c.form(nil))
	c.must(c.Accounts.Remove(t.Context(), c.system(), c.people["office2"].ID))
	if _, err := c.submit(c.form(nil)); fault.CodeOf(err) != "application.vacant.cyber_office" {
		t.Errorf("an application that nobody can decide: %v", err)
	}
	waiting = c.agreed(waiting, "registry", "students")
	if waiting.Case.State != application.Pending {
		t.Errorf("a vacant office agreed: %s", waiting.Case.State)
	}
	if n, err := c.apps.Stuck(t.Context(), c.as("officer", actor.Officer)); err != nil || n.Vacant != 1 {
		t.Errorf("the officer does not learn of it: %+v, %v", n, err)
	}
	if n, err := c.apps.Stuck(t.Context(), c.as("volunteer", actor.Volunteer)); err != nil || n != (application.Stuck{}) {
		t.Errorf("a volunteer learns of it: %+v, %v", n, err)
	}
	c.must(c.Accounts.Remove(t.Context(), c.system(), c.people["teacher"].ID))
	c.must(c.apps.Sweep(t.Context(), c.Founded.Institution))
	if v, err = c.apps.Read(t.Context(), c.as("officer", actor.Officer), waiting.ID); err != nil || v.Case.State != application.Lapsed {
		t.Errorf("the applicant has left: %s, %v", v.Case.State, err)
	}
}

// TestRefusalsCarryReasonsAndWithdrawalsEnd: and neither can be undone.
func TestRefusalsCarryReasonsAndWithdrawalsEnd(t *testing.T) {
	c := newCampus(t)
	x := c.submitted(c.form(nil))
	refuse := application.Answer{Step: c.step(x, actor.DataOwner, "students"), Note: "名单里有两位同学已经毕业"}
	if _, err := c.apps.Decide(t.Context(), c.as("students", actor.DataOwner), x.ID, refuse); fault.CodeOf(err) != "application.refusal" {
		t.Errorf("without a reason: %v", err)
	}
	refuse.Reason = "too_wide"
	y, err := c.apps.Decide(t.Context(), c.as("students", actor.DataOwner), x.ID, refuse)
	c.must(err)
	if y.Case.State != application.Refused || y.Events[0].Note == "" || c.entries("application.refused") != 1 {
		t.Errorf("%s, %+v", y.Case.State, y.Events)
	}
	if _, err := c.agree(x, "registry"); fault.CodeOf(err) != "application.settled" {
		t.Errorf("agreed after a refusal: %v", err)
	}
	w := c.submitted(c.form(nil))
	if _, err := c.apps.Withdraw(t.Context(), c.as("teacher2", actor.Teacher), w.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("withdrawn by somebody else: %v", err)
	}
	_, err = c.apps.Withdraw(t.Context(), c.as("teacher", actor.Teacher), w.ID)
	c.must(err)
	if _, err := c.agree(w, "registry"); fault.CodeOf(err) != "application.settled" {
		t.Errorf("agreed after withdrawal: %v", err)
	}
}

// TestSomebodyStandsInWithinBounds: of the same unit, for a time, not in their
// own case, not for a second level. I8.
func TestSomebodyStandsInWithinBounds(t *testing.T) {
	c := newCampus(t)
	office := c.as("office", actor.CyberOffice)
	if _, err := c.apps.StandIn(t.Context(), office, c.people["registry"].ID, c.Now().Add(day)); fault.CodeOf(err) != "delegation.to" {
		t.Errorf("another unit: %v", err)
	}
	if _, err := c.apps.StandIn(t.Context(), office, c.people["office2"].ID, c.Now().Add(31*day)); fault.CodeOf(err) != "delegation.until" {
		t.Errorf("for too long: %v", err)
	}
	owner := c.as("registry", actor.DataOwner)
	d, err := c.apps.StandIn(t.Context(), owner, c.people["registry2"].ID, c.Now().Add(day))
	c.must(err)
	c.must(c.Accounts.Appoint(t.Context(), c.system(), c.people["registry2"].ID, actor.Manager))
	c.must(c.Accounts.Dismiss(t.Context(), c.system(), c.people["registry2"].ID, actor.DataOwner))
	x := c.submitted(c.form(nil))
	step := c.step(x, actor.DataOwner, "registry")
	mate := actor.Actor{Institution: c.Founded.Institution, Staff: c.people["registry2"].ID, Role: actor.Manager, ProvedAt: c.Now()}
	y, err := c.apps.Decide(t.Context(), mate, x.ID, application.Answer{Step: step, Agree: true})
	c.must(err)
	if e := y.Case.Decisions[step]; e.By != mate.Staff || e.For != owner.Staff {
		t.Errorf("%+v", e)
	}
	c.must(c.apps.EndStandIn(t.Context(), owner, d.ID))
	z := c.submitted(c.form(nil))
	if _, err := c.apps.Decide(t.Context(), mate, z.ID, application.Answer{Step: step, Agree: true}); err == nil {
		t.Error("stands in after it ended")
	}
}

// TestLateStepsAreRemindedOfAndLapse in working days: 22 November 2026 is a
// Sunday, so two working days end on Tuesday the 24th.
func TestLateStepsAreRemindedOfAndLapse(t *testing.T) {
	c := newCampus(t)
	x := c.submitted(c.form(func(f *application.Form) { f.Until = c.Now().AddDate(0, 2, 0) }))
	if got := x.Due.In(time.FixedZone("", 8*3600)).Format("01-02 15:04"); got != "11-25 00:00" {
		t.Errorf("due %s", got)
	}
	sweep := func() application.Application {
		c.must(c.apps.Sweep(t.Context(), c.Founded.Institution))
		v, err := c.apps.Read(t.Context(), c.as("teacher", actor.Teacher), x.ID)
		c.must(err)
		return v.Application
	}
	c.Advance(2 * day)
	if sweep(); c.entries("application.reminded") != 0 {
		t.Error("reminded in time")
	}
	c.Advance(day)
	sweep()
	if y := sweep(); c.entries("application.reminded") != 1 || !y.Overdue(c.Now()) {
		t.Errorf("%d reminders", c.entries("application.reminded"))
	}
	if n, err := c.apps.Stuck(t.Context(), c.as("officer", actor.Officer)); err != nil || n.Late != 1 || n.Vacant != 0 {
		t.Errorf("the officer does not learn of it: %+v, %v", n, err)
	}
	c.Advance(27 * day) // 22 December, the twentieth working day after
	if y := sweep(); y.Case.State != application.Pending {
		t.Errorf("lapsed before %d working days: %s", application.LapseAfter, y.Case.State)
	}
	c.Advance(day)
	if y := sweep(); y.Case.State != application.Lapsed || c.entries("application.lapsed") != 1 {
		t.Errorf("%s", y.Case.State)
	}
}

// TestSystemsSayWhoOwnsAField: every system in force that holds it; a system with
// an empty slot is not in force; a field of none is the platform's. S3-21, S3-22,
// S3-34.
func TestSystemsSayWhoOwnsAField(t *testing.T) {
	c := newCampus(t)
	owners := func(fields ...string) (list []string) {
		p, err := c.apps.Plan(t.Context(), c.as("teacher", actor.Teacher), c.form(func(f *application.Form) { f.Fields = fields }))
		c.must(err)
		for _, s := range p.Steps {
			if s.Duty == application.DataOwner {
				list = append(list, s.Department)
			}
		}
		return list
	}
	if got := owners(subject.LearnerName); !slices.Equal(got, []string{"registry", "students"}) {
		t.Errorf("a field of two systems: %v", got)
	}
	if got := owners(subject.GuardianName); !slices.Equal(got, []string{application.Platform}) {
		t.Errorf("a field of none: %v", got)
	}
	s, err := c.apps.DefineSystem(t.Context(), c.as("office", actor.CyberOffice), application.System{Code: "cards", Name: "示例一卡通",
		Fields: []string{subject.GuardianName}, InCharge: "students", Operator: "network"})
	c.must(err)
	if !s.Live.IsZero() || !slices.Equal(owners(subject.GuardianName), []string{application.Platform}) {
		t.Error("a system with an empty slot is in force")
	}
	s.User = "students"
	if s, err = c.apps.DefineSystem(t.Context(), c.as("office", actor.CyberOffice), s); err != nil || s.Live.IsZero() {
		t.Fatalf("%v", err)
	}
	if got := owners(subject.GuardianName); !slices.Equal(got, []string{"students"}) {
		t.Errorf("%v", got)
	}
	if err := c.apps.DefineDepartment(t.Context(), c.as("leader", actor.Leader), application.Department{Code: "x1", Name: "x"}); fault.KindOf(err) != fault.Denied {
		t.Errorf("the leader registers: %v", err)
	}
}

// TestWhatSimilarOnesUsedIsAHint and says of how many. S3-09.
func TestWhatSimilarOnesUsedIsAHint(t *testing.T) {
	c := newCampus(t)
	for _, fields := range [][]string{{subject.LearnerName}, {subject.LearnerName, subject.GuardianPhone}, {subject.LearnerName}} {
		x := c.submitted(c.form(func(f *application.Form) { f.Fields = fields }))
		c.agreed(x, "registry", "students", "office")
	}
	h, err := c.apps.Hint(t.Context(), c.as("teacher", actor.Teacher), "learner.manage")
	if err != nil || h.Of != 3 || !slices.Equal(h.Fields, []string{subject.LearnerName}) {
		t.Errorf("%+v, %v", h, err)
	}
}

// TestAChangedPaperCountsForNothing: who rewrites the form or an event in the
// base leaves an application that no longer folds.
func TestAChangedPaperCountsForNothing(t *testing.T) {
	c := newCampus(t)
	x := c.agreed(c.submitted(c.form(nil)), "students")
	c.must(c.DB.Update(t.Context(), c.Founded.Institution, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE application SET subjects = $1 WHERE institution_id = $2 AND application_id = $3`,
			c.students[2].Child.Bytes(), c.Founded.Institution, x.ID)
		return err
	}))
	if _, err := c.agree(x, "registry"); err == nil || fault.KindOf(err) != "" {
		t.Errorf("decided on a changed paper: %v", err)
	}
	err := c.DB.Update(t.Context(), c.Founded.Institution, func(tx *db.Tx) error { // I11
		_, err := tx.Exec(`DELETE FROM application_event WHERE institution_id = $1`, c.Founded.Institution)
		return err
	})
	if err == nil {
		t.Error("decisions can be deleted")
	}
}

// TestAGrantThatEndsStopsWhatRuns: a download that asks before every part stops.
func TestAGrantThatEndsStopsWhatRuns(t *testing.T) {
	c := newCampus(t)
	x := c.agreed(c.submitted(c.form(nil)), "registry", "students", "office")
	var g grant.Grant
	still := func() error {
		return c.DB.View(t.Context(), c.Founded.Institution, func(tx *db.Tx) error {
			made, err := grant.Under(tx, c.Founded.Institution, x.ID)
			if err != nil {
				return err
			}
			g = made[0]
			return c.Grants.Still(tx, c.Founded.Institution, g.ID)
		})
	}
	c.must(still())
	_, err := c.apps.End(t.Context(), c.as("teacher", actor.Teacher), x.ID)
	c.must(err)
	if err := still(); fault.CodeOf(err) != "grant.over" {
		t.Errorf("the download goes on: %v", err)
	}
	if err := c.reveal("teacher", actor.Teacher, c.students[0].Child, subject.LearnerName, "learner.manage"); fault.KindOf(err) != fault.ApprovalNeeded {
		t.Errorf("the grant opens: %v", err)
	}
}
