package policy

import (
	"maps"
	"slices"

	"github.com/cedar-policy/cedar-go"
)

// Cedar asks all rules in one set, the plain way: no memory, no parts.
func (e *Engine) Cedar(r Request) (allow bool, reasons []string, ok bool) {
	all := cedar.NewPolicySet()
	for id, p := range e.permits.All() {
		all.Add(id, p)
	}
	for id, p := range e.forbids.All() {
		all.Add(id, p)
	}
	q, ok := e.question(r)
	if !ok {
		return false, nil, false
	}
	// Facts outside the vocabulary mean the strictest case; that is a promise of
	// Decide. All other folding must make no difference, so it is undone here.
	facts := r.Facts.folded()
	if r.Facts.BulkCount > 0 {
		facts.BulkCount = r.Facts.BulkCount
	}
	q.purpose, q.op = r.Purpose, r.Operation
	if q.op == "" {
		q.op = r.Act.Operation()
	}
	d, why := cedar.Authorize(all, e.entities, cedar.Request{
		Principal: uid("Role", string(r.Role)), Action: uid("Action", string(r.Act)),
		Resource: uid("Purpose", r.Purpose), Context: context(question{r.Role, r.Act, q.op, r.Purpose,
			r.Classes | ClassesOf(r.Fields), facts}, slices.Collect(maps.Keys(attributes))),
	})
	return d == cedar.Allow, ids(why), true
}

// DecideAfresh is Decide without memory.
func (e *Engine) DecideAfresh(r Request) Decision {
	q, ok := e.question(r)
	if !ok {
		return Decision{Rules: noPermit}
	}
	return e.evaluate(q)
}

// Remembered returns how many decisions are kept.
func (e *Engine) Remembered() int {
	e.memory.mu.RLock()
	defer e.memory.mu.RUnlock()
	return len(e.memory.kept)
}

// MemoryBound is the most that may be kept.
const MemoryBound = remembered

// Prepare returns the question of r, to measure Cedar alone.
func (e *Engine) Prepare(r Request) func() Decision {
	q, _ := e.question(r)
	return func() Decision { return e.evaluate(q) }
}

// Reads returns the attributes of context that a rule looks at.
func (e *Engine) Reads(id string) []string {
	p := e.forbids.Get(cedar.PolicyID(id))
	if p == nil {
		p = e.permits.Get(cedar.PolicyID(id))
	}
	if p == nil {
		return nil
	}
	tree, err := parsed(p)
	if err != nil {
		panic(err) // Load has read it before
	}
	var attrs []string
	for _, a := range reads(tree) {
		attrs = append(attrs, string(a))
	}
	return attrs
}
