// Package verify checks a Wardfold log from outside, without trusting the
// institution that keeps it. It needs no database, no account and no network of
// its own: the caller hands it bytes, or a Source to read them from.
//
// # What it proves
//
//   - A signed checkpoint (the log's head) was signed by the log's key, and by
//     which witnesses: [OpenHead].
//   - One entry is in the log under that head: [Inclusion], [Receipt].
//   - A pack of entries, earlier heads and papers is what was sealed: [Evidence].
//   - What a leaked list was traced to rests on entries of the log, and the list
//     was in safe keeping: [Leak].
//   - A data set made anonymous is the one that was certified, and its classes are
//     as large as stated: [Release], [Statement].
//   - A later head only added to an earlier one: [Consistency].
//   - The whole log, from the first leaf, hashes to its head and contains an
//     older head that the caller has kept: [Log].
//
// It proves nothing about what was never written to the log, and it trusts a
// log key only when the caller names it: a key that comes with the data proves
// that the data fit together, not whose they are.
//
// # Formats
//
// The tree is that of RFC 6962 §2.1 with SHA-256, unchanged: a leaf is
// SHA-256(0x00 || entry), a node SHA-256(0x01 || left || right). Heads are C2SP
// tlog-checkpoints inside signed notes (c2sp.org/tlog-checkpoint,
// c2sp.org/signed-note), cosigned as c2sp.org/tlog-cosignature describes
// (cosignature/v1). Files follow c2sp.org/tlog-tiles: "checkpoint",
// "tile/0/x001/234", "tile/0/x001/234.p/17", "tile/entries/x001/234". A receipt
// is described at [Receipt], an entry at [Leaf]; docs/api/log.md has examples.
//
// Everything here is safe for concurrent use unless it says otherwise, and
// every parser accepts exactly one encoding of each value.
package verify

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Hash is a SHA-256 value of the tree.
type Hash = tlog.Hash

// maxSize bounds every size and index that is read from outside. It is far
// above any real log, and it keeps the arithmetic of powers of two below 2^62,
// where tlog's search for the next power would never end.
const maxSize = 1 << 48

// Code says what is wrong, in one stable word. Codes are errors:
// errors.Is(err, verify.Forked) asks for one however deeply it is wrapped.
type Code string

// The closed set of codes.
const (
	Malformed    Code = "malformed"   // the bytes are not in the stated format
	BadSignature Code = "signature"   // the log's signature is absent or wrong
	WrongOrigin  Code = "origin"      // the head belongs to another log than the key
	NotIncluded  Code = "inclusion"   // the entry is not in the tree under this head
	Inconsistent Code = "consistency" // the later head does not continue the earlier one
	WrongRoot    Code = "root"        // the entries do not hash to the signed root
	WrongTile    Code = "tile"        // a tile or bundle contradicts the entries
	RolledBack   Code = "rollback"    // the log is now shorter than a head already known
	Forked       Code = "fork"        // the log contradicts a head already known
	Missing      Code = "missing"     // a file that the head promises cannot be read
	Unwitnessed  Code = "witness"     // fewer witnesses have signed than are required
	NotOpened    Code = "opening"     // the commitment does not open to this person
	BadEntry     Code = "entry"       // an entry is not a canonical Wardfold leaf
	BadManifest  Code = "manifest"    // an evidence pack holds other things than were sealed
	WrongData    Code = "data"        // a data set is not the one that its certificate is about
	Unfounded    Code = "unfounded"   // a pack about a leaked list says what its entries do not
)

func (c Code) Error() string { return string(c) }

// Error is what every function of this package returns when a check fails.
type Error struct {
	Code Code
	At   int64 // index of the leaf it concerns, or -1
	Err  error // detail for people who debug; may be nil; never has entry content
}

func (e *Error) Error() string {
	s := "verify: " + string(e.Code)
	if e.At >= 0 {
		s += fmt.Sprintf(" at leaf %d", e.At)
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap makes the code and the detail visible to errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Code}
	}
	return []error{e.Code, e.Err}
}

func fail(c Code, format string, args ...any) *Error {
	return &Error{Code: c, At: -1, Err: fmt.Errorf(format, args...)}
}

func failAt(c Code, at int64, format string, args ...any) *Error {
	return &Error{Code: c, At: at, Err: fmt.Errorf(format, args...)}
}
