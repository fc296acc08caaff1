package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// Recall fills the Status of an institution's log with what earlier processes left
// in the database, so that a server that has just started tells of no empty log.
func (l *Log) Recall(ctx context.Context, inst id.Institution) error {
	var s Status
	err := l.DB.View(ctx, inst, func(tx *db.Tx) error {
		var next int64
		err := tx.QueryRow(`SELECT next FROM log_counter WHERE institution_id = $1`, inst.Bytes()).Scan(&next)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if s.Size, s.SignedAt, err = newest(tx, `SELECT size, at FROM head WHERE institution_id = $1 ORDER BY size DESC LIMIT 1`); err != nil {
			return err
		}
		s.Waiting = next - s.Size
		s.Witnessed, s.WitnessedAt, err = newest(tx, `SELECT size, at FROM cosignature WHERE institution_id = $1 ORDER BY size DESC LIMIT 1`)
		return err
	})
	if err != nil {
		return err
	}
	l.update(inst, func(now *Status) {
		if now.Size <= s.Size { // or it has gone on meanwhile
			s.Fault, s.WitnessFail = now.Fault, now.WitnessFail
			*now = s
		}
	})
	return nil
}

func newest(tx *db.Tx, query string) (size int64, at time.Time, err error) {
	err = tx.QueryRow(query, tx.Institution().Bytes()).Scan(&size, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, at, nil
	}
	return size, at, err
}
