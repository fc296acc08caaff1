package consent

import (
	"time"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/id"
)

// Kind is what an event says.
type Kind string

// The kinds of event.
const (
	Given      Kind = "given"
	Refused    Kind = "refused"
	Withdrawn  Kind = "withdrawn"
	Told       Kind = "informed"   // the guardian was clearly told
	Objected   Kind = "objected"   // by a guardian whose consent is not what counts: opens a review, stops nothing
	HandedOver Kind = "handover"   // authority passed to the child (B1)
	Reviewed   Kind = "reviewed"   // what is needed was looked at anew (S2-20†); it does not say why (S2-01)
	Restricted Kind = "restricted" // a dispute: only storage and security until it is settled
	Released   Kind = "released"   // the dispute is settled

	// Answers to a new version of a notice; they change no state.
	Acknowledged Kind = "acknowledged"
	Declined     Kind = "declined"
)

// Party is who spoke.
type Party string

// The parties.
const (
	PartyGuardian    Party = "guardian"
	PartyChild       Party = "child"
	PartyInstitution Party = "institution"
	PartySystem      Party = "system"
)

// Proof is how it was established that the party spoke.
type Proof string

// The proofs.
const (
	ProofSMS     Proof = "sms"     // a code sent to the phone and typed in
	ProofVoice   Proof = "voice"   // a code spoken in a call
	ProofPasskey Proof = "passkey" // the device's own key
	ProofPaper   Proof = "paper"   // a signed form, seen by two members of staff
	ProofSession Proof = "session" // signed in within the page
	ProofNone    Proof = ""        // system and institution events
)

var familyProofs = []Proof{ProofSMS, ProofVoice, ProofPasskey, ProofPaper, ProofSession}

// Event is one entry of the ledger of consent.
type Event struct {
	ID       id.Consent
	Of       id.Consent // the first event of the consent that this one completes or ends; zero means itself
	Subject  id.Subject // the child, or the adult concerned
	At       time.Time
	Kind     Kind
	Party    Party
	By       id.Subject // who of the family spoke; zero for institution and system
	Purposes []string   // empty: all that the subject has
	Needs    Parts      // for Given and Reviewed: what the whole consent needs, computed at At
	Evidence
}

// Evidence is what proves the content of an act and its author.
type Evidence struct {
	Notice   id.Notice
	Hash     [32]byte // of the notice exactly as shown, in Language
	Language string
	Screen   [32]byte // of the page as rendered, with both answers on it
	Proof    Proof
	Ref      string // number of a paper form, of a message sent; never personal information
}

// EvidenceOf returns the evidence that a notice was shown in a language.
func EvidenceOf(n catalogue.Notice, language string, screen [32]byte, p Proof) Evidence {
	return Evidence{Notice: n.ID, Hash: n.Hash(language), Language: language, Screen: screen, Proof: p}
}

// root returns the identifier of the consent that e belongs to.
func (e Event) root() id.Consent {
	if e.Of.IsZero() {
		return e.ID
	}
	return e.Of
}

// concerns reports whether e is about a purpose.
func (e Event) concerns(purpose string) bool {
	for _, p := range e.Purposes {
		if p == purpose {
			return true
		}
	}
	return len(e.Purposes) == 0
}
