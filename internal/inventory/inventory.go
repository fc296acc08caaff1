// Package inventory compares what is held with what was promised.
//
//   - Fields: which fields are stored at all, and which signed schema admits
//     each. One that no schema admits should not exist (S0-01, I7).
//   - Unread: which stored fields nobody has used for 180 days. What is not used
//     is perhaps not needed (S0-05, S3-09).
//   - Volume: how many children there are records of beside how many enrolled.
//     Many more records than enrolments is a sign of bought data (S1-04).
//   - Order: whether each record came after the wish to enrol and the consent,
//     and was read only then (S0-02, S3-13, I6).
//
// It reads columns that hold no personal information and opens nothing, so it
// stands outside the gate. Every function belongs into a View, and walks all of
// an institution's records: it is work for the night or for a button.
package inventory

import (
	"time"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// Finding is one thing that is not as promised. Its words stand in lang under
// "inventory."+Code; Args are field codes, numbers and printed identifiers of
// enrolments and imports, never personal information.
type Finding struct {
	Code string
	Args []any
}

// Report is everything that this package can say about one institution.
type Report struct {
	At       time.Time
	Fields   []Held
	Volume   Volume
	Records  int // whose order was checked
	Findings []Finding
}

// Take looks at everything.
func Take(tx *db.Tx, c *catalogue.Catalogue, inst id.Institution) (Report, error) {
	r := Report{At: tx.Now()}
	var err error
	if r.Fields, err = Fields(tx, c, inst); err != nil {
		return r, err
	}
	for _, h := range r.Fields {
		if h.Outside() {
			r.add("outside", h.Field, h.Records)
		}
	}
	idle, err := Unread(tx, r.Fields)
	if err != nil {
		return r, err
	}
	for _, h := range idle {
		r.add("unread", h.Field, Idle)
	}
	if r.Volume, err = Volumes(tx, inst); err != nil {
		return r, err
	}
	if r.Volume.Suspicious() {
		r.add("volume", r.Volume.Children, r.Volume.Enrolled)
	}
	wrong, n, err := Order(tx, c, inst)
	r.Records, r.Findings = n, append(r.Findings, wrong...)
	return r, err
}

func (r *Report) add(code string, args ...any) {
	r.Findings = append(r.Findings, Finding{code, args})
}
