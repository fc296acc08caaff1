package research

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"github.com/wardfold/wardfold/deid/noise"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
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
		_, err := tx.Exec(`INSERT INTO research_population (institution_id, population_id, name, people, total, set_by, set_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (institution_id, population_id)
			DO UPDATE SET name = $3, people = $4, total = $5, set_by = $6, set_at = $7`,
			a.Institution, p.ID, p.Name, p.People, int64(p.Total), p.By, milli(p.At))
		if err != nil {
			return err
		}
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
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		list = nil
		rows, err := tx.Query(`SELECT population_id, name, people, total, set_by, set_at FROM research_population
			WHERE institution_id = $1 ORDER BY name LIMIT 500`, a.Institution)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			p, err := scanPopulation(rows.Scan)
			if err != nil {
				return err
			}
			list = append(list, p)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		for i := range list {
			if list[i].Spent, err = spent(tx, a.Institution, list[i].ID); err != nil {
				return err
			}
		}
		return nil
	})
	return list, err
}

func scanPopulation(scan func(...any) error) (p Population, err error) {
	var total, at int64
	err = scan(&p.ID, &p.Name, &p.People, &total, &p.By, &at)
	p.Total, p.At = noise.Epsilon(total), moment(at)
	return p, err
}

func loadPopulation(tx *db.Tx, inst id.Institution, which id.Population) (Population, error) {
	p, err := scanPopulation(tx.QueryRow(`SELECT population_id, name, people, total, set_by, set_at FROM research_population
		WHERE institution_id = $1 AND population_id = $2`, inst, which).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return p, fault.At("population", "research.population")
	}
	if err != nil {
		return p, err
	}
	p.Spent, err = spent(tx, inst, which)
	return p, err
}

// spent is what has been given away about a population in the year of the
// transaction.
func spent(tx *db.Tx, inst id.Institution, which id.Population) (noise.Epsilon, error) {
	var sum int64
	err := tx.QueryRow(`SELECT coalesce(sum(epsilon), 0) FROM research_tally
		WHERE institution_id = $1 AND population_id = $2 AND year = $3`, inst, which, civil.DateOf(tx.Now()).Year()).Scan(&sum)
	return noise.Epsilon(sum), err
}
