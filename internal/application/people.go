package application

import (
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// Person is somebody as the rules see them at a moment.
type Person struct {
	ID     id.Staff
	Active bool         // neither removed nor past the end date
	Roles  []actor.Role // in force
	Store  id.Store     // zero for the whole institution
	Member string       // department of the register, "" for none
}

// Unit returns the unit that a person decides for in a role: the department, or
// else the role's own, since an office that nobody wrote down is still one.
func (p Person) Unit(role actor.Role) string {
	switch {
	case p.Member != "":
		return p.Member
	case role == actor.DataOwner:
		return Platform
	case !p.Store.IsZero():
		return p.Store.String()
	}
	return string(role)
}

// Serves reports whether a person holds what a step asks for.
func (p Person) Serves(s Step) bool {
	return p.Active && slices.Contains(p.Roles, s.Role) && (s.Department == "" || p.Unit(s.Role) == s.Department) &&
		(s.Store.IsZero() || p.Store.IsZero() || p.Store == s.Store)
}

// MaxDelegation is the longest that somebody may stand in.
const MaxDelegation = 30 * 24 * time.Hour

// Delegation lets somebody stand in for a colleague of the same unit in one
// role. Nobody passes on what was passed to them.
type Delegation struct {
	ID      id.Delegation
	From    id.Staff
	To      id.Staff
	Role    actor.Role
	Since   time.Time
	Until   time.Time
	EndedAt time.Time
}

// Live reports whether the delegation counts at a moment.
func (d Delegation) Live(at time.Time) bool {
	return d.EndedAt.IsZero() && !at.Before(d.Since) && at.Before(d.Until)
}

// Bench is everybody who counts in a decision, and who stands in for whom.
type Bench struct {
	People      map[id.Staff]Person
	Delegations []Delegation
}

// Judge reports whether the decision may be made today, by the people as they
// are: it is the part of the rules that Next cannot know. Errors: fault.Denied
// application.duty, delegation; fault.Conflict application.left.
func (b Bench) Judge(c Case, e Event) error { return b.judge(statute, c, e) }

func (b Bench) judge(rules rulebook, c Case, e Event) error {
	if e.Step < 0 || e.Step >= len(c.Steps) {
		return fault.New(fault.NotFound, "application.step")
	}
	for _, r := range rules.today {
		if err := r.broken(&b, &c, &e); err != nil {
			return err
		}
	}
	return nil
}

// rulebook is all that stands between an application and a grant.
type rulebook struct {
	record []rule
	today  []bench
}

// bench is one line of the rules about people today.
type bench struct {
	name   string
	broken func(b *Bench, c *Case, e *Event) error
}

var statute = rulebook{record: record, today: today}

// today are the rules about people as they are.
var today = []bench{
	{"who decides is still here", func(b *Bench, _ *Case, e *Event) error {
		if !b.People[e.By].Active {
			return fault.New(fault.Denied, "application.duty")
		}
		return nil
	}},
	{"who decides holds the duty, or stands in for who does", func(b *Bench, c *Case, e *Event) error {
		holder := e.By
		if !e.For.IsZero() {
			holder = e.For
		}
		if !b.People[holder].Serves(c.Steps[e.Step]) {
			return fault.New(fault.Denied, "application.duty")
		}
		return nil
	}},
	{"who stands in was asked to, in this role and at this time", func(b *Bench, c *Case, e *Event) error {
		asked := func(d Delegation) bool {
			return d.From == e.For && d.To == e.By && d.Role == c.Steps[e.Step].Role && d.Live(e.At)
		}
		if !e.For.IsZero() && !slices.ContainsFunc(b.Delegations, asked) {
			return fault.New(fault.Denied, "application.delegation")
		}
		return nil
	}},
	{"who stands in is of the same unit", func(b *Bench, c *Case, e *Event) error {
		role := c.Steps[e.Step].Role
		if !e.For.IsZero() && b.People[e.By].Unit(role) != b.People[e.For].Unit(role) {
			return fault.New(fault.Denied, "application.delegation")
		}
		return nil
	}},
	{"the entry says truly of which unit they are", func(b *Bench, c *Case, e *Event) error {
		if e.Unit != b.People[e.By].Unit(c.Steps[e.Step].Role) {
			return fault.New(fault.Denied, "application.unit")
		}
		return nil
	}},
	{"who applied and who would use it are still here", func(b *Bench, c *Case, _ *Event) error {
		for _, x := range append([]id.Staff{c.Applicant}, c.Users...) {
			if !b.People[x].Active {
				return fault.New(fault.Conflict, "application.left")
			}
		}
		return nil
	}},
}

// Decision makes the event of a decision by a person, in their own duty or for
// somebody for whom they stand in, whichever the case allows. The error is that
// of the person's own duty when there is no way.
func (b Bench) Decision(c Case, by id.Staff, e Event) (Event, error) {
	if e.Step < 0 || e.Step >= len(c.Steps) {
		return e, fault.New(fault.NotFound, "application.step")
	}
	s := c.Steps[e.Step]
	e.By, e.Role, e.Paper, e.Unit, e.Store = by, s.Role, c.Hash, b.People[by].Unit(s.Role), b.People[by].Store
	first := b.possible(c, e)
	if first == nil {
		return e, nil
	}
	for _, d := range b.Delegations {
		if d.To != by || d.Role != s.Role || !d.Live(e.At) {
			continue
		}
		e.For, e.Store = d.From, b.People[d.From].Store
		if b.possible(c, e) == nil {
			return e, nil
		}
	}
	e.For = id.Staff{}
	return e, first
}

func (b Bench) possible(c Case, e Event) error {
	if err := b.Judge(c, e); err != nil {
		return err
	}
	_, err := c.Next(e)
	return err
}

// Able lists who could decide a step now, themselves or standing in.
func (b Bench) Able(c Case, step int, at time.Time) (able []id.Staff) {
	for who := range b.People {
		if _, err := b.Decision(c, who, Event{Verb: Agree, At: at, Step: step}); err == nil {
			able = append(able, who)
		}
	}
	slices.SortFunc(able, func(x, y id.Staff) int { return slices.Compare(x.Bytes(), y.Bytes()) })
	return able
}

// vacant says which part nobody could play.
var vacant = map[actor.Role]string{actor.Manager: "application.vacant.manager", actor.Officer: "application.vacant.officer",
	actor.CyberOffice: "application.vacant.cyber_office", actor.DataOwner: "application.vacant.data_owner",
	actor.Leader: "application.vacant.leader", actor.Owner: "application.vacant.owner"}

// Staffed reports whether the institution has people for every step, another
// for each: an application that nobody could ever decide is not taken (S3-20).
// The error names the role that is missing: fault.Conflict application.vacant.<role>.
func (b Bench) Staffed(c Case, at time.Time) error {
	steps := c.Open()
	if len(steps) == 0 {
		return nil
	}
	missing := error(fault.New(fault.Conflict, vacant[c.Steps[steps[0]].Role]))
	for _, who := range b.Able(c, steps[0], at) {
		e, err := b.Decision(c, who, Event{Verb: Agree, At: at, Step: steps[0]})
		if err != nil {
			continue
		}
		next, err := c.Next(e)
		if err != nil {
			continue
		}
		if missing = b.Staffed(next, at); missing == nil {
			return nil
		}
	}
	return missing
}
