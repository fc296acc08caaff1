package ledger

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/verify"
)

// Event is one thing that happened, before it is an entry. Every field is a
// typed fact: nothing that a person typed fits in, and the encoder refuses
// whatever does not look like an identifier or a code (invariant I3).
type Event struct {
	ID   id.Event  // made by Append if zero
	Type Type      // never empty
	At   time.Time // of the transaction if zero; kept to the millisecond

	Actor string     // pseudonym, "stf_…" or "key_…"; empty for families and the program
	Role  actor.Role // in which the actor acts
	Store id.Store   // place concerned

	// Op is the operation on personal information, empty for events that touch
	// none. With one, InCharge and HandledBy must be given, and Purpose or Rules
	// name the basis (S2-07, S2-08).
	Op        Operation
	InCharge  string // who answers for the data: an id, a role, or role@store
	HandledBy string // who did it: likewise; without an Op, the actor or role if empty

	Purpose string   // code
	Fields  []string // field codes
	Grant   id.Grant // under which it was done

	// Subject is whom it is about. It is not in the entry: Commitment is, which
	// package seal makes with the subject's salt. Both are set or neither.
	Subject    id.Subject
	Commitment [32]byte

	Allow bool     // the decision, if there was one
	Rules []string // ids of the determining rules
	Code  string   // fault code of a denial or failure; then Allow is false
	Count int      // how many subjects, rows or files; never negative
	Hash  [32]byte // of a notice, a file, a head
	Ref   string   // printed id of another object; never of a subject
}

// leaf checks e and turns it into its entry. Errors: fault.Invalid with code
// ledger.bad_event, whose field says which part.
func (e *Event) leaf() (verify.Leaf, error) {
	l := verify.Leaf{
		Time: e.At, Type: string(e.Type), Event: e.ID.String(), Actor: e.Actor, Role: string(e.Role),
		Store: e.Store.String(), Operation: string(e.Op), InCharge: e.InCharge, HandledBy: e.HandledBy,
		Purpose: e.Purpose, Fields: e.Fields, Commitment: e.Commitment, Grant: e.Grant.String(),
		Denied: e.Code, Rules: e.Rules, Count: int64(e.Count), Hash: e.Hash, Ref: e.Ref,
	}
	if e.Op == "" && l.HandledBy == "" {
		if l.HandledBy = e.Actor; l.HandledBy == "" {
			l.HandledBy = string(e.Role)
		}
	}
	for _, c := range e.checks(l.HandledBy) {
		if !c.ok {
			return verify.Leaf{}, fault.At(c.field, "ledger.bad_event", c.field).Because(errors.New(c.field))
		}
	}
	return l, nil
}

type check struct {
	field string
	ok    bool
}

func (e *Event) checks(handledBy string) []check {
	return []check{
		{"type", knownTypes[e.Type]},
		{"at", !e.At.IsZero()},
		{"actor", e.Actor == "" || isID(e.Actor, "stf", "key")},
		{"role", e.Role == "" || slices.Contains(actor.Roles, e.Role)},
		{"op", e.Op == "" || e.Op.known()},
		{"handled_by", isParty(handledBy)},
		{"in_charge", e.InCharge == "" && e.Op == "" || isParty(e.InCharge)},
		{"purpose", e.Purpose == "" || isCode(e.Purpose)},
		{"basis", e.Op == "" || e.Code != "" || e.Purpose != "" || len(e.Rules) > 0},
		{"fields", len(e.Fields) <= maxList && every(e.Fields, isCode)},
		{"commitment", e.Subject.IsZero() == (e.Commitment == [32]byte{})},
		{"code", e.Code == "" || isCode(e.Code) && !e.Allow},
		{"allow", e.Allow || e.Code != "" || e.Op == ""},
		{"denied", e.Type != Denied || e.Code != ""},
		{"rules", len(e.Rules) <= maxList && every(e.Rules, isCode)},
		{"count", e.Count >= 0},
		{"ref", e.Ref == "" || isID(e.Ref, refs...)},
	}
}

// maxList bounds the fields and rules of one event.
const maxList = 32

// refs are the kinds of object that an entry may point at. A subject is not
// among them: its identifier in an entry would connect all entries about it.
var refs = []string{"ins", "sto", "stf", "evt", "grt", "ntc", "cns", "enr", "ses", "imp", "key", "msg", "kek", "chg", "app", "dlg", "alm", "scn", "exp", "lek", "cal", "pub", "dst", "pop", "tly", "cmp", "uns"}

// isID reports whether s is a printed identifier of one of the kinds.
func isID(s string, kinds ...string) bool {
	kind, rest, ok := strings.Cut(s, "_")
	if !ok || len(rest) != 26 || !slices.Contains(kinds, kind) {
		return false
	}
	for i := range len(rest) {
		c := rest[i]
		if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'z') {
			return false
		}
	}
	return true
}

// isParty reports whether s names somebody who can answer for data: an
// account, a store, an institution, a role, or a role at a store.
func isParty(s string) bool {
	if isID(s, "stf", "key", "sto", "ins") {
		return true
	}
	role, store, at := strings.Cut(s, "@")
	return slices.Contains(actor.Roles, actor.Role(role)) && (!at || isID(store, "sto"))
}

// isCode reports whether s is a code: words of letters, digits and underscores
// between dots or dashes, at most 64 characters, never more than four digits in
// a row, so that no number of a person fits in.
func isCode(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	digits, start := 0, true
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			if digits++; digits > 4 {
				return false
			}
			start = false
			continue
		case c == '.' || c == '-':
			if start {
				return false
			}
			start = true
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' && !start:
			start = false
		default:
			return false
		}
		if c != '.' && c != '-' && c != '_' {
			digits = 0 // a separator does not end a number: 138-0013-8000
		}
	}
	return !start
}

func every(list []string, ok func(string) bool) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return !ok(s) })
}
