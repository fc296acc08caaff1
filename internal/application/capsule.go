package application

import (
	"context"
	"slices"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/subject"
)

// Declare is a helper's word about an activity: what they had was returned or
// deleted, or they kept nothing; and whether anything went wrong. It ends their
// own grant at once. Errors: fault.Denied capsule.not_yours; fault.Conflict
// capsule.declared, application.settled. Source: S2-15.
func (s *Service) Declare(ctx context.Context, a actor.Actor, app id.Application, how Reason, clean bool) (Application, error) {
	return s.act(ctx, a, app, policy.CapsuleState, func(tx *db.Tx, _ *gate.Case, x *Application, _ Bench) (Event, error) {
		return Event{Verb: Declare, At: tx.Now(), By: a.Staff, Reason: how, Clean: clean},
			s.Grants.EndOf(tx, a.Institution, x.ID, a.Staff)
	})
}

// Close closes an activity that is over, once every helper has declared. Errors:
// fault.Conflict capsule.running, capsule.statements with how many are missing;
// fault.NotFound application.unknown for who did not apply for it.
func (s *Service) Close(ctx context.Context, a actor.Actor, app id.Application) (Application, error) {
	return s.act(ctx, a, app, policy.CapsuleClose, func(tx *db.Tx, _ *gate.Case, x *Application, _ Bench) (Event, error) {
		if x.Applicant != a.Staff {
			return Event{}, fault.New(fault.NotFound, "application.unknown")
		}
		if x.Kind != Capsule {
			return Event{}, fault.New(fault.Conflict, "capsule.running")
		}
		return Event{Verb: Close, At: tx.Now(), By: a.Staff}, s.Grants.EndUnder(tx, a.Institution, x.ID)
	})
}

// owes reports whether somebody still has to declare about an activity that is
// over: until then they get into no other.
func (s *Service) owes(tx *db.Tx, inst id.Institution, who id.Staff) (bool, error) {
	all, err := using(tx, inst, who, Listed)
	return slices.ContainsFunc(all, func(x Application) bool {
		return x.Kind == Capsule && x.Case.Over(tx.Now()) && !slices.Contains(x.Case.Declared, who)
	}), err
}

// Children lists the children of a capsule, for its helpers: identifiers, which
// open nothing by themselves. Gone (fault.Erased capsule.over) when it is over.
func (s *Service) Children(ctx context.Context, a actor.Actor, app id.Application) (list []id.Subject, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		x, err := Load(tx, a.Institution, app)
		switch {
		case err != nil:
			return err
		case !slices.Contains(x.Users, a.Staff) || x.Case.State == Draft || x.Case.State == Pending:
			return fault.New(fault.NotFound, "application.unknown")
		case x.Case.State != Granted || x.Case.Over(tx.Now()) || slices.Contains(x.Case.Declared, a.Staff):
			return fault.New(fault.Erased, "capsule.over")
		}
		list = nil
		for _, child := range x.Resolved[:min(x.People, len(x.Resolved))] {
			if _, err := subject.Load(tx, a.Institution, child); fault.KindOf(err) == fault.NotFound {
				continue
			} else if err != nil {
				return err
			}
			list = append(list, child)
		}
		return nil
	})
	return list, err
}
