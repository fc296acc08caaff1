package account

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/phone"
	"github.com/wardfold/wardfold/internal/secret"
)

// Use is what a phone code is asked for.
type Use int

// The uses.
const (
	ToSignIn Use = iota // sent only if the phone opens a record here
	ToProve             // sent to any phone: its holder is about to enrol
)

// handset is a phone as this room handles it: normalised for sending, indexed
// for counting.
type handset struct {
	number secret.Text
	index  []byte
}

func (g *Register) handset(tx *db.Tx, inst id.Institution, raw secret.Text) (handset, error) {
	number, err := phone.Normalise(raw)
	if err != nil {
		return handset{}, err
	}
	index, err := g.Vault.Index(tx, inst, indexPhone, number)
	return handset{number, index}, err
}

// RequestCode sends a six-digit code to a phone, good for five minutes in this
// browser only. Whether the phone is known here shows neither in the answer nor
// in the work done.
//
// Invalid: as phone.Normalise. Limited: code.wait (argument: seconds to wait),
// code.hour, code.day (argument: how many are allowed), code.locked (20 wrong
// codes in a row: until the phone is bound again in the store), code.budget (the
// institution's daily total). Unauthenticated: session.browser.
func (g *Register) RequestCode(ctx context.Context, inst id.Institution, b Browser, raw secret.Text, use Use) error {
	browser, err := browserHash(b)
	if err != nil {
		return err
	}
	digits, err := g.sixDigits()
	if err != nil {
		return err
	}
	return g.DB.Update(ctx, inst, func(tx *db.Tx) error {
		h, err := g.handset(tx, inst, raw)
		if err != nil {
			return err
		}
		if err := g.maySend(tx, inst, h); err != nil {
			return err
		}
		members, err := g.Families.ByPhone(tx, inst, h.number)
		if err != nil {
			return err
		}
		if err := g.storeCode(tx, inst, browser, h, digits); err != nil {
			return err
		}
		live := use == ToProve || len(members) > 0
		if err := g.Codes.SendCode(tx, inst, h.number, digits, g.Limits.CodeLife, live); err != nil {
			return err
		}
		return g.note(tx, ledger.CodeSent, actor.Actor{Institution: inst}, mark{})
	})
}

// maySend holds a phone to its limits. They are exact, not windows on the clock:
// the last hour and the last day are counted back from now.
func (g *Register) maySend(tx *db.Tx, inst id.Institution, h handset) error {
	now, l := tx.Now(), g.Limits
	locked, err := g.locked(tx, inst, h.index)
	if err != nil {
		return err
	}
	if locked {
		return errLocked
	}
	var last, hour, whole int64
	err = tx.QueryRow(`SELECT coalesce(max(sent_at), 0), coalesce(sum(CASE WHEN sent_at > $1 THEN 1 ELSE 0 END), 0), count(*)
		FROM phone_send WHERE institution_id = $2 AND phone_index = $3 AND sent_at > $4`,
		now.Add(-time.Hour).UnixMilli(), inst, h.index, now.Add(-day).UnixMilli()).Scan(&last, &hour, &whole)
	if err != nil {
		return err
	}
	if wait := l.CodePause - now.Sub(time.UnixMilli(last)); last > 0 && wait > 0 {
		return fault.New(fault.Limited, "code.wait", int((wait+time.Second-1)/time.Second))
	}
	switch {
	case hour >= int64(l.CodesPerHour):
		return fault.New(fault.Limited, "code.hour", l.CodesPerHour)
	case whole >= int64(l.CodesPerDay):
		return fault.New(fault.Limited, "code.day", l.CodesPerDay)
	}
	var all int64
	if err := tx.QueryRow(`SELECT count(*) FROM phone_send WHERE institution_id = $1 AND sent_at > $2`,
		inst, now.Add(-day).UnixMilli()).Scan(&all); err != nil {
		return err
	}
	if all >= int64(l.CodesPerInstitution) {
		return fault.New(fault.Limited, "code.budget")
	}
	return nil
}

var errLocked = fault.New(fault.Limited, "code.locked")

// storeCode keeps the keyed hash of a code for one browser and one phone. It
// takes the place of whatever that browser waited for.
func (g *Register) storeCode(tx *db.Tx, inst id.Institution, browser []byte, h handset, code secret.Text) error {
	mac, err := g.codeMAC(tx, inst, browser, h, code)
	if err != nil {
		return err
	}
	now := tx.Now()
	if _, err := tx.Exec(`INSERT INTO phone_code (institution_id, browser_hash, phone_index, mac, tries, sent_at, expires_at)
		VALUES ($1, $2, $3, $4, 0, $5, $6)
		ON CONFLICT (institution_id, browser_hash) DO UPDATE SET phone_index = excluded.phone_index, mac = excluded.mac,
		tries = 0, sent_at = excluded.sent_at, expires_at = excluded.expires_at`,
		inst, browser, h.index, mac, now.UnixMilli(), now.Add(g.Limits.CodeLife).UnixMilli()); err != nil {
		return err
	}
	_, err = tx.Exec(`INSERT INTO phone_send (institution_id, phone_index, sent_at) VALUES ($1, $2, $3)`, inst, h.index, now.UnixMilli())
	return err
}

func (g *Register) codeMAC(tx *db.Tx, inst id.Institution, browser []byte, h handset, code secret.Text) ([]byte, error) {
	return g.Vault.Index(tx, inst, indexCode, secret.NewText(
		b64.EncodeToString(browser)+" "+b64.EncodeToString(h.index)+" "+foldCode(code).Expose()))
}

