package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/policy"
)

// may is who may do what when everything is as it should be. What is not here
// is denied (S0-10, S3-10); a rule that changes it must change this table.
var may = map[actor.Role]string{
	actor.Guardian: `access.view audit.verify consent.give consent.refuse consent.withdraw enrol.cancel enrol.complete enrol.open
		field.reveal subject.copy subject.correct subject.erase subject.view`,
	actor.Child: `access.view audit.verify consent.give consent.refuse consent.withdraw enrol.cancel enrol.complete enrol.open
		field.reveal subject.copy subject.correct subject.erase subject.view`,
	actor.Clerk: `application.submit application.withdraw audit.verify call.connect capacity.assess capsule.close
		capsule.state charge.accept consent.inform enrol.cancel enrol.start export.collect export.hand export.prepare field.reveal glass.break
		grant.request message.send phone.set subject.correct subject.search subject.view`,
	actor.Teacher: `application.submit application.withdraw audit.verify call.connect capsule.close capsule.state charge.accept
		export.collect export.hand export.prepare field.reveal glass.break grant.request message.send phone.set subject.view`,
	actor.Manager: `alarm.handle application.decide application.submit application.withdraw audit.search
		audit.verify call.connect capacity.assess capsule.close capsule.state charge.accept consent.inform
		duty.delegate enrol.cancel enrol.start export.collect export.hand export.prepare field.reveal glass.break
		glass.review grant.approve grant.end grant.request import.discard import.release matrix.view
		message.send phone.set publish.approve publish.read publish.withdraw research.approve research.budget research.end role.appoint staff.add staff.remove
		store.view subject.correct subject.search subject.view`,
	actor.Officer: `alarm.handle apikey.make apikey.revoke application.decide application.submit
		application.withdraw audit.search audit.verify capacity.assess capsule.close capsule.state
		charge.accept compartment.agree compartment.ask compartment.list compartment.open compartment.release compartment.seclude
		consent.inform duty.delegate evidence.export export.collect export.hand export.prepare
		field.reveal glass.break glass.review grant.approve grant.end grant.request import.apply
		import.discard import.release import.report import.upload leak.close leak.read leak.receive
		leak.trace matrix.view notice.publish publish.approve publish.draw publish.prepare publish.read
		publish.withdraw purpose.define research.approve research.budget research.collect research.count research.draw
		research.end research.propose research.run role.appoint scan.read scan.start schema.extend store.view
		subject.correct subject.erase subject.restrict subject.search subject.view system.define`,
	actor.CyberOffice: `application.decide audit.verify charge.accept duty.delegate grant.approve grant.end
		import.discard import.release matrix.view research.approve research.budget research.end store.view system.define`,
	actor.DataOwner: `application.decide application.submit application.withdraw audit.verify capsule.close
		charge.accept duty.delegate grant.approve grant.end import.discard import.release matrix.view
		research.approve research.budget research.collect research.count research.draw
		research.end research.propose research.run store.view`,
	actor.Leader: `application.decide audit.verify charge.accept duty.delegate grant.approve grant.end
		import.discard import.release matrix.view publish.approve publish.read publish.withdraw
		research.approve research.budget research.end store.view`,
	actor.Owner: `alarm.handle application.decide audit.search audit.verify charge.accept
		duty.delegate evidence.export glass.review leak.read matrix.view role.appoint scan.read
		staff.add staff.remove store.add store.view`,
	actor.Auditor: `audit.search audit.verify charge.accept evidence.export leak.read matrix.view scan.read
		store.view`,
	actor.SysAdmin: `apikey.revoke audit.verify backup.make charge.accept key.rotate staff.add staff.remove
		store.add`,
	actor.Volunteer: `audit.verify capsule.state charge.accept field.reveal grant.request subject.view`,
	actor.Vendor:    `audit.verify capsule.state charge.accept field.reveal grant.request subject.view`,
	actor.Overseer:  `audit.verify schema.sign`,
	actor.Integrator: `audit.verify call.forward enrol.cancel enrol.complete enrol.start field.reveal message.send subject.correct
		subject.search subject.view`,
	actor.System: `apikey.revoke audit.verify backup.make consent.handover consent.inform enrol.cancel
		evidence.export grant.end import.discard key.rotate notice.publish publish.withdraw
		purpose.define research.end role.appoint schema.sign staff.add store.add subject.erase subject.restrict`,
}

func TestWhoMayDoWhat(t *testing.T) {
	e := engine(t)
	for _, role := range actor.Roles {
		var got []string
		for _, act := range policy.Acts() {
			d := e.Decide(ideal(role, act))
			if d.Allow {
				got = append(got, string(act))
			}
			if d.Allow != e.MayEver(role, act) {
				t.Errorf("%s %s: a permit without a way to use it", role, act)
			}
			if len(d.Rules) == 0 || d.Err != nil {
				t.Errorf("%s %s: %+v", role, act, d)
			}
		}
		if diff := cmp.Diff(strings.Fields(may[role]), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", role, diff)
		}
	}
}

