// Package subject keeps the sealed records of children and guardians.
//
// A subject is a row with no personal information in it: an identifier, a kind,
// a store, a state and where the record came from. Each field is sealed under
// the subject's own key and bound to its place (I5). A field outside the signed
// schema cannot be written, because Put takes a catalogue.Budget and only the
// catalogue can make one (I7). A field is opened only with a permit of the gate
// (I2). Erasing destroys the key and every trace by which the subject could be
// found; the row stays behind as a tombstone without meaning (I10).
//
// Provenance is mandatory: every subject names the enrolment or import that it
// came from. Of a roster without a lawful source no subject is made at all:
// package intake keeps the file in quarantine, and nobody reads it (S1-01).
//
// A secluded record is not there for anybody at work (S2-23†): whatever reads,
// finds, lists or counts leaves it out. Functions whose names say Own are for the
// family itself, for what the program owes it (deletion, deadlines), and for
// package compartment; nothing that staff or programs ask for may call them.
package subject

import (
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
)

// Kind says whether a subject is a child or a guardian.
type Kind string

// The two kinds.
const (
	Child    Kind = "child"
	Guardian Kind = "guardian"
)

// State is where a record stands.
type State string

// The states of a record.
const (
	Live       State = "live"       // may be used within consent and grant
	Restricted State = "restricted" // kept, used for nothing but storage and security (PIPL art. 47)
	Erased     State = "erased"     // the key is destroyed
	Secluded   State = "secluded"   // in the sealed compartment: nobody at work sees that it is there (S2-23†)
)

// Codes of the fields that the rest of the program refers to by name.
const (
	LearnerName   = "learner.name"
	LearnerBirth  = "learner.birth_month"
	LearnerPhone  = "learner.phone"
	GuardianName  = "guardian.name"
	GuardianPhone = "guardian.phone"
)

// Subject is the part of a record that is not personal information.
type Subject struct {
	Institution id.Institution
	ID          id.Subject
	Kind        Kind
	Store       id.Store
	State       State
	Secluded    bool   // see Load and LoadOwn
	Source      string // printed id of the enrolment or import it came from
	CreatedAt   time.Time
	Standings   string // for consent.StandingsIn; only LoadAll and LoadBoth read it
}

// Values maps field codes to values in clear, already normalised.
type Values map[string]secret.Text

// Usable returns nil if the record may be opened, or the fault that says why not.
func (s Subject) Usable() error {
	if s.Secluded {
		return unknown()
	}
	switch s.State {
	case Live:
		return nil
	case Restricted:
		return fault.New(fault.ConsentNeeded, "subject.restricted")
	case Erased:
		return fault.New(fault.Erased, "subject.erased")
	}
	return fault.New(fault.Unavailable, "subject.state")
}

// unknown is what stands for a record that is not there, and for one that is
// not there for who asks: the two must not differ.
func unknown() error { return fault.New(fault.NotFound, "subject.unknown") }

// Owner returns the kind of subject that a field describes.
func Owner(field string) Kind {
	if strings.HasPrefix(field, "guardian.") {
		return Guardian
	}
	return Child
}

// Indexed reports whether a field can be searched by its exact value. A birth
// month never is: a few hundred values would give the key away.
func Indexed(field string) bool { return field == GuardianPhone || field == LearnerPhone }

// Birth parses the value of LearnerBirth as of a day. It fails with
// fault.Invalid and the codes of civil.ParseBirth.
func Birth(v secret.Text, on civil.Date) (civil.Birth, error) {
	return civil.ParseBirth(v.Expose(), on)
}
