package publish

import (
	"context"
	"slices"
	"strings"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
)

// Query is a list that lies in the records: those whom a granted application
// names, with its fields. It stands in the place of a file.
type Query struct {
	Application id.Application
	Words       map[string]string // the header of each field
}

// draw opens the list of a query for a user of its application. Each child has an
// entry and counts against the day's quota, and all entries are durable before
// this returns (I1). Errors: NotFound application.unknown; Conflict
// publish.not_granted, publish.nobody; Denied publish.screen for an application
// to look only; what the gate refuses.
func (s *Service) draw(ctx context.Context, a actor.Actor, q Query) (d draft, stands id.Grant, err error) {
	var g grant.Grant
	_, err = s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.PublishDraw}, func(tx *db.Tx, c *gate.Case) (err error) {
		if g, err = standing(tx, a, q.Application); err != nil {
			return err
		}
		return s.leave(tx, c, g)
	}, func(tx *db.Tx, p seal.Permit, c *gate.Case) error {
		d, err = s.open(tx, p, c, g)
		c.Ref, c.Count = q.Application.String(), len(d.Rows)
		return err
	})
	for _, f := range append(ofChild(g), courseOf) {
		d.Header = append(d.Header, q.Words[f])
	}
	last := len(d.Header) - 1
	if !slices.ContainsFunc(d.Rows, func(row []string) bool { return row[last] != "" }) { // who came in by a program has no course
		d.Header = d.Header[:last]
		for i := range d.Rows {
			d.Rows[i] = d.Rows[i][:last]
		}
	}
	return d, g.ID, err
}

// standing reads the live grant that somebody has under an application.
func standing(tx *db.Tx, a actor.Actor, app id.Application) (grant.Grant, error) {
	x, err := application.Load(tx, a.Institution, app)
	switch {
	case err != nil:
		return grant.Grant{}, err
	case !slices.Contains(x.Users, a.Staff):
		return grant.Grant{}, fault.New(fault.NotFound, "application.unknown")
	case !x.Clear || x.Place == "screen":
		return grant.Grant{}, fault.At("from", "publish.screen")
	}
	all, err := grant.Under(tx, a.Institution, app)
	if err != nil {
		return grant.Grant{}, err
	}
	i := slices.IndexFunc(all, func(g grant.Grant) bool { return g.Who == a.Staff && g.Live(tx.Now()) })
	if i < 0 {
		return grant.Grant{}, fault.At("from", "publish.not_granted")
	}
	return all[i], nil
}

// leave tells the policy what the grant covers. The rows are found through the
// grant itself, so it covers each of them; who approved the application is a
// second person.
func (s *Service) leave(tx *db.Tx, c *gate.Case, g grant.Grant) error {
	c.Purpose, c.Fields, c.Store, c.Grant = g.Purpose, g.Fields, g.Store, g.ID
	if err := s.who(tx, c); err != nil {
		return err
	}
	if err := s.Facts.Why(tx, c); err != nil {
		return err
	}
	use := grant.Use{Staff: c.Actor.Staff, Role: c.Actor.Role, Purpose: g.Purpose, Fields: g.Fields, Store: g.Store, At: tx.Now()}
	if len(g.Subjects) > 0 {
		use.Subject = g.Subjects[0]
	}
	g.Covers(use).Fill(&c.Facts)
	c.Facts.BulkCount, c.Facts.SecondPerson = len(g.Subjects), !g.Case.IsZero() && g.Decider != c.Actor.Staff
	return nil
}

// open opens the rows: children of the list whose records may be used, and whose
// consent to the purpose is live where it rests on consent.
func (s *Service) open(tx *db.Tx, p seal.Permit, c *gate.Case, g grant.Grant) (d draft, err error) {
	if len(g.Subjects) == 0 { // everybody of a place is no list that a law wants public
		return d, fault.At("from", "publish.not_listed")
	}
	purpose, err := s.Facts.Catalogue.Purpose(tx, c.Actor.Institution, g.Purpose)
	if err != nil {
		return d, err
	}
	for _, child := range g.Subjects {
		subj, fields, err := subject.LoadAll(tx, c.Actor.Institution, child)
		if fault.KindOf(err) == fault.NotFound || err == nil && subj.Kind == subject.Guardian {
			continue // erased since, or beside a child of the list
		}
		if err != nil {
			return d, err
		}
		if fit, err := fitting(tx, purpose, subj); err != nil || !fit {
			if err != nil {
				return d, err
			}
			continue
		}
		row, err := s.row(tx, p, subj, fields, ofChild(g))
		if err != nil {
			return d, err
		}
		if err := s.note(tx, c, child); err != nil {
			return d, err
		}
		d.Rows, d.Records = append(d.Rows, row), append(d.Records, child.String())
	}
	if len(d.Rows) == 0 {
		return d, fault.At("from", "publish.nobody")
	}
	return d, nil
}

// courseOf is the column of a child's course beside the fields of the grant.
const courseOf = "course"

// ofChild are the fields of a grant that are the child's own: no notice shows a
// guardian, so none is opened for one.
func ofChild(g grant.Grant) (own []string) {
	for _, f := range g.Fields {
		if strings.HasPrefix(f, "learner.") {
			own = append(own, f)
		}
	}
	return own
}

// row opens the fields of one child, and adds the course.
func (s *Service) row(tx *db.Tx, p seal.Permit, child subject.Subject, held map[string]subject.Sealed, fields []string) (row []string, err error) {
	for _, f := range fields {
		cell := ""
		if x, there := held[f]; there {
			v, err := x.Open(tx, s.Gate.Vault, p)
			if err != nil {
				return nil, err
			}
			cell = v.Expose()
		}
		row = append(row, cell)
	}
	all, err := enrol.OfChild(tx, child.Institution, child.ID)
	if err != nil || len(all) == 0 {
		return append(row, ""), err
	}
	return append(row, all[0].Course), nil
}

// fitting reports whether a child may be in a list today.
func fitting(tx *db.Tx, purpose catalogue.Purpose, subj subject.Subject) (bool, error) {
	if subj.Usable() != nil || purpose.Basis != catalogue.Consent {
		return subj.Usable() == nil, nil
	}
	state, err := consent.Live(tx, subj.Institution, subj.ID, purpose.Code)
	return state == consent.StateLive, err
}

// note counts one child against the quota and writes the entry that the family
// reads among who looked.
func (s *Service) note(tx *db.Tx, c *gate.Case, child id.Subject) error {
	one := *c
	one.Subject = child
	if err := s.Facts.Spend(tx, &one); err != nil {
		return err
	}
	event := ledger.Event{ID: id.Make[id.Event](tx.Now()), At: tx.Now(), Type: ledger.PublicationRow, Actor: c.Actor.ID(), Role: c.Actor.Role,
		Store: c.Store, Op: ledger.Operation(c.Act.Operation()), HandledBy: c.Actor.ID(), InCharge: c.Actor.ID(), Purpose: c.Purpose,
		Fields: c.Fields, Grant: c.Grant, Allow: true, Subject: child}
	sum, err := s.Gate.Vault.Commitment(tx, c.Actor.Institution, child, event.ID)
	if err != nil {
		return err
	}
	event.Commitment = sum
	ledger.Append(tx, event)
	return nil
}
