package inventory

import (
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/subject"
)

// Idle is after how many days without use a field should be looked at. Source:
// a university's PI measures art. 6(二), least and necessary (S3-09).
const Idle = 180

// Held is one field that is stored.
type Held struct {
	Field   string
	Records int
	Since   time.Time // when the oldest record that has it was made
	Schemas []string  // codes of the approved schemas that admit it
}

// Outside reports whether no approved schema admits the field.
func (h Held) Outside() bool { return len(h.Schemas) == 0 }

// Fields lists the fields that are stored, in order of code. Without any
// records it is empty; with the pledge's schema alone it is the four items.
func Fields(tx *db.Tx, c *catalogue.Catalogue, inst id.Institution) ([]Held, error) {
	held, err := selectFields(tx, inst)
	if err != nil {
		return nil, err
	}
	admitted, err := admitted(tx, c, inst)
	for i := range held {
		held[i].Schemas = admitted[held[i].Field]
	}
	return held, err
}

// admitted lists, for each field, the schemas whose approved version admits it.
func admitted(tx *db.Tx, c *catalogue.Catalogue, inst id.Institution) (map[string][]string, error) {
	schemas, err := c.Schemas(tx, inst)
	if err != nil {
		return nil, err
	}
	by := map[string][]string{}
	for _, sc := range schemas {
		b, err := sc.Budget()
		if err != nil {
			continue // nobody has approved it, so it admits nothing
		}
		for _, f := range b.Fields() {
			if !slices.Contains(by[f], sc.Code) {
				by[f] = append(by[f], sc.Code)
			}
		}
	}
	return by, nil
}

// uses are the events in which a field served its purpose. That it was written,
// or that the family looked at its own record, says nothing about need.
var uses = []ledger.Type{ledger.Reveal, ledger.Search, ledger.ViewMasked, ledger.MessageSent, ledger.ConsentExpired}

// Unread returns those of the held fields that nobody has used in the last Idle
// days, as the ledger tells it, and that are held for longer than that. It
// reads backwards from the newest entry and stops when nothing is left to find.
func Unread(tx *db.Tx, held []Held) ([]Held, error) {
	from := tx.Now().AddDate(0, 0, -Idle)
	idle := map[string]bool{}
	for _, h := range held {
		if h.Since.Before(from) {
			idle[h.Field] = true
		}
	}
	err := each(tx, ledger.Filter{From: from}, func(e ledger.Entry) bool {
		if e.Allow && e.Role != actor.Guardian && e.Role != actor.Child && slices.Contains(uses, e.Type) {
			for _, f := range e.Fields {
				if e.Type != ledger.ConsentExpired || f == subject.LearnerBirth { // the sweep at 14 needs the month alone
					delete(idle, f)
				}
			}
		}
		return len(idle) > 0
	})
	return slices.DeleteFunc(slices.Clone(held), func(h Held) bool { return !idle[h.Field] }), err
}

// each calls fn for every entry of a filter, newest first, until it says stop.
func each(tx *db.Tx, f ledger.Filter, fn func(ledger.Entry) bool) error {
	f.Limit = 500
	for {
		page, err := ledger.List(tx, f)
		if err != nil {
			return err
		}
		for _, e := range page.Entries {
			if !fn(e) {
				return nil
			}
		}
		if f.Before = page.Next; f.Before == 0 {
			return nil
		}
	}
}
