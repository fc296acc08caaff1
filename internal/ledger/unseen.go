package ledger

import (
	"database/sql"
	"errors"
	"time"

	"github.com/wardfold/wardfold/internal/db"
)

// How long a log may go on without a witness. Cosignatures come at least every
// minute when all is well. After WitnessLate people are told; after WitnessHalt
// what weighs heavily stops, because only outsiders could later tell what was
// done in that time from what was made up: packs that leave the house and
// changes of the rules. Looking up a family goes on: a shop must work without a
// network. Source: our own threat model, rule R6.
const (
	WitnessLate = 15 * time.Minute
	WitnessHalt = 24 * time.Hour
)

// Unseen returns how long the oldest entry that no witness has seen has waited.
// It is zero when every entry is under a cosigned head, and for a log without
// witnesses: who has none cannot miss them, and the doctor tells so.
func (l *Log) Unseen(tx *db.Tx) (time.Duration, error) {
	if len(l.Witnesses) == 0 {
		return 0, nil
	}
	var at int64
	err := tx.QueryRow(`SELECT at FROM event WHERE institution_id = $1 AND idx >=
(SELECT COALESCE(MAX(size), 0) FROM cosignature WHERE institution_id = $1) ORDER BY idx LIMIT 1`,
		tx.Institution().Bytes()).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return max(0, tx.Now().Sub(time.UnixMilli(at))), err
}

// Halted reports whether what weighs heavily has to wait for a witness.
func (l *Log) Halted(tx *db.Tx) (bool, error) {
	unseen, err := l.Unseen(tx)
	return unseen > WitnessHalt, err
}
