// Package draw takes a list from the records for somebody to whom an application
// was granted, so that no file need lie about in between.
//
// A list holds the children whom the grant covers and the child's own fields that
// it names. Whoever draws it is a user of the application, in clear and not for
// looking only. Each child has an entry that the family reads among who looked,
// counts against the day's quota, and is left out if the record may not be used
// today or the consent to the purpose is not live. All entries are durable before
// the list is there (I1). What the list is for decides the act and its rules.
package draw

import (
	"context"
	"slices"
	"strings"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/facts"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
)

// Largest bounds a list, in children.
const Largest = 50_000

// For is what a list is drawn for.
type For struct {
	Act policy.Act  // of the whole list
	Row ledger.Type // the entry of one child

	// Places lets an application for everybody of a place stand for its people. A
	// list that shall be public names them one by one.
	Places bool

	Person bool // a natural person is to have it, which is banned
}

// Query is a list that lies in the records: those whom a granted application
// names, with its fields.
type Query struct {
	Application id.Application
	Words       map[string]string // the header of each field, and of Course
}

// Course is the column of a child's course, beside the fields of the grant. A list
// of which no child has one has no such column.
const Course = "course"

// Record is the header of the numbers of records, for lists that show them.
const Record = "record"

// Words are the headers of a list in a language.
func Words(p lang.Printer) map[string]string {
	return map[string]string{subject.LearnerName: p.T("field." + subject.LearnerName), subject.LearnerBirth: p.T("field." + subject.LearnerBirth),
		Course: p.T("draw.course"), Record: p.T("draw.record")}
}

// List is what was drawn. It holds personal information.
type List struct {
	Header  []string
	Rows    [][]string
	Records []id.Subject // whose each row is
	Grant   id.Grant
}

// Desk draws lists. Fill in the fields, then use it; it is safe for concurrent use.
type Desk struct {
	Gate  *gate.Gate
	Facts *facts.Gatherer
}

// Draw opens a list. Errors: NotFound application.unknown; fault.Invalid at from:
// draw.not_granted, draw.screen for an application to look only, draw.not_listed
// for a place where a list is asked for, draw.largest, draw.nobody; Limited when
// the day's quota has no room; what the gate refuses. It is a step on the way to
// what the list is for (gate.OnTheWay).
func (x Desk) Draw(ctx context.Context, a actor.Actor, q Query, f For) (List, error) {
	var g grant.Grant
	var out List
	_, err := x.Gate.Do(gate.OnTheWay(ctx), gate.Request{Actor: a, Act: f.Act}, func(tx *db.Tx, c *gate.Case) (err error) {
		if g, err = standing(tx, a, q.Application); err != nil {
			return err
		}
		c.Facts.RecipientNaturalPerson = f.Person
		return x.leave(tx, c, g)
	}, func(tx *db.Tx, p seal.Permit, c *gate.Case) (err error) {
		who := g.Subjects
		if len(who) == 0 {
			if !f.Places {
				return fault.At("from", "draw.not_listed")
			}
			if who, err = everybody(tx, a.Institution, g.Store); err != nil {
				return err
			}
		}
		out, err = x.open(tx, p, c, f, g, who)
		c.Ref, c.Count = q.Application.String(), len(out.Rows)
		return err
	})
	if err != nil {
		return List{}, err
	}
	out.head(q.Words, ofChild(g))
	return out, nil
}

// head writes the header, and takes the last column away if nobody has a course:
// who came in by a program has none.
func (l *List) head(words map[string]string, fields []string) {
	for _, f := range append(fields, Course) {
		l.Header = append(l.Header, words[f])
	}
	last := len(fields)
	if slices.ContainsFunc(l.Rows, func(row []string) bool { return row[last] != "" }) {
		return
	}
	l.Header = l.Header[:last]
	for i := range l.Rows {
		l.Rows[i] = l.Rows[i][:last]
	}
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
		return grant.Grant{}, fault.At("from", "draw.screen")
	}
	all, err := grant.Under(tx, a.Institution, app)
	if err != nil {
		return grant.Grant{}, err
	}
	i := slices.IndexFunc(all, func(g grant.Grant) bool { return g.Who == a.Staff && g.Live(tx.Now()) })
	if i < 0 {
		return grant.Grant{}, fault.At("from", "draw.not_granted")
	}
	return all[i], nil
}

// leave tells the policy what the grant covers. The rows are found through the
// grant itself, so it covers each of them; who approved the application is a
// second person.
func (x Desk) leave(tx *db.Tx, c *gate.Case, g grant.Grant) error {
	c.Purpose, c.Fields, c.Store, c.Grant = g.Purpose, g.Fields, g.Store, g.ID
	x.Facts.Place(c)
	if g.Store.IsZero() { // several stores: the grant says which people
		c.Facts.OwnStore = true
	}
	if err := x.Facts.Who(tx, c); err != nil {
		return err
	}
	if err := x.Facts.Why(tx, c); err != nil {
		return err
	}
	use := grant.Use{Staff: c.Actor.Staff, Role: c.Actor.Role, Purpose: g.Purpose, Fields: g.Fields, Store: g.Store, At: tx.Now()}
	if len(g.Subjects) > 0 {
		use.Subject = g.Subjects[0]
	}
	g.Covers(use).Fill(&c.Facts)
	c.Facts.BulkCount, c.Facts.SecondPerson = len(g.Subjects), !g.Case.IsZero() && g.Decider != c.Actor.Staff
	if len(g.Subjects) == 0 { // everybody of a place: as many as there may be
		c.Facts.BulkCount = Largest
	}
	return nil
}

// ofChild are the fields of a grant that are the child's own: none is opened for a
// guardian.
func ofChild(g grant.Grant) (own []string) {
	for _, f := range g.Fields {
		if strings.HasPrefix(f, "learner.") {
			own = append(own, f)
		}
	}
	return own
}
