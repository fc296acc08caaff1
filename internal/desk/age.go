package desk

import (
	"context"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/facts"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
)

// do is gate.Do for an act on one record. Where the purpose stands on a basis that
// reaches only children of 14 and more, on news or on what is public already, the
// age counts, and the birth month is opened for the facts; elsewhere the age stays
// unknown, which is the strictest, and nothing is opened for it.
func (s *Service) do(ctx context.Context, r gate.Request, know gate.Facts, body gate.Body) (gate.Outcome, error) {
	return s.Gate.Opening(ctx, r, func(tx *db.Tx, p seal.Permit, c *gate.Case) error {
		if err := know(tx, c); err != nil {
			return err
		}
		if c.Facts.Basis != policy.BasisPublic && c.Facts.Basis != policy.BasisNews {
			return nil
		}
		return s.age(tx, p, c)
	}, body)
}

func (s *Service) age(tx *db.Tx, p seal.Permit, c *gate.Case) error {
	row, err := subject.Load(tx, c.Actor.Institution, c.Subject)
	if err != nil || row.Kind != subject.Child || row.State == subject.Erased {
		return err
	}
	v, err := subject.OpenOwn(tx, s.Gate.Vault, p, c.Actor.Institution, c.Subject, subject.LearnerBirth)
	if err != nil {
		return err
	}
	today := civil.DateOf(tx.Now())
	birth, err := subject.Birth(v, today)
	if err == nil {
		facts.Child(c, birth, today, consent.Able) // who speaks is not asked here
	}
	return err
}
