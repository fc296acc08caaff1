package enrol

import (
	"context"
	"errors"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/facts"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
)

// Answer is what a child of 14 or more decided on the own link.
type Answer struct {
	Agree    bool // to what the service cannot be given without
	Optional []string
	Language string
	Screen   [32]byte
}

// ChildLink gives the child's own link of an enrolment that waits for the
// child. It is good for seven days, for one browser, and replaces an earlier one.
func (s *Service) ChildLink(ctx context.Context, t Token, b account.Browser) (Token, error) {
	own, err := NewToken(t.Institution, s.Rand)
	if err != nil {
		return Token{}, err
	}
	err = s.Gate.DB.Update(ctx, t.Institution, func(tx *db.Tx) error {
		e, err := byLink(tx, t)
		if err != nil {
			return err
		}
		if err := e.sameBrowser(b); err != nil {
			return err
		}
		if err := e.require(tx.Now(), Waiting); err != nil {
			return err
		}
		return putChildLink(tx, e, own.Hash(), tx.Now().Add(ChildLinkLife))
	})
	return own, err
}

// LookChild reads what a child's own link leads to, and changes nothing.
func (s *Service) LookChild(ctx context.Context, t Token) (Landing, error) {
	var l Landing
	err := s.Gate.DB.View(ctx, t.Institution, func(tx *db.Tx) (err error) {
		if l.Enrolment, err = byChildLink(tx, t); err != nil {
			return err
		}
		l.State = l.Enrolment.At(tx.Now())
		if l.Spoken, err = spoken(tx, l.Enrolment); err != nil {
			return err
		}
		return s.read(tx, &l)
	})
	return l, s.seenOwn(ctx, t, err)
}

// ConfirmChild records what the child decided. In the month of the 14th birthday
// it completes what the guardian began; after it the child's word is what counts
// and the guardian is informed by a message (S2-17). A child that does not agree
// ends the enrolment, and what the guardian typed is erased; the guardian is told.
//
// Errors: NotFound; Conflict enrol.expired or enrol.done; Denied for a child
// whose word does not count yet (S2-16).
func (s *Service) ConfirmChild(ctx context.Context, t Token, ans Answer) (Receipt, error) {
	var r Receipt
	var e Enrolment
	var notice catalogue.Notice
	var purposes []catalogue.Purpose
	var known capable
	a := actor.Actor{Institution: t.Institution, Role: actor.Child}
	act := policy.ConsentGive
	if !ans.Agree {
		act = policy.ConsentRefuse
	}
	err := s.Gate.DB.View(ctx, t.Institution, func(tx *db.Tx) (err error) {
		if e, err = byChildLink(tx, t); err != nil {
			return err
		}
		if err = e.require(tx.Now(), Waiting); err != nil {
			return err
		}
		if purposes, err = s.Catalogue.Purposes(tx, t.Institution); err != nil {
			return err
		}
		notice, err = s.Catalogue.Notice(tx, t.Institution, e.Notice)
		return err
	})
	if err != nil {
		return Receipt{}, s.seenOwn(ctx, t, err)
	}
	a.Subject = e.Child
	req := gate.Request{Actor: a, Act: act, Purpose: manage, Subject: e.Child, Store: e.Store}
	out, err := s.Gate.Opening(ctx, req, func(tx *db.Tx, p seal.Permit, c *gate.Case) error {
		c.Facts.OwnSelf = true // the enrolment in hand
		v, err := subject.OpenOwn(tx, s.Gate.Vault, p, t.Institution, e.Child, subject.LearnerBirth)
		if err != nil {
			return err
		}
		if known.birth, err = subject.Birth(v, civil.DateOf(tx.Now())); err != nil {
			return err
		}
		if known.Finding, err = consent.CapacityOf(tx, s.Gate.Vault, p, t.Institution, e.Child); err != nil {
			return err
		}
		facts.Child(c, known.birth, civil.DateOf(tx.Now()), known.Capacity)
		return nil
	}, func(tx *db.Tx, p seal.Permit, c *gate.Case) error {
		if e, err = byChildLink(tx, t); err != nil {
			return err
		}
		if err := e.require(tx.Now(), Waiting); err != nil {
			return err
		}
		c.Ref, c.Hash = e.ID.String(), notice.Hash(ans.Language)
		r, err = s.settle(tx, p, e, ans, notice, purposes, known)
		return err
	})
	if err == nil && !ans.Agree {
		s.Clear(ctx)
	}
	r.Outcome = out
	return r, err
}

// capable is what decides who may speak for a child.
type capable struct {
	birth civil.Birth
	consent.Finding
}

// settle writes the child's decision and ends the waiting, unless its guardian
// has to agree as well and has not yet (S2-20†).
func (s *Service) settle(tx *db.Tx, p seal.Permit, e Enrolment, ans Answer, n catalogue.Notice, purposes []catalogue.Purpose, known capable) (Receipt, error) {
	e.ChangedAt = tx.Now()
	r := Receipt{Number: e.Receipt, Child: e.Child, Guardian: e.Guardian}
	if !ans.Agree {
		e.State, r.State = Declined, Declined
		if _, err := s.Tell(tx, p, e.Institution, e.Child, "declined"); err != nil { // while the phone is still there
			return Receipt{}, err
		}
		if _, err := s.Erase(tx, e.Institution, e.Child); err != nil {
			return Receipt{}, err
		}
		return r, update(tx, e)
	}
	joins, open, err := consent.Waits(tx, e.Institution, e.Child)
	if err != nil {
		return Receipt{}, err
	}
	r.Given, r.Refused = split(purposes, n, ans.Optional)
	needs := consent.Needs(known.birth, civil.DateOf(tx.Now()), known.Capacity)
	d := consent.Decision{
		Subject: e.Child, Party: consent.PartyChild, By: e.Child, Give: r.Given, Refuse: r.Refused,
		Needs: needs, Notice: n, Evidence: consent.EvidenceOf(n, ans.Language, ans.Screen, consent.ProofSession),
	}
	d.Ref = known.Ref()
	if len(open) > 0 {
		d.Joins, d.Give = joins, both(r.Given, open)
		d.Refuse = nil // what the guardian did not want stays refused
	}
	c, err := consent.Decide(tx, e.Institution, d)
	if err != nil {
		return Receipt{}, err
	}
	msg, err := s.Tell(tx, p, e.Institution, e.Child, "informed")
	if err != nil {
		return Receipt{}, err
	}
	if needs&consent.Informed != 0 {
		ref := msg.String()
		if msg.IsZero() { // the guardian who has no phone here has handed over the link
			ref = e.ID.String()
		}
		if err := consent.Inform(tx, e.Institution, e.Child, c, ref); err != nil {
			return Receipt{}, err
		}
	}
	if settled, err := consent.AllLive(tx, e.Institution, e.Child, d.Give); err != nil || !settled {
		r.State = e.State // the guardian's word is missing
		return r, errors.Join(err, update(tx, e))
	}
	e.State = settled(n.Code)
	r.State = e.State
	if err := subject.Unrestrict(tx, e.Institution, e.Child); err != nil {
		return Receipt{}, err
	}
	return r, update(tx, e)
}

func both(a, b []string) []string {
	var out []string
	for _, x := range a {
		for _, y := range b {
			if x == y {
				out = append(out, x)
			}
		}
	}
	return out
}