// TestPermitsLookAtNothingButRoleAndAct keeps every condition in the limits,
// where it has words of its own.
func TestPermitsLookAtNothingButRoleAndAct(t *testing.T) {
	e := engine(t)
	for _, r := range e.Rules() {
		if !r.Forbid && len(e.Reads(r.ID)) > 0 {
			t.Errorf("%s reads %v", r.ID, e.Reads(r.ID))
		}
	}
}

func TestWhatIsOutsideTheVocabularyIsDenied(t *testing.T) {
	e := engine(t)
	for _, r := range []policy.Request{
		{},
		ideal("", policy.AuditVerify),
		ideal("root", policy.AuditVerify),
		ideal(actor.Owner, ""),
		ideal(actor.Owner, "subject.sell"),
	} {
		d := e.Decide(r)
		if d.Allow || !slices.Equal(d.Rules, []string{policy.NoPermit}) {
			t.Errorf("%s %s: %+v", r.Role, r.Act, d)
		}
	}
	r := ideal(actor.Clerk, policy.FieldReveal)
	r.Operation = "sell" // a ninth operation (S2-07, S3-07)
	if d := e.Decide(r); d.Allow || !slices.Equal(d.Rules, []string{"R-101"}) {
		t.Errorf("a ninth operation: %+v", d)
	}
	r = ideal(actor.Clerk, policy.FieldReveal)
	r.Purpose, r.Facts.PurposeActive = "whatever", false
	if d := e.Decide(r); d.Allow || !slices.Equal(d.Rules, []string{"R-102"}) {
		t.Errorf("an unknown purpose: %+v", d)
	}
}

func TestEveryActIsOneOfTheEightOperations(t *testing.T) { // S2-07
	for _, a := range policy.Acts() {
		if !slices.Contains(policy.Operations, a.Operation()) {
			t.Errorf("%s has operation %q", a, a.Operation())
		}
	}
}

func TestAccessOfEachRole(t *testing.T) { // S0-10
	e := engine(t)
	want := map[actor.Role]policy.Access{
		actor.Guardian: policy.AccessOwn, actor.Child: policy.AccessOwn, actor.Clerk: policy.AccessGrant,
		actor.Teacher: policy.AccessGrant, actor.Manager: policy.AccessGrant, actor.Officer: policy.AccessGrant,
		actor.Volunteer: policy.AccessGrant, actor.Vendor: policy.AccessGrant, actor.Integrator: policy.AccessKey,
		actor.CyberOffice: policy.AccessNone, actor.DataOwner: policy.AccessNone, actor.Leader: policy.AccessNone,
		actor.Owner: policy.AccessNone, actor.Auditor: policy.AccessNone, actor.SysAdmin: policy.AccessNone,
		actor.Overseer: policy.AccessNone, actor.System: policy.AccessNone,
	}
	for _, r := range actor.Roles {
		if got := e.AccessOf(r); got != want[r] {
			t.Errorf("%s: %s, want %s", r, got, want[r])
		}
	}
}

func TestRefusalSaysTheKindAndTheRules(t *testing.T) {
	e := engine(t)
	r := ideal(actor.Clerk, policy.FieldReveal)
	if err := e.Refusal(e.Decide(r)); err != nil {
		t.Errorf("allowed, yet %v", err)
	}
	r.Facts.GrantLive, r.Facts.StepUpFresh = false, false
	err := e.Refusal(e.Decide(r))
	if f := err.(*fault.Error); f.Kind != fault.Unauthenticated || !slices.Equal(f.Rules, []string{"R-140", "R-149"}) {
		t.Errorf("%v %v", f, f.Rules)
	}
	// Who may not know that it exists learns nothing more.
	r.Facts.OwnStore = false
	err = e.Refusal(e.Decide(r))
	if f := err.(*fault.Error); f.Kind != fault.NotFound || f.Rules != nil {
		t.Errorf("%v %v", f, f.Rules)
	}
}

// TestOnlyThoseInChargeCollect is S3-28: nobody else brings in information of
// others, not even one row at a time; a teacher's own form has no way in. An
// integrator's key, made by two people and bound to purpose and fields, may hand
// in what a family decided in the institution's own program.
func TestOnlyThoseInChargeCollect(t *testing.T) {
	e := engine(t)
	for act, want := range map[policy.Act][]actor.Role{
		policy.ImportUpload:  {actor.Officer},
		policy.ImportApply:   {actor.Officer},
		policy.EnrolStart:    {actor.Clerk, actor.Manager, actor.Integrator},
		policy.EnrolComplete: {actor.Guardian, actor.Child, actor.Integrator},
	} {
		for _, role := range actor.Roles {
			if got := e.Decide(ideal(role, act)).Allow; got != slices.Contains(want, role) {
				t.Errorf("%s %s: %v", role, act, got)
			}
		}
	}
}
