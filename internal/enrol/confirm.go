package enrol

import (
	"context"
	"slices"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/facts"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
)

// Receipt is what a family takes away.
type Receipt struct {
	Number   string
	Child    id.Subject
	Guardian id.Subject
	State    State // Enrolled, or Waiting for the child's own consent
	Given    []string
	Refused  []string
	gate.Outcome
}

// Confirm makes the enrolment: it records the consents, seals the four fields
// and writes the audit entry, in one transaction. The phone must have been
// proved in this browser. Sent again, it returns the same receipt number.
//
// Errors: Invalid with every wrong field; Conflict enrol.expired, declined,
// taken; Unauthenticated code.unproved; ConsentNeeded enrol.no_consent.
func (s *Service) Confirm(ctx context.Context, t Token, b account.Browser, f Form) (Receipt, error) {
	e, err := s.open(ctx, t, b)
	if err != nil || e.Receipt != "" {
		return repeat(e), err
	}
	a := actor.Actor{Institution: t.Institution, Role: actor.Guardian}
	return s.record(ctx, a, e, f, func(tx *db.Tx) error {
		now, err := byLink(tx, t)
		if err != nil {
			return err
		}
		if err := now.require(tx.Now(), Declared); err != nil {
			return err
		}
		_, err = s.Accounts.PhoneProved(tx, t.Institution, b, f.Phone)
		return err
	})
}

// open reads the enrolment of a link for its own browser, finished or not.
func (s *Service) open(ctx context.Context, t Token, b account.Browser) (Enrolment, error) {
	var e Enrolment
	err := s.Gate.DB.View(ctx, t.Institution, func(tx *db.Tx) (err error) {
		if e, err = byLink(tx, t); err != nil {
			return err
		}
		if err := e.sameBrowser(b); err != nil {
			return err
		}
		return e.require(tx.Now(), Declared, Enrolled, Waiting, Trial)
	})
	return e, s.seen(ctx, t, err)
}

func repeat(e Enrolment) Receipt {
	return Receipt{Number: e.Receipt, Child: e.Child, Guardian: e.Guardian, State: e.State}
}

// record is the enrolment itself, whoever brings it in. ready runs first in the
// transaction and says whether it may still happen.
func (s *Service) record(ctx context.Context, a actor.Actor, e Enrolment, f Form, ready func(*db.Tx) error) (Receipt, error) {
	now := s.now()
	c, err := f.Clean(now)
	if err != nil {
		return Receipt{}, err
	}
	if !f.Agree {
		return Receipt{}, fault.New(fault.ConsentNeeded, "enrol.no_consent")
	}
	p, err := s.prepare(ctx, e, c)
	if err != nil {
		return Receipt{}, err
	}
	var r Receipt
	req := gate.Request{Actor: a, Act: policy.EnrolComplete, Purpose: purposeOf(p.notice.Code), Store: e.Store,
		Fields: p.budget.Fields(), Subject: p.child.ID()}
	out, err := s.Gate.Do(ctx, req, func(tx *db.Tx, gc *gate.Case) error {
		if err := ready(tx); err != nil {
			return err
		}
		return p.know(tx, s, gc, c)
	}, func(tx *db.Tx, permit seal.Permit, gc *gate.Case) (err error) {
		r, err = s.write(tx, permit, gc, e, f, c, p)
		return err
	})
	if err == nil && p.superseded {
		s.Clear(ctx)
	}
	r.Outcome = out
	return r, err
}

// prepared is what can be done before the transaction.
type prepared struct {
	budget   catalogue.Budget
	notice   catalogue.Notice
	purposes []catalogue.Purpose
	child    *subject.Draft
	guardian *subject.Draft

	superseded bool // the record of a trial lesson was erased for this one
}

func (s *Service) prepare(ctx context.Context, e Enrolment, c Clean) (*prepared, error) {
	p := &prepared{}
	err := s.Gate.DB.View(ctx, e.Institution, func(tx *db.Tx) (err error) {
		if p.budget, err = s.Catalogue.Budget(tx, e.Institution, catalogue.Minimal); err != nil {
			return err
		}
		if p.purposes, err = s.Catalogue.Purposes(tx, e.Institution); err != nil {
			return err
		}
		p.notice, err = s.Catalogue.Notice(tx, e.Institution, e.Notice)
		return err
	})
	if err != nil {
		return nil, err
	}
	child, guardian := id.Family(s.now())
	draft := func(who id.Subject, k subject.Kind, v subject.Values) (*subject.Draft, error) {
		return subject.Prepare(ctx, s.Gate.Vault, s.Gate.DB, p.budget, subject.Subject{
			Institution: e.Institution, ID: who, Kind: k, Store: e.Store,
			State: subject.Live, Source: e.ID.String()}, v)
	}
	if p.child, err = draft(child, subject.Child, c.Child); err != nil {
		return nil, err
	}
	p.guardian, err = draft(guardian, subject.Guardian, c.Guardian)
	return p, err
}

// know fills in the facts: who may speak today follows from the birth month,
// and the consent is the one in hand.
func (p *prepared) know(tx *db.Tx, s *Service, gc *gate.Case, c Clean) error {
	gc.Commit = p.child.Commitment
	gc.Facts.OwnChild, gc.Facts.Consent = true, policy.ConsentLive
	facts.Child(gc, c.Birth, civil.DateOf(tx.Now()), consent.Able)
	if err := s.Facts.Who(tx, gc); err != nil {
		return err
	}
	s.Facts.Place(gc)
	return s.Facts.Why(tx, gc)
}

// write saves everything and finishes the enrolment.
func (s *Service) write(tx *db.Tx, permit seal.Permit, gc *gate.Case, e Enrolment, f Form, c Clean, p *prepared) (Receipt, error) {
	inst := e.Institution
	guardian, err := s.keepGuardian(tx, permit, inst, c, p)
	if err != nil {
		return Receipt{}, err
	}
	if err := p.child.Save(tx); err != nil {
		return Receipt{}, err
	}
	tie := subject.Tie{Guardian: guardian, Child: p.child.ID(), Relation: "guardian", Evidence: "G1", Since: tx.Now()}
	if err := subject.Bind(tx, inst, tie); err != nil {
		return Receipt{}, err
	}
	e.Child, e.Guardian, e.ChangedAt = tie.Child, guardian, tx.Now()
	if e.Receipt, err = newReceipt(tx.Now(), s.Rand); err != nil {
		return Receipt{}, err
	}
	r := Receipt{Number: e.Receipt, Child: tie.Child, Guardian: guardian}
	r.Given, r.Refused = split(p.purposes, p.notice, f.Optional)
	if e.State, err = s.decide(tx, e, f, c, p, r); err != nil {
		return Receipt{}, err
	}
	if err := s.supersede(tx, permit, e, c, p); err != nil {
		return Receipt{}, err
	}
	r.State = e.State
	gc.Ref, gc.Hash = e.ID.String(), p.notice.Hash(f.Language)
	return r, save(tx, e)
}

// split sorts the purposes that the notice asked about into those agreed to and
// those not. What is needed for the service was agreed to as a whole; the rest
// only if it was ticked. A purpose defined since is nobody's business yet.
func split(all []catalogue.Purpose, n catalogue.Notice, wanted []string) (given, refused []string) {
	asked := n.Purposes()
	for _, p := range all {
		switch {
		case !slices.Contains(asked, p.Code):
		case p.Required || slices.Contains(wanted, p.Code):
			given = append(given, p.Code)
		default:
			refused = append(refused, p.Code)
		}
	}
	return given, refused
}
