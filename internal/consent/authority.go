// Package consent keeps who agreed to what, and says whether that still counts.
//
// Two things are kept apart. Authority, who may speak for a child today, is
// computed from the birth and the date and never stored (I6): before 14 the
// guardian, in the days or the month when nobody can tell both, after that the
// child, with the guardian informed. The ledger of consent is a list of events
// that only grows; the state for one subject and purpose is a fold over them,
// and a row derived from it answers the gate in one indexed read. The row can be
// rebuilt from the events at any time.
//
// Stopping is as easy as agreeing (PIPL art. 15), and dominates: no order of
// arrival lets a consent survive its withdrawal. A refusal is remembered, so
// that the question is not put again and again (NDR art. 22(5)).
//
// Events hold no personal information: pseudonymous identifiers, codes, hashes
// and times. They outlive the erasure of the subject as evidence.
package consent

import "github.com/wardfold/wardfold/internal/civil"

// Speaker is who may consent for a child on a day.
type Speaker string

// The speakers.
const (
	Guardian Speaker = "guardian"
	Both     Speaker = "both"
	Child    Speaker = "child" // under 18 the guardian must be informed
)

// Parts is a set of what has been, or must be, contributed to a consent.
type Parts uint8

// The parts.
const (
	ByGuardian Parts = 1 << iota // the guardian agreed
	ByChild                      // the child agreed
	Informed                     // the guardian was clearly told
)

// Has reports whether every part of need is in p. A guardian who agreed was
// thereby told.
func (p Parts) Has(need Parts) bool {
	if p&ByGuardian != 0 {
		p |= Informed
	}
	return p&need == need
}

// Capacity is whether somebody of 14 or more can express a will, as last
// assessed. Nobody is assessed by default.
type Capacity string

// The capacities.
const (
	Able     Capacity = ""         // expresses a will; needs no assessment
	Assisted Capacity = "assisted" // expresses one, but the guardian's consent is needed as well
	Unable   Capacity = "unable"   // cannot express one: the guardian speaks
)

// Needs returns what a consent needs if it is given on a day.
//
// Sources: PIPL art. 31 (under 14: parents or other guardians); 18-department
// Measures art. 12 (from 14: the child's consent, the guardian clearly informed,
// and without the capacity to express a will the guardian's consent as well).
//
// The Measures speak of children in difficulty, and PIPL asks less for others
// of 14 to 17. The stricter rule is applied to all: a ledger in which only some
// consents wait for the guardian would say which child is in difficulty, and
// that label must exist nowhere (S2-01).
func Needs(birth civil.Birth, on civil.Date, c Capacity) Parts {
	age := birth.Reached(civil.AgeOfConsent, on)
	switch {
	case age == civil.NotYet:
		return ByGuardian
	case c == Unable:
		return ByGuardian
	case age == civil.Perhaps, c == Assisted:
		return ByGuardian | ByChild
	case birth.Reached(civil.AgeOfMajority, on) == civil.Surely:
		return ByChild
	}
	return ByChild | Informed
}

// Authority returns who may consent on a day: Needs, put shortly.
func Authority(birth civil.Birth, on civil.Date, c Capacity) Speaker {
	switch need := Needs(birth, on, c); {
	case need.Has(ByGuardian | ByChild):
		return Both
	case need.Has(ByGuardian):
		return Guardian
	}
	return Child
}
