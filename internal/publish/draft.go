package publish

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
)

// draft is the list that was brought, with the notice number of each row. It is
// sealed under a key of its own, which nobody's record has.
type draft struct {
	Header  []string   `json:"header"`
	Rows    [][]string `json:"rows"`
	Numbers []string   `json:"numbers"`
	Records []string   `json:"records,omitempty"` // of a query: whose record each row is
}

// field is the sort of file that a draft is.
const field = "publication.draft"

func sealDraft(s *seal.Sealer, d draft) (parts [][]byte, err error) {
	text, err := json.Marshal(d)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	return s.SealParts(field, bytes.NewReader(text))
}

// openDraft opens the list of a publication, inside the gate, without those whose
// records may not be used any more or are not there (S2-23†).
func openDraft(tx *db.Tx, v *seal.Vault, permit seal.Permit, p Publication) (d draft, err error) {
	if p.parts == 0 {
		return d, fault.New(fault.Erased, "publish.gone")
	}
	at := seal.File{Institution: p.Institution, Holder: seal.Holder(p.ID), Field: field, Parts: p.parts}
	text, err := v.OpenParts(tx, permit, at, func(n int) ([]byte, error) { return part(tx, p, n) })
	if err != nil {
		return d, err
	}
	defer clear(text)
	if err := json.Unmarshal(text, &d); err != nil {
		return d, err
	}
	return d.usable(tx, p.Institution)
}

// usable leaves out the rows of records that were erased, restricted or secluded
// since they were drawn.
func (d draft) usable(tx *db.Tx, inst id.Institution) (draft, error) {
	left := draft{Header: d.Header}
	for i, printed := range d.Records {
		child, err := id.Parse[id.Subject](printed)
		if err != nil {
			return d, err
		}
		row, err := subject.Load(tx, inst, child)
		if fault.KindOf(err) == fault.NotFound || err == nil && row.Usable() != nil {
			continue
		}
		if err != nil {
			return d, err
		}
		left.Rows, left.Numbers, left.Records = append(left.Rows, d.Rows[i]), append(left.Numbers, d.Numbers[i]), append(left.Records, printed)
	}
	if len(left.Records) == len(d.Records) {
		return d, nil // a list that was brought has none
	}
	return left, nil
}

// destroy ends the list of a publication: its key first, then what it opened.
func destroy(tx *db.Tx, v *seal.Vault, p *Publication) error {
	if p.parts == 0 {
		return nil
	}
	p.parts = 0
	if err := v.Erase(tx, p.Institution, seal.Holder(p.ID)); err != nil {
		return err
	}
	return dropParts(tx, *p)
}

// signs make notice numbers: no sign is taken for another, and no number spells
// a date, a phone or a word.
const signs = "23456789BCDFGHJKMNPQRTWXYZ"

// numbers makes a different notice number for each row, "2026-K7QM": a letter
// first, and so long that guessing finds one row in a thousand tries.
func numbers(r io.Reader, year string, rows int) ([]string, error) {
	length, room := 4, len(signs)*len(signs)*len(signs)*len(signs)
	for room < rows*1000 {
		length, room = length+1, room*len(signs)
	}
	out, taken := make([]string, 0, rows), make(map[string]bool, rows)
	chance := make([]byte, 1)
	draw := func(from string) (byte, error) {
		for {
			if _, err := io.ReadFull(r, chance); err != nil {
				return 0, err
			}
			if n := int(chance[0]); n < 256/len(from)*len(from) {
				return from[n%len(from)], nil
			}
		}
	}
	for len(out) < rows {
		n := make([]byte, length)
		for i := range n {
			from := signs
			if i == 0 {
				from = signs[8:]
			}
			sign, err := draw(from)
			if err != nil {
				return nil, err
			}
			n[i] = sign
		}
		if number := year + "-" + string(n); !taken[number] {
			taken[number] = true
			out = append(out, number)
		}
	}
	return out, nil
}
