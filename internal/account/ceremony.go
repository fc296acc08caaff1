package account

import (
	"context"
	"database/sql"
	"errors"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// Kinds of ceremony. A browser can have begun one of each.
const (
	makingPasskey  = "passkey.make"
	provingPasskey = "passkey.prove"
	signingOn      = "signon"
)

// begin keeps the state of a ceremony for one browser, in place of an earlier one
// of its kind.
func (g *Register) begin(tx *db.Tx, inst id.Institution, browser []byte, kind string, state []byte) error {
	_, err := tx.Exec(`INSERT INTO ceremony (institution_id, browser_hash, kind, state, expires_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (institution_id, browser_hash, kind) DO UPDATE SET state = excluded.state, expires_at = excluded.expires_at`,
		inst, browser, kind, state, tx.Now().Add(g.Limits.Ceremony).UnixMilli())
	return err
}

// take removes a ceremony, durably, before its answer is looked at: an answer is
// judged once. Unauthenticated: ceremony.expired.
func (g *Register) take(ctx context.Context, inst id.Institution, b Browser, kind string) (state []byte, err error) {
	browser, err := browserHash(b)
	if err != nil {
		return nil, err
	}
	var late bool
	err = g.DB.Update(ctx, inst, func(tx *db.Tx) error {
		var expires int64
		err := tx.QueryRow(`DELETE FROM ceremony WHERE institution_id = $1 AND browser_hash = $2 AND kind = $3
			RETURNING state, expires_at`, inst, browser, kind).Scan(&state, &expires)
		late = errors.Is(err, sql.ErrNoRows) || tx.Now().UnixMilli() >= expires
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if late {
		return nil, fault.New(fault.Unauthenticated, "ceremony.expired")
	}
	return state, nil
}
