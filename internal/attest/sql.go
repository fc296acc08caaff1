package attest

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

func insert(tx *db.Tx, inst id.Institution, at time.Time, body []byte) error {
	_, err := tx.Exec(`INSERT INTO attestation (institution_id, at, body) VALUES ($1, $2, $3)`,
		inst, at.UnixMilli(), string(body))
	if err != nil {
		return fmt.Errorf("keep attestation: %w", err)
	}
	return nil
}

func newest(tx *db.Tx, inst id.Institution) (body string, err error) {
	err = tx.QueryRow(`SELECT body FROM attestation WHERE institution_id = $1 ORDER BY at DESC LIMIT 1`, inst).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fault.New(fault.NotFound, "attest.none")
	}
	if err != nil {
		return "", fmt.Errorf("read attestation: %w", err)
	}
	return body, nil
}

// On returns the statement of an institution made at a moment, as canonical
// JSON. NotFound, attest.none.
func On(tx *db.Tx, inst id.Institution, at time.Time) ([]byte, error) {
	var body string
	err := tx.QueryRow(`SELECT body FROM attestation WHERE institution_id = $1 AND at = $2`, inst, at.UnixMilli()).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "attest.none")
	}
	if err != nil {
		return nil, fmt.Errorf("read attestation: %w", err)
	}
	return []byte(body), nil
}