// ProvePhone checks a code. From then on, for 30 minutes, PhoneProved says that
// this browser has proved this phone.
//
// Unauthenticated: code.wrong (argument: tries left), code.tries (none left),
// code.expired (or never asked for in this browser). Limited: code.locked.
// Invalid: as phone.Normalise.
func (g *Register) ProvePhone(ctx context.Context, inst id.Institution, b Browser, raw, code secret.Text) error {
	return g.withCode(ctx, inst, b, raw, code, func(*db.Tx, handset) error { return nil })
}

// withCode checks a code and runs then in the transaction that spends it. A
// refusal commits too: it has been counted.
func (g *Register) withCode(ctx context.Context, inst id.Institution, b Browser, raw, code secret.Text, then func(*db.Tx, handset) error) error {
	browser, err := browserHash(b)
	if err != nil {
		return err
	}
	var refused error
	err = g.DB.Update(ctx, inst, func(tx *db.Tx) error {
		h, err := g.handset(tx, inst, raw)
		if err != nil {
			return err
		}
		if refused, err = g.tryCode(tx, inst, browser, h, code); err != nil {
			return err
		}
		if refused != nil {
			return g.note(tx, ledger.SignInFailed, actor.Actor{Institution: inst}, mark{Code: fault.CodeOf(refused)})
		}
		return then(tx, h)
	})
	if err != nil {
		return err
	}
	return refused
}

func (g *Register) tryCode(tx *db.Tx, inst id.Institution, browser []byte, h handset, code secret.Text) (refused, err error) {
	locked, err := g.locked(tx, inst, h.index)
	if err != nil || locked {
		return errLocked, err
	}
	var index, mac []byte
	var tries int
	var expires int64
	err = tx.QueryRow(`SELECT phone_index, mac, tries, expires_at FROM phone_code WHERE institution_id = $1 AND browser_hash = $2`,
		inst, browser).Scan(&index, &mac, &tries, &expires)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	switch {
	case err != nil, !bytes.Equal(index, h.index):
		return fault.New(fault.Unauthenticated, "code.expired"), nil
	case tx.Now().UnixMilli() >= expires: // for good: a clock set back revives no code
		_, err := tx.Exec(`DELETE FROM phone_code WHERE institution_id = $1 AND browser_hash = $2`, inst, browser)
		return fault.New(fault.Unauthenticated, "code.expired"), err
	case tries >= g.Limits.CodeTries:
		return fault.New(fault.Unauthenticated, "code.tries"), nil
	}
	given, err := g.codeMAC(tx, inst, browser, h, code)
	if err != nil {
		return nil, err
	}
	if !hmac.Equal(given, mac) {
		return g.wrongCode(tx, inst, browser, h, g.Limits.CodeTries-tries-1)
	}
	if _, err := tx.Exec(`DELETE FROM phone_code WHERE institution_id = $1 AND browser_hash = $2`, inst, browser); err != nil {
		return nil, err
	}
	if err := g.right(tx, inst, h.index); err != nil {
		return nil, err
	}
	_, err = tx.Exec(`INSERT INTO phone_proof (institution_id, browser_hash, phone_index, proved_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (institution_id, browser_hash, phone_index) DO UPDATE SET proved_at = excluded.proved_at`,
		inst, browser, h.index, tx.Now().UnixMilli())
	return nil, err
}

func (g *Register) wrongCode(tx *db.Tx, inst id.Institution, browser []byte, h handset, left int) (refused, err error) {
	if _, err := tx.Exec(`UPDATE phone_code SET tries = tries + 1 WHERE institution_id = $1 AND browser_hash = $2`, inst, browser); err != nil {
		return nil, err
	}
	if _, err := g.guess(tx, inst, h.index); err != nil {
		return nil, err
	}
	if left == 0 {
		return fault.New(fault.Unauthenticated, "code.tries"), nil
	}
	return fault.New(fault.Unauthenticated, "code.wrong", left), nil
}

// PhoneProved returns when this browser last proved this phone, within the last
// 30 minutes; Unauthenticated code.unproved otherwise. In the caller's
// transaction: a consent stands on it.
func (g *Register) PhoneProved(tx *db.Tx, inst id.Institution, b Browser, raw secret.Text) (time.Time, error) {
	browser, err := browserHash(b)
	if err != nil {
		return time.Time{}, err
	}
	h, err := g.handset(tx, inst, raw)
	if err != nil {
		return time.Time{}, err
	}
	var proved time.Time
	err = tx.QueryRow(`SELECT proved_at FROM phone_proof WHERE institution_id = $1 AND browser_hash = $2 AND phone_index = $3 AND proved_at > $4`,
		inst, browser, h.index, tx.Now().Add(-g.Limits.PhoneProof).UnixMilli()).Scan(&proved)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, fault.New(fault.Unauthenticated, "code.unproved")
	}
	return proved, err
}

// ReleasePhone opens a phone that wrong codes had locked. Staff do it in the
// store, with the person in front of them.
func (g *Register) ReleasePhone(tx *db.Tx, by actor.Actor, raw secret.Text) error {
	if by.Staff.IsZero() {
		return fault.New(fault.Denied, "role.not_yours")
	}
	h, err := g.handset(tx, by.Institution, raw)
	if err != nil {
		return err
	}
	if err := g.right(tx, by.Institution, h.index); err != nil {
		return err
	}
	return g.note(tx, ledger.Unlocked, by, mark{Notes: []string{"phone"}})
}

// sixDigits draws a code evenly from a million.
func (g *Register) sixDigits() (secret.Text, error) {
	n, err := rand.Int(g.Rand, big.NewInt(1_000_000))
	if err != nil {
		return secret.Text{}, fmt.Errorf("account: read randomness: %w", err)
	}
	return secret.NewText(fmt.Sprintf("%06d", n)), nil
}
