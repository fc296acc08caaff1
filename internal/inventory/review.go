package inventory

import (
	"database/sql"
	"errors"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
)

// Review is a field that nobody used for Idle days and that a person has to look
// at (S3-09).
type Review struct {
	Field   string
	Records int // that had it when the review began
	Opened  time.Time
	Decided time.Time // zero: it waits
	By      id.Staff
	Keep    bool
	Reason  string // why it is kept; no personal information
}

// reviewEvery is how often the fields are looked through: it reads a lot of the log.
const reviewEvery = 7 * 24 * time.Hour

// DueReviews reports whether the fields should be looked through again.
func DueReviews(tx *db.Tx, inst id.Institution) (bool, error) {
	var ran int64
	err := tx.QueryRow(`SELECT ran_at FROM field_review_run WHERE institution_id = $1`, inst).Scan(&ran)
	if errors.Is(err, sql.ErrNoRows) {
		return true, nil
	}
	age := tx.Now().Sub(time.UnixMilli(ran))
	return err == nil && (age >= reviewEvery || age < 0), err
}

// Idlers returns the fields that are held and that nobody has used for Idle days:
// what OpenReviews takes, found outside its transaction because it reads a lot.
func Idlers(tx *db.Tx, c *catalogue.Catalogue, inst id.Institution) ([]Held, error) {
	held, err := Fields(tx, c, inst)
	if err != nil {
		return nil, err
	}
	return Unread(tx, held)
}

// OpenReviews begins a review of each idle field, unless one waits already or one
// was decided within the last Idle days; each is an alarm in the log. It returns
// how many it began.
func OpenReviews(tx *db.Tx, inst id.Institution, idle []Held) (int, error) {
	begun := 0
	for _, h := range idle {
		var last, decided int64
		err := tx.QueryRow(`SELECT opened_at, decided_at FROM field_review
			WHERE institution_id = $1 AND field = $2 ORDER BY opened_at DESC LIMIT 1`, inst, h.Field).Scan(&last, &decided)
		switch {
		case errors.Is(err, sql.ErrNoRows):
		case err != nil:
			return begun, err
		case decided == 0 || tx.Now().Sub(time.UnixMilli(decided)) < Idle*24*time.Hour:
			continue
		}
		if _, err := tx.Exec(`INSERT INTO field_review (institution_id, field, opened_at, records) VALUES ($1, $2, $3, $4)`,
			inst, h.Field, tx.Now().UnixMilli(), h.Records); err != nil {
			return begun, err
		}
		ledger.Append(tx, ledger.Event{ID: id.Make[id.Event](tx.Now()), Type: ledger.Alarm, At: tx.Now(), Role: actor.System,
			HandledBy: string(actor.System), Fields: []string{h.Field}, Allow: true, Count: h.Records})
		begun++
	}
	_, err := tx.Exec(`INSERT INTO field_review_run (institution_id, ran_at) VALUES ($1, $2)
		ON CONFLICT (institution_id) DO UPDATE SET ran_at = excluded.ran_at`, inst, tx.Now().UnixMilli())
	return begun, err
}

// Reviews lists the reviews, those that wait first, then the latest.
func Reviews(tx *db.Tx, inst id.Institution) ([]Review, error) {
	return db.List(tx, func(r *Review, scan db.Scan) error {
		return scan(&r.Field, &r.Records, &r.Opened, &r.Decided, &r.By, &r.Keep, &r.Reason)
	}, `SELECT field, records, opened_at, decided_at, decided_by, keep, reason FROM field_review
		WHERE institution_id = $1 ORDER BY CASE WHEN decided_at = 0 THEN 0 ELSE 1 END, opened_at DESC, field`, inst)
}

// DecideReview ends the review of a field that waits: it is kept for a reason, or
// given up, and then a schema and purposes without it are the next thing to
// write. NotFound inventory.no_review; Invalid inventory.reason without one.
func DecideReview(tx *db.Tx, inst id.Institution, by id.Staff, field string, keep bool, reason string) error {
	if reason == "" {
		return fault.At("reason", "inventory.reason")
	}
	kept := 0
	if keep {
		kept = 1
	}
	n, err := tx.Exec(`UPDATE field_review SET decided_at = $1, decided_by = $2, keep = $3, reason = $4
		WHERE institution_id = $5 AND field = $6 AND decided_at = 0`, tx.Now().UnixMilli(), by, kept, reason, inst, field)
	if err == nil && n == 0 {
		err = fault.New(fault.NotFound, "inventory.no_review")
	}
	return err
}
