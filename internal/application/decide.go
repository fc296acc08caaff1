package application

import (
	"context"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
)

// Answer is what somebody decides about one step.
type Answer struct {
	Step   int
	Agree  bool
	Reason Reason // of a refusal
	Note   string // to the applicant, in words; may be empty
}

// Decide agrees to one step or refuses the application. The last agreement makes
// the grants, in the same transaction. Of two who decide at once one is first;
// the other gets fault.Conflict application.decided. Errors: those of
// Bench.Judge and Case.Next; fault.Conflict application.late when its time has
// run out meanwhile; fault.NotFound application.unknown for who has nothing to
// do with it; what the gate refuses.
func (s *Service) Decide(ctx context.Context, a actor.Actor, app id.Application, in Answer) (Application, error) {
	if len(in.Note) > 4*MaxWords || personal(in.Note) {
		return Application{}, fault.At("note", "application.number")
	}
	return s.act(ctx, a, app, policy.ApplicationDecide, func(tx *db.Tx, c *gate.Case, x *Application, b Bench) (Event, error) {
		e := Event{Verb: Agree, At: tx.Now(), Step: in.Step, Note: in.Note}
		if !in.Agree {
			e.Verb, e.Reason, c.Type = Refuse, in.Reason, ledger.ApplicationRefused
		}
		if in.Agree && !tx.Now().Before(x.Until) {
			return e, fault.New(fault.Conflict, "application.late")
		}
		return b.Decision(x.Case, a.Staff, e)
	})
}

// Withdraw takes one's own application back. Errors: fault.Conflict
// application.settled; fault.NotFound application.unknown.
func (s *Service) Withdraw(ctx context.Context, a actor.Actor, app id.Application) (Application, error) {
	return s.act(ctx, a, app, policy.ApplicationWithdraw, func(tx *db.Tx, _ *gate.Case, x *Application, _ Bench) (Event, error) {
		if x.Applicant != a.Staff {
			return Event{}, fault.New(fault.NotFound, "application.unknown")
		}
		return Event{Verb: Withdraw, At: tx.Now(), By: a.Staff}, nil
	})
}

// End ends a granted use before its time, and every grant it led to: by who
// applied, or by whoever may end grants at the place. What runs stops at its next
// look. Errors: fault.Conflict application.settled.
func (s *Service) End(ctx context.Context, a actor.Actor, app id.Application) (Application, error) {
	act := policy.GrantEnd
	if !slices.Contains(deciders, a.Role) {
		act = policy.ApplicationWithdraw
	}
	return s.act(ctx, a, app, act, func(tx *db.Tx, c *gate.Case, x *Application, _ Bench) (Event, error) {
		if act == policy.ApplicationWithdraw && x.Applicant != a.Staff {
			return Event{}, fault.New(fault.NotFound, "application.unknown")
		}
		c.Type = ledger.GrantEnded
		return Event{Verb: End, At: tx.Now(), By: a.Staff}, s.Grants.EndUnder(tx, a.Institution, x.ID)
	})
}

// act is one event on one application, by way of the gate.
func (s *Service) act(ctx context.Context, a actor.Actor, app id.Application, act policy.Act,
	event func(*db.Tx, *gate.Case, *Application, Bench) (Event, error),
) (Application, error) {
	var x Application
	var b Bench
	know := func(tx *db.Tx, c *gate.Case) (err error) {
		if x, err = Load(tx, a.Institution, app); err != nil {
			return err
		}
		if b, err = s.bench(tx, a.Institution); err != nil {
			return err
		}
		if x.Case.State == Draft || !s.mayRead(a, x, b) {
			return fault.New(fault.NotFound, "application.unknown")
		}
		c.Purpose, c.Fields, c.Ref, c.Count, c.Hash = x.Purpose, x.Fields, x.ID.String(), x.People, x.Hash()
		c.Facts.OwnStore, c.Store = true, storeOf(x)
		c.Facts.OwnRequest = a.Staff == x.Applicant || slices.Contains(x.Users, a.Staff)
		c.Facts.OwnAppointee = slices.Contains(x.Case.Makers, a.Staff)
		return s.Facts.Who(tx, c)
	}
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: act}, know, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		e, err := event(tx, c, &x, b)
		if err != nil {
			return err
		}
		return s.happen(tx, &x, b, e)
	})
	if err != nil {
		return Application{}, err
	}
	return x, nil
}

