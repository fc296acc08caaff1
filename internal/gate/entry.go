package gate

import (
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
)

// types says which event an act becomes when it is allowed. Every act that the
// policy can allow has one; a test compares the two vocabularies.
var types = map[policy.Act]ledger.Type{
	policy.EnrolStart: ledger.EnrolStarted, policy.EnrolOpen: ledger.EnrolOpened,
	policy.EnrolComplete: ledger.EnrolCompleted, policy.EnrolCancel: ledger.EnrolDeclined,
	policy.ConsentGive: ledger.ConsentGiven, policy.ConsentRefuse: ledger.ConsentRefused,
	policy.ConsentWithdraw: ledger.ConsentWithdrawn, policy.ConsentInform: ledger.ConsentInformed,
	policy.ConsentHandover: ledger.ConsentExpired,
	policy.SubjectSearch:   ledger.Search, policy.SubjectView: ledger.ViewMasked,
	policy.FieldReveal: ledger.Reveal, policy.MessageSend: ledger.MessageSent, policy.CallConnect: ledger.CallAsked, policy.CallForward: ledger.CallForwarded, policy.PhoneSet: ledger.PhoneSet,
	policy.SubjectCorrect: ledger.Correct, policy.SubjectCopy: ledger.Copy,
	policy.SubjectErase: ledger.Erased, policy.SubjectRestrict: ledger.Restrict,
	policy.CapacityAssess: ledger.ConsentReviewed,
	policy.AccessView:     ledger.AuditSearched,
	policy.NoticePublish:  ledger.NoticePublished, policy.PurposeDefine: ledger.PurposeDefined,
	policy.SchemaSign: ledger.SchemaSigned, policy.SchemaExtend: ledger.SchemaSigned,
	policy.ImportUpload: ledger.ImportReceived, policy.ImportRelease: ledger.ImportReleased,
	policy.ImportApply:  ledger.ImportApplied,
	policy.ImportReport: ledger.Reveal, policy.ImportDiscard: ledger.Erased,
	policy.GrantRequest: ledger.GrantRequested, policy.GrantApprove: ledger.GrantApproved,
	policy.GrantEnd:          ledger.GrantEnded,
	policy.ApplicationSubmit: ledger.ApplicationSubmitted, policy.ApplicationDecide: ledger.ApplicationAgreed,
	policy.ApplicationWithdraw: ledger.ApplicationWithdrawn,
	policy.CapsuleState:        ledger.CapsuleStated, policy.CapsuleClose: ledger.CapsuleClosed,
	policy.GlassBreak: ledger.GlassBroken, policy.GlassReview: ledger.GlassReviewed,
	policy.AlarmHandle: ledger.AlarmHandled, policy.DutyDelegate: ledger.DutyDelegated,
	policy.SystemDefine: ledger.SystemDefined,
	policy.StaffAdd:     ledger.StaffAdded, policy.StaffRemove: ledger.StaffRemoved,
	policy.RoleAppoint: ledger.RoleChanged, policy.ChargeAccept: ledger.RoleConfirmed, policy.StoreAdd: ledger.ConfigLoaded,
	policy.CompartmentSeclude: ledger.Secluded, policy.CompartmentList: ledger.CompartmentListed, policy.CompartmentAsk: ledger.CompartmentAsked,
	policy.CompartmentAgree: ledger.CompartmentAgreed, policy.CompartmentOpen: ledger.CompartmentOpened, policy.CompartmentRelease: ledger.LetOut,
	policy.AuditSearch: ledger.AuditSearched, policy.AuditVerify: ledger.AuditVerified,
	policy.ExportPrepare: ledger.ExportPrepared, policy.ExportCollect: ledger.Exported, policy.ExportHand: ledger.ExportHanded,
	policy.EvidenceExport: ledger.EvidenceMade,
	policy.ScanStart:      ledger.ScanStarted, policy.ScanRead: ledger.ScanRead,
	policy.LeakReceive: ledger.LeakReceived, policy.LeakTrace: ledger.LeakOpened, policy.LeakRead: ledger.LeakRead, policy.LeakClose: ledger.LeakClosed,
	policy.PublishDraw: ledger.PublicationDrawn, policy.PublishPrepare: ledger.PublicationPrepared, policy.PublishRead: ledger.PublicationRead, policy.PublishApprove: ledger.Publication, policy.PublishWithdraw: ledger.PublicationEnded,
	policy.ResearchDraw: ledger.ResearchDrawn, policy.ResearchPropose: ledger.ResearchProposed, policy.ResearchRun: ledger.ResearchTested, policy.ResearchApprove: ledger.ResearchApproved,
	policy.ResearchCollect: ledger.ResearchCollected, policy.ResearchEnd: ledger.ResearchEnded,
	policy.ResearchBudget: ledger.ResearchBudget, policy.ResearchCount: ledger.ResearchCounted,
	policy.StoreView: ledger.AuditSearched, policy.MatrixView: ledger.AuditSearched,
	policy.APIKeyMake: ledger.APIKeyMade, policy.APIKeyRevoke: ledger.APIKeyRevoked,
	policy.KeyRotate: ledger.KeyRotated, policy.BackupMake: ledger.BackupMade,
}

