package office

import (
	"context"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
)

// Board is one store in numbers: no person is in them.
type Board struct {
	Store      id.Store
	From       time.Time
	Enrolments map[enrol.State]int
	Consents   map[string]map[consent.State]int // by purpose
	Untold     int                              // emergency grants whose family should have been told
	Waiting    int                              // applications for grants that wait
	Untrained  int                              // accounts without a valid training
}

// Board counts one store from a moment on. Whoever works in one store gets
// that one.
func (s *Service) Board(ctx context.Context, a actor.Actor, store id.Store, from time.Time) (Board, error) {
	if !a.Store.IsZero() {
		store = a.Store
	}
	f := Board{Store: store, From: from}
	err := s.do(ctx, gate.Request{Actor: a, Act: policy.StoreView, Store: store}, s.who, func(tx *db.Tx, _ *gate.Case) (err error) {
		if f.Enrolments, err = enrol.Count(tx, a.Institution, store, from); err != nil {
			return err
		}
		if f.Consents, err = countConsents(tx, a.Institution, store); err != nil {
			return err
		}
		return s.overdue(tx, a.Institution, &f)
	})
	if err != nil {
		return Board{}, err
	}
	staff, err := s.Facts.Accounts.StaffOf(ctx, a.Institution, store, false)
	for _, x := range staff {
		if x.TrainedUntil.Before(s.Gate.Now()) {
			f.Untrained++
		}
	}
	return f, err
}

func (s *Service) overdue(tx *db.Tx, inst id.Institution, f *Board) error {
	untold, err := grant.Untold(tx, inst, tx.Now())
	if err != nil {
		return err
	}
	for _, g := range untold {
		if g.Store == f.Store {
			f.Untold++
		}
	}
	waiting, err := grant.Waiting(tx, inst, tx.Now(), 500)
	for _, g := range waiting {
		if g.Store == f.Store {
			f.Waiting++
		}
	}
	return err
}

// countConsents counts where the purposes of a store's children stand, from the
// state that the consents keep beside their events.
func countConsents(tx *db.Tx, inst id.Institution, store id.Store) (map[string]map[consent.State]int, error) {
	all, err := db.Map[string, int](tx, `SELECT standings, COUNT(*) FROM subject
		WHERE institution_id = $1 AND store_id = $2 AND state <> 'secluded' AND standings <> '' GROUP BY standings`, inst, store)
	out := map[string]map[consent.State]int{}
	for standings, n := range all {
		for one := range strings.SplitSeq(standings, ",") {
			purpose, rest, ok := strings.Cut(one, ":")
			if !ok {
				continue
			}
			if out[purpose] == nil {
				out[purpose] = map[consent.State]int{}
			}
			state, _, _ := strings.Cut(rest, ":")
			out[purpose][consent.State(state)] += n
		}
	}
	return out, err
}

// Waiting lists the applications for grants that wait, oldest first: those of
// the actor's store, or all of them for who works for the institution.
func (s *Service) Waiting(ctx context.Context, a actor.Actor) (list []grant.Grant, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		all, err := grant.Waiting(tx, a.Institution, tx.Now(), 500)
		list = within(a, all)
		return err
	})
	return list, err
}

// Running lists the grants in force, likewise.
func (s *Service) Running(ctx context.Context, a actor.Actor) (list []grant.Grant, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		all, err := grant.Running(tx, a.Institution, tx.Now())
		list = within(a, all)
		return err
	})
	return list, err
}

// Own lists the grants of the actor that have not run out, asked for and
// approved.
func (s *Service) Own(ctx context.Context, a actor.Actor) (list []grant.Grant, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		list, err = grant.Of(tx, a.Institution, a.Staff, tx.Now())
		return err
	})
	return list, err
}

// Recent lists the newest enrolments of a store, without anybody's information.
func (s *Service) Recent(ctx context.Context, a actor.Actor, limit int) (list []enrol.Enrolment, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		list, err = enrol.Recent(tx, a.Institution, a.Store, limit)
		return err
	})
	return list, err
}

// InCharge names who answers for a store's records; the zero id if nobody does.
func (s *Service) InCharge(ctx context.Context, inst id.Institution, store id.Store) (who id.Staff, err error) {
	err = s.Gate.DB.View(ctx, inst, func(tx *db.Tx) error {
		who, err = s.Catalogue.InCharge(tx, inst, catalogue.Minimal, store)
		if fault.CodeOf(err) == "catalogue.no_owner" {
			err = nil
		}
		return err
	})
	return who, err
}

func within(a actor.Actor, all []grant.Grant) (own []grant.Grant) {
	for _, g := range all {
		if a.Store.IsZero() || g.Store == a.Store {
			own = append(own, g)
		}
	}
	return own
}

// Matrix draws who may see what, and leaves the hash of the drawing in the log,
// so that two of them can be compared (S0-10, S3-10).
func (s *Service) Matrix(ctx context.Context, a actor.Actor) (grant.Matrix, error) {
	var m grant.Matrix
	err := s.do(ctx, gate.Request{Actor: a, Act: policy.MatrixView}, s.who, func(tx *db.Tx, c *gate.Case) (err error) {
		m, err = s.Facts.Grants.Snapshot(tx, a.Institution, tx.Now())
		c.Hash = m.Hash()
		return err
	})
	return m, err
}
