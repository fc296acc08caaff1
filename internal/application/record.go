package application

import (
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/id"
)

// Application is a form and all that is known about it.
type Application struct {
	ID          id.Application
	Institution id.Institution
	Form
	Applicant id.Staff
	Role      actor.Role // of the applicant
	Home      id.Store   // where the applicant works
	Written   time.Time
	Submitted time.Time    // zero for a draft
	Resolved  []id.Subject // who the form is about, fixed when it was handed in; none for a whole store
	People    int          // how many children that is
	Due       time.Time    // when the first open step is late; zero when not computable, or nothing is open
	Case      Case
	Events    []Event
}

// paper is what the rules need of an application.
func (x Application) paper(unit string, makers []id.Staff, steps []Step, hash [32]byte) Paper {
	until := x.Until
	if x.Kind == Capsule {
		until = x.Until.Add(Grace)
	}
	return Paper{Applicant: x.Applicant, Unit: unit, Users: x.Users, Makers: makers, Steps: steps, Hash: hash, Until: until,
		Capsule: x.Kind == Capsule}
}

// Hash identifies the paper that everybody decides on: form, people and route.
func (x Application) Hash() [32]byte { return x.Case.Hash }

// Involves reports whether somebody has to do with the application: applied,
// would use it, or holds the duty of a step.
func (x Application) Involves(who id.Staff, b Bench) bool {
	if who.IsZero() {
		return false // a family or a program
	}
	if who == x.Applicant || slices.Contains(x.Users, who) {
		return true
	}
	for i, s := range x.Case.Steps {
		if b.People[who].Serves(s) || slices.Contains(x.Case.Decisions[i].hands(), who) {
			return true
		}
		for _, d := range b.Delegations {
			if d.To == who && d.Role == s.Role && d.EndedAt.IsZero() {
				return true
			}
		}
	}
	return false
}

// LapseAfter is how many working days after a step was due an application lapses.
const LapseAfter = 20

// due returns when the first of the open steps is late: the end of so many
// working days after the stage opened. It is zero when nothing is open, or when
// the calendar has no table for the year: then nobody guesses.
func (c Case) due(cal *civil.Calendar) time.Time {
	var first time.Time
	for _, i := range c.Open() {
		d, err := civil.After(civil.DateOf(c.Opened), civil.Period{N: c.Steps[i].Days, Unit: civil.WorkingDays}, cal)
		if err != nil {
			return time.Time{}
		}
		if end := d.Due.End(); first.IsZero() || end.Before(first) {
			first = end
		}
	}
	return first
}

// late reports whether an application that was due has lapsed.
func late(due, now time.Time, cal *civil.Calendar) bool {
	if due.IsZero() || now.Before(due) {
		return false
	}
	last, err := cal.AddWorkingDays(civil.DateOf(due.Add(-time.Millisecond)), LapseAfter)
	return err == nil && !now.Before(last.End())
}

// Overdue reports whether a step of the application is late.
func (x Application) Overdue(now time.Time) bool {
	return x.Case.State == Pending && !x.Due.IsZero() && !now.Before(x.Due)
}
