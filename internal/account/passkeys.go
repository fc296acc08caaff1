package account

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"time"

	"github.com/wardfold/wardfold/internal/account/passkey"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/secret"
)

// Passkey is one passkey as its owner sees it in a list. Guardians and children
// may have them too: a short message must not be the only way in (ASVS 6.6.1).
type Passkey struct {
	ID            string // hexadecimal, for RemovePasskey
	Label         string
	Created, Used time.Time
}

// Handles are what a device gives back with a proof: whose passkey it is. They
// are opaque to it.
func handle(a actor.Actor) []byte {
	if a.Staff.IsZero() {
		return append([]byte("f"), a.Subject.Bytes()...)
	}
	return append([]byte("s"), a.Staff.Bytes()...)
}

// BeginPasskey returns the options, in JSON, for making a passkey for the actor
// in this browser. Unauthenticated: stepup.needed.
func (g *Register) BeginPasskey(ctx context.Context, a actor.Actor, b Browser) (options []byte, err error) {
	if g.Passkeys == nil {
		return nil, errPasskeys
	}
	browser, err := browserHash(b)
	if err != nil {
		return nil, err
	}
	err = g.DB.Update(ctx, a.Institution, func(tx *db.Tx) error {
		if err := Fresh(a, tx.Now()); err != nil {
			return err
		}
		h, err := g.holder(tx, a)
		if err != nil {
			return err
		}
		var state []byte
		if options, state, err = g.Passkeys.Register(h); err != nil {
			return err
		}
		return g.begin(tx, a.Institution, browser, makingPasskey, append(h.Handle, state...))
	})
	return options, err
}