// happen appends an event and does what follows from it.
func (s *Service) happen(tx *db.Tx, x *Application, b Bench, e Event) error {
	from := x.Case.State
	next, err := x.Case.Next(e)
	if err != nil {
		return err
	}
	if err := addEvent(tx, x.Institution, x.ID, x.Case.Version, e); err != nil {
		return err
	}
	x.Case, x.Events = next, append(slices.Clip(x.Events), e)
	x.Due = x.Case.due(s.calendar())
	if from == Pending && x.Case.State == Granted {
		if err := s.issue(tx, *x, b, e); err != nil {
			return err
		}
	}
	return save(tx, *x, from)
}

// issue makes a grant for each user, in the name of the last who agreed.
func (s *Service) issue(tx *db.Tx, x Application, b Bench, last Event) error {
	reason := grant.Reason("project")
	if x.Kind == Capsule {
		reason = "activity"
	}
	for _, u := range x.Users {
		p := b.People[u]
		g, err := s.Grants.Issue(tx, grant.Grant{Institution: x.Institution, Applicant: x.Applicant, Decider: last.By, Case: x.ID,
			Application: grant.Application{Who: u, Role: userRole(p, x.Kind), Purpose: x.Purpose, Fields: x.Fields, Store: storeOf(x),
				Subjects: x.Resolved, From: x.From, Until: x.Case.Until, PerDay: x.PerDay, Reason: reason, Masked: !x.Clear, Uses: x.Uses}})
		if err != nil {
			return err
		}
		ledger.Append(tx, ledger.Event{Type: ledger.GrantApproved, Actor: last.By.String(), Role: last.Role, Store: g.Store,
			Op: ledger.Process, InCharge: inChargeOf(g), HandledBy: last.By.String(), Purpose: g.Purpose, Fields: g.Fields,
			Grant: g.ID, Allow: true, Count: x.People, Hash: x.Hash(), Ref: x.ID.String()})
	}
	return nil
}

func inChargeOf(g grant.Grant) string {
	if g.Store.IsZero() {
		return g.Institution.String()
	}
	return g.Store.String()
}

// storeOf is the one store that an application is about; zero for several.
func storeOf(x Application) id.Store {
	for _, s := range x.Case.Steps {
		if !s.Store.IsZero() {
			return s.Store
		}
	}
	if x.Range == RangeStore || x.Range == RangeClass {
		return x.Store
	}
	return id.Store{}
}

// watchers read every application: those who answer for the institution.
var watchers = []actor.Role{actor.Officer, actor.CyberOffice, actor.Auditor}

// local roles work in one place and see what concerns it.
var local = []actor.Role{actor.Clerk, actor.Teacher, actor.Manager}

func (s *Service) mayRead(a actor.Actor, x Application, b Bench) bool {
	if slices.Contains(local, a.Role) && !a.Store.IsZero() && a.Store != x.Home && !storeOf(x).IsZero() && a.Store != storeOf(x) {
		return false
	}
	return x.Involves(a.Staff, b) || slices.Contains(watchers, a.Role)
}

// View is an application as one person sees it.
type View struct {
	Application
	Can     []int // the open steps that the viewer can decide
	Able    map[int][]id.Staff
	Hint    Hint
	Missing []fault.Field // of a draft
	Plan    Plan          // of a draft
}

// Read returns one application for who has to do with it, or who answers for the
// institution. Its text is no child's information, so a read is no entry.
// NotFound: application.unknown.
func (s *Service) Read(ctx context.Context, a actor.Actor, app id.Application) (v View, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		if v.Application, err = Load(tx, a.Institution, app); err != nil {
			return err
		}
		b, err := s.bench(tx, a.Institution)
		if err != nil {
			return err
		}
		draft := v.Case.State == Draft
		if draft && v.Applicant != a.Staff || !draft && !s.mayRead(a, v.Application, b) {
			return fault.New(fault.NotFound, "application.unknown")
		}
		if draft {
			v.Plan, err = s.plan(tx, a, v.Form.settled(), b)
			v.Missing = v.Plan.Missing
			return err
		}
		v.Able = map[int][]id.Staff{}
		for _, i := range v.Case.Open() {
			v.Able[i] = b.Able(v.Case, i, tx.Now())
			if slices.Contains(v.Able[i], a.Staff) {
				v.Can = append(v.Can, i)
			}
		}
		return nil
	})
	return v, err
}

