package office

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
)

// Duties says who answers for what: who is in charge of which data set and since
// when, who was named and has not accepted, and who handled what lately (S2-08).
type Duties struct {
	Owners  []catalogue.Owner
	Waiting []catalogue.Named
	Handled []Handled // of the last thirty days, the busiest first
	Since   time.Time // of Handled
	Whole   bool      // Handled counts everything since then, not only the newest entries
}

// Handled is what one person or role did with personal information.
type Handled struct {
	By       string // printed id of the account, or a role
	InCharge string // printed id of the person in charge of what was handled
	Acts     map[ledger.Operation]int
	Total    int
}

var errNotNamed = fault.New(fault.NotFound, "catalogue.not_named")

// handledMost bounds how many entries a report reads.
const handledMost = 20_000

// Duties reads the report for those who answer for an institution; in a store for
// the store. The look is an entry.
func (s *Service) Duties(ctx context.Context, a actor.Actor) (Duties, error) {
	if _, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.MatrixView, Store: a.Store}, s.who, nil); err != nil {
		return Duties{}, err
	}
	var d Duties
	err := s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		d = Duties{Since: tx.Now().AddDate(0, 0, -30), Whole: true}
		if d.Owners, err = s.Catalogue.Owners(tx, a.Institution); err != nil {
			return err
		}
		if d.Waiting, err = s.Catalogue.Waiting(tx, a.Institution); err != nil {
			return err
		}
		return d.count(tx, a)
	})
	return d, err
}

func (d *Duties) count(tx *db.Tx, a actor.Actor) error {
	type pair struct{ by, charge string }
	at := map[pair]int{}
	f := ledger.Filter{From: d.Since, Store: a.Store, Limit: 500}
	for read := 0; ; {
		page, err := ledger.List(tx, f)
		if err != nil {
			return err
		}
		for _, e := range page.Entries {
			if e.Op == "" || e.HandledBy == "" || !e.Allow {
				continue
			}
			k := pair{e.HandledBy, e.InCharge}
			i, known := at[k]
			if !known {
				i = len(d.Handled)
				at[k], d.Handled = i, append(d.Handled, Handled{By: k.by, InCharge: k.charge, Acts: map[ledger.Operation]int{}})
			}
			d.Handled[i].Acts[e.Op]++
			d.Handled[i].Total++
		}
		read += len(page.Entries)
		if f.Before = page.Next; f.Before == 0 {
			break
		}
		if read >= handledMost {
			d.Whole = false
			break
		}
	}
	slices.SortFunc(d.Handled, func(x, y Handled) int { return cmp.Or(cmp.Compare(y.Total, x.Total), cmp.Compare(x.By, y.By)) })
	return nil
}

// Name asks a person to take charge of a data set; it counts when that person
// accepts, who must be somebody else (I8). Denied for whom the policy does not
// let appoint.
func (s *Service) Name(ctx context.Context, a actor.Actor, o catalogue.Owner) error {
	return s.do(ctx, gate.Request{Actor: a, Act: policy.RoleAppoint, Store: o.Store}, func(tx *db.Tx, c *gate.Case) error {
		c.Facts.SecondPerson = true // the one who was named
		c.Facts.OwnRequest = a.Staff == o.InCharge
		return s.who(tx, c)
	}, func(tx *db.Tx, c *gate.Case) error {
		c.Ref, c.Type = o.InCharge.String(), ledger.RoleGiven
		return s.Catalogue.NameInCharge(tx, a.Institution, a.Staff, o)
	})
}

// Accept takes charge of what the actor was named for. NotFound
// catalogue.not_named.
func (s *Service) Accept(ctx context.Context, a actor.Actor, dataset string, store id.Store) error {
	var n catalogue.Named
	return s.do(ctx, gate.Request{Actor: a, Act: policy.ChargeAccept, Store: store}, func(tx *db.Tx, c *gate.Case) (err error) {
		if n, err = s.Catalogue.NamedFor(tx, a.Institution, dataset, store); err != nil {
			return err
		}
		if n.InCharge != a.Staff {
			return errNotNamed
		}
		c.Facts.OwnRequest = n.By == a.Staff
		return s.who(tx, c)
	}, func(tx *db.Tx, c *gate.Case) error {
		c.Ref = a.Staff.String()
		return s.Catalogue.AcceptCharge(tx, a.Institution, n)
	})
}

// Named lists what the actor was named for and has not accepted.
func (s *Service) Named(ctx context.Context, a actor.Actor) (list []catalogue.Named, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		all, err := s.Catalogue.Waiting(tx, a.Institution)
		list = nil
		for _, n := range all {
			if n.InCharge == a.Staff {
				list = append(list, n)
			}
		}
		return err
	})
	return list, err
}
