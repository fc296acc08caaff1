package grant

import (
	"context"
	"slices"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
)

// Ask hands in an application. Errors: fault.Invalid with the field; what the
// gate refuses.
func (r *Register) Ask(ctx context.Context, a actor.Actor, app Application) (Grant, error) {
	var g Grant
	req := gate.Request{Actor: a, Act: policy.GrantRequest, Purpose: app.Purpose, Fields: app.Fields, Store: app.Store}
	facts := func(tx *db.Tx, c *gate.Case) (err error) {
		if err = app.Check(tx.Now()); err != nil {
			return err
		}
		if err = r.vocabulary(tx, a.Institution, app); err != nil {
			return err
		}
		c.Facts.OwnStore = within(a, app.Store)
		c.Facts.Undertaking, err = r.pledged(tx, a.Institution, a.Staff)
		return err
	}
	_, err := r.Gate.Do(ctx, req, facts, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		g = Grant{ID: id.Make[id.Grant](tx.Now()), Institution: a.Institution, Application: app,
			State: Asked, Applicant: a.Staff, AskedAt: tx.Now()}
		c.Grant, c.Ref = g.ID, g.ID.String()
		r.changed(tx, a.Institution, g.Who)
		return insert(tx, g)
	})
	return g, err
}

// vocabulary refuses an application that names what the institution has no word
// for: no grant could ever cover it, and it might be somebody's name (I3).
func (r *Register) vocabulary(tx *db.Tx, inst id.Institution, app Application) error {
	purpose, fields, err := r.Gate.Codes(tx, inst, app.Purpose, app.Fields)
	switch {
	case err != nil:
		return err
	case purpose != app.Purpose:
		return fault.At("/purpose", "grant.purpose")
	case !slices.Equal(fields, app.Fields):
		return fault.At("/fields", "grant.fields", MaxFields)
	}
	return nil
}

// Approve makes a grant usable. Errors: fault.Denied grant.own (I8),
// grant.unpledged (no confidentiality pledge of the person on file: S3-42,
// S3-43); fault.Conflict grant.decided, grant.late; what the gate refuses.
func (r *Register) Approve(ctx context.Context, a actor.Actor, gid id.Grant) (Grant, error) {
	return r.settle(ctx, a, gid, policy.GrantApprove, func(tx *db.Tx, g *Grant, c *gate.Case) error {
		if err := g.Decidable(a.Staff, tx.Now()); err != nil {
			return err
		}
		ok, err := r.pledged(tx, a.Institution, g.Who)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.Denied, "grant.unpledged")
		}
		g.State, g.Decider, g.DecidedAt = Approved, a.Staff, tx.Now()
		if g.Reserve {
			g.State = Ready
		}
		return move(tx, *g, Asked)
	})
}

// Refuse ends an application. Errors as Approve.
func (r *Register) Refuse(ctx context.Context, a actor.Actor, gid id.Grant) (Grant, error) {
	return r.settle(ctx, a, gid, policy.GrantApprove, func(tx *db.Tx, g *Grant, c *gate.Case) error {
		if err := g.Decidable(a.Staff, tx.Now()); err != nil {
			return err
		}
		c.Type = ledger.GrantRefused
		g.State, g.Decider, g.DecidedAt = Refused, a.Staff, tx.Now()
		return move(tx, *g, Asked)
	})
}

// End ends a grant before its time; it counts from the commit on.
func (r *Register) End(ctx context.Context, a actor.Actor, gid id.Grant) (Grant, error) {
	return r.settle(ctx, a, gid, policy.GrantEnd, func(tx *db.Tx, g *Grant, c *gate.Case) error {
		from := g.State
		if from == Refused || from == Ended {
			return fault.New(fault.Conflict, "grant.decided")
		}
		g.State, g.EndedAt = Ended, tx.Now()
		return move(tx, *g, from)
	})
}

// Told records that the family was told of an emergency grant afterwards.
// Source: PIPL art. 18; S3-16.
func (r *Register) Told(ctx context.Context, a actor.Actor, gid id.Grant) (Grant, error) {
	return r.settle(ctx, a, gid, policy.ConsentInform, func(tx *db.Tx, g *Grant, c *gate.Case) error {
		if !g.Emergency || g.DecidedAt.IsZero() {
			return fault.New(fault.Conflict, "grant.no_emergency")
		}
		g.ToldAt = tx.Now()
		return setTold(tx, *g)
	})
}

// settle carries out one act on one grant.
func (r *Register) settle(ctx context.Context, a actor.Actor, gid id.Grant, act policy.Act,
	change func(*db.Tx, *Grant, *gate.Case) error,
) (Grant, error) {
	var g Grant
	facts := func(tx *db.Tx, c *gate.Case) (err error) {
		if g, err = Load(tx, a.Institution, gid); err != nil {
			return err
		}
		c.Purpose, c.Fields, c.Store = g.Purpose, g.Fields, g.Store
		c.Grant, c.Ref = g.ID, g.ID.String()
		c.Facts.OwnStore = within(a, g.Store)
		c.Facts.OwnRequest = a.Staff == g.Applicant || a.Staff == g.Who
		if r.MadeBy != nil {
			maker, err := r.MadeBy(tx, a.Institution, g.Who)
			if err != nil {
				return err
			}
			c.Facts.OwnAppointee = maker == a.Staff
		}
		return nil
	}
	_, err := r.Gate.Do(ctx, gate.Request{Actor: a, Act: act}, facts,
		func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
			r.changed(tx, a.Institution, g.Who)
			return change(tx, &g, c)
		})
	if err != nil {
		return Grant{}, err
	}
	return g, nil
}

// EndAll ends every grant of a person in the caller's transaction, as when the
// account is removed; the caller writes the entry.
func (r *Register) EndAll(tx *db.Tx, inst id.Institution, staff id.Staff) error {
	r.changed(tx, inst, staff)
	return endAll(tx, inst, staff)
}

func (r *Register) pledged(tx *db.Tx, inst id.Institution, staff id.Staff) (bool, error) {
	if r.Pledged == nil {
		return false, nil
	}
	return r.Pledged(tx, inst, staff)
}

// within reports whether an actor's place includes a store: their own, or any
// for those who work for the whole institution.
func within(a actor.Actor, store id.Store) bool { return a.Store.IsZero() || a.Store == store }
