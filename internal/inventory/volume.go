package inventory

import (
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// suspicious is how many records of children there may be for one enrolment, and
// few the number of records up to which nothing can be said.
const (
	suspicious = 3
	few        = 20
)

// Volume is how many children there are records of, and how many of them
// enrolled here, in persons.
type Volume struct {
	Children int // with a record that is not erased; secluded ones are nowhere (S2-23†)
	Enrolled int // whose enrolment is complete
}

// Suspicious reports whether there are more than three records for each
// enrolment, as in the Yuyao case, where institutions held lists of a hundred
// thousand pupils who were not theirs (S1-04).
func (v Volume) Suspicious() bool { return v.Children > few && v.Children > suspicious*v.Enrolled }

// Volumes counts.
func Volumes(tx *db.Tx, inst id.Institution) (Volume, error) {
	var v Volume
	err := tx.QueryRow(`SELECT COUNT(*) FROM subject
		WHERE institution_id = $1 AND kind = 'child' AND state NOT IN ('erased', 'secluded')`, inst).Scan(&v.Children)
	if err == nil {
		err = tx.QueryRow(`SELECT COUNT(DISTINCT e.child_id) FROM enrolment e
			JOIN subject s ON s.institution_id = e.institution_id AND s.subject_id = e.child_id
			WHERE e.institution_id = $1 AND e.state = 'enrolled' AND s.state NOT IN ('erased', 'secluded')`, inst).Scan(&v.Enrolled)
	}
	return v, wrap("count records", err)
}

// Unreceipted counts the fields of learners that are held without the receipt of
// an enrolment or a trial lesson. It is zero, and shown to everybody (S0-03).
func Unreceipted(tx *db.Tx, inst id.Institution) (n int, err error) {
	err = tx.QueryRow(`SELECT COUNT(*) FROM subject s
		JOIN sealed_field f ON f.institution_id = s.institution_id AND f.subject_id = s.subject_id
		LEFT JOIN enrolment e ON e.institution_id = s.institution_id AND e.child_id = s.subject_id AND e.receipt IS NOT NULL
		WHERE s.institution_id = $1 AND s.kind = 'child' AND s.state <> 'secluded' AND e.enrolment_id IS NULL`, inst).Scan(&n)
	return n, err
}
