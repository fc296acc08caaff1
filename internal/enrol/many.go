package enrol

import (
	"io"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// RecordAll is Record for many enrolments; on PostgreSQL they share a round trip.
func RecordAll(tx *db.Tx, all []Enrolment, r io.Reader) error {
	now := tx.Now()
	rows := make([][]any, len(all))
	for i, e := range all {
		e.ID, e.CreatedAt, e.ExpiresAt, e.ChangedAt = id.Make[id.Enrolment](now), now, now, now
		var err error
		if e.Receipt, err = newReceipt(now, r); err != nil {
			return err
		}
		rows[i] = insertArgs(e, nil)
	}
	return wrap("insert enrolments", tx.ExecMany(insertEnrolment, rows))
}
