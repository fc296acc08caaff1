package flow

import (
	"errors"

	"github.com/wardfold/wardfold/internal/fault"
)

// Problem is something that was not examined, or not wholly. Its code is that of
// a fault: source.encrypted, source.broken, source.bomb, source.deep,
// source.large, source.kind, source.unreadable, source.silent, source.dropped …
type Problem struct {
	Name string // of the part
	Code string
	// Skipped tells what was left out on purpose, as pictures and links are, from
	// what should have been examined and was not.
	Skipped bool
	Args    []any
	Err     error // the cause, for who mends it; never shown
}

// Error names the code and the part, never its content.
func (p *Problem) Error() string { return p.Code + ": " + p.Name }

// Unwrap gives the cause.
func (p *Problem) Unwrap() error { return p.Err }

// Broken is the problem of a file that does not keep to its own format, unless
// err already tells better.
func Broken(name string, err error) error {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	return &Problem{Name: name, Code: "source.broken", Err: err}
}

// Fault is the problem in words that lang knows.
func (p *Problem) Fault() error { return fault.New(fault.Invalid, p.Code, p.Args...).Because(p.Err) }
