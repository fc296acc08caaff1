package consent_test

import (
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// record makes the row of a child, which the derived state stands in.
func record(tx *db.Tx, subj id.Subject) error {
	_, err := tx.Exec(`INSERT INTO subject (institution_id, subject_id, kind, store_id, state, source, created_at)
		VALUES ($1, $2, 'child', $3, 'live', '', 0)`, inst, subj, id.Make[id.Store](start))
	return err
}

func TestNobodyDecidesAboutARecordThatIsNotThere(t *testing.T) { // I6
	clocked(t, func(t *testing.T, d *db.DB, now *time.Time) {
		stranger := id.Make[id.Subject](start)
		err := d.Update(t.Context(), inst, func(tx *db.Tx) error {
			_, err := consent.Decide(tx, inst, decision(func(d *consent.Decision) { d.Subject = stranger }))
			return err
		})
		if err == nil {
			t.Fatal("a consent stands for a child without a record")
		}
		update(t, d, func(tx *db.Tx) error {
			past, err := consent.Events(tx, inst, stranger)
			if len(past) > 0 {
				t.Errorf("%d events were kept", len(past))
			}
			return err
		})
	})
}
