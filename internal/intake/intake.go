// Package intake takes in rosters that an institution already has.
//
//	received ─────────────→ applying → applied
//	quarantined → released ↗
//	any of them but applied → rejected
//
// Provenance or nothing: a roster without the document of its lawful source, and
// one of more than 500 lines that no second person has looked at, is quarantined
// (S1-01, S1-04). Until it is applied no record exists. The file lies sealed in
// parts under a key of the batch itself, no use case opens it in quarantine, and
// discarding the batch destroys the key.
//
// An import is not a consent. Only signed paper forms, with the notice printed
// on them, are recorded as the family's word; records from anywhere else are
// kept restricted, for nothing but storage, until the family confirms them
// (docs/design/2026-11-22-imports-are-not-consents.md).
//
// Applying goes in portions of some hundred lines. Each is one transaction with
// one audit entry, and moves the mark up to which the file is done; so a process
// that was killed goes on where it stopped, and no line is taken twice. Who
// looks at one record finds the import as its source.
package intake

import (
	"slices"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// Kind says where a roster comes from.
type Kind string

// The kinds of source.
const (
	PaperConsent Kind = "paper_consent" // typed up from signed forms with the notice printed on them
	Migration    Kind = "migration"     // from the institution's own former system
	Succession   Kind = "succession"    // from an institution that was merged or closed (PIPL art. 22)
	Private      Kind = "private"       // kept by somebody on their own: never taken (BAN-07)
)

// Kinds lists them, for forms. Private is among them so that a truthful person
// finds it, and is told why not.
var Kinds = []Kind{PaperConsent, Migration, Succession, Private}

// Document is the proof of a lawful source: its number in the institution's
// files, and the SHA-256 of the scan.
type Document struct {
	Code string // 1 to 64 letters, digits, dots and dashes; never a person's name or number
	Hash [32]byte
}

// Missing reports whether there is no document.
func (d Document) Missing() bool { return d.Code == "" || d.Hash == [32]byte{} }

// check returns nil for no document at all and for a whole one.
func (d Document) check() error {
	if d == (Document{}) {
		return nil
	}
	digits := 0
	for _, r := range d.Code {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '.', r == '-':
			digits = 0
		default:
			digits = 99
		}
		if digits > 6 { // no number of a person fits in
			break
		}
	}
	if d.Missing() || len(d.Code) > 64 || digits > 6 || strings.Trim(d.Code, ".-") == "" {
		return fault.At("document", "intake.document")
	}
	return nil
}

// Source is the provenance of a roster.
type Source struct {
	Kind     Kind
	Basis    catalogue.Basis // of holding the records so far
	Document Document        // zero: not at hand yet, which quarantines the roster
	Notice   id.Notice       // the one printed on the forms; zero is the one in force
	Store    id.Store        // whose learners they are
}

// Check returns nil if a source is well formed, and otherwise fault.Invalid:
// intake.kind, intake.basis, intake.store, intake.document.
func (s Source) Check() error {
	switch {
	case !slices.Contains(Kinds, s.Kind):
		return fault.At("kind", "intake.kind")
	case !slices.Contains(catalogue.Bases, s.Basis):
		return fault.At("basis", "intake.basis")
	case s.Store.IsZero():
		return fault.At("store", "intake.store")
	}
	return s.Document.check()
}

// Consents reports whether the source proves the families' own word.
func (s Source) Consents() bool { return s.Kind == PaperConsent }

// State is where a batch stands.
type State string

// The states of a batch.
const (
	Received    State = "received"    // may be applied
	Quarantined State = "quarantined" // nobody reads it
	Released    State = "released"    // by a second person, out of quarantine
	Applying    State = "applying"    // some of its lines are records already
	Applied     State = "applied"
	Rejected    State = "rejected" // its key is destroyed
)

// Bulk is the number of lines above which a second person must agree. Scale
// is itself a signal. Source: S1-04, rule R-156.
const Bulk = 500

// Batch is one roster. It holds no personal information.
type Batch struct {
	Institution id.Institution
	ID          id.Batch
	By          id.Staff
	ReleasedBy  id.Staff // zero: nobody
	Source
	State     State
	Format    string    // "xlsx" or "csv"
	ReadOn    time.Time // the day as of which its lines were judged, and are again
	Rows      int       // lines that are not blank
	Good      int       // lines that may be taken
	Done      int       // good lines that were dealt with
	Mark      int       // number of the last line dealt with
	Made      int       // children recorded
	Known     int       // lines whose learner was held already
	Parts     int       // sealed parts of the file that are kept
	CreatedAt time.Time
	ChangedAt time.Time
}

// Faulty is the number of lines that must be mended first.
func (b Batch) Faulty() int { return b.Rows - b.Good }

// Lacks says what a batch needs before it may be applied: "document", "second".
func (b Batch) Lacks() (what []string) {
	if b.Document.Missing() {
		what = append(what, "document")
	}
	if b.Rows > Bulk && (b.ReleasedBy.IsZero() || b.ReleasedBy == b.By) {
		what = append(what, "second")
	}
	return what
}

// settled is the state that a batch has before anybody released it.
func (b Batch) settled() State {
	if len(b.Lacks()) > 0 {
		return Quarantined
	}
	return Received
}

// require returns nil if the batch is in one of the states.
func (b Batch) require(want ...State) error {
	if slices.Contains(want, b.State) {
		return nil
	}
	code := "intake.state." + string(b.State)
	return fault.New(fault.Conflict, code)
}