// FinishPasskey keeps the passkey that the browser made. Unauthenticated:
// passkey.refused, ceremony.expired.
func (g *Register) FinishPasskey(ctx context.Context, a actor.Actor, b Browser, name string, answer []byte) error {
	if g.Passkeys == nil {
		return errPasskeys
	}
	state, err := g.take(ctx, a.Institution, b, makingPasskey)
	if err != nil {
		return err
	}
	state, mine := bytes.CutPrefix(state, handle(a))
	if !mine {
		return fault.New(fault.Unauthenticated, "ceremony.expired")
	}
	return g.DB.Update(ctx, a.Institution, func(tx *db.Tx) error {
		h, err := g.holder(tx, a)
		if err != nil {
			return err
		}
		r, err := g.Passkeys.Registered(h, state, answer)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO passkey (institution_id, passkey_id, staff_id, subject_id, role, label, record, created_at, used_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)`, a.Institution, r.ID[:], a.Staff, a.Subject, string(a.Role),
			label(name), r.Data, tx.Now().UnixMilli()); err != nil {
			return err
		}
		return g.note(tx, ledger.ProofSet, a, mark{Notes: []string{"passkey"}})
	})
}

// AskPasskey returns the options, in JSON, for proving a passkey in this browser:
// any passkey of the host to sign in, or only the actor's own to step up.
// NotFound: passkey.none if the actor has none.
func (g *Register) AskPasskey(ctx context.Context, inst id.Institution, b Browser, stepUp *actor.Actor) (options []byte, err error) {
	if g.Passkeys == nil {
		return nil, errPasskeys
	}
	browser, err := browserHash(b)
	if err != nil {
		return nil, err
	}
	err = g.DB.Update(ctx, inst, func(tx *db.Tx) error {
		var h *passkey.Holder
		if stepUp != nil {
			own, err := g.holder(tx, *stepUp)
			if err != nil {
				return err
			}
			h = &own
		}
		var state []byte
		if options, state, err = g.Passkeys.Ask(h); err != nil {
			return err
		}
		return g.begin(tx, inst, browser, provingPasskey, state)
	})
	return options, err
}

// SignInPasskey proves a passkey and opens a session for its owner: two factors
// in one, for the device has checked its user. Unauthenticated: passkey.refused,
// passkey.cloned, ceremony.expired. Denied: role.none.
func (g *Register) SignInPasskey(ctx context.Context, inst id.Institution, b Browser, answer []byte, role actor.Role, device string, former secret.Text) (Entry, error) {
	var entry Entry
	err := g.withPasskey(ctx, inst, b, answer, func(tx *db.Tx, owner actor.Actor) (err error) {
		if !owner.Staff.IsZero() {
			if owner, err = g.staffActor(tx, inst, owner.Staff, role); err != nil {
				return err
			}
		}
		if entry, err = g.open(tx, owner, device, former); err != nil {
			return err
		}
		return g.note(tx, ledger.SignIn, entry.Actor, mark{Notes: []string{"passkey"}})
	})
	if err != nil {
		return Entry{}, err
	}
	return entry, nil
}

// StepUpPasskey proves the owner of a session anew. The session gets a new token.
// Errors as SignInPasskey.
func (g *Register) StepUpPasskey(ctx context.Context, token secret.Text, b Browser, answer []byte) (Entry, error) {
	inst, _, ok := readToken(token)
	if !ok {
		return Entry{}, errSession
	}
	var entry Entry
	err := g.withPasskey(ctx, inst, b, answer, func(tx *db.Tx, owner actor.Actor) (err error) {
		if entry, err = g.renewProof(tx, token); err != nil {
			return err
		}
		if !bytes.Equal(handle(entry.Actor), handle(owner)) {
			return fault.New(fault.Unauthenticated, "passkey.refused")
		}
		return g.note(tx, ledger.StepUp, entry.Actor, mark{Notes: []string{"passkey"}})
	})
	if err != nil {
		return Entry{}, err
	}
	return entry, nil
}

// withPasskey judges an answer and runs then in the transaction that stores the
// passkey's new counter.
func (g *Register) withPasskey(ctx context.Context, inst id.Institution, b Browser, answer []byte, then func(*db.Tx, actor.Actor) error) error {
	if g.Passkeys == nil {
		return errPasskeys
	}
	state, err := g.take(ctx, inst, b, provingPasskey)
	if err != nil {
		return err
	}
	claimed, _, err := passkey.Claimed(answer)
	if err != nil {
		return err
	}
	var refused error
	err = g.DB.Update(ctx, inst, func(tx *db.Tx) error {
		owner, record, err := selectPasskey(tx, inst, claimed)
		if err != nil {
			return err
		}
		var r passkey.Record
		r, refused = g.Passkeys.Proved(passkey.Holder{Handle: handle(owner), Records: [][]byte{record}}, state, answer)
		if refused != nil {
			return g.note(tx, ledger.SignInFailed, owner, mark{Code: fault.CodeOf(refused)})
		}
		if _, err := tx.Exec(`UPDATE passkey SET record = $1, used_at = $2 WHERE institution_id = $3 AND passkey_id = $4`,
			r.Data, tx.Now().UnixMilli(), inst, claimed[:]); err != nil {
			return err
		}
		return then(tx, owner)
	})
	if err != nil {
		return err
	}
	return refused
}

// PasskeysOf lists the actor's own passkeys.
func (g *Register) PasskeysOf(ctx context.Context, a actor.Actor) (list []Passkey, err error) {
	column, owner := ownerOf(a)
	err = g.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		list, err = db.List(tx, func(k *Passkey, scan db.Scan) error {
			var raw []byte
			err := scan(&raw, &k.Label, &k.Created, &k.Used)
			k.ID = hex.EncodeToString(raw)
			return err
		}, `SELECT passkey_id, label, created_at, used_at FROM passkey
			WHERE institution_id = $1 AND `+column+` = $2 ORDER BY created_at, passkey_id`, a.Institution, owner)
		return err
	})
	return list, err
}

// RemovePasskey removes one of the actor's own passkeys. NotFound for any other;
// Unauthenticated: stepup.needed.
func (g *Register) RemovePasskey(ctx context.Context, a actor.Actor, key string) error {
	raw, err := hex.DecodeString(key)
	if err != nil || len(raw) != 32 {
		return fault.New(fault.NotFound, "passkey.none")
	}
	column, owner := ownerOf(a)
	return g.DB.Update(ctx, a.Institution, func(tx *db.Tx) error {
		if err := Fresh(a, tx.Now()); err != nil {
			return err
		}
		n, err := tx.Exec(`DELETE FROM passkey WHERE institution_id = $1 AND passkey_id = $2 AND `+column+` = $3`, a.Institution, raw, owner)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "passkey.none")
		}
		return g.note(tx, ledger.ProofRemoved, a, mark{Notes: []string{"passkey"}})
	})
}

var errPasskeys = fault.New(fault.NotFound, "passkey.off")

// holder loads an actor's passkeys. A family's devices show no name: there is
// none outside the gate.
func (g *Register) holder(tx *db.Tx, a actor.Actor) (passkey.Holder, error) {
	h := passkey.Holder{Handle: handle(a), Login: "Wardfold", Name: "Wardfold"}
	if !a.Staff.IsZero() {
		s, err := selectStaff(tx, a.Institution, a.Staff)
		if err != nil {
			return h, err
		}
		h.Login, h.Name = s.Login, s.Name
	}
	column, owner := ownerOf(a)
	var err error
	h.Records, err = db.Column[[]byte](tx, `SELECT record FROM passkey WHERE institution_id = $1 AND `+column+` = $2 ORDER BY passkey_id`,
		a.Institution, owner)
	return h, err
}

// selectPasskey returns a passkey and its owner, who must still have an account.
func selectPasskey(tx *db.Tx, inst id.Institution, key [32]byte) (actor.Actor, []byte, error) {
	a := actor.Actor{Institution: inst}
	var record []byte
	err := tx.QueryRow(`SELECT p.staff_id, p.subject_id, p.role, p.record
		FROM passkey p LEFT JOIN staff s ON s.institution_id = p.institution_id AND s.staff_id = p.staff_id
		WHERE p.institution_id = $1 AND p.passkey_id = $2
		AND (p.staff_id IS NULL OR (s.state = 'active' AND (s.ends_at = 0 OR s.ends_at > $3)))`,
		inst, key[:], tx.Now().UnixMilli()).Scan(&a.Staff, &a.Subject, &a.Role, &record)
	if errors.Is(err, sql.ErrNoRows) {
		return a, nil, fault.New(fault.Unauthenticated, "passkey.refused")
	}
	return a, record, err
}
