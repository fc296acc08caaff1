package research

import (
	"bytes"
	"slices"

	"github.com/wardfold/wardfold/deid/table"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
)

// The places of sealed parts under a key. They are no fields of the catalogue.
const (
	sourceField = "research.source"
	peopleField = "research.people"
	resultField = "research.result"
)

// openParts opens a sealed text, inside the gate. Errors: fault.Erased
// research.gone.
func openParts(tx *db.Tx, v *seal.Vault, permit seal.Permit, d Dataset, holder id.Subject, field string, parts int) ([]byte, error) {
	if parts == 0 {
		return nil, fault.New(fault.Erased, "research.gone")
	}
	at := seal.File{Institution: d.Institution, Holder: holder, Field: field, Parts: parts}
	return v.OpenParts(tx, permit, at, func(n int) ([]byte, error) { return part(tx, d, field, n) })
}

// openTable opens a list.
func openTable(tx *db.Tx, v *seal.Vault, permit seal.Permit, d Dataset, field string, parts int) (*table.Table, error) {
	text, err := openParts(tx, v, permit, d, seal.Holder(d.ID), field, parts)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	return table.Read(bytes.NewReader(text), table.Options{Comma: ','})
}

// present leaves out of a list from the records whoever is not there any more, or is
// not there for anybody at work (S2-23†).
func present(tx *db.Tx, d Dataset, t *table.Table) (*table.Table, error) {
	i := slices.IndexFunc(d.Columns, func(c Column) bool { return c.Kind == OfRecord })
	if i < 0 {
		return t, nil // a list that was brought
	}
	whose := t.Column(d.Columns[i].Name)
	if whose == nil {
		return t, nil
	}
	left := make([]int32, 0, t.Rows())
	for n := range t.Rows() {
		child, err := id.Parse[id.Subject](whose.Value(n))
		var row subject.Subject
		if err == nil {
			row, err = subject.Load(tx, d.Institution, child)
		}
		if fault.KindOf(err) == fault.NotFound || err == nil && row.Usable() != nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		left = append(left, int32(n))
	}
	if len(left) == t.Rows() {
		return t, nil
	}
	return t.Pick(left), nil
}

// destroySource ends the list and the register of a data set: the key first, then
// what it opened. From then on nothing leads from a result back to a person.
func destroySource(tx *db.Tx, v *seal.Vault, d *Dataset) error {
	if d.source == 0 {
		return nil
	}
	d.source, d.people = 0, 0
	if err := v.Erase(tx, d.Institution, seal.Holder(d.ID)); err != nil {
		return err
	}
	return dropParts(tx, *d, sourceField, peopleField)
}

// destroyResult ends the result.
func destroyResult(tx *db.Tx, v *seal.Vault, d *Dataset) error {
	if d.result == 0 {
		return nil
	}
	d.result = 0
	if err := v.Erase(tx, d.Institution, d.holder); err != nil {
		return err
	}
	d.holder = id.Subject{}
	return dropParts(tx, *d, resultField)
}