// Listed is how many applications one list shows.
const Listed = 200

// Mine lists what the actor wrote and what the actor is a user of, newest first.
func (s *Service) Mine(ctx context.Context, a actor.Actor) (list []Application, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		if list, err = of(tx, a.Institution, a.Staff, Listed); err != nil {
			return err
		}
		more, err := using(tx, a.Institution, a.Staff, Listed)
		for _, x := range more {
			if x.Applicant != a.Staff {
				list = append(list, x)
			}
		}
		return err
	})
	return list, err
}

// Inbox lists what the actor can decide now, the oldest first.
func (s *Service) Inbox(ctx context.Context, a actor.Actor) (list []Application, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		all, err := pending(tx, a.Institution, Listed)
		if err != nil || len(all) == 0 {
			return err
		}
		b, err := s.bench(tx, a.Institution)
		if err != nil {
			return err
		}
		list = slices.DeleteFunc(all, func(x Application) bool { return !b.canDecide(x, a.Staff, tx.Now()) })
		return nil
	})
	return list, err
}

func (b Bench) canDecide(x Application, who id.Staff, at time.Time) bool {
	return slices.ContainsFunc(x.Case.Open(), func(i int) bool {
		_, err := b.Decision(x.Case, who, Event{Verb: Agree, At: at, Step: i})
		return err == nil
	})
}

// All lists the applications in a state for who answers for the institution,
// the newest first; for others, those they have to do with.
func (s *Service) All(ctx context.Context, a actor.Actor, st State) (list []Application, err error) {
	if st == Draft {
		return nil, nil
	}
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		all, err := inState(tx, a.Institution, st, Listed)
		if err != nil || len(all) == 0 {
			return err
		}
		b, err := s.bench(tx, a.Institution)
		list = slices.DeleteFunc(all, func(x Application) bool { return !s.mayRead(a, x, b) })
		return err
	})
	return list, err
}

// Sweep reminds of steps that are late, once each, and lapses what nobody
// decided or whose time, applicant or users are gone. It may be called at any
// time and broken off.
func (s *Service) Sweep(ctx context.Context, inst id.Institution) error {
	var all []Application
	err := s.Gate.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		all, err = pending(tx, inst, 1000)
		return err
	})
	for _, x := range all {
		if err = s.sweepOne(ctx, inst, x.ID); err != nil {
			return err
		}
	}
	return err
}

func (s *Service) sweepOne(ctx context.Context, inst id.Institution, app id.Application) error {
	return s.Gate.DB.Update(ctx, inst, func(tx *db.Tx) error {
		x, err := Load(tx, inst, app)
		if err != nil || x.Case.State != Pending {
			return err
		}
		b, err := s.bench(tx, inst)
		if err != nil {
			return err
		}
		gone := slices.ContainsFunc(append([]id.Staff{x.Applicant}, x.Users...), func(u id.Staff) bool { return !b.People[u].Active })
		reminded := slices.ContainsFunc(x.Events, func(e Event) bool { return e.Verb == Remind && !e.At.Before(x.Case.Opened) })
		e, kind := Event{At: tx.Now()}, ledger.ApplicationLapsed
		switch {
		case gone, !tx.Now().Before(x.Until), late(x.Due, tx.Now(), s.calendar()):
			e.Verb = Lapse
		case x.Overdue(tx.Now()) && !reminded:
			e.Verb, kind = Remind, ledger.ApplicationReminded
		default:
			return nil
		}
		ledger.Append(tx, ledger.Event{Type: kind, Role: actor.System, Store: storeOf(x), Allow: true, Ref: x.ID.String(), Hash: x.Hash()})
		return s.happen(tx, &x, b, e)
	})
}
