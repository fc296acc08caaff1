package account

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
)

// Fields of the vault's keyed hashes. What is hashed under one never equals what
// is hashed under another.
const (
	indexLogin    = "account.login"
	indexPhone    = "account.phone"
	indexCode     = "account.code"
	indexTOTP     = "account.totp"
	indexIdentity = "account.identity"
	indexFlow     = "account.flow"
)

// loginTarget is what failures of a folded login are counted under. The login
// itself is not stored: people type all kinds of things into that field.
func (g *Register) loginTarget(tx *db.Tx, inst id.Institution, login string) ([]byte, error) {
	return g.Vault.Index(tx, inst, indexLogin, secret.NewText("login "+login))
}

// guess counts one guess at a target before it is judged, so that guesses made
// side by side cannot outrun the limit. A locked target counts no further.
func (g *Register) guess(tx *db.Tx, inst id.Institution, target []byte) (locked bool, err error) {
	if locked, err = g.locked(tx, inst, target); err != nil || locked {
		return locked, err
	}
	_, err = tx.Exec(`INSERT INTO guess_guard (institution_id, target_index, failed, last_at) VALUES ($1, $2, 1, $3)
		ON CONFLICT (institution_id, target_index) DO UPDATE SET failed = guess_guard.failed + 1, last_at = excluded.last_at`,
		inst, target, tx.Now().UnixMilli())
	return false, err
}

// locked reports whether a target has had its failures in a row.
func (g *Register) locked(tx *db.Tx, inst id.Institution, target []byte) (bool, error) {
	var failed int
	err := tx.QueryRow(`SELECT failed FROM guess_guard WHERE institution_id = $1 AND target_index = $2`,
		inst, target).Scan(&failed)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return failed >= g.Limits.Failures, err
}

// right ends a row of failures.
func (g *Register) right(tx *db.Tx, inst id.Institution, target []byte) error {
	_, err := tx.Exec(`DELETE FROM guess_guard WHERE institution_id = $1 AND target_index = $2`, inst, target)
	return err
}

// refund takes back one counted guess that was not one.
func (g *Register) refund(tx *db.Tx, inst id.Institution, target []byte) error {
	_, err := tx.Exec(`UPDATE guess_guard SET failed = failed - 1
		WHERE institution_id = $1 AND target_index = $2 AND failed > 0`, inst, target)
	return err
}

// refundLater is refund after the fact, when the guess could not be judged. If
// it fails, one guess too many stays counted, which is the safe side.
func (g *Register) refundLater(ctx context.Context, inst id.Institution, target []byte) {
	_ = g.DB.Update(context.WithoutCancel(ctx), inst, func(tx *db.Tx) error { return g.refund(tx, inst, target) })
}

// foldCode brings a six-digit code, as typed on whatever keyboard, to its plain
// digits.
func foldCode(code secret.Text) secret.Text {
	s := code.Expose()
	if len(s) > 64 {
		return secret.NewText("")
	}
	return secret.NewText(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.Pd) {
			return -1
		}
		return r
	}, norm.NFKC.String(s)))
}
