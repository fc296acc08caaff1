package desk

import (
	"context"

	"github.com/wardfold/wardfold/deid"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/phone"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// Card is one child as staff see it by default: masked.
type Card struct {
	Child        id.Subject
	Guardian     id.Subject
	Store        id.Store
	State        subject.State
	Name         string // masked
	Birth        string // masked
	GuardianName string // masked
	Phone        string // masked
	Standings    []consent.Standing
}

// kinds says by which rule a field is masked.
var kinds = map[string]deid.Kind{
	subject.LearnerName: deid.ChildName, subject.LearnerBirth: deid.BirthMonth, subject.LearnerPhone: deid.Phone,
	subject.GuardianName: deid.GuardianName, subject.GuardianPhone: deid.Phone,
}

// Query is what staff may search by: exactly one of the two.
type Query struct {
	Phone   secret.Text // as typed
	Receipt string
}

// Find looks a family up by its exact phone or receipt number and returns its
// children, masked, as far as they belong to the actor's store. That nobody was
// found is written down as well.
func (s *Service) Find(ctx context.Context, a actor.Actor, q Query, purpose string) ([]Card, error) {
	number := q.Phone
	if q.Receipt == "" {
		var err error
		if number, err = phone.Normalise(q.Phone); err != nil {
			return nil, err
		}
	}
	var cards []Card
	req := gate.Request{Actor: a, Act: policy.SubjectSearch, Purpose: purpose, Store: a.Store,
		Fields: []string{subject.GuardianPhone}}
	_, err := s.Gate.Do(ctx, req, func(tx *db.Tx, c *gate.Case) error {
		if err := s.Facts.Who(tx, c); err != nil {
			return err
		}
		s.Facts.Place(c)
		return s.Facts.Why(tx, c)
	}, func(tx *db.Tx, p seal.Permit, c *gate.Case) (err error) {
		cards, err = s.search(tx, p, a, q.Receipt, number)
		c.Count = len(cards)
		return err
	})
	if err != nil {
		return nil, err
	}
	return cards, nil
}

func (s *Service) search(tx *db.Tx, p seal.Permit, a actor.Actor, receipt string, number secret.Text) ([]Card, error) {
	children, err := s.matches(tx, a.Institution, receipt, number)
	if err != nil {
		return nil, err
	}
	var out []Card
	for _, child := range children {
		card, err := s.card(tx, p, a.Institution, child)
		if fault.KindOf(err) == fault.Erased || fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if a.Store.IsZero() || card.Store == a.Store {
			out = append(out, card)
		}
	}
	return out, nil
}

// matches returns the children behind a receipt number or a phone.
func (s *Service) matches(tx *db.Tx, inst id.Institution, receipt string, number secret.Text) ([]id.Subject, error) {
	if receipt != "" {
		e, err := enrol.ByReceipt(tx, inst, receipt)
		if fault.KindOf(err) == fault.NotFound || e.Child.IsZero() {
			return nil, nil
		}
		return []id.Subject{e.Child}, err
	}
	guardians, err := subject.ByPhone(tx, s.Gate.Vault, inst, subject.GuardianPhone, number)
	if err != nil {
		return nil, err
	}
	var out []id.Subject
	for _, g := range guardians {
		children, err := subject.Children(tx, inst, g.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, children...)
	}
	return out, nil
}

// View returns one child masked.
func (s *Service) View(ctx context.Context, a actor.Actor, child id.Subject, purpose string) (Card, error) {
	var card Card
	req := gate.Request{Actor: a, Act: policy.SubjectView, Purpose: purpose, Subject: child,
		Fields: []string{subject.LearnerName}}
	_, err := s.Gate.Do(ctx, req, func(tx *db.Tx, c *gate.Case) error {
		subj, err := subject.Load(tx, a.Institution, child)
		if err != nil {
			return err
		}
		return s.know(tx, c, subj)
	}, func(tx *db.Tx, p seal.Permit, _ *gate.Case) (err error) {
		card, err = s.card(tx, p, a.Institution, child)
		return err
	})
	return card, err
}

// card opens what a masked view needs and lets only the masks out.
func (s *Service) card(tx *db.Tx, p seal.Permit, inst id.Institution, child id.Subject) (Card, error) {
	subj, err := subject.Load(tx, inst, child)
	if err != nil {
		return Card{}, err
	}
	if subj.State == subject.Erased || subj.State == subject.Quarantined {
		return Card{}, subj.Usable()
	}
	c := Card{Child: child, Store: subj.Store, State: subj.State}
	if c.Name, err = s.mask(tx, p, inst, child, subject.LearnerName); err != nil {
		return Card{}, err
	}
	if c.Birth, err = s.mask(tx, p, inst, child, subject.LearnerBirth); err != nil {
		return Card{}, err
	}
	if c.Standings, err = consent.Standings(tx, inst, child); err != nil {
		return Card{}, err
	}
	guardians, err := subject.Guardians(tx, inst, child)
	if err != nil || len(guardians) == 0 {
		return c, err
	}
	c.Guardian = guardians[0]
	if c.GuardianName, err = s.mask(tx, p, inst, c.Guardian, subject.GuardianName); err != nil {
		return Card{}, err
	}
	c.Phone, err = s.mask(tx, p, inst, c.Guardian, subject.GuardianPhone)
	return c, err
}

func (s *Service) mask(tx *db.Tx, p seal.Permit, inst id.Institution, subj id.Subject, field string) (string, error) {
	v, err := subject.OpenOwn(tx, s.Gate.Vault, p, inst, subj, field)
	if err != nil {
		return "", err
	}
	return deid.Rules.Mask(kinds[field], deid.Staff, v.Expose()), nil
}
