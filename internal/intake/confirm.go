package intake

import (
	"context"
	"errors"
	"slices"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/facts"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
)

// Answer is what a guardian decided about a record that came by an import.
type Answer struct {
	Optional []string // purposes beyond those that the service needs
	Language string
	Screen   [32]byte
}

// Confirm records the family's own word on a child's imported record, which
// makes it usable; the notice is the one in force. A guardian who does not want
// that erases the record instead (family.Service.Erase).
//
// In the month of the 14th birthday the child must agree too and the state is
// enrol.Waiting; after it the child decides alone and this is Denied (I6). The
// way for the child is enrol.Service.OwnLink. NotFound for anybody else's child;
// Conflict intake.confirmed if nothing waits.
func (s *Service) Confirm(ctx context.Context, a actor.Actor, child id.Subject, ans Answer) (enrol.State, error) {
	var state enrol.State
	var known capable
	req := gate.Request{Actor: a, Act: policy.ConsentGive, Purpose: manage, Subject: child}
	_, err := s.Gate.Opening(ctx, req, func(tx *db.Tx, p seal.Permit, c *gate.Case) (err error) {
		known, err = s.family(tx, p, c)
		return err
	}, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		e, err := enrol.OpenOf(tx, a.Institution, child, enrol.Waiting)
		if err != nil {
			return fault.New(fault.Conflict, "intake.confirmed")
		}
		if trial, err := enrol.IsTrial(tx, s.Catalogue, e); err != nil || trial { // it ends by itself
			return errors.Join(err, fault.New(fault.Conflict, "intake.confirmed"))
		}
		c.Ref = e.ID.String()
		state, err = s.settle(tx, c, e, ans, known)
		return err
	})
	return state, err
}

// capable is what decides who may speak for a child.
type capable struct {
	birth civil.Birth
	consent.Finding
}

// family gathers the facts about a guardian and a child.
func (s *Service) family(tx *db.Tx, p seal.Permit, c *gate.Case) (known capable, err error) {
	inst := c.Actor.Institution
	row, err := subject.LoadOwn(tx, inst, c.Subject)
	if err != nil {
		return known, err
	}
	children, err := subject.OwnChildren(tx, inst, c.Actor.Subject)
	if err != nil {
		return known, err
	}
	if err := s.Facts.Record(tx, c, row); err != nil {
		return known, err
	}
	if err := s.Facts.Why(tx, c); err != nil {
		return known, err
	}
	c.Facts.OwnChild = c.Actor.Role == actor.Guardian && slices.Contains(children, c.Subject)
	if !c.Facts.OwnChild {
		return known, nil // nothing is opened for a stranger
	}
	v, err := subject.OpenOwn(tx, s.Gate.Vault, p, inst, c.Subject, subject.LearnerBirth)
	if err != nil {
		return known, err
	}
	today := civil.DateOf(tx.Now())
	if known.birth, err = subject.Birth(v, today); err != nil {
		return known, err
	}
	if known.Finding, err = consent.CapacityOf(tx, s.Gate.Vault, p, inst, c.Subject); err == nil {
		facts.Child(c, known.birth, today, known.Capacity)
	}
	return known, err
}

// settle records the decision and, unless the child must speak too, ends the
// waiting.
func (s *Service) settle(tx *db.Tx, c *gate.Case, e enrol.Enrolment, ans Answer, known capable) (enrol.State, error) {
	n, err := s.Catalogue.CurrentNotice(tx, e.Institution, catalogue.EnrolmentNotice)
	if err != nil {
		return "", err
	}
	all, err := s.Catalogue.Purposes(tx, e.Institution)
	if err != nil {
		return "", err
	}
	d := consent.Decision{Subject: e.Child, Party: consent.PartyGuardian, By: c.Actor.Subject,
		Needs: consent.Needs(known.birth, civil.DateOf(tx.Now()), known.Capacity), Notice: n,
		Evidence: consent.EvidenceOf(n, ans.Language, ans.Screen, consent.ProofSession)}
	for _, p := range all {
		switch {
		case !slices.Contains(n.Purposes(), p.Code):
		case p.Required, slices.Contains(ans.Optional, p.Code):
			d.Give = append(d.Give, p.Code)
		default:
			d.Refuse = append(d.Refuse, p.Code)
		}
	}
	joins, open, err := consent.Waits(tx, e.Institution, e.Child)
	if err != nil {
		return "", err
	}
	if len(open) > 0 { // the child has spoken first
		d.Joins, d.Refuse = joins, nil
		d.Give = slices.DeleteFunc(d.Give, func(code string) bool { return !slices.Contains(open, code) })
	}
	c.Hash, d.Ref = n.Hash(ans.Language), known.Ref()
	if _, err := consent.Decide(tx, e.Institution, d); err != nil {
		return "", err
	}
	if settled, err := consent.AllLive(tx, e.Institution, e.Child, d.Give); err != nil || !settled {
		return enrol.Waiting, err
	}
	if err := subject.Unrestrict(tx, e.Institution, e.Child); err != nil {
		return "", err
	}
	return enrol.Enrolled, enrol.Move(tx, e, enrol.Enrolled)
}
