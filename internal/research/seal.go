package research

import (
	"bytes"
	"slices"

	"github.com/wardfold/wardfold/deid/table"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

// The places of sealed parts under a key. They are no fields of the catalogue.
const (
	sourceField = "research.source"
	peopleField = "research.people"
	resultField = "research.result"
)

// partSize is the size of a sealed part, in bytes.
const partSize = 512 << 10

// keyOf is the holder under which a list has its key. A data set and a person never
// share an identifier: both are random. The result has a holder of its own, so that
// the list can be destroyed before it.
func keyOf(d id.Dataset) id.Subject {
	k, err := id.FromBytes[id.Subject](d.Bytes())
	if err != nil {
		panic(err) // an identifier has 16 bytes
	}
	return k
}

// sealParts seals a text in parts.
func sealParts(s *seal.Sealer, field string, text []byte) (parts [][]byte, err error) {
	for piece := range slices.Chunk(text, partSize) {
		sealed, err := s.Seal(field, uint32(len(parts)+1), secret.NewText(string(piece)))
		if err != nil {
			return nil, err
		}
		parts = append(parts, sealed)
	}
	return parts, nil
}

// openParts opens what sealParts sealed, inside the gate. Errors: fault.Erased
// research.gone.
func openParts(tx *db.Tx, v *seal.Vault, permit seal.Permit, d Dataset, holder id.Subject, field string, parts int) ([]byte, error) {
	if parts == 0 {
		return nil, fault.New(fault.Erased, "research.gone")
	}
	var whole bytes.Buffer
	for n := 1; n <= parts; n++ {
		sealed, err := part(tx, d, field, n)
		if err != nil {
			return nil, err
		}
		text, err := v.Open(tx, permit, seal.Place{Institution: d.Institution, Subject: holder, Field: field, Version: uint32(n)}, sealed)
		if err != nil {
			return nil, err
		}
		whole.WriteString(text.Expose())
	}
	return whole.Bytes(), nil
}

// openTable opens a list.
func openTable(tx *db.Tx, v *seal.Vault, permit seal.Permit, d Dataset, field string, parts int) (*table.Table, error) {
	text, err := openParts(tx, v, permit, d, keyOf(d.ID), field, parts)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	return table.Read(bytes.NewReader(text), table.Options{Comma: ','})
}

// destroySource ends the list and the register of a data set: the key first, then
// what it opened. From then on nothing leads from a result back to a person.
func destroySource(tx *db.Tx, v *seal.Vault, d *Dataset) error {
	if d.source == 0 {
		return nil
	}
	d.source, d.people = 0, 0
	if err := v.Erase(tx, d.Institution, keyOf(d.ID)); err != nil {
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
