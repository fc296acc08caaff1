package enrol

import (
	"context"
	"errors"
	"io"
	"slices"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/subject"
)

// Record writes an enrolment that came whole from elsewhere, such as a roster:
// it had no link and no browser. It gives it an identifier and a receipt number
// with randomness from r, and returns it so.
func Record(tx *db.Tx, e Enrolment, r io.Reader) (Enrolment, error) {
	now := tx.Now()
	e.ID, e.CreatedAt, e.ExpiresAt, e.ChangedAt = id.Make[id.Enrolment](now), now, now, now
	var err error
	if e.Receipt, err = newReceipt(now, r); err != nil {
		return Enrolment{}, err
	}
	return e, insert(tx, e, nil)
}

// Move puts a recorded enrolment into another state.
func Move(tx *db.Tx, e Enrolment, to State) error {
	e.State, e.ChangedAt = to, tx.Now()
	return update(tx, e)
}

// Hold restricts a record on which no consent is left, until somebody speaks who
// may; its enrolment waits.
func Hold(tx *db.Tx, inst id.Institution, child id.Subject) error {
	all, err := consent.Standings(tx, inst, child)
	if err != nil {
		return err
	}
	for _, s := range all {
		if s.State == consent.StateLive {
			return nil
		}
	}
	if err := subject.Restrict(tx, inst, child); err != nil {
		return err
	}
	e, err := OpenOf(tx, inst, child, Enrolled)
	if fault.KindOf(err) == fault.NotFound {
		return nil // it waits already
	}
	if err != nil {
		return err
	}
	return Move(tx, e, Waiting)
}

// OpenOf returns the newest enrolment of a child in one of the given states;
// NotFound enrol.link if there is none.
func OpenOf(tx *db.Tx, inst id.Institution, child id.Subject, want ...State) (Enrolment, error) {
	all, err := OfChild(tx, inst, child)
	if err != nil {
		return Enrolment{}, err
	}
	for _, e := range all {
		if slices.Contains(want, e.State) {
			return e, nil
		}
	}
	return Enrolment{}, fault.New(fault.NotFound, "enrol.link")
}

// OwnLink gives a guardian the child's own link, when the child's word is what
// an enrolment waits for, after an import or after the handover at 14; and when
// a child that has decided wants to see its own pages again. Like ChildLink it is
// good for seven days and replaces an earlier one. NotFound for anybody else's
// child, and for one that has not reached the age to decide.
func (s *Service) OwnLink(ctx context.Context, a actor.Actor, child id.Subject) (Token, error) {
	own, err := NewToken(a.Institution, s.Rand)
	if err != nil {
		return Token{}, err
	}
	err = s.Gate.DB.Update(ctx, a.Institution, func(tx *db.Tx) error {
		children, err := subject.OwnChildren(tx, a.Institution, a.Subject)
		if err != nil {
			return err
		}
		if a.Role != actor.Guardian || !slices.Contains(children, child) {
			return fault.New(fault.NotFound, "enrol.link")
		}
		e, err := OpenOf(tx, a.Institution, child, Waiting, Enrolled, Trial)
		if err != nil {
			return err
		}
		if old, err := spoken(tx, e); err != nil || e.State != Waiting && !old {
			return errors.Join(err, fault.New(fault.NotFound, "enrol.link"))
		}
		return putChildLink(tx, e, own.Hash(), tx.Now().Add(ChildLinkLife))
	})
	return own, err
}
