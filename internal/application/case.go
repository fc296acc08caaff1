package application

import (
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// State is where an application is in its life.
type State string

// The states. A draft is nobody's business but its writer's.
const (
	Draft     State = "draft"
	Pending   State = "pending"
	Granted   State = "granted"
	Refused   State = "refused"
	Withdrawn State = "withdrawn"
	Lapsed    State = "lapsed" // nobody decided in time, or who applied has left
	Ended     State = "ended"  // before its time
	Closed    State = "closed" // a capsule with every statement made
)

// States lists them, for filters.
var States = []State{Draft, Pending, Granted, Refused, Withdrawn, Lapsed, Ended, Closed}

// Verb is what an event says.
type Verb string

// The verbs.
const (
	Agree    Verb = "agree"
	Refuse   Verb = "refuse"
	Withdraw Verb = "withdraw"
	Remind   Verb = "remind" // a step is late; changes nothing
	Lapse    Verb = "lapse"
	End      Verb = "end"
	Declare  Verb = "declare" // a helper's word: returned or deleted
	Close    Verb = "close"
)

// Reason says why somebody refused, or how a helper parted with what they had.
type Reason string

// Refusals lists the reasons of a refusal; words in package lang under
// "application.refusal."+reason.
var Refusals = []Reason{"unclear", "unnecessary", "too_wide", "too_long", "unsafe", "no_basis", "documents", "other"}

// Partings lists what a helper may declare; words under
// "capsule.parting."+reason. Source: 18-department Measures, clause on
// volunteers (S2-15).
var Partings = []Reason{"returned", "deleted", "nothing_kept"}

// Event is one thing that happened to an application. Events are only ever
// appended; the state is what they add up to.
type Event struct {
	Verb   Verb       `json:"verb"`
	At     time.Time  `json:"at"`
	By     id.Staff   `json:"by,omitzero"`    // who pressed; zero for the program
	Role   actor.Role `json:"role,omitempty"` // the role that the step asks for, held by By or For
	Unit   string     `json:"unit,omitempty"` // By's unit then
	Store  id.Store   `json:"store,omitzero"` // where who holds the role works
	For    id.Staff   `json:"for,omitzero"`   // for whom By stood in
	Step   int        `json:"step,omitempty"` // index of the route
	Paper  [32]byte   `json:"-"`              // hash of what was decided on
	Reason Reason     `json:"reason,omitempty"`
	Note   string     `json:"note,omitempty"`  // words to the applicant
	Clean  bool       `json:"clean,omitempty"` // a helper's word that nothing went wrong
}

// Paper is what an approval is about: what no event changes.
type Paper struct {
	Applicant id.Staff
	Unit      string     // the applicant's
	Users     []id.Staff // who would use the information
	Makers    []id.Staff // who made the users' accounts
	Steps     []Step
	Hash      [32]byte // of the form, the subjects and the route
	Until     time.Time
	Capsule   bool
}

// Case is an application as its events have left it. The zero Decision is a step
// that nobody has decided.
type Case struct {
	Paper
	State     State
	Decisions []Event // one for each step
	Opened    time.Time
	Declared  []id.Staff
	Version   int // how many events there were
}

// Submit begins a case at a moment.
func (p Paper) Submit(at time.Time) Case {
	return Case{Paper: p, State: Pending, Decisions: make([]Event, len(p.Steps)), Opened: at}
}

// Fold adds up events. An error means that a stored event breaks the rules: the
// base was tampered with, and the case counts for nothing.
func (p Paper) Fold(submitted time.Time, events []Event) (Case, error) {
	c := p.Submit(submitted)
	for _, e := range events {
		var err error
		if c, err = c.Next(e); err != nil {
			return Case{Paper: p}, err
		}
	}
	return c, nil
}

// Next returns the case after an event, or why the event may not be. It judges
// by what the event and the case say; whether somebody may act today is for
// Judge. Errors: fault.Conflict application.settled, decided, early;
// fault.Denied application.own, hands, unit, duty; fault.Invalid
// application.refusal.
func (c Case) Next(e Event) (Case, error) { return c.next(statute, e) }

func (c Case) next(rules rulebook, e Event) (Case, error) {
	for _, r := range rules.record {
		if err := r.broken(&c, &e); err != nil {
			return c, err
		}
	}
	c.Version++
	switch e.Verb {
	case Agree, Refuse:
		c.Decisions = slices.Clone(c.Decisions)
		stage := c.stage()
		c.Decisions[e.Step] = e
		if e.Verb == Refuse {
			c.State = Refused
		} else if c.stage() < 0 {
			c.State = Granted
		}
		if c.stage() != stage {
			c.Opened = e.At
		}
	case Withdraw:
		c.State = Withdrawn
	case Lapse:
		c.State = Lapsed
	case End:
		c.State = Ended
	case Declare:
		c.Declared = append(slices.Clip(c.Declared), e.By)
	case Close:
		c.State = Closed
	}
	return c, nil
}

// stage returns the stage that is open now, or -1 when every step is decided.
func (c *Case) stage() int {
	open := -1
	for i, s := range c.Steps {
		if c.Decisions[i].Verb == "" && (open < 0 || s.Stage < open) {
			open = s.Stage
		}
	}
	return open
}

// Open returns the indexes of the steps that can be decided now.
func (c Case) Open() (steps []int) {
	if c.State != Pending {
		return nil
	}
	stage := c.stage()
	for i, s := range c.Steps {
		if c.Decisions[i].Verb == "" && s.Stage == stage {
			steps = append(steps, i)
		}
	}
	return steps
}

// Over reports whether the time of a granted use has run out.
func (c Case) Over(at time.Time) bool {
	return c.State == Ended || c.State == Granted && !at.Before(c.Until)
}

// hands are whoever had part in a decision: who pressed, and for whom.
func (e Event) hands() []id.Staff {
	if e.For.IsZero() {
		return []id.Staff{e.By}
	}
	return []id.Staff{e.By, e.For}
}

// rule is one line of the rulebook. A test takes each away and shows that the
// model checker then finds a way round.
type rule struct {
	name   string
	broken func(c *Case, e *Event) error
}

func decides(e *Event) bool { return e.Verb == Agree || e.Verb == Refuse }

// record are the rules that an event must keep by what it says itself.
var record = []rule{
	{"a settled case is settled", func(c *Case, e *Event) error {
		open := map[State][]Verb{Pending: {Agree, Refuse, Withdraw, Remind, Lapse}, Granted: {End, Declare, Close}, Ended: {Declare, Close}}
		if !slices.Contains(open[c.State], e.Verb) {
			return fault.New(fault.Conflict, "application.settled")
		}
		return nil
	}},
	{"a step exists and is decided once", func(c *Case, e *Event) error {
		switch {
		case !decides(e):
			return nil
		case e.Step < 0 || e.Step >= len(c.Steps):
			return fault.New(fault.NotFound, "application.step")
		case c.Decisions[e.Step].Verb != "":
			return fault.New(fault.Conflict, "application.decided")
		}
		return nil
	}},
	{"a stage opens after the one before it", func(c *Case, e *Event) error {
		if decides(e) && c.Steps[e.Step].Stage > c.stage() && c.stage() >= 0 {
			return fault.New(fault.Conflict, "application.early")
		}
		return nil
	}},
	{"nobody decides on their own case", func(c *Case, e *Event) error {
		if !decides(e) {
			return nil
		}
		for _, h := range e.hands() {
			if h.IsZero() || h == c.Applicant || slices.Contains(c.Users, h) || slices.Contains(c.Makers, h) {
				return fault.New(fault.Denied, "application.own")
			}
		}
		return nil
	}},
	{"no two steps are in one hand", func(c *Case, e *Event) error {
		for i, d := range c.Decisions {
			if !decides(e) || d.Verb == "" || i == e.Step {
				continue
			}
			if slices.ContainsFunc(e.hands(), func(h id.Staff) bool { return slices.Contains(d.hands(), h) }) {
				return fault.New(fault.Denied, "application.hands")
			}
		}
		return nil
	}},
	{"where the rule says so, another unit decides", func(c *Case, e *Event) error {
		if !decides(e) {
			return nil
		}
		if !c.Steps[e.Step].Apart {
			return nil
		}
		for i, s := range c.Steps {
			if e.Unit == c.Unit || s.Duty == DataOwner && i != e.Step && c.Decisions[i].Unit == e.Unit {
				return fault.New(fault.Denied, "application.unit")
			}
		}
		return nil
	}},
	{"the role is that of the step", func(c *Case, e *Event) error {
		if !decides(e) {
			return nil
		}
		s := c.Steps[e.Step]
		if e.Role != s.Role || s.Department != "" && e.Unit != s.Department || !s.Store.IsZero() && !e.Store.IsZero() && e.Store != s.Store {
			return fault.New(fault.Denied, "application.duty")
		}
		return nil
	}},
	{"the paper is the one that was handed in", func(c *Case, e *Event) error {
		if decides(e) && e.Paper != c.Hash {
			return fault.New(fault.Conflict, "application.changed")
		}
		return nil
	}},
	{"a refusal has a reason", func(_ *Case, e *Event) error {
		if e.Verb == Refuse && !slices.Contains(Refusals, e.Reason) {
			return fault.At("reason", "application.refusal")
		}
		return nil
	}},
	{"only who applied withdraws", func(c *Case, e *Event) error {
		if e.Verb == Withdraw && e.By != c.Applicant {
			return fault.New(fault.Denied, "application.not_yours")
		}
		return nil
	}},
	{"a capsule closes with every statement", func(c *Case, e *Event) error {
		switch {
		case e.Verb == Declare && (!c.Capsule || !slices.Contains(c.Users, e.By) || !slices.Contains(Partings, e.Reason)):
			return fault.New(fault.Denied, "capsule.not_yours")
		case e.Verb == Declare && slices.Contains(c.Declared, e.By):
			return fault.New(fault.Conflict, "capsule.declared")
		case e.Verb == Close && !c.Over(e.At):
			return fault.New(fault.Conflict, "capsule.running")
		case e.Verb == Close && len(c.Declared) < len(c.Users):
			return fault.New(fault.Conflict, "capsule.statements", len(c.Users)-len(c.Declared))
		}
		return nil
	}},
}
