// Package policy decides who may do what, by rules that people can read.
//
// The rules are Cedar policies in rules/*.cedar. Each names its legal source
// and the day it took force; a rule without them does not load. Permits say who
// may ever do an act, limits (forbid) say what must be so now, bans (forbid,
// BAN-…) beat every role and flag (invariant I4). What no permit names is
// denied, a forbid wins over every permit, and an error while deciding denies.
//
// A decision is a pure function of the request: the package reads no clock, no
// database and no configuration. That is why decisions may be remembered; a
// property test proves the remembered ones equal to Cedar's own.
package policy

import (
	"slices"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
)

// StepUpWithin is how recent the last strong proof of identity must be before
// a value is opened or a right is given. Gate turns it into Facts.StepUpFresh.
const StepUpWithin = 4 * time.Hour

// BulkMax is the largest Facts.BulkCount that the rules tell apart.
const BulkMax = 1000

// NoPermit is the rule that stands behind a refusal when no permit names the
// act: deny by default.
const NoPermit = "R-000"

// Operation is one of the eight operations on personal information. Source:
// PIPL art. 4; Measures on children in difficulty art. 4.
type Operation string

// The eight operations; there is no ninth.
const (
	Collect  Operation = "collect"
	Store    Operation = "store"
	Use      Operation = "use"
	Process  Operation = "process"
	Transmit Operation = "transmit"
	Provide  Operation = "provide"
	Disclose Operation = "disclose"
	Delete   Operation = "delete"
)

// Operations lists the eight, for tables and property tests.
var Operations = []Operation{Collect, Store, Use, Process, Transmit, Provide, Disclose, Delete}

// Request is one question: may this role do this act, for this purpose, to
// these fields, when this is so?
type Request struct {
	Role      actor.Role
	Act       Act
	Operation Operation // zero means the act's own operation
	Purpose   string    // code of the catalogue
	Fields    []string  // codes of the catalogue; their classes are computed
	Classes   Classes   // further classes, for fields that an institution defined
	Facts     Facts
}

// Decision is the answer. Rules is never empty: on Allow the permits, on a
// denial the bans, or else NoPermit, or else the limits that are not met, in
// order. It is shared between callers and must not be changed.
type Decision struct {
	Allow bool
	Rules []string
	Err   error // the rules could not be evaluated: denied, and somebody must be alarmed
}

// Decide answers r. It is safe for concurrent use and keeps nothing of r but
// its codes and flags.
func (e *Engine) Decide(r Request) Decision {
	q, ok := e.question(r)
	if !ok {
		return Decision{Rules: noPermit}
	}
	if d, ok := e.memory.recall(q); ok {
		return d
	}
	d := e.evaluate(q)
	if d.Err == nil {
		e.memory.keep(q, d)
	}
	return d
}

var noPermit = []string{NoPermit}

// question is a request with everything folded together that no rule can tell
// apart, so that it is comparable and there are few of them.
type question struct {
	role    actor.Role
	act     Act
	op      Operation
	purpose string
	classes Classes
	facts   Facts
}

// question reports false when the role or the act is outside the vocabulary.
func (e *Engine) question(r Request) (question, bool) {
	q := question{r.Role, r.Act, r.Operation, r.Purpose, (r.Classes | ClassesOf(r.Fields)) & told, r.Facts}
	own, known := acts[r.Act]
	if !known || !slices.Contains(actor.Roles, r.Role) {
		return q, false
	}
	switch {
	case q.op == "":
		q.op = own.operation
	case !slices.Contains(Operations, q.op):
		q.op = "other"
	}
	q.purpose = e.told(q.purpose)
	q.facts = q.facts.folded()
	return q, true
}

// told returns the purpose that the rules tell from others: itself, or the nearest
// one above it, so that what holds for "marketing" holds for "marketing.summer".
func (e *Engine) told(purpose string) string {
	for p := purpose; p != ""; p = p[:max(0, strings.LastIndexByte(p, '.'))] {
		if e.purposes[p] {
			return p
		}
	}
	return "other"
}
