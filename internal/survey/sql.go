package survey

import (
	"database/sql"
	"errors"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

const columns = `survey_id, root, staff_id, state, started_at, ended_at, items, bytes, found, under_14, from_14_to_17, problems, skipped`

func insert(tx *db.Tx, v Survey) error {
	_, err := tx.Exec(`INSERT INTO survey (institution_id, survey_id, root, staff_id, state, started_at, ended_at,
		items, bytes, found, under_14, from_14_to_17, problems, skipped)
		VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0, 0, 0, 0, 0, 0)`,
		v.Institution, v.ID, v.Root, v.By, string(v.State), v.Started)
	return err
}

// end writes down how a survey ended.
func end(tx *db.Tx, v Survey) error {
	f := v.Figures
	_, err := tx.Exec(`UPDATE survey SET state = $1, ended_at = $2, items = $3, bytes = $4, found = $5, under_14 = $6,
		from_14_to_17 = $7, problems = $8, skipped = $9
		WHERE institution_id = $10 AND survey_id = $11 AND state = 'running'`,
		string(v.State), v.Ended, f.Items, f.Bytes, f.Found, f.Under14, f.From14To17, f.Problems, f.Skipped,
		v.Institution, v.ID)
	return err
}

func load(tx *db.Tx, inst id.Institution, which id.Survey) (Survey, error) {
	v := Survey{Institution: inst}
	err := v.scan(tx.QueryRow(`SELECT `+columns+` FROM survey WHERE institution_id = $1 AND survey_id = $2`, inst, which).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return v, fault.New(fault.NotFound, "survey.unknown")
	}
	return v, err
}

// newest lists surveys; their identifiers are ordered by time.
func newest(tx *db.Tx, inst id.Institution) ([]Survey, error) {
	return many(tx, inst, `SELECT `+columns+` FROM survey WHERE institution_id = $1 ORDER BY survey_id DESC LIMIT $2`, inst, Most)
}

func unfinished(tx *db.Tx, inst id.Institution) ([]Survey, error) {
	return many(tx, inst, `SELECT `+columns+` FROM survey WHERE institution_id = $1 AND state = 'running' ORDER BY survey_id`, inst)
}

func running(tx *db.Tx, inst id.Institution, root string) (bool, error) {
	var n int64
	err := tx.QueryRow(`SELECT count(*) FROM survey WHERE institution_id = $1 AND state = 'running' AND root = $2`, inst, root).Scan(&n)
	return n > 0, err
}

func many(tx *db.Tx, inst id.Institution, query string, args ...any) ([]Survey, error) {
	return db.List(tx, func(v *Survey, scan db.Scan) error {
		v.Institution = inst
		return v.scan(scan)
	}, query, args...)
}

func (v *Survey) scan(scan db.Scan) error {
	f := &v.Figures
	return scan(&v.ID, &v.Root, &v.By, &v.State, &v.Started, &v.Ended,
		&f.Items, &f.Bytes, &f.Found, &f.Under14, &f.From14To17, &f.Problems, &f.Skipped)
}
