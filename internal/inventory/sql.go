package inventory

import (
	"fmt"
	"time"

	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
)

// recordPage is how many records one statement of Order reads.
const recordPage = 500

func selectFields(tx *db.Tx, inst id.Institution) ([]Held, error) {
	all, err := db.List(tx, func(h *Held, scan db.Scan) error {
		return scan(&h.Field, &h.Records, &h.Since)
	}, `SELECT f.field, COUNT(*), MIN(s.created_at) FROM sealed_field f
		JOIN subject s ON s.institution_id = f.institution_id AND s.subject_id = f.subject_id
		WHERE f.institution_id = $1 AND s.state <> 'secluded' GROUP BY f.field ORDER BY f.field`, inst)
	return all, wrap("list fields", err)
}

// CROSS keeps SQLite from walking all consents for each guardian.
func selectRecords(tx *db.Tx, inst id.Institution, after id.Subject) ([]record, error) {
	all, err := db.List(tx, func(r *record, scan db.Scan) error {
		return scan(&r.subject, &r.kind, &r.state, &r.source, &r.collected, &r.agreed)
	}, `SELECT s.subject_id, s.kind, s.state, s.source, s.created_at,
			CASE s.kind WHEN 'child' THEN
				(SELECT MIN(c.at) FROM consent_event c WHERE c.institution_id = s.institution_id
					AND c.subject_id = s.subject_id AND c.kind = 'given')
			ELSE
				(SELECT MIN(c.at) FROM family f CROSS JOIN consent_event c
					WHERE f.institution_id = s.institution_id AND f.guardian_id = s.subject_id
					AND c.institution_id = f.institution_id AND c.subject_id = f.child_id AND c.kind = 'given')
			END
		FROM subject s WHERE s.institution_id = $1 AND s.subject_id > $2 AND s.state NOT IN ('erased', 'secluded')
		ORDER BY s.subject_id LIMIT $3`, inst, after.Bytes(), recordPage)
	if err != nil || len(all) == 0 {
		return nil, wrap("read records", err)
	}
	looks, err := ledger.FirstLooks(tx, after, all[len(all)-1].subject)
	for i := range all {
		all[i].read = looks[all[i].subject]
	}
	return all, wrap("read records", err)
}

// firstThrough returns the first consent of any child that a guardian ever
// enrolled, erased ones included.
func firstThrough(tx *db.Tx, inst id.Institution, guardian id.Subject) (time.Time, error) {
	var at time.Time
	err := tx.QueryRow(`SELECT MIN(c.at) FROM enrolment e
		JOIN consent_event c ON c.institution_id = e.institution_id AND c.subject_id = e.child_id AND c.kind = 'given'
		WHERE e.institution_id = $1 AND e.guardian_id = $2`, inst, guardian).Scan(&at)
	return at, wrap("read first consent", err)
}

// waited reports whether the first word on record is the child's own: then the
// record was restricted until it came.
func (o *order) waited(r record) (bool, error) {
	events, err := consent.Events(o.tx, o.inst, r.subject)
	for _, e := range events {
		if e.Kind == consent.Given {
			return e.Party == consent.PartyChild, err
		}
	}
	return false, err
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
