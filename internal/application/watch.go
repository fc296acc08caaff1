package application

import (
	"context"
	"slices"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
)

// Stuck is what waits longer than it should.
type Stuck struct {
	Vacant int // applications with an open step that nobody could decide today: who could has left (S3-20)
	Late   int // others, with a step that is late by working days
}

// Stuck counts for who answers for the institution what they should see to; for
// others, of what they have to do with. The step of somebody who leaves is that
// of every colleague in the same duty; when there is none, somebody has to be
// appointed, and until then the application waits and lapses like any other.
func (s *Service) Stuck(ctx context.Context, a actor.Actor) (n Stuck, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		n = Stuck{}
		all, b, err := s.pending(tx, a)
		for _, x := range all {
			vacant := slices.ContainsFunc(x.Case.Open(), func(i int) bool { return len(b.Able(x.Case, i, tx.Now())) == 0 })
			switch {
			case vacant:
				n.Vacant++
			case x.Overdue(tx.Now()):
				n.Late++
			}
		}
		return err
	})
	return n, err
}

// pending lists what is to be decided and the actor may read, and who is there to
// decide it.
func (s *Service) pending(tx *db.Tx, a actor.Actor) ([]Application, Bench, error) {
	all, err := pending(tx, a.Institution, Listed)
	if err != nil || len(all) == 0 {
		return nil, Bench{}, err
	}
	b, err := s.bench(tx, a.Institution)
	if err != nil {
		return nil, Bench{}, err
	}
	return slices.DeleteFunc(all, func(x Application) bool { return !s.mayRead(a, x, b) }), b, nil
}

// Seen lists the fields that were opened behind broken glass, each once, for who
// reviews it. NotFound: glass.unknown, for anybody else too.
func (s *Service) Seen(ctx context.Context, a actor.Actor, which id.Grant) (fields []string, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		g, err := glassOf(tx, a.Institution, which)
		if err != nil {
			return err
		}
		if !slices.Contains(reviewers, a.Role) || !a.Store.IsZero() && g.Store != a.Store {
			return fault.New(fault.NotFound, "glass.unknown")
		}
		page, err := ledger.List(tx, ledger.Filter{Actor: g.Who.String(), From: g.At, To: g.Until.Add(1), Limit: 500})
		fields = nil
		for _, e := range page.Entries {
			if e.Grant != which || !e.Allow || e.Type != ledger.Reveal && e.Type != ledger.MessageSent {
				continue
			}
			for _, f := range e.Fields {
				if !slices.Contains(fields, f) {
					fields = append(fields, f)
				}
			}
		}
		slices.Sort(fields)
		return err
	})
	return fields, err
}

// Burden is what a department has to do.
type Burden struct {
	Waiting int // steps that are its to decide now
	Late    int // those of them that are late
}

// Burdens counts by the code of a department what waits for it, for who answers
// for the institution (S3-23); for others, of what they have to do with.
func (s *Service) Burdens(ctx context.Context, a actor.Actor) (of map[string]Burden, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		of = map[string]Burden{}
		all, _, err := s.pending(tx, a)
		for _, x := range all {
			for _, i := range x.Case.Open() {
				d := x.Case.Steps[i].Department
				if d == "" {
					continue
				}
				n := of[d]
				n.Waiting++
				if x.Overdue(tx.Now()) {
					n.Late++
				}
				of[d] = n
			}
		}
		return err
	})
	return of, err
}
