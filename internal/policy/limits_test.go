package policy_test

import (
	"slices"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/policy"
)

// limits spoils one thing in a request that would be allowed, and names the
// one rule that must then stand in the way.
var limits = []struct {
	name  string
	role  actor.Role
	act   policy.Act
	spoil func(*policy.Request)
	rule  string
	kind  fault.Kind
}{
	{"a purpose is named and in force (S3-41)", actor.Clerk, policy.FieldReveal,
		func(r *policy.Request) { r.Facts.PurposeActive = false }, "R-102", fault.Denied},
	{"no basis, no processing (S2-07, S3-08)", actor.Clerk, policy.SubjectSearch,
		func(r *policy.Request) { r.Facts.Basis = policy.BasisNone }, "R-103", fault.Denied},
	{"a basis nobody knows is none (S2-07)", actor.Clerk, policy.SubjectSearch,
		func(r *policy.Request) { r.Facts.Basis = "habit" }, "R-103", fault.Denied},
	{"the family hands in only what the schema promises (S0-01, S3-09, I7)", actor.Guardian, policy.EnrolComplete,
		func(r *policy.Request) { r.Facts.FieldsInSchema = false }, "R-104", fault.Denied},
	{"an import brings only what the schema promises (I7)", actor.Officer, policy.ImportApply,
		func(r *policy.Request) { r.Facts.FieldsInSchema = false }, "R-104", fault.Denied},
	{"an API writes only what the schema promises (I7)", actor.Integrator, policy.SubjectCorrect,
		func(r *policy.Request) { r.Facts.FieldsInSchema = false }, "R-104", fault.Denied},
	{"consent comes before collection (S0-03, S3-13, S3-31, I6)", actor.Guardian, policy.EnrolComplete,
		func(r *policy.Request) { r.Facts.Consent = policy.ConsentNone }, "R-105", fault.ConsentNeeded},
	{"consent comes before the first use (S3-13, I6)", actor.Clerk, policy.FieldReveal,
		func(r *policy.Request) { r.Facts.Consent = policy.ConsentNone }, "R-105", fault.ConsentNeeded},
	{"a child's yes without the guardian informed is pending (S2-17)", actor.Clerk, policy.FieldReveal,
		func(r *policy.Request) {
			r.Facts.Consent, r.Facts.AgeBand, r.Facts.InDifficulty = policy.ConsentPending, policy.Teen, true
		}, "R-105", fault.ConsentNeeded},
	{"withdrawn is withdrawn", actor.Teacher, policy.MessageSend,
		func(r *policy.Request) { r.Facts.Consent = policy.ConsentWithdrawn }, "R-105", fault.ConsentNeeded},
	{"handed over at 14 is expired (B1)", actor.Manager, policy.SubjectView,
		func(r *policy.Request) { r.Facts.Consent = policy.ConsentExpired }, "R-105", fault.ConsentNeeded},
	{"a contract does not replace the guardian's consent under 14 (S2-16, S3-14)", actor.Clerk, policy.FieldReveal,
		func(r *policy.Request) {
			r.Facts.Basis, r.Facts.Consent = policy.BasisContract, policy.ConsentNone
		}, "R-105", fault.ConsentNeeded},
	{"an unknown age counts as under 14 (S2-16)", actor.Clerk, policy.FieldReveal,
		func(r *policy.Request) {
			r.Facts.Basis, r.Facts.Consent, r.Facts.AgeBand = policy.BasisContract, policy.ConsentNone, ""
		}, "R-105", fault.ConsentNeeded},
	{"a refusal ends the use of what was public (S3-18)", actor.Clerk, policy.FieldReveal,
		func(r *policy.Request) {
			r.Facts.Basis, r.Facts.Consent, r.Facts.AgeBand = policy.BasisPublic, policy.ConsentRefused, policy.Adult
		}, "R-106", fault.Denied},
	{"an emergency needs a grant by two people (S3-16)", actor.Officer, policy.FieldReveal,
		func(r *policy.Request) { r.Facts.Basis = policy.BasisEmergency }, "R-107", fault.ApprovalNeeded},
	{"news is no ground for a child in difficulty (S3-17)", actor.Officer, policy.FieldReveal,
		func(r *policy.Request) {
			r.Facts.Basis, r.Facts.InDifficulty = policy.BasisNews, true
		}, "R-108", fault.Denied},
	{"marketing is for adults (S0-04)", actor.Clerk, policy.MessageSend,
		func(r *policy.Request) { r.Purpose, r.Facts.AgeBand = "marketing", policy.Teen }, "R-109", fault.Denied},
	{"under whatever name (S0-04, S1-02)", actor.Clerk, policy.MessageSend,
		func(r *policy.Request) { r.Purpose, r.Facts.AgeBand = "marketing.summer", policy.Teen }, "R-109", fault.Denied},
	{"under 14 a child does not consent alone (S2-16)", actor.Child, policy.ConsentGive,
		func(r *policy.Request) { r.Facts.Authority = policy.AuthorityGuardian }, "R-110", fault.Denied},
	{"from 14 the guardian does not consent instead (S2-17, B1)", actor.Guardian, policy.ConsentGive,
		func(r *policy.Request) { r.Facts.Authority = policy.AuthorityChild }, "R-111", fault.Denied},
	{"nobody speaks for a child whose authority is unknown (S2-20†)", actor.Guardian, policy.ConsentGive,
		func(r *policy.Request) { r.Facts.Authority = "" }, "R-111", fault.Denied},

	{"another institution's record does not exist", actor.Officer, policy.SubjectView,
		func(r *policy.Request) { r.Facts.SameInstitution = false }, "R-120", fault.NotFound},
	{"another college's students do not exist (S3-11)", actor.Teacher, policy.SubjectView,
		func(r *policy.Request) { r.Facts.OwnStore = false }, "R-121", fault.NotFound},
	{"another family's child does not exist", actor.Guardian, policy.SubjectCopy,
		func(r *policy.Request) { r.Facts.OwnChild = false }, "R-122", fault.NotFound},
	{"another child does not exist", actor.Child, policy.AccessView,
		func(r *policy.Request) { r.Facts.OwnSelf = false }, "R-123", fault.NotFound},
	{"an import without a source is read by nobody (S1-01, S1-04, B4)", actor.Officer, policy.SubjectView,
		func(r *policy.Request) { r.Facts.Quarantined = true }, "R-124", fault.Denied},
	{"what may not be used is only kept", actor.Clerk, policy.FieldReveal,
		func(r *policy.Request) { r.Facts.Restricted = true }, "R-125", fault.Denied},
	{"erased is gone (I10)", actor.Clerk, policy.FieldReveal,
		func(r *policy.Request) { r.Facts.Erased = true }, "R-126", fault.Erased},

	{"approve before read (B3)", actor.Officer, policy.FieldReveal,
		func(r *policy.Request) { r.Facts.GrantLive = false }, "R-140", fault.ApprovalNeeded},
	{"calling is reading too (B3)", actor.Clerk, policy.MessageSend,
		func(r *policy.Request) { r.Facts.GrantLive = false }, "R-140", fault.ApprovalNeeded},
	{"no diversion to another purpose under one grant (S3-41)", actor.Clerk, policy.FieldReveal,
		func(r *policy.Request) { r.Facts.GrantCoversPurpose = false }, "R-141", fault.ApprovalNeeded},
	{"a grant is for its fields (S0-10, S3-11)", actor.Clerk, policy.FieldReveal,
		func(r *policy.Request) { r.Facts.GrantCoversFields = false }, "R-142", fault.ApprovalNeeded},
	{"a grant is for its subjects (S3-11)", actor.Volunteer, policy.FieldReveal,
		func(r *policy.Request) { r.Facts.GrantCoversSubject = false }, "R-143", fault.ApprovalNeeded},
	{"a grant approved by its applicant is none (I8)", actor.Manager, policy.FieldReveal,
		func(r *policy.Request) { r.Facts.GrantApproverIsApplicant = true }, "R-144", fault.Denied},
	{"nobody approves their own request (I8)", actor.Manager, policy.GrantApprove,
		func(r *policy.Request) { r.Facts.OwnRequest = true }, "R-145", fault.Denied},
	{"nobody releases their own import (I8)", actor.Officer, policy.ImportRelease,
		func(r *policy.Request) { r.Facts.OwnRequest = true }, "R-145", fault.Denied},
	{"nobody approves for an account of their own making (I8)", actor.Manager, policy.GrantApprove,
		func(r *policy.Request) { r.Facts.OwnAppointee = true }, "R-146", fault.Denied},
	{"an outsider signs an undertaking first (S3-42, S3-43)", actor.Vendor, policy.GrantRequest,
		func(r *policy.Request) { r.Facts.Undertaking = false }, "R-147", fault.Denied},
	{"an outsider reads nothing without an undertaking (S3-43)", actor.Vendor, policy.SubjectView,
		func(r *policy.Request) { r.Facts.Undertaking = false }, "R-147", fault.Denied},
	{"training comes before reading", actor.Teacher, policy.FieldReveal,
		func(r *policy.Request) { r.Facts.Trained = false }, "R-148", fault.Denied},
	{"an old proof is renewed first", actor.Clerk, policy.FieldReveal,
		func(r *policy.Request) { r.Facts.StepUpFresh = false }, "R-149", fault.Unauthenticated},
	{"rules wait for a witness after a day without one (R6)", actor.Officer, policy.SchemaExtend,
		func(r *policy.Request) { r.Facts.Unwitnessed = true }, "R-191", fault.Unavailable},
	{"evidence is made on a fresh proof (B15)", actor.Officer, policy.EvidenceExport,
		func(r *policy.Request) { r.Facts.StepUpFresh = false }, "R-190", fault.Unauthenticated},
	{"a leaked list is traced on a fresh proof (B10)", actor.Officer, policy.LeakTrace,
		func(r *policy.Request) { r.Facts.StepUpFresh = false }, "R-197", fault.Unauthenticated},
	{"a file is collected on a fresh proof", actor.Teacher, policy.ExportPrepare,
		func(r *policy.Request) { r.Facts.StepUpFresh = false }, "R-198", fault.Unauthenticated},
	{"a quota ends", actor.Clerk, policy.SubjectSearch,
		func(r *policy.Request) { r.Facts.QuotaLeft = false }, "R-150", fault.Limited},
	{"a key is bound to its purpose (S3-41)", actor.Integrator, policy.FieldReveal,
		func(r *policy.Request) { r.Facts.KeyPurposeBound = false }, "R-151", fault.Denied},
	{"a key is bound to its fields (S3-09)", actor.Integrator, policy.FieldReveal,
		func(r *policy.Request) { r.Facts.KeyFieldsBound = false }, "R-152", fault.Denied},
	{"nobody corrects at the desk alone (I8)", actor.Clerk, policy.SubjectCorrect,
		func(r *policy.Request) { r.Facts.SecondPerson = false }, "R-153", fault.ApprovalNeeded},
	{"nobody is the second person to their own correction (I8)", actor.Manager, policy.SubjectCorrect,
		func(r *policy.Request) { r.Facts.OwnRequest = true }, "R-145", fault.Denied},
	{"nobody switches authority alone (S2-20†, I8)", actor.Officer, policy.CapacityAssess,
		func(r *policy.Request) { r.Facts.SecondPerson = false }, "R-153", fault.ApprovalNeeded},
	{"nobody widens the budget of fields alone (B5)", actor.Officer, policy.SchemaExtend,
		func(r *policy.Request) { r.Facts.SecondPerson = false }, "R-153", fault.ApprovalNeeded},
	{"a list needs a second person", actor.Clerk, policy.MessageSend,
		func(r *policy.Request) { r.Facts.BulkCount, r.Facts.SecondPerson = 51, false }, "R-154", fault.ApprovalNeeded},
	{"a negative count is too many", actor.Clerk, policy.MessageSend,
		func(r *policy.Request) { r.Facts.BulkCount, r.Facts.SecondPerson = -1, false }, "R-154", fault.ApprovalNeeded},
	{"no source document, no release (S1-04, B4)", actor.Officer, policy.ImportRelease,
		func(r *policy.Request) { r.Facts.SourceDocument = false }, "R-155", fault.ApprovalNeeded},
	{"no source document, no import (S1-01, S1-04, B4)", actor.Officer, policy.ImportApply,
		func(r *policy.Request) { r.Facts.SourceDocument = false }, "R-155", fault.ApprovalNeeded},
	{"501 rows need a second person (B4)", actor.Officer, policy.ImportApply,
		func(r *policy.Request) { r.Facts.BulkCount, r.Facts.SecondPerson = 501, false }, "R-156", fault.ApprovalNeeded},
	{"nobody decides on what they themselves applied for (I8, S3-40)", actor.CyberOffice, policy.ApplicationDecide,
		func(r *policy.Request) { r.Facts.OwnRequest = true }, "R-160", fault.Denied},
	{"nobody decides for an account of their own making (I8)", actor.Owner, policy.ApplicationDecide,
		func(r *policy.Request) { r.Facts.OwnAppointee = true }, "R-161", fault.Denied},
	{"a decision needs a fresh proof", actor.Leader, policy.ApplicationDecide,
		func(r *policy.Request) { r.Facts.StepUpFresh = false }, "R-162", fault.Unauthenticated},
	{"nobody reviews their own emergency (I8)", actor.Manager, policy.GlassReview,
		func(r *policy.Request) { r.Facts.OwnRequest = true }, "R-160", fault.Denied},
	{"a volunteer sees not even a mask outside a capsule (S2-14, B13)", actor.Volunteer, policy.SubjectView,
		func(r *policy.Request) { r.Facts.GrantLive = false }, "R-157", fault.NotFound},
	{"nor a vendor of another child (S2-14)", actor.Vendor, policy.SubjectView,
		func(r *policy.Request) { r.Facts.GrantCoversSubject = false }, "R-157", fault.NotFound},
	{"who may break the glass was agreed before (S3-16, I8)", actor.Teacher, policy.GlassBreak,
		func(r *policy.Request) { r.Facts.SecondPerson = false }, "R-158", fault.ApprovalNeeded},
	{"no pledge, no application (S3-42)", actor.Teacher, policy.ApplicationSubmit,
		func(r *policy.Request) { r.Facts.Undertaking = false }, "R-159", fault.Denied},
	{"nobody publishes what they prepared (S3-50, I8)", actor.Officer, policy.PublishApprove,
		func(r *policy.Request) { r.Facts.OwnRequest = true }, "R-195", fault.Denied},
	{"what cannot be taken back is published on a fresh proof (S3-50)", actor.Manager, policy.PublishApprove,
		func(r *policy.Request) { r.Facts.StepUpFresh = false }, "R-196", fault.Unauthenticated},
	{"nobody lets go for research what they handed in (S2-06, I8)", actor.Officer, policy.ResearchApprove,
		func(r *policy.Request) { r.Facts.OwnRequest = true }, "R-163", fault.Denied},
	{"nobody spends a budget of privacy that they set (I8)", actor.DataOwner, policy.ResearchCount,
		func(r *policy.Request) { r.Facts.OwnRequest = true }, "R-163", fault.Denied},
	{"research data are opened on a fresh proof", actor.Officer, policy.ResearchRun,
		func(r *policy.Request) { r.Facts.StepUpFresh = false }, "R-164", fault.Unauthenticated},
	{"an alias ends with the grant of its file (S1-05)", actor.Integrator, policy.CallForward,
		func(r *policy.Request) { r.Facts.GrantLive = false }, "R-199", fault.Erased},
	{"and with the family (S1-05, I10)", actor.Integrator, policy.CallForward,
		func(r *policy.Request) { r.Facts.GrantCoversSubject = false }, "R-199", fault.Erased},
	{"a sealed file is opened by who can name its case (S2-23†)", actor.Officer, policy.CompartmentOpen,
		func(r *policy.Request) { r.Facts.CaseNamed = false }, "R-165", fault.Denied},
	{"nobody asks for a sealed file without its case (S2-23†)", actor.Officer, policy.CompartmentAsk,
		func(r *policy.Request) { r.Facts.CaseNamed = false }, "R-165", fault.Denied},
	{"a sealed file takes two officers (S2-23†, I8)", actor.Officer, policy.CompartmentOpen,
		func(r *policy.Request) { r.Facts.SecondPerson = false }, "R-166", fault.ApprovalNeeded},
	{"and to let it out takes two (S2-23†, I8)", actor.Officer, policy.CompartmentRelease,
		func(r *policy.Request) { r.Facts.SecondPerson = false }, "R-166", fault.ApprovalNeeded},
	{"nobody is the second officer to their own request (S2-23†, I8)", actor.Officer, policy.CompartmentAgree,
		func(r *policy.Request) { r.Facts.OwnRequest = true }, "R-167", fault.Denied},
	{"nor to that of an account of their own making (S2-23†, I8)", actor.Officer, policy.CompartmentAgree,
		func(r *policy.Request) { r.Facts.OwnAppointee = true }, "R-167", fault.Denied},
	{"a sealed file is opened on a fresh proof (S2-23†)", actor.Officer, policy.CompartmentOpen,
		func(r *policy.Request) { r.Facts.StepUpFresh = false }, "R-168", fault.Unauthenticated},
	{"a sealed file is opened by who is trained", actor.Officer, policy.CompartmentOpen,
		func(r *policy.Request) { r.Facts.Trained = false }, "R-148", fault.Denied},
	{"a secluded child is not there, whatever the grant (S2-23†)", actor.Officer, policy.FieldReveal,
		func(r *policy.Request) { r.Facts.Secluded = true }, "R-169", fault.NotFound},
	{"not even in an emergency (S2-23†)", actor.Manager, policy.GlassBreak,
		func(r *policy.Request) { r.Facts.Secluded, r.Facts.Emergency = true, true }, "R-169", fault.NotFound},
	{"nothing is published but at the desk", actor.Clerk, policy.FieldReveal, func(r *policy.Request) {
		r.Operation, r.Facts.AgeBand = policy.Disclose, policy.Adult
	}, "R-112", fault.Denied},
}

