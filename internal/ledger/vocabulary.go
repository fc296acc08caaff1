package ledger

import (
	"slices"

	"github.com/wardfold/wardfold/verify"
)

// Type says what happened. The set is closed: an event of another type is
// refused.
type Type string

// The closed set of types.
const (
	EnrolStarted   Type = "enrol.started"   // a clerk opened an enrolment
	EnrolOpened    Type = "enrol.opened"    // the family opened it on their phone
	EnrolDeclined  Type = "enrol.declined"  // it ended without a record
	EnrolCompleted Type = "enrol.completed" // the promised fields were given

	ConsentGiven     Type = "consent.given"
	ConsentRefused   Type = "consent.refused"
	ConsentWithdrawn Type = "consent.withdrawn"
	ConsentExpired   Type = "consent.expired"  // its time or its authority ended
	ConsentInformed  Type = "consent.informed" // a guardian was told of a child's own consent
	ConsentReviewed  Type = "consent.reviewed" // who may decide for a child was looked at anew

	NoticePublished Type = "notice.published"
	NoticeAccepted  Type = "notice.accepted" // a new version was shown at sign-in and accepted; Hash is of the text
	NoticeDeclined  Type = "notice.declined" // … and not accepted
	PurposeDefined  Type = "purpose.defined"
	SchemaSigned    Type = "schema.signed"

	Reveal        Type = "reveal" // a value was shown in clear
	Search        Type = "search" // a family was looked for
	ViewMasked    Type = "view.masked"
	MessageSent   Type = "message.sent"
	CallAsked     Type = "call.asked"     // a relay was asked to connect somebody with the family
	CallForwarded Type = "call.forwarded" // … with somebody who dialled the alias of a file; Ref is the file
	PhoneSet      Type = "phone.set"      // where a relay reaches a staff member
	Correct       Type = "correct"
	ChangeAsked   Type = "change.asked" // staff wrote down what the family wants changed; a second person decides
	ChangeRefused Type = "change.refused"
	Copy          Type = "copy" // the family took a copy

	EraseRequested Type = "erase.requested"
	Erased         Type = "erased"
	Restrict       Type = "restrict"

	Secluded          Type = "compartment.secluded" // a record went into the sealed compartment; Ref is the file
	CompartmentListed Type = "compartment.listed"   // somebody looked which files there are
	CompartmentAsked  Type = "compartment.asked"    // Ref is the request
	CompartmentAgreed Type = "compartment.agreed"   // by a second officer
	CompartmentOpened Type = "compartment.opened"   // a value was shown in clear
	LetOut            Type = "compartment.released" // the record is out again

	ImportReceived    Type = "import.received"
	ImportQuarantined Type = "import.quarantined"
	ImportReleased    Type = "import.released"
	ImportApplied     Type = "import.applied"

	GrantRequested Type = "grant.requested"
	GrantApproved  Type = "grant.approved"
	GrantRefused   Type = "grant.refused"
	GrantEnded     Type = "grant.ended"

	ApplicationSubmitted Type = "application.submitted" // Hash is of the paper that everybody decides on
	ApplicationAgreed    Type = "application.agreed"    // one step of it
	ApplicationRefused   Type = "application.refused"
	ApplicationWithdrawn Type = "application.withdrawn"
	ApplicationLapsed    Type = "application.lapsed"   // nobody decided in time
	ApplicationReminded  Type = "application.reminded" // a step is late
	CapsuleStated        Type = "capsule.stated"       // a helper says: returned or deleted
	CapsuleClosed        Type = "capsule.closed"
	GlassBroken          Type = "glass.broken" // life or health: opened first, reviewed after
	GlassReviewed        Type = "glass.reviewed"
	AlarmHandled         Type = "alarm.handled"
	DutyDelegated        Type = "duty.delegated"
	SystemDefined        Type = "system.defined" // a business system and who answers for it

	ExportPrepared Type = "export.prepared" // a file was registered that will leave
	Exported       Type = "exported"        // it was made and handed over; Hash is of it
	ExportRow      Type = "export.row"      // somebody was in it
	ExportHanded   Type = "export.handed"   // another body has it; Hash is of its receipt

	SignIn       Type = "signin"
	SignInFailed Type = "signin.failed"
	SignOut      Type = "signout"
	StepUp       Type = "stepup"
	CodeSent     Type = "code.sent" // a one-time code went to a phone
	Unlocked     Type = "unlocked"  // an account locked by failures was opened again
	ProofSet     Type = "proof.set" // a password, authenticator or passkey
	ProofRemoved Type = "proof.removed"

	StaffAdded    Type = "staff.added"
	StaffInvited  Type = "staff.invited"
	StaffJoined   Type = "staff.joined"
	StaffRemoved  Type = "staff.removed"
	StaffTrained  Type = "staff.trained"
	StaffPledged  Type = "staff.pledged" // signed the confidentiality pledge
	RoleGiven     Type = "role.given"
	RoleConfirmed Type = "role.confirmed" // by the second person
	RoleTaken     Type = "role.taken"
	RoleChanged   Type = "role.changed"

	KeyRotated   Type = "key.rotated"
	KeyDestroyed Type = "key.destroyed"
	BackupMade   Type = "backup.made"
	Restored     Type = "restored"
	ConfigLoaded Type = "config.loaded"
	Attested     Type = "attested" // the daily statement on technical means; Hash is of it

	APIKeyAsked    Type = "apikey.asked"
	APIKeyApproved Type = "apikey.approved"
	APIKeyMade     Type = "apikey.made"
	APIKeyRevoked  Type = "apikey.revoked"

	AuditSearched       Type = "audit.searched"
	AuditVerified       Type = "audit.verified"
	EvidenceMade        Type = verify.EvidenceType    // a pack of evidence; Hash is of its manifest
	InventoryTaken      Type = "inventory.taken"      // what is held was compared with what was promised; Hash is of the report
	ScanStarted         Type = "scan.started"         // of an allowed folder
	ScanEnded           Type = "scan.ended"           // Count is what was found; Hash is of the journal
	ScanRead            Type = "scan.read"            // somebody read what was found
	LeakReceived        Type = "leak.received"        // a list found outside was taken in; Hash is of the file
	LeakOpened          Type = "leak.opened"          // it was compared with records; Count is how many
	LeakTraced          Type = "leak.traced"          // Hash is of the result
	LeakRead            Type = "leak.read"            // somebody read the result
	LeakClosed          Type = "leak.closed"          // the list was destroyed
	PublicationDrawn    Type = "publication.drawn"    // a list for it was taken from the records; Count is its rows
	PublicationRow      Type = "publication.row"      // somebody was in it
	PublicationPrepared Type = "publication.prepared" // a list was handed in; Count is its rows
	PublicationRead     Type = "publication.read"     // somebody looked at it
	Publication         Type = "publication"          // a second person made it public; Hash is of what is shown
	PublicationEnded    Type = "publication.ended"    // it came down, or never was public
	ResearchDrawn       Type = "research.drawn"       // data were taken from the records for it; Count is their records
	ResearchRow         Type = "research.row"         // somebody was in it
	ResearchProposed    Type = "research.proposed"    // data were handed in to be made anonymous; Count is their records
	ResearchOpened      Type = "research.opened"      // they were opened for that
	ResearchTested      Type = "research.tested"      // Hash is of the report, which says what passed and what failed
	ResearchApproved    Type = "research.approved"    // a second person let the result go; Hash is of the file
	ResearchCollected   Type = "research.collected"   // it was handed over
	ResearchEnded       Type = "research.ended"       // what was not released was destroyed
	ResearchBudget      Type = "research.budget"      // what may be given away about a population was set; Count is ε in millionths
	ResearchCounted     Type = "research.counted"     // noisy counts were released; Count is ε in millionths, Hash is of the answer
	LogPurged           Type = "log.purged"
	Denied              Type = "denied" // an act was refused; Code and Rules say why
	Alarm               Type = "alarm"
)

