package application

import "slices"

// Rulebook is the rules as the model checker drives them.
type Rulebook struct{ rulebook }

// Statute is the rules as they are.
var Statute = Rulebook{statute}

// Names lists the rules.
func (r Rulebook) Names() (names []string) {
	for _, x := range r.record {
		names = append(names, x.name)
	}
	for _, x := range r.today {
		names = append(names, x.name)
	}
	return names
}

// Without is the rulebook with one rule torn out.
func (r Rulebook) Without(name string) Rulebook {
	return Rulebook{rulebook{
		record: slices.DeleteFunc(slices.Clone(r.record), func(x rule) bool { return x.name == name }),
		today:  slices.DeleteFunc(slices.Clone(r.today), func(x bench) bool { return x.name == name }),
	}}
}

// Apply is a decision as the service makes it: judged by the people of today,
// then by the record.
func (r Rulebook) Apply(b Bench, c Case, e Event) (Case, error) {
	if decides(&e) {
		if err := b.judge(r.rulebook, c, e); err != nil {
			return c, err
		}
	}
	return c.next(r.rulebook, e)
}

// Clauses lists the lines of the approval matrix.
func Clauses() (names []string) {
	for _, c := range matrix {
		names = append(names, c.name)
	}
	return names
}

// RouteWithout is Route with one line torn out of the matrix.
func RouteWithout(name string, f Facts) []Step {
	return route(slices.DeleteFunc(slices.Clone(matrix), func(c clause) bool { return c.name == name }), f)
}
