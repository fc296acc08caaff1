package research

import (
	"context"
	"strings"

	"github.com/wardfold/wardfold/deid/noise"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/note"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
)

// MostBudget is the most that may be given away about a person in a year by noisy
// counts: beyond ε = 4 noise hides hardly anybody.
const MostBudget = 4 * noise.One

// SetPopulation names people of whom something shall be released, and what may be
// given away about each of them in a calendar year; an identifier of zero makes a
// new one. Who sets a budget cannot spend it. Errors: fault.Invalid at name, people
// or total; what the gate refuses.
func (s *Service) SetPopulation(ctx context.Context, a actor.Actor, p Population) (Population, error) {
	p.Name = strings.TrimSpace(p.Name)
	switch {
	case p.Name == "" || len(p.Name) > longestWords:
		return p, fault.At("name", "research.name")
	case p.People < 1 || p.People > 2_000_000_000:
		return p, fault.At("people", "research.people")
	case p.Total > MostBudget:
		return p, fault.At("total", "research.total", MostBudget.String())
	}
	if err := note.Check("name", p.Name); err != nil {
		return p, err
	}
	if p.ID.IsZero() {
		p.ID = id.Make[id.Population](s.Gate.Now())
	}
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.ResearchBudget}, s.who, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		c.Ref, c.Count = p.ID.String(), int(p.Total)
		p.By, p.At = a.Staff, tx.Now()
		if err := putPopulation(tx, a.Institution, p); err != nil {
			return err
		}
		var err error
		p.Spent, err = spent(tx, a.Institution, p.ID)
		return err
	})
	return p, err
}

// Populations lists them by name. Errors: Denied research.denied.
func (s *Service) Populations(ctx context.Context, a actor.Actor) (list []Population, err error) {
	if err := s.may(a); err != nil {
		return nil, err
	}
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		list, err = populations(tx, a.Institution)
		return err
	})
	return list, err
}

// population reads one. Errors: fault.Invalid at population.
func (s *Service) population(ctx context.Context, a actor.Actor, which id.Population) (p Population, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		p, err = loadPopulation(tx, a.Institution, which)
		return err
	})
	return p, err
}
