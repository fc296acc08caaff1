package policy

// Facts is what is so at the moment of deciding. The zero value is the strictest
// case: nothing is known, nobody has agreed. The field names are the attributes
// of context in the rules, with a small first letter.
//
// Only booleans, enumerations and one bounded count are allowed, so that Facts
// is comparable and a decision is a function of few values.
type Facts struct {
	// Whose record
	SameInstitution bool // actor and record belong to the same institution
	OwnStore        bool // the record, account or list belongs to the actor's store
	OwnChild        bool // the subject, or the enrolment in hand, is of this guardian's child
	OwnSelf         bool // the subject, or the enrolment in hand, is this child
	Quarantined     bool // a roster without a lawful source, or one that waits for a second person
	Restricted      bool // only storage and security are left (PIPL art. 47)
	Erased          bool // the subject's key is destroyed
	Secluded        bool // the record is in the sealed compartment

	// The child
	AgeBand      AgeBand
	Authority    Authority // who may speak for the child today
	InDifficulty bool      // the case at hand is a child in difficulty

	// Why
	PurposeActive  bool // the catalogue knows the purpose and it is in force
	Basis          Basis
	Consent        Consent // for this purpose
	FieldsInSchema bool    // every field is in the purpose's signed schema

	// With whose leave
	GrantLive                bool // an approved grant of this actor runs now
	GrantCoversPurpose       bool
	GrantCoversFields        bool
	GrantCoversSubject       bool
	GrantApproverIsApplicant bool
	Emergency                bool // the live grant is a two-person emergency grant
	SecondPerson             bool // another person has agreed, or the act takes effect only when one does
	OwnRequest               bool // the actor would decide on what they themselves asked for
	OwnAppointee             bool // the actor made the account that the request is for
	Undertaking              bool // the actor's confidentiality undertaking is on file
	Trained                  bool // the actor's training is valid
	StepUpFresh              bool // proved within StepUpWithin
	CaseNamed                bool // who asks has named the case of the compartment's file
	QuotaLeft                bool
	KeyPurposeBound          bool // the API key is bound to this purpose
	KeyFieldsBound           bool // the API key is bound to all these fields

	// What comes in or goes out
	BulkCount              int  // subjects or rows concerned; negative counts as too many
	SourceDocument         bool // the import has the document of its lawful source
	RecipientNaturalPerson bool // it would go to a private person, not the subject nor their guardian
	Unwitnessed            bool // no witness has seen the log for a day; known for weighty acts only
	PersonalAccount        bool // done on a person's own account, not the institution's
}

// AgeBand is how old the child is for the law; unknown counts as under 14.
type AgeBand string

// The bands.
const (
	AgeUnknown AgeBand = ""
	Under14    AgeBand = "under14"
	Teen       AgeBand = "teen" // 14 to 17
	Adult      AgeBand = "adult"
)

// Authority is who may consent today; package consent computes it.
type Authority string

// The authorities.
const (
	AuthorityNobody   Authority = ""
	AuthorityGuardian Authority = "guardian"
	AuthorityBoth     Authority = "both"
	AuthorityChild    Authority = "child" // and the guardian is informed
)

// Consent is the state of the consent for one purpose.
type Consent string

// The states.
const (
	ConsentNone      Consent = ""
	ConsentPending   Consent = "pending" // one of two has spoken, or the guardian is not informed yet
	ConsentLive      Consent = "live"
	ConsentRefused   Consent = "refused"
	ConsentWithdrawn Consent = "withdrawn"
	ConsentExpired   Consent = "expired" // among others: handover at 14
)

// Basis is one of the seven legal bases. Source: PIPL art. 13.
type Basis string

// The bases; none means that nothing may be processed.
const (
	BasisNone      Basis = ""
	BasisConsent   Basis = "consent"
	BasisContract  Basis = "contract"
	BasisDuty      Basis = "duty"
	BasisEmergency Basis = "emergency"
	BasisNews      Basis = "news"
	BasisPublic    Basis = "public"
	BasisLaw       Basis = "law"
)

// The values of each enumeration.
var (
	AgeBands    = []AgeBand{AgeUnknown, Under14, Teen, Adult}
	Authorities = []Authority{AuthorityNobody, AuthorityGuardian, AuthorityBoth, AuthorityChild}
	Consents    = []Consent{ConsentNone, ConsentPending, ConsentLive, ConsentRefused, ConsentWithdrawn, ConsentExpired}
	Bases       = []Basis{BasisNone, BasisConsent, BasisContract, BasisDuty, BasisEmergency, BasisNews, BasisPublic, BasisLaw}
)

// folded returns f with values outside the vocabulary made the strictest one
// and the count bounded; no rule can tell the difference.
func (f Facts) folded() Facts {
	f.AgeBand = known(f.AgeBand, AgeBands)
	f.Authority = known(f.Authority, Authorities)
	f.Consent = known(f.Consent, Consents)
	f.Basis = known(f.Basis, Bases)
	if f.BulkCount < 0 || f.BulkCount > BulkMax {
		f.BulkCount = BulkMax + 1
	}
	return f
}

func known[T ~string](v T, all []T) T {
	for _, x := range all {
		if v == x {
			return v
		}
	}
	return ""
}