// question is the case as the policy sees it.
func (c Case) question() policy.Request {
	return policy.Request{Role: c.Actor.Role, Act: c.Act, Purpose: c.Purpose, Fields: c.Fields, Facts: c.Facts}
}

// fresh reports whether the actor's last strong proof of identity still counts.
// An API key proves itself with every call.
func fresh(a actor.Actor, now time.Time) bool {
	if a.Role == actor.Integrator {
		return true
	}
	return !a.ProvedAt.IsZero() && now.Sub(a.ProvedAt) <= policy.StepUpWithin && !a.ProvedAt.After(now.Add(time.Minute))
}

// append adds the audit entry of the case to the transaction, and one for each
// further party.
func (g *Gate) append(tx *db.Tx, c *Case, d policy.Decision, code string) (*ledger.Pending, error) {
	purpose, fields, err := g.Codes(tx, c.Actor.Institution, c.Purpose, c.Fields)
	if err != nil {
		return nil, err
	}
	charge, err := g.inCharge(tx, c)
	if err != nil {
		return nil, err
	}
	e := ledger.Event{
		ID: id.Make[id.Event](tx.Now()), At: tx.Now(), Type: c.Type,
		Actor: c.Actor.ID(), Role: c.Actor.Role, Store: c.Store,
		Op: ledger.Operation(c.Act.Operation()), HandledBy: handler(c.Actor), InCharge: charge,
		Purpose: purpose, Fields: fields, Grant: c.Grant, Ref: c.Ref, Count: c.Count, Hash: c.Hash,
		Allow: d.Allow && code == "", Rules: d.Rules, Code: code,
	}
	switch {
	case !e.Allow:
		e.Type = ledger.Denied
	case e.Type == "":
		e.Type = types[c.Act]
	}
	if err := g.commit(tx, c, &e); err != nil {
		return nil, err
	}
	first := ledger.Append(tx, e)
	for _, x := range c.Also {
		e.ID = id.Make[id.Event](tx.Now())
		e.Subject, e.Commitment = x.Subject, seal.Commit(seal.EventSalt(x.Salt, e.ID), x.Subject)
		ledger.Append(tx, e)
	}
	return first, nil
}

// Line appends, in the body of an act on many, the entry of the one who is the
// subject of c, so that the family reads of it among who looked.
func (g *Gate) Line(tx *db.Tx, c *Case, kind ledger.Type) error {
	e := ledger.Event{ID: id.Make[id.Event](tx.Now()), At: tx.Now(), Type: kind, Actor: c.Actor.ID(), Role: c.Actor.Role,
		Store: c.Store, Op: ledger.Operation(c.Act.Operation()), HandledBy: c.Actor.ID(), InCharge: c.Actor.ID(), Purpose: c.Purpose,
		Fields: c.Fields, Grant: c.Grant, Ref: c.Ref, Allow: true, Subject: c.Subject}
	sum, err := g.Vault.Commitment(tx, c.Actor.Institution, c.Subject, e.ID)
	if err != nil {
		return err
	}
	e.Commitment = sum
	ledger.Append(tx, e)
	return nil
}

// commit puts the subject's commitment into the entry (I3). A subject that is
// erased or unknown has no salt any more, and the entry then names nobody.
func (g *Gate) commit(tx *db.Tx, c *Case, e *ledger.Event) error {
	if c.Subject.IsZero() {
		return nil
	}
	if c.Salt != nil {
		e.Subject, e.Commitment = c.Subject, seal.Commit(seal.EventSalt(c.Salt, e.ID), c.Subject)
		return nil
	}
	if c.Commit != nil {
		sum, err := c.Commit(e.ID)
		e.Subject, e.Commitment = c.Subject, sum
		return err
	}
	sum, err := g.Vault.Commitment(tx, c.Actor.Institution, c.Subject, e.ID)
	if fault.KindOf(err) == fault.Erased {
		return nil
	}
	e.Subject, e.Commitment = c.Subject, sum
	return err
}

// handler names who did the act: the account, or the role where no account
// stands behind it (S2-08).
func handler(a actor.Actor) string {
	if x := a.ID(); x != "" {
		return x
	}
	return string(a.Role)
}

// inCharge names who answers for the information that an act is about: the
// person in charge of the data set, by account. Where nobody has been named it is
// the place (S2-08).
func (g *Gate) inCharge(tx *db.Tx, c *Case) (string, error) {
	if g.InCharge != nil {
		who, err := g.InCharge(tx, c.Actor.Institution, c.Purpose, c.Store)
		if err != nil || !who.IsZero() {
			return who.String(), err
		}
	}
	if !c.Store.IsZero() {
		return c.Store.String(), nil
	}
	return c.Actor.Institution.String(), nil
}
