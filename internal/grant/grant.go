// Package grant keeps who may see what of whom, for which purpose and until
// when: standing grants for daily work and timed ones for one task.
//
// A grant is asked for by one person and approved by another (invariant I8). It
// reaches as far as fields × subjects × time, and not one step further (S3-11).
// It never widens: whoever needs more asks again. It ends by itself.
//
// Asking here is for daily work inside the institution: a standing grant of one
// place, which its manager approves. Projects, activities, outsiders and outside
// parties take the way of package application, which issues a grant at its end.
//
// The package decides nothing about an act. It tells the policy what the grant
// of an actor covers; the rules do the rest.
package grant

import (
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// Bounds of a grant.
const (
	// MaxLife is the longest a grant may run: a year, as for the yearly review of
	// access. Source: MNR art. 37 (yearly audit).
	MaxLife = 365 * 24 * time.Hour
	// MaxEmergency is the longest an emergency grant may run, and how long the
	// family may remain untold. Source: PIPL arts. 13(4), 18.
	MaxEmergency = 72 * time.Hour
	// MaxSubjects is the longest list of subjects of a standing grant; a longer one
	// is a store, or needs an application.
	MaxSubjects = 500
	// MaxFields bounds the fields of one grant.
	MaxFields = 32
	// DefaultPerDay is how many different subjects may be opened on one day when
	// the grant does not say.
	DefaultPerDay = 200
	// MaxPerDay is the most that a grant may say.
	MaxPerDay = 1_000_000
)

// State is where a grant is in its life.
type State string

// The states. Whether an approved grant is live depends on the moment too.
const (
	Asked    State = "asked"
	Approved State = "approved"
	Refused  State = "refused"
	Ended    State = "ended"
	Held     State = "held"  // an alarm rang: nothing opens until somebody has looked
	Ready    State = "ready" // a reserve that was approved: opens nothing until its glass is broken
)

// Reason says why somebody needs a grant. It is a code, not a sentence: people
// write names into sentences.
type Reason string

// Reasons lists them; words in package lang under "grant.reason."+reason.
var Reasons = []Reason{"front_desk", "class_contact", "family_request", "activity", "project", "care", "check", "emergency"}

// Standing lists the reasons for which a grant may be asked for without a written
// application: what somebody does every day, or at once.
var Standing = []Reason{"front_desk", "class_contact", "family_request", "care", "check", "emergency"}

// Application is what somebody asks for. Every part is mandatory but Subjects
// and PerDay. Source: University PI Measures art. 11(1) (categories and scope).
type Application struct {
	Who       id.Staff     // who is to see; may be the applicant
	Role      actor.Role   // in which role
	Purpose   string       // one code
	Fields    []string     // codes
	Store     id.Store     // whose records; zero for every store of the institution
	Subjects  []id.Subject // only these; none means all of the store
	From      time.Time    // first moment
	Until     time.Time    // first moment after
	PerDay    int          // different subjects a day; 0 means DefaultPerDay
	Reason    Reason
	Emergency bool // two people agree that it cannot wait for consent
	Reserve   bool // may break the glass for life or health: nothing opens before
	Masked    bool // covers masks only, no value in clear
	Uses      int  // openings in all; 0 is no bound
}

// Grant is an application and what became of it.
type Grant struct {
	ID          id.Grant
	Institution id.Institution
	Application
	State     State
	Applicant id.Staff
	AskedAt   time.Time
	Decider   id.Staff // who approved or refused
	DecidedAt time.Time
	EndedAt   time.Time      // set when it was ended before its time
	ToldAt    time.Time      // emergency: when the family was told
	Used      int            // openings so far, counted while Uses bounds them
	Case      id.Application // the application it came from; zero for a standing grant
	Origin    id.Grant       // the reserve whose glass was broken
}

// Check returns what is wrong with an application at a moment, or nil. Errors
// are fault.Invalid and point at the field.
func (a Application) Check(at time.Time) error {
	life := a.Until.Sub(a.From)
	switch {
	case a.Who.IsZero():
		return fault.At("/who", "grant.who")
	case outsider(a.Role):
		return fault.At("/role", "grant.capsule")
	case !slices.Contains(readers, a.Role):
		return fault.At("/role", "grant.role")
	case a.Purpose == "":
		return fault.At("/purpose", "grant.purpose")
	case len(a.Fields) == 0 || len(a.Fields) > MaxFields || slices.Contains(a.Fields, ""):
		return fault.At("/fields", "grant.fields", MaxFields)
	case a.Store.IsZero() && len(a.Subjects) == 0 && !slices.Contains(wide, a.Role):
		return fault.At("/store", "grant.scope")
	case len(a.Subjects) > MaxSubjects:
		return fault.At("/subjects", "grant.subjects", MaxSubjects)
	case a.Until.IsZero() || !a.Until.After(at) || life <= 0:
		return fault.At("/until", "grant.until")
	case a.Emergency && life > MaxEmergency:
		return fault.At("/until", "grant.emergency", int(MaxEmergency/time.Hour))
	case life > MaxLife:
		return fault.At("/until", "grant.life", int(MaxLife/(24*time.Hour)))
	case a.PerDay < 0 || a.PerDay > MaxPerDay:
		return fault.At("/per_day", "grant.per_day", MaxPerDay)
	case a.Reason == "project" || a.Reason == "activity":
		return fault.At("/reason", "grant.written")
	case !slices.Contains(Standing, a.Reason):
		return fault.At("/reason", "grant.reason")
	case a.Reserve && a.Reason != "emergency":
		return fault.At("/reason", "grant.reserve")
	}
	return nil
}

// readers are the roles that may hold a grant; a test compares them with the
// rules. wide ones may hold one for the whole institution.
var (
	readers = []actor.Role{actor.Clerk, actor.Teacher, actor.Manager, actor.Officer, actor.Volunteer, actor.Vendor}
	wide    = []actor.Role{actor.Officer}
)

// outsider reports whether a role works from outside and sees listed subjects
// only (S2-14, S3-43).
func outsider(r actor.Role) bool { return r == actor.Volunteer || r == actor.Vendor }

// Decidable returns why by may not approve or refuse g at a moment, or nil:
// nobody decides on what they asked for or will use (I8), and a decision is
// made once. Errors: fault.Denied grant.own, fault.Conflict grant.decided,
// grant.late.
func (g Grant) Decidable(by id.Staff, at time.Time) error {
	switch {
	case by.IsZero() || by == g.Applicant || by == g.Who:
		return fault.New(fault.Denied, "grant.own")
	case g.State != Asked:
		return fault.New(fault.Conflict, "grant.decided")
	case !at.Before(g.Until):
		return fault.New(fault.Conflict, "grant.late")
	}
	return nil
}

// Live reports whether g may be used at a moment: approved, not ended, and
// From ≤ at < Until.
func (g Grant) Live(at time.Time) bool {
	return g.State == Approved && !g.Reserve && !at.Before(g.From) && at.Before(g.Until) && (g.Uses == 0 || g.Used < g.Uses)
}

// Overdue reports whether the family should have been told of an emergency by
// now and was not (S3-16; PIPL art. 18).
func (g Grant) Overdue(at time.Time) bool {
	return g.Emergency && g.ToldAt.IsZero() && (g.State == Approved || g.State == Ended) &&
		at.Sub(g.DecidedAt) > MaxEmergency
}

// Quota returns how many different subjects may be opened on one day.
func (g Grant) Quota() int {
	if g.PerDay == 0 {
		return DefaultPerDay
	}
	return g.PerDay
}

// Use is what an actor wants to do now.
type Use struct {
	Staff   id.Staff
	Role    actor.Role
	Purpose string
	Fields  []string
	Store   id.Store // of the record
	Subject id.Subject
	Masked  bool // a mask is enough
	At      time.Time
}

// Cover says how far a grant reaches toward a use. The zero value is none.
type Cover struct {
	Grant   Grant
	Live    bool
	Purpose bool
	Fields  bool
	Subject bool
}

// Whole reports whether nothing is missing.
func (c Cover) Whole() bool { return c.Live && c.Purpose && c.Fields && c.Subject }

// Own reports that the grant was approved by its applicant, which cannot be by
// way of this package; the policy refuses it all the same.
func (c Cover) Own() bool { return c.Live && c.Grant.Applicant == c.Grant.Decider }

// Covers compares g with a use.
func (g Grant) Covers(u Use) Cover {
	if g.Who != u.Staff || g.Role != u.Role || !g.Live(u.At) || g.Masked && !u.Masked {
		return Cover{}
	}
	c := Cover{Grant: g, Live: true, Purpose: g.Purpose == u.Purpose, Fields: len(u.Fields) > 0}
	for _, f := range u.Fields {
		c.Fields = c.Fields && slices.Contains(g.Fields, f)
	}
	inStore := g.Store.IsZero() || g.Store == u.Store
	inList := len(g.Subjects) == 0 || slices.Contains(g.Subjects, u.Subject)
	c.Subject = inStore && inList
	return c
}

// Best returns the cover of the grant that reaches furthest toward a use, so
// that a refusal names what is really missing. Among grants that reach equally
// far, the one asked for last.
func Best(grants []Grant, u Use) Cover {
	var best Cover
	for _, g := range grants {
		c := g.Covers(u)
		if c.reach() > best.reach() || c.Live && c.reach() == best.reach() && c.Grant.AskedAt.After(best.Grant.AskedAt) {
			best = c
		}
	}
	return best
}

// reach weighs purpose above subject above fields, as a person would read it.
func (c Cover) reach() int {
	n := 0
	for i, b := range []bool{c.Fields, c.Subject, c.Purpose, c.Live} {
		if b {
			n |= 1 << i
		}
	}
	return n
}
