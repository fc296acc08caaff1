package enrol

import (
	"context"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
)

// Complete makes a whole enrolment at once for an integrator whose own program
// showed the notice in force, proved the phone, and took the family's decision.
// What that program claims stands in the consent as its evidence; the API key
// answers for it in every entry. Errors as Confirm, Invalid
// enrol.store, and Denied role.not_yours for anybody but a program.
func (s *Service) Complete(ctx context.Context, a actor.Actor, store id.Store, f Form) (Receipt, error) {
	return s.complete(ctx, a, store, f, catalogue.EnrolmentNotice)
}

func (s *Service) complete(ctx context.Context, a actor.Actor, store id.Store, f Form, notice string) (Receipt, error) {
	if a.Role != actor.Integrator { // nobody else can vouch for a phone that was not proved here
		return Receipt{}, fault.New(fault.Denied, "role.not_yours")
	}
	if store.IsZero() {
		return Receipt{}, fault.At("store", "enrol.store")
	}
	now := s.now()
	e := Enrolment{Institution: a.Institution, ID: id.Make[id.Enrolment](now), Store: store, Clerk: a.Staff,
		Course: f.Course, State: Declared, CreatedAt: now, ExpiresAt: now.Add(LinkLife), ChangedAt: now, fresh: true}
	err := s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		n, err := s.Catalogue.CurrentNotice(tx, a.Institution, notice)
		e.Notice = n.ID
		return err
	})
	if err != nil {
		return Receipt{}, err
	}
	return s.record(ctx, a, e, f, func(*db.Tx) error { return nil })
}

// Cancel ends an enrolment that the clerk began by mistake. A family declines by
// its own link instead; an identifier alone opens nothing to it.
func (s *Service) Cancel(ctx context.Context, a actor.Actor, enr id.Enrolment) error {
	var e Enrolment
	req := gate.Request{Actor: a, Act: policy.EnrolCancel, Purpose: manage}
	_, err := s.Gate.Do(ctx, req, func(tx *db.Tx, c *gate.Case) (err error) {
		if a.Staff.IsZero() && a.Key.IsZero() {
			return fault.New(fault.NotFound, "enrol.link")
		}
		if e, err = Load(tx, a.Institution, enr); err != nil {
			return err
		}
		c.Store, c.Ref = e.Store, e.ID.String()
		return s.ownPlace(tx, c)
	}, func(tx *db.Tx, _ seal.Permit, _ *gate.Case) error {
		if err := e.require(tx.Now(), Started, Opened, Declared); err != nil {
			return err
		}
		e.State, e.ChangedAt = Declined, tx.Now()
		return update(tx, e)
	})
	return err
}
