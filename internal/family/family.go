// Package family is what a family does with its own records: see what is held
// and who looked, stop a purpose, agree to one later, correct, take a copy,
// delete. A guardian does it for a child under 14, a child of 14 or more does it
// for itself, and in the month between both may look and either may stop.
//
// Looking is never refused for want of a consent: the right to know does not
// depend on one. Every look is an entry all the same, so the list of who looked
// is whole.
package family

import (
	"context"
	"io"
	"time"

	"github.com/wardfold/wardfold/internal/account"
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
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// manage is the purpose under which a family exercises its rights.
const manage = "learner.manage"

// Tombstones remember, outside the database, who was erased, so that a restored
// backup can erase them again before it serves (I10). Add must be durable when
// it returns.
type Tombstones interface {
	Add(inst id.Institution, gone []id.Subject, at time.Time) error
}

// Service holds what the use cases need.
type Service struct {
	Gate       *gate.Gate
	Facts      *facts.Gatherer
	Catalogue  *catalogue.Catalogue
	Log        *ledger.Log
	Accounts   *account.Register
	Tombstones Tombstones
	Rand       io.Reader

	// Clear sees to it that what was erased is nowhere in the files, now or as soon
	// as no reader is in the way.
	Clear func(context.Context)

	// Tell sends every guardian of a child a message: as enrol.Service.Tell.
	Tell func(tx *db.Tx, p seal.Permit, inst id.Institution, child id.Subject, template string) (id.Message, error)

	// MovePhone gives a guardian's record another number and tells both:
	// desk.Service.MovePhone.
	MovePhone func(tx *db.Tx, p seal.Permit, inst id.Institution, guardian id.Subject, number secret.Text) error
}

// ask is the request of a family member about one record.
func ask(a actor.Actor, act policy.Act, subj id.Subject, fields ...string) gate.Request {
	return gate.Request{Actor: a, Act: act, Purpose: manage, Subject: subj, Fields: fields}
}

// know gathers the facts: whose record it is, and who may speak for the child
// today, which follows from the sealed birth month.
func (s *Service) know(tx *db.Tx, p seal.Permit, c *gate.Case) error {
	load := subject.LoadOwn
	if c.Actor.Subject.IsZero() {
		load = subject.Load // no family, whatever it asks for here
	}
	subj, err := load(tx, c.Actor.Institution, c.Subject)
	if err != nil {
		return err
	}
	if c.Facts.OwnChild, err = isChildOf(tx, c.Actor, c.Subject); err != nil {
		return err
	}
	c.Facts.OwnSelf = c.Actor.Subject == c.Subject
	if err := s.informed(tx, c); err != nil {
		return err
	}
	if err := s.Facts.Who(tx, c); err != nil {
		return err
	}
	if err := s.Facts.Record(tx, c, subj); err != nil {
		return err
	}
	if err := s.Facts.Why(tx, c); err != nil || subj.Kind != subject.Child || subj.State == subject.Erased {
		return err
	}
	if !c.Facts.OwnChild && !c.Facts.OwnSelf {
		return nil // nothing is opened for a stranger
	}
	b, found, err := s.birth(tx, p, c)
	if err == nil {
		facts.Child(c, b, civil.DateOf(tx.Now()), found.Capacity)
	}
	return err
}

// birth opens what decides who may speak for a child: its birth month and what
// an assessment says of its capacity.
func (s *Service) birth(tx *db.Tx, p seal.Permit, c *gate.Case) (b civil.Birth, f consent.Finding, err error) {
	v, err := subject.OpenOwn(tx, s.Gate.Vault, p, c.Actor.Institution, c.Subject, subject.LearnerBirth)
	if err != nil {
		return b, f, err
	}
	if b, err = subject.Birth(v, civil.DateOf(tx.Now())); err != nil {
		return b, f, err
	}
	f, err = consent.CapacityOf(tx, s.Gate.Vault, p, c.Actor.Institution, c.Subject)
	return b, f, err
}

// isChildOf reports whether subj is a child of the guardian, or the guardian's
// own record.
func isChildOf(tx *db.Tx, a actor.Actor, subj id.Subject) (bool, error) {
	if a.Subject.IsZero() {
		return false, nil
	}
	if a.Subject == subj {
		return true, nil
	}
	children, err := subject.OwnChildren(tx, a.Institution, a.Subject)
	for _, c := range children {
		if c == subj {
			return true, nil
		}
	}
	return false, err
}

// Members finds whom a phone may act for: the newest guardian with that number,
// and children who left one of their own.
func (s *Service) ByPhone(tx *db.Tx, inst id.Institution, phone secret.Text) ([]account.Member, error) {
	var out []account.Member
	for field, role := range map[string]actor.Role{subject.GuardianPhone: actor.Guardian, subject.LearnerPhone: actor.Child} {
		list, err := subject.OwnByPhone(tx, s.Gate.Vault, inst, field, phone)
		if err != nil {
			return nil, err
		}
		if len(list) > 0 { // identifiers are in order of time: the last is the newest
			out = append(out, account.Member{Subject: list[len(list)-1].ID, Role: role})
		}
	}
	return out, nil
}

// Child is one child as the family sees it.
type Child struct {
	ID        id.Subject
	Name      secret.Text
	Birth     civil.Birth
	Speaker   consent.Speaker // who may decide today
	State     subject.State
	Held      []string // codes of the fields held, of the child and the guardian
	Standings []consent.Standing
	Purposes  []catalogue.Purpose
	Enrolled  []enrol.Enrolment
	Looks     int // entries about the child so far, at most lookCount
}

// lookCount bounds how many entries the overview counts.
const lookCount = 500

// Home lists the records that the actor may act for: a guardian's children, or
// the child itself.
func (s *Service) Home(ctx context.Context, a actor.Actor) ([]Child, error) {
	ids := []id.Subject{a.Subject}
	if a.Role == actor.Guardian {
		err := s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
			ids, err = subject.OwnChildren(tx, a.Institution, a.Subject)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	var out []Child
	for _, x := range ids {
		c, err := s.Child(ctx, a, x)
		if fault.KindOf(err) == fault.Erased || fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// Child returns one record as the family sees it: what is held, for what, until
// when. NotFound for anybody else's.
func (s *Service) Child(ctx context.Context, a actor.Actor, subj id.Subject) (Child, error) {
	var c Child
	_, err := s.Gate.Opening(ctx, ask(a, policy.SubjectView, subj, subject.LearnerName, subject.LearnerBirth), s.know,
		func(tx *db.Tx, p seal.Permit, gc *gate.Case) (err error) {
			c, err = s.read(tx, p, a, subj)
			return err
		})
	return c, err
}

func (s *Service) read(tx *db.Tx, p seal.Permit, a actor.Actor, subj id.Subject) (Child, error) {
	row, err := subject.LoadOwn(tx, a.Institution, subj)
	if err != nil {
		return Child{}, err
	}
	c := Child{ID: subj, State: row.State}
	if c.Name, err = subject.OpenOwn(tx, s.Gate.Vault, p, a.Institution, subj, subject.LearnerName); err != nil {
		return Child{}, err
	}
	v, err := subject.OpenOwn(tx, s.Gate.Vault, p, a.Institution, subj, subject.LearnerBirth)
	if err != nil {
		return Child{}, err
	}
	if c.Birth, err = subject.Birth(v, civil.DateOf(tx.Now())); err != nil {
		return Child{}, err
	}
	found, err := consent.CapacityOf(tx, s.Gate.Vault, p, a.Institution, subj)
	if err != nil {
		return Child{}, err
	}
	c.Speaker = consent.Authority(c.Birth, civil.DateOf(tx.Now()), found.Capacity)
	if c.Held, err = heldOf(tx, a.Institution, subj); err != nil {
		return Child{}, err
	}
	if c.Standings, err = consent.Standings(tx, a.Institution, subj); err != nil {
		return Child{}, err
	}
	if c.Purposes, err = s.Catalogue.Purposes(tx, a.Institution); err != nil {
		return Child{}, err
	}
	if c.Enrolled, err = enrol.OfChild(tx, a.Institution, subj); err != nil {
		return Child{}, err
	}
	page, err := ledger.ForSubject(tx, subj, 0, lookCount)
	c.Looks = len(page.Entries)
	return c, err
}

// heldOf lists the fields held about a child and its guardians.
func heldOf(tx *db.Tx, inst id.Institution, child id.Subject) ([]string, error) {
	held, err := subject.Held(tx, inst, child)
	if err != nil {
		return nil, err
	}
	guardians, err := subject.Guardians(tx, inst, child)
	if err != nil {
		return nil, err
	}
	for _, g := range guardians {
		more, err := subject.Held(tx, inst, g)
		if err != nil {
			return nil, err
		}
		held = append(held, more...)
	}
	return held, nil
}
