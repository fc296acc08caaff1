package enrol

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
)

// Before an enrolment nothing about a learner is taken but for a trial lesson,
// and then by the same way: the notice of trial lessons, the parent's consent,
// a receipt (S0-03). There is no other door: an enquiry stores nothing at all.

// TrialLife is how long what was given for a trial lesson is kept.
const TrialLife = catalogue.TrialDays * 24 * time.Hour

// purposeOf is the purpose for which a notice collects first of all.
func purposeOf(notice string) string {
	if notice == catalogue.TrialNotice {
		return catalogue.TrialLesson
	}
	return manage
}

// settled is the state of a finished enrolment, by the code of its notice.
func settled(notice string) State {
	if notice == catalogue.TrialNotice {
		return Trial
	}
	return Enrolled
}

// IsTrial reports whether what a link began is a trial lesson.
func IsTrial(tx *db.Tx, c *catalogue.Catalogue, e Enrolment) (bool, error) {
	n, err := c.Notice(tx, e.Institution, e.Notice)
	return n.Code == catalogue.TrialNotice, err
}

// StartTrial is Start for a trial lesson. NotFound catalogue.notice_unknown in an
// institution that has published no notice for them.
func (s *Service) StartTrial(ctx context.Context, a actor.Actor, course string) (Link, error) {
	return s.start(ctx, a, course, catalogue.TrialNotice)
}

// CompleteTrial is Complete for a trial lesson.
func (s *Service) CompleteTrial(ctx context.Context, a actor.Actor, store id.Store, f Form) (Receipt, error) {
	return s.complete(ctx, a, store, f, catalogue.TrialNotice)
}

// supersede erases what the same guardian had given for a trial lesson of the
// same child: the enrolment has it now.
func (s *Service) supersede(tx *db.Tx, permit seal.Permit, e Enrolment, c Clean, p *prepared) error {
	p.superseded = false
	if p.notice.Code == catalogue.TrialNotice || e.Guardian == p.guardian.ID() {
		return nil // a new guardian has no former lesson
	}
	children, err := subject.Children(tx, e.Institution, e.Guardian)
	if err != nil {
		return err
	}
	for _, child := range children {
		lesson, err := OpenOf(tx, e.Institution, child, Trial)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		name, err := subject.OpenOwn(tx, s.Gate.Vault, permit, e.Institution, child, subject.LearnerName)
		if err != nil {
			return err
		}
		if name.Expose() != c.Child[subject.LearnerName].Expose() {
			continue
		}
		if _, err := s.Erase(tx, e.Institution, child); err != nil {
			return err
		}
		if err := Move(tx, lesson, Expired); err != nil {
			return err
		}
		p.superseded = true
	}
	return nil
}

// endedAtOnce is how many trial lessons are ended in one call of EndTrials.
const endedAtOnce = 100

// EndTrials erases what was given for trial lessons more than TrialLife ago, each
// with an entry of its own, and returns how many. It may be broken off.
func (s *Service) EndTrials(ctx context.Context, inst id.Institution) (int, error) {
	var due []Enrolment
	err := s.Gate.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		due, err = dueTrials(tx, inst, tx.Now().Add(-TrialLife), endedAtOnce)
		return err
	})
	ended := 0
	for _, e := range due {
		if err == nil {
			err = s.endTrial(ctx, e)
			ended++
		}
	}
	if err == nil && ended > 0 {
		s.Clear(ctx)
	}
	return ended, err
}

func (s *Service) endTrial(ctx context.Context, e Enrolment) error {
	req := gate.Request{Actor: actor.Actor{Institution: e.Institution, Role: actor.System}, Act: policy.SubjectErase,
		Purpose: catalogue.TrialLesson, Subject: e.Child, Store: e.Store}
	_, err := s.Gate.Do(ctx, req, nil, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		gone, err := s.Erase(tx, e.Institution, e.Child)
		if err != nil {
			return err
		}
		c.Type, c.Ref, c.Count = ledger.Erased, e.ID.String(), len(gone)
		return Move(tx, e, Expired)
	})
	return err
}
