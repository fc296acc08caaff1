// Package desk is what staff do with a family's record: find it, see it masked,
// reveal one field, send a message or call without seeing the number, and, with a second
// person, change what the family wants changed. Every use case is one call of the
// gate; none returns a clear value but Reveal.
package desk

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/facts"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// ShownFor is how long a revealed value stays on the screen.
const ShownFor = 60 * time.Second

// Service holds what the use cases need.
type Service struct {
	Gate      *gate.Gate
	Facts     *facts.Gatherer
	Catalogue *catalogue.Catalogue
	Post      Post // nil means that no messages can be sent
	Line      Line // nil means that nobody can be called

	sake id.Subject // see For
}

// For returns the desk for the sake of one child: a guardian's record is held for
// all of its children, and from here this one's consent counts, whatever holds for
// a sister. For no child in particular, what is stopped for one of them is refused.
func (s *Service) For(child id.Subject) *Service {
	at := *s
	at.sake = child
	return &at
}

// Revealed is one value in clear and the entry that paid for it.
type Revealed struct {
	Value secret.Text
	Until time.Time
	gate.Outcome
}

// Reveal opens one field of one record for a named purpose. The audit entry is
// durable before it returns (I1).
func (s *Service) Reveal(ctx context.Context, a actor.Actor, subj id.Subject, field, purpose string) (Revealed, error) {
	var rev Revealed
	var sealed subject.Sealed
	req := gate.Request{Actor: a, Act: policy.FieldReveal, Purpose: purpose, Fields: []string{field}, Subject: subj,
		Ahead: facts.SealedAhead(a.Institution, subj, field)}
	know := func(tx *db.Tx, c *gate.Case) (err error) {
		if sealed, err = s.Facts.Sealed(tx, c, subj, field); err != nil {
			return err
		}
		return s.stand(tx, c)
	}
	out, err := s.do(ctx, req, know, func(tx *db.Tx, p seal.Permit, c *gate.Case) (err error) {
		if err := s.Facts.Spend(tx, c); err != nil {
			return err
		}
		rev.Value, err = sealed.Open(tx, s.Gate.Vault, p)
		return err
	})
	if err != nil {
		return Revealed{}, err
	}
	rev.Outcome, rev.Until = out, out.At.Add(ShownFor)
	return rev, nil
}

// know gathers the facts about staff or an integrator at one record.
func (s *Service) know(tx *db.Tx, c *gate.Case, subj subject.Subject) error {
	if err := s.Facts.Record(tx, c, subj); err != nil {
		return err
	}
	return s.stand(tx, c)
}

// stand gathers on what the actor stands, once the record is known.
func (s *Service) stand(tx *db.Tx, c *gate.Case) error {
	if err := s.Facts.Who(tx, c); err != nil {
		return err
	}
	if err := s.Facts.Why(tx, c); err != nil {
		return err
	}
	if !s.sake.IsZero() && s.sake != c.Subject {
		if err := s.Facts.Sake(tx, c, s.sake); err != nil {
			return err
		}
	}
	return s.Facts.Leave(tx, c)
}

// Post takes a message on its way in the caller's transaction. The number is
// opened when it is sent, by the program, and nobody sees it.
type Post interface {
	Send(tx *db.Tx, inst id.Institution, to secret.Text, template string, args ...string) (id.Message, error)
}

// Message sends a family one of the institution's templates. The sender never
// sees the number.
func (s *Service) Message(ctx context.Context, a actor.Actor, guardian id.Subject, template, purpose string) (gate.Outcome, error) {
	var sealed subject.Sealed
	req := gate.Request{Actor: a, Act: policy.MessageSend, Purpose: purpose,
		Fields: []string{subject.GuardianPhone}, Subject: guardian}
	know := func(tx *db.Tx, c *gate.Case) (err error) {
		if sealed, err = s.Facts.Sealed(tx, c, guardian, subject.GuardianPhone); err != nil {
			return err
		}
		return s.stand(tx, c)
	}
	return s.Gate.Do(ctx, req, know, func(tx *db.Tx, p seal.Permit, c *gate.Case) error {
		if err := s.seldom(tx, c); err != nil {
			return err
		}
		if err := s.Facts.Spend(tx, c); err != nil {
			return err
		}
		number, err := sealed.Open(tx, s.Gate.Vault, p)
		if err != nil {
			return err
		}
		msg, err := s.Post.Send(tx, a.Institution, number, template)
		c.Ref = msg.String()
		return err
	})
}