// Types lists the vocabulary, for tables, filters and tests.
var Types = []Type{
	EnrolStarted, EnrolOpened, EnrolDeclined, EnrolCompleted, ConsentGiven, ConsentRefused,
	ConsentWithdrawn, ConsentExpired, ConsentInformed, ConsentReviewed, NoticePublished, NoticeAccepted,
	NoticeDeclined, PurposeDefined, SchemaSigned,
	ExportPrepared, Exported, ExportRow, ExportHanded,
	Reveal, Search, ViewMasked, MessageSent, CallAsked, CallForwarded, PhoneSet, Correct, ChangeAsked, ChangeRefused, Copy, EraseRequested, Erased, Restrict,
	Secluded, CompartmentListed, CompartmentAsked, CompartmentAgreed, CompartmentOpened, LetOut,
	ImportReceived, ImportQuarantined, ImportReleased, ImportApplied, GrantRequested, GrantApproved,
	GrantRefused, GrantEnded, ApplicationSubmitted, ApplicationAgreed, ApplicationRefused,
	ApplicationWithdrawn, ApplicationLapsed, ApplicationReminded, CapsuleStated, CapsuleClosed,
	GlassBroken, GlassReviewed, AlarmHandled, DutyDelegated, SystemDefined, SignIn, SignInFailed, SignOut, StepUp, CodeSent, Unlocked, ProofSet,
	ProofRemoved, StaffAdded, StaffInvited, StaffJoined, StaffRemoved, StaffTrained, StaffPledged,
	RoleGiven, RoleConfirmed, RoleTaken, RoleChanged, KeyRotated, KeyDestroyed, BackupMade, Restored,
	ConfigLoaded, Attested, APIKeyAsked, APIKeyApproved, APIKeyMade, APIKeyRevoked, AuditSearched, AuditVerified, EvidenceMade,
	InventoryTaken, ScanStarted, ScanEnded, ScanRead,
	LeakReceived, LeakOpened, LeakTraced, LeakRead, LeakClosed, PublicationDrawn, PublicationRow, PublicationPrepared, PublicationRead, Publication, PublicationEnded,
	ResearchDrawn, ResearchRow, ResearchProposed, ResearchOpened, ResearchTested, ResearchApproved, ResearchCollected, ResearchEnded, ResearchBudget, ResearchCounted, LogPurged, Denied, Alarm,
}

// Operation is one of the eight operations on personal information.
// Source: 困境儿童个人信息保护工作办法 art. 4; PIPL art. 4 names the same.
type Operation string

// The eight operations.
const (
	Collect  Operation = "collect"  // 收集
	Store    Operation = "store"    // 存储
	Use      Operation = "use"      // 使用
	Process  Operation = "process"  // 加工
	Transmit Operation = "transmit" // 传输
	Provide  Operation = "provide"  // 提供
	Disclose Operation = "disclose" // 公开
	Delete   Operation = "delete"   // 删除
)

// Operations lists the eight.
var Operations = []Operation{Collect, Store, Use, Process, Transmit, Provide, Disclose, Delete}

var knownTypes = setOf(Types)

func setOf[T comparable](list []T) map[T]bool {
	set := make(map[T]bool, len(list))
	for _, x := range list {
		set[x] = true
	}
	return set
}

func (o Operation) known() bool { return slices.Contains(Operations, o) }

// hot reports whether entries of a type are too many to be indexed by type;
// the schema's partial index says the same.
func (t Type) hot() bool { return t == Reveal || t == Search || t == ViewMasked }
