package desk

import (
	"context"
	"slices"

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
	Name         string             // masked
	Birth        string             // masked
	GuardianName string             // masked
	Phone        string             // masked
	Standings    []consent.Standing // by state and since when
}

// Stopped reports whether the family has stopped a purpose for this child.
func (c Card) Stopped(purpose string) bool {
	return slices.ContainsFunc(c.Standings, func(s consent.Standing) bool { return s.Purpose == purpose && s.State.Stopped() })
}

// masked is a card and what its entry says: the fields whose masks are shown,
// and the ledger salts of the two people.
type masked struct {
	Card
	fields          []string
	child, guardian []byte
}

// tell puts into the entry of a search which fields were shown masked and whose
// line it is, so that the family sees who found it: the child's, or the guardian's
// of several children. Of families that share a number each has a line.
func tell(c *gate.Case, found []masked) {
	var lines []gate.Party
	for i, x := range found {
		switch {
		case i > 0 && x.guardian != nil && found[i-1].Guardian == x.Guardian:
			lines[len(lines)-1] = gate.Party{Subject: x.Guardian, Salt: x.guardian}
		default:
			lines = append(lines, gate.Party{Subject: x.Child, Salt: x.child})
		}
	}
	if len(lines) > 0 {
		c.Fields, c.Subject, c.Salt, c.Also = found[0].fields, lines[0].Subject, lines[0].Salt, lines[1:]
	}
}

// Masks is the table by which staff see families: 张*, 138****5678, 2016-**
// (S3-46). A surname leaves more people possible than a given name, in every
// group that deid counts; twins look alike and take a reveal.
var Masks = deid.Rules.WithSurnames()

// kinds says by which rule a field is masked.
var kinds = map[string]deid.Kind{
	subject.LearnerName: deid.ChildName, subject.LearnerBirth: deid.BirthMonth, subject.LearnerPhone: deid.Phone,
	subject.GuardianName: deid.GuardianName, subject.GuardianPhone: deid.Phone,
}

// Query is what staff may search by: exactly one of the two.
type Query struct {
	Phone   secret.Text // as typed
	Receipt string      // as typed; what cannot be a receipt number finds nobody
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
	var found []masked
	req := gate.Request{Actor: a, Act: policy.SubjectSearch, Purpose: purpose, Store: a.Store,
		Fields: []string{subject.GuardianPhone}}
	_, err := s.Gate.Do(ctx, req, func(tx *db.Tx, c *gate.Case) error {
		if err := s.Facts.Who(tx, c); err != nil {
			return err
		}
		s.Facts.Place(c)
		return s.Facts.Why(tx, c)
	}, func(tx *db.Tx, p seal.Permit, c *gate.Case) (err error) {
		if found, err = s.search(tx, p, a, q.Receipt, number); err != nil {
			return err
		}
		c.Count = len(found)
		tell(c, found)
		return s.Facts.SpendKey(tx, c, max(1, len(found))) // to find nobody is an answer too
	})
	if err != nil {
		return nil, err
	}
	var cards []Card
	for _, x := range found {
		cards = append(cards, x.Card)
	}
	return cards, nil
}

func (s *Service) search(tx *db.Tx, p seal.Permit, a actor.Actor, receipt string, number secret.Text) ([]masked, error) {
	found, err := s.matches(tx, a.Institution, receipt, number)
	if err != nil {
		return nil, err
	}
	var out []masked
	for _, m := range found {
		card, err := s.card(tx, p, a.Institution, m)
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

// match is a child that was found and the guardian by whom, if it was so.
type match struct{ child, guardian id.Subject }

// matches returns the children behind a receipt number or a phone.
func (s *Service) matches(tx *db.Tx, inst id.Institution, receipt string, number secret.Text) ([]match, error) {
	if receipt != "" {
		clean, _ := enrol.CleanReceipt(receipt)
		e, err := enrol.ByReceipt(tx, inst, clean)
		if fault.KindOf(err) == fault.NotFound || e.Child.IsZero() {
			return nil, nil
		}
		return []match{{e.Child, e.Guardian}}, err
	}
	ties, err := subject.TiesByPhone(tx, s.Gate.Vault, inst, number)
	var out []match
	for _, t := range ties {
		out = append(out, match{t.Child, t.Guardian})
	}
	return out, err
}

// View returns one child masked.
func (s *Service) View(ctx context.Context, a actor.Actor, child id.Subject, purpose string) (Card, error) {
	var card masked
	req := gate.Request{Actor: a, Act: policy.SubjectView, Purpose: purpose, Subject: child,
		Fields: []string{subject.LearnerName}}
	_, err := s.do(ctx, req, func(tx *db.Tx, c *gate.Case) error {
		subj, err := subject.Load(tx, a.Institution, child)
		if err != nil {
			return err
		}
		if err := s.Facts.Capsule(tx, c, subj); err != nil {
			return err
		}
		return s.know(tx, c, subj)
	}, func(tx *db.Tx, p seal.Permit, c *gate.Case) error {
		guardians, err := subject.Guardians(tx, a.Institution, child)
		if err != nil {
			return err
		}
		m := match{child: child}
		if len(guardians) > 0 {
			m.guardian = guardians[0]
		}
		card, err = s.card(tx, p, a.Institution, m, shown(c)...)
		c.Fields = card.fields
		return err
	})
	return card.Card, err
}

// shown are the fields that somebody sees masks of: who helps from outside those
// of the capsule, everybody else all.
func shown(c *gate.Case) []string {
	if c.Actor.Role == actor.Volunteer || c.Actor.Role == actor.Vendor {
		return c.Fields
	}
	return nil
}

// card opens what a masked view needs and lets only the masks out: of the fields
// named, or of all.
func (s *Service) card(tx *db.Tx, p seal.Permit, inst id.Institution, m match, only ...string) (masked, error) {
	subj, fields, err := subject.LoadBoth(tx, inst, m.child, m.guardian)
	if err != nil {
		return masked{}, err
	}
	if subj.State != subject.Live && subj.State != subject.Restricted {
		return masked{}, subj.Usable()
	}
	c := masked{Card: Card{Child: m.child, Guardian: m.guardian, Store: subj.Store, State: subj.State}}
	c.child = fields[subject.LearnerName].Salt()
	c.guardian = fields[subject.GuardianPhone].Salt()
	for field, into := range map[string]*string{
		subject.LearnerName: &c.Name, subject.LearnerBirth: &c.Birth,
		subject.GuardianName: &c.GuardianName, subject.GuardianPhone: &c.Phone,
	} {
		x, held := fields[field]
		if !held || len(only) > 0 && !slices.Contains(only, field) {
			continue
		}
		v, err := x.OpenOwn(tx, s.Gate.Vault, p)
		if err != nil {
			return masked{}, err
		}
		c.fields = append(c.fields, field)
		*into = Masks.Mask(kinds[field], deid.Staff, v.Expose())
	}
	slices.Sort(c.fields)
	if len(only) > 0 {
		return c, nil // what the family agreed to is not of the capsule
	}
	c.Standings, err = consent.StandingsIn(subj.Standings)
	return c, err
}
