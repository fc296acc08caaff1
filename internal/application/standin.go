package application

import (
	"context"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
)

// deciders are the roles that may ever decide; the rules say the same.
var deciders = []actor.Role{actor.Manager, actor.Officer, actor.DataOwner, actor.CyberOffice, actor.Leader, actor.Owner}

// StandIn lets a colleague decide for the actor in the actor's role, from now
// until a moment. The colleague is of the same unit and decides in some role of
// their own; what was passed on is not passed on again. Errors: fault.Invalid
// delegation.to, delegation.until; what the gate refuses.
func (s *Service) StandIn(ctx context.Context, a actor.Actor, to id.Staff, until time.Time) (Delegation, error) {
	var d Delegation
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.DutyDelegate}, nil, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		b, err := s.bench(tx, a.Institution)
		if err != nil {
			return err
		}
		them := b.People[to]
		decides := slices.ContainsFunc(deciders, func(r actor.Role) bool { return slices.Contains(them.Roles, r) })
		switch {
		case to == a.Staff || !them.Active || !decides || them.Unit(a.Role) != b.People[a.Staff].Unit(a.Role):
			return fault.At("to", "delegation.to")
		case !until.After(tx.Now()) || until.Sub(tx.Now()) > MaxDelegation:
			return fault.At("until", "delegation.until", int(MaxDelegation/(24*time.Hour)))
		}
		d = Delegation{ID: id.Make[id.Delegation](tx.Now()), From: a.Staff, To: to, Role: a.Role, Since: tx.Now(), Until: until}
		c.Ref = d.ID.String()
		_, err = tx.Exec(`INSERT INTO delegation (institution_id, delegation_id, from_id, to_id, role, starts_at, ends_at, closed_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, a.Institution, d.ID, d.From, d.To, string(d.Role), d.Since.UnixMilli(),
			d.Until.UnixMilli(), int64(0))
		return wrap("delegate a duty for an", err)
	})
	return d, err
}

// EndStandIn takes a delegation back at once. NotFound: delegation.unknown.
func (s *Service) EndStandIn(ctx context.Context, a actor.Actor, which id.Delegation) error {
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.DutyDelegate}, nil, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		n, err := tx.Exec(`UPDATE delegation SET closed_at = $1
			WHERE institution_id = $2 AND delegation_id = $3 AND from_id = $4 AND closed_at = 0`,
			tx.Now().UnixMilli(), a.Institution, which, a.Staff)
		if err == nil && n == 0 {
			return fault.New(fault.NotFound, "delegation.unknown")
		}
		c.Ref = which.String()
		return wrap("end a delegation for an", err)
	})
	return err
}

// StandIns lists the delegations by and to the actor that count now.
func (s *Service) StandIns(ctx context.Context, a actor.Actor) (own []Delegation, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		all, err := delegations(tx, a.Institution, tx.Now())
		own = slices.DeleteFunc(all, func(d Delegation) bool { return d.From != a.Staff && d.To != a.Staff || !d.Live(tx.Now()) })
		return err
	})
	return own, err
}

func delegations(tx *db.Tx, inst id.Institution, at time.Time) ([]Delegation, error) {
	all, err := db.List(tx, func(d *Delegation, scan db.Scan) error {
		return scan(&d.ID, &d.From, &d.To, &d.Role, &d.Since, &d.Until, &d.EndedAt)
	}, `SELECT delegation_id, from_id, to_id, role, starts_at, ends_at, closed_at FROM delegation
		WHERE institution_id = $1 AND ends_at > $2 ORDER BY ends_at, delegation_id`, inst, at)
	return all, wrap("list delegations for an", err)
}
