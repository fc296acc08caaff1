// Package leak is what happens when a list of families turns up outside: it is
// sealed as an exhibit, compared with the records, and traced to the exports and
// reads that it was made of (package trace).
//
// A case has a life of three steps. Receive seals the file under a key of its
// own, with its hash, before anybody has read it. Trace opens it inside the gate,
// compares it with every record of the institution in memory under a key that is
// thrown away, gathers what left by way of the log, and keeps the result: which
// store, account or export the list derives from, how sure that is, and what was
// assumed. Close destroys the file. Every step, and every reading of the result,
// is an entry of the log and a line of the custody record.
//
// A result names stores, accounts and exports by their identifiers, and no child.
// Its hash is in the log, so the evidence pack (package evidence) carries it and
// wardcheck verifies it (B10, S1-05).
package leak

import (
	"time"

	"github.com/wardfold/wardfold/internal/id"
)

// State is where a case stands.
type State string

// The states.
const (
	Received State = "received"
	Traced   State = "traced"
	Closed   State = "closed" // the file is destroyed, the result stays
)

// Case is one list that was found outside. Nothing in it is about a child.
type Case struct {
	Institution id.Institution
	ID          id.Leak
	By          id.Staff
	Format      Format
	Size        int64
	Hash        [32]byte // SHA-256 of the file as it came
	Parts       int      // sealed parts of the file; 0 once it is destroyed
	State       State
	CreatedAt   time.Time
	TracedAt    time.Time
	Result      []byte // a Result in canonical JSON; empty before it is traced
}

// Custody is one line of the custody record of an exhibit.
type Custody struct {
	N     int
	At    time.Time
	Actor string   // pseudonym, or role
	Act   string   // received, opened, traced, read, closed
	Hash  [32]byte // of the file, or of the result
	Chain [32]byte // SHA-256 over this line and the chain of the one before
}

// Verdict says in one word what the evidence supports. The words for people are
// "leak.verdict."+v.
type Verdict string

// The verdicts, the strongest first.
const (
	Export   Verdict = "export"   // marks name the export
	Account  Verdict = "account"  // one account, even if the list had been copied past the log
	Logged   Verdict = "logged"   // one account of those who got it by way of the log
	Among    Verdict = "among"    // one or more of a few accounts
	Place    Verdict = "place"    // the store, and when; no person
	Lead     Verdict = "lead"     // ours, and a likely source; nothing is proved
	Nothing  Verdict = "nothing"  // rows match, and nothing explains them better than chance
	NoMatch  Verdict = "no_match" // no row is about anybody here
	Unusable Verdict = "unusable" // nothing in it can be compared
)