func TestEachLimitStandsInTheWayAlone(t *testing.T) {
	e := engine(t)
	seen := map[string]bool{"R-101": true} // a ninth operation: in permits_test.go
	for _, c := range limits {
		t.Run(c.name, func(t *testing.T) {
			seen[c.rule] = true
			r := ideal(c.role, c.act)
			if d := e.Decide(r); !d.Allow {
				t.Fatalf("the ideal request is denied by %v", d.Rules)
			}
			c.spoil(&r)
			d := e.Decide(r)
			if d.Allow || !slices.Equal(d.Rules, []string{c.rule}) {
				t.Errorf("%+v, want %s", d, c.rule)
			}
			if got := fault.KindOf(e.Refusal(d)); got != c.kind {
				t.Errorf("kind %s, want %s", got, c.kind)
			}
		})
	}
	for _, r := range e.Rules() {
		if r.Forbid && !r.Ban && r.ID != policy.NoPermit && !seen[r.ID] {
			t.Errorf("%s has no case", r.ID)
		}
	}
}

func TestWhatLimitsLeaveAllowed(t *testing.T) {
	e := engine(t)
	for _, c := range []struct {
		name  string
		role  actor.Role
		act   policy.Act
		shape func(*policy.Request)
	}{
		{"a contract carries a child of 14 or more (S3-14)", actor.Clerk, policy.FieldReveal,
			func(r *policy.Request) {
				r.Facts.Basis, r.Facts.Consent, r.Facts.AgeBand = policy.BasisContract, policy.ConsentNone, policy.Teen
			}},
		{"a statutory duty needs no consent (S3-15)", actor.Officer, policy.FieldReveal,
			func(r *policy.Request) { r.Facts.Basis, r.Facts.Consent = policy.BasisDuty, policy.ConsentNone }},
		{"an emergency with a grant by two people needs no consent (S3-16)", actor.Officer, policy.FieldReveal,
			func(r *policy.Request) {
				r.Facts.Basis, r.Facts.Consent, r.Facts.Emergency = policy.BasisEmergency, policy.ConsentNone, true
			}},
		{"in the month of turning 14 the guardian speaks", actor.Guardian, policy.ConsentGive,
			func(r *policy.Request) { r.Facts.Authority = policy.AuthorityBoth }},
		{"and so does the child", actor.Child, policy.ConsentGive,
			func(r *policy.Request) { r.Facts.Authority = policy.AuthorityBoth }},
		{"after 14 the guardian still sees who looked (MNR 34)", actor.Guardian, policy.AccessView,
			func(r *policy.Request) { r.Facts.Authority = policy.AuthorityChild }},
		{"the family needs no grant for its own record (S3-24)", actor.Guardian, policy.FieldReveal,
			func(r *policy.Request) {
				r.Facts.GrantLive, r.Facts.Consent, r.Facts.Restricted = false, policy.ConsentWithdrawn, true
				r.Facts.QuotaLeft, r.Facts.PurposeActive, r.Facts.Basis = false, false, ""
			}},
		{"the family corrects after withdrawing (S3-25)", actor.Guardian, policy.SubjectCorrect,
			func(r *policy.Request) { r.Facts.Consent, r.Facts.Restricted = policy.ConsentWithdrawn, true }},
		{"masked values need no grant (S0-10)", actor.Clerk, policy.SubjectView,
			func(r *policy.Request) { r.Facts.GrantLive = false }},
		{"500 rows need no second person", actor.Officer, policy.ImportApply,
			func(r *policy.Request) { r.Facts.BulkCount, r.Facts.SecondPerson = 500, false }},
		{"50 messages need no second person", actor.Clerk, policy.MessageSend,
			func(r *policy.Request) { r.Facts.BulkCount, r.Facts.SecondPerson = 50, false }},
		{"an API key needs no staff grant", actor.Integrator, policy.FieldReveal,
			func(r *policy.Request) { r.Facts.GrantLive = false }},
		{"an adult's marketing with consent", actor.Clerk, policy.MessageSend,
			func(r *policy.Request) { r.Purpose, r.Facts.AgeBand = "marketing", policy.Adult }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := ideal(c.role, c.act)
			c.shape(&r)
			if d := e.Decide(r); !d.Allow {
				t.Errorf("denied by %v", d.Rules)
			}
		})
	}
}

// TestMarketingOverTheMinimalSchemaIsDenied is S0-04: marketing is not among the
// purposes of enrolment.minimal, so its fields are outside that budget.
func TestMarketingOverTheMinimalSchemaIsDenied(t *testing.T) {
	e := engine(t)
	for _, role := range actor.Roles {
		for _, act := range []policy.Act{policy.SubjectSearch, policy.SubjectView, policy.FieldReveal, policy.MessageSend} {
			r := ideal(role, act)
			r.Purpose, r.Facts.FieldsInSchema = "marketing", false
			if d := e.Decide(r); d.Allow {
				t.Errorf("%s %s is allowed by %v", role, act, d.Rules)
			}
		}
	}
}
