package draw

import (
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
)

// open opens the rows: children whose records may be used, and whose consent to
// the purpose is live where it rests on consent.
func (x Desk) open(tx *db.Tx, p seal.Permit, c *gate.Case, f For, g grant.Grant, who []id.Subject) (out List, err error) {
	purpose, err := x.Facts.Catalogue.Purpose(tx, c.Actor.Institution, g.Purpose)
	if err != nil {
		return out, err
	}
	out.Grant = g.ID
	for _, child := range who {
		subj, held, err := subject.LoadAll(tx, c.Actor.Institution, child)
		if fault.KindOf(err) == fault.NotFound || err == nil && subj.Kind == subject.Guardian {
			continue // erased since, or beside a child of the list
		}
		if err != nil {
			return out, err
		}
		if fit, err := fitting(tx, purpose, subj); err != nil || !fit {
			if err != nil {
				return out, err
			}
			continue
		}
		row, err := x.row(tx, p, subj, held, ofChild(g))
		if err != nil {
			return out, err
		}
		if err := x.note(tx, c, f, child); err != nil {
			return out, err
		}
		out.Rows, out.Records = append(out.Rows, row), append(out.Records, child)
	}
	if len(out.Rows) == 0 {
		return out, fault.At("from", "draw.nobody")
	}
	return out, nil
}

// fitting reports whether a child may be in a list today.
func fitting(tx *db.Tx, purpose catalogue.Purpose, subj subject.Subject) (bool, error) {
	if subj.Usable() != nil || purpose.Basis != catalogue.Consent {
		return subj.Usable() == nil, nil
	}
	state, err := consent.Live(tx, subj.Institution, subj.ID, purpose.Code)
	return state == consent.StateLive, err
}

// row opens the fields of one child, and adds the course.
func (x Desk) row(tx *db.Tx, p seal.Permit, child subject.Subject, held map[string]subject.Sealed, fields []string) (row []string, err error) {
	for _, f := range fields {
		cell := ""
		if sealed, there := held[f]; there {
			v, err := sealed.Open(tx, x.Gate.Vault, p)
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

// note counts one child against the quota and writes the entry that the family
// reads among who looked.
func (x Desk) note(tx *db.Tx, c *gate.Case, f For, child id.Subject) error {
	one := *c
	one.Subject = child
	if err := x.Facts.Spend(tx, &one); err != nil {
		return err
	}
	return x.Gate.Line(tx, &one, f.Row)
}

// everybody lists the children of a store; of all stores if it is zero.
func everybody(tx *db.Tx, inst id.Institution, store id.Store) ([]id.Subject, error) {
	all, err := subject.LiveChildren(tx, inst, store, Largest+1)
	if len(all) > Largest {
		return nil, fault.At("from", "draw.largest", Largest)
	}
	return all, err
}
