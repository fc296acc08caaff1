// Package fault names everything that can go wrong for a reason the caller
// should know. An error outside this package's kinds is internal: the person
// sees a request id and nothing else.
//
// Kinds form a closed set; each is an error, so errors.Is(err, fault.NotFound)
// asks for the kind however deeply it is wrapped. A Code is a stable, documented
// string such as "consent.withdrawn"; the words for it live in package lang
// under "fault."+Code. The package knows no HTTP and no database.
//
// No fault carries personal information: Args are counts, ids, field codes,
// dates and rule ids.
package fault

import (
	"errors"
	"fmt"
)

// Kind classifies a fault. Kinds are themselves errors.
type Kind string

// The closed set of kinds.
const (
	Invalid         Kind = "invalid"         // the input is wrong; Fields says where
	Unauthenticated Kind = "unauthenticated" // nobody is signed in, or the proof is too old
	Denied          Kind = "denied"          // a rule forbids it; Rules says which
	NotFound        Kind = "not_found"       // absent, or the asker may not know that it exists
	Conflict        Kind = "conflict"        // the state has moved on
	ConsentNeeded   Kind = "consent_needed"  // whoever may consent has not
	ApprovalNeeded  Kind = "approval_needed" // no live grant covers it
	Erased          Kind = "erased"          // the subject was erased; nothing can be opened
	Limited         Kind = "limited"         // a quota or a rate was reached
	Unavailable     Kind = "unavailable"     // a part that must work does not; fail closed
)

func (k Kind) Error() string { return string(k) }

// Error is a fault with its kind and code.
type Error struct {
	Kind   Kind
	Code   string   // stable, lower case, dotted; words in lang under "fault."+Code
	Args   []any    // for the words: counts, dates, codes, never personal information
	Fields []Field  // for Invalid: where in the input
	Rules  []string // for Denied: ids of the determining rules
	Err    error    // cause, for the log only; may be nil
}

// Field points at one wrong part of an input.
type Field struct {
	Path string // JSON pointer or form field name, never a value
	Code string // stable code; words in lang under "fault."+Code
	Args []any
}

// New returns a fault of kind k with a code and arguments for its words.
func New(k Kind, code string, args ...any) *Error {
	return &Error{Kind: k, Code: code, Args: args}
}

// At returns an Invalid fault about one field.
func At(path, code string, args ...any) *Error {
	return &Error{Kind: Invalid, Code: code, Args: args, Fields: []Field{{path, code, args}}}
}

// Because returns a copy of e with a cause for the log.
func (e *Error) Because(err error) *Error {
	c := *e
	c.Err = err
	return &c
}

func (e *Error) Error() string {
	s := string(e.Kind) + " " + e.Code
	if e.Err != nil {
		s += fmt.Sprintf(": %v", e.Err)
	}
	return s
}

// Unwrap makes both the kind and the cause visible to errors.Is and errors.As.
func (e *Error) Unwrap() []error {
	if e.Err == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Err}
}

// KindOf returns the kind of err, or "" if it is internal.
func KindOf(err error) Kind {
	var k Kind
	if errors.As(err, &k) {
		return k
	}
	return ""
}

// CodeOf returns the code of the outermost fault in err, or "".
func CodeOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return ""
}
