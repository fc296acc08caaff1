package account

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"github.com/wardfold/wardfold/internal/account/password"
	"github.com/wardfold/wardfold/internal/account/totp"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/secret"
)

// Invitation is what its holder sees before accepting it.
type Invitation struct {
	Institution id.Institution
	Login, Name string
	OneTime     secret.Text // otpauth: address for the QR code
}

// Invitation reads an invitation. NotFound invite.unknown: spent, expired, or
// never made.
func (g *Register) Invitation(ctx context.Context, token secret.Text) (i Invitation, err error) {
	inst, hash, ok := readToken(token)
	if !ok {
		return Invitation{}, errInvite
	}
	err = g.DB.View(ctx, inst, func(tx *db.Tx) error {
		s, nonce, err := selectInvited(tx, inst, hash)
		if err != nil {
			return err
		}
		i = Invitation{Institution: inst, Login: s.Login, Name: s.Name}
		i.OneTime, err = g.totpURI(tx, inst, s, nonce)
		return err
	})
	return i, err
}

// Accept trades an invitation for a password of the account's own. With a
// one-time code from the invitation's secret the account has two factors and the
// password may be shorter. Errors as Invitation; Invalid about password or code.
func (g *Register) Accept(ctx context.Context, token, pw, code secret.Text) error {
	i, err := g.Invitation(ctx, token)
	if err != nil {
		return err
	}
	if err := choose(pw, !code.Empty(), Staff{Login: i.Login, Name: i.Name}); err != nil {
		return err
	}
	hash, err := g.Passwords.Hash(ctx, pw)
	if err != nil {
		return err
	}
	inst, tokenHash, _ := readToken(token)
	return g.DB.Update(ctx, inst, func(tx *db.Tx) error {
		s, nonce, err := selectInvited(tx, inst, tokenHash)
		if err != nil {
			return err
		}
		var step int64
		if code.Empty() {
			nonce = nil
		} else if step, err = g.firstCode(tx, inst, s.ID, nonce, code); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE staff SET state = 'active', password = $1, totp = $2, totp_step = $3,
			totp_next = NULL, invite_hash = NULL WHERE institution_id = $4 AND staff_id = $5`,
			hash, orNull(nonce), step, inst, s.ID); err != nil {
			return err
		}
		return g.note(tx, ledger.StaffJoined, actor.Actor{Institution: inst, Staff: s.ID, Store: s.Store}, about(s.ID))
	})
}

// SetPassword changes the password of the session's owner, who proves the old
// one (and a one-time code, if the account has that factor). Every other session
// ends, and this one gets a new token. Errors as SignIn; Invalid about password.
func (g *Register) SetPassword(ctx context.Context, token, old, code, pw secret.Text) (Entry, error) {
	a, err := g.Actor(ctx, token)
	if err != nil {
		return Entry{}, err
	}
	s, err := g.Staff(ctx, a.Institution, a.Staff)
	if err != nil {
		return Entry{}, err
	}
	if err := choose(pw, s.OneTime, s); err != nil {
		return Entry{}, err
	}
	hash, err := g.Passwords.Hash(ctx, pw)
	if err != nil {
		return Entry{}, err
	}
	var entry Entry
	err = g.prove(ctx, a.Institution, s.Login, old, code, func(tx *db.Tx, c credentials) error {
		if c.id != a.Staff {
			return errSession
		}
		if entry, err = g.renewProof(tx, token); err != nil {
			return err
		}
		return g.setPassword(tx, entry.Actor, hash)
	})
	if err != nil {
		return Entry{}, err
	}
	return entry, nil
}

func (g *Register) setPassword(tx *db.Tx, a actor.Actor, hash string) error {
	if _, err := tx.Exec(`UPDATE staff SET password = $1 WHERE institution_id = $2 AND staff_id = $3`, hash, a.Institution, a.Staff); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM session WHERE institution_id = $1 AND staff_id = $2 AND session_id <> $3`,
		a.Institution, a.Staff, a.Session); err != nil {
		return err
	}
	tx.AfterCommit(g.sessions.drop)
	return g.note(tx, ledger.ProofSet, a, about(a.Staff, "password"))
}

// BeginOneTime gives a member of staff a new secret for one-time codes, as the
// otpauth: address of a QR code. It takes the place of the old one, if any, when
// ConfirmOneTime has seen a code from it. Unauthenticated: stepup.needed.
func (g *Register) BeginOneTime(ctx context.Context, a actor.Actor) (uri secret.Text, err error) {
	err = g.DB.Update(ctx, a.Institution, func(tx *db.Tx) error {
		if err := Fresh(a, tx.Now()); err != nil {
			return err
		}
		s, err := selectStaff(tx, a.Institution, a.Staff)
		if err != nil {
			return err
		}
		nonce, err := g.nonce()
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE staff SET totp_next = $1 WHERE institution_id = $2 AND staff_id = $3`, nonce, a.Institution, a.Staff); err != nil {
			return err
		}
		uri, err = g.totpURI(tx, a.Institution, s, nonce)
		return err
	})
	if err != nil {
		return secret.Text{}, err
	}
	return uri, nil
}

// ConfirmOneTime switches one-time codes on, and gives the session a new token.
// Invalid: totp.wrong about the field "code". Conflict: totp.not_begun.
func (g *Register) ConfirmOneTime(ctx context.Context, token, code secret.Text) (entry Entry, err error) {
	inst, _, ok := readToken(token)
	if !ok {
		return Entry{}, errSession
	}
	err = g.DB.Update(ctx, inst, func(tx *db.Tx) error {
		entry, err = g.renew(tx, token, func(a *actor.Actor) error { return Fresh(*a, tx.Now()) })
		if err != nil {
			return err
		}
		a := entry.Actor
		var nonce []byte
		err := tx.QueryRow(`SELECT totp_next FROM staff WHERE institution_id = $1 AND staff_id = $2`, inst, a.Staff).Scan(&nonce)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if len(nonce) == 0 {
			return fault.New(fault.Conflict, "totp.not_begun")
		}
		step, err := g.firstCode(tx, inst, a.Staff, nonce, code)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE staff SET totp = $1, totp_step = $2, totp_next = NULL
			WHERE institution_id = $3 AND staff_id = $4`, nonce, step, inst, a.Staff); err != nil {
			return err
		}
		return g.note(tx, ledger.ProofSet, a, about(a.Staff, "totp"))
	})
	if err != nil {
		return Entry{}, err
	}
	return entry, nil
}

// firstCode checks that the owner's device really holds the secret.
func (g *Register) firstCode(tx *db.Tx, inst id.Institution, staff id.Staff, nonce []byte, code secret.Text) (int64, error) {
	key, err := g.totpKey(tx, inst, staff, nonce)
	if err != nil {
		return 0, err
	}
	step, ok := totp.Check(key, foldCode(code), tx.Now(), 0)
	if !ok {
		return 0, fault.At("code", "totp.wrong")
	}
	return step, nil
}

func (g *Register) totpURI(tx *db.Tx, inst id.Institution, s Staff, nonce []byte) (secret.Text, error) {
	key, err := g.totpKey(tx, inst, s.ID, nonce)
	if err != nil {
		return secret.Text{}, err
	}
	issuer := "Wardfold"
	err = tx.QueryRow(`SELECT name FROM institution WHERE institution_id = $1`, inst).Scan(&issuer)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return secret.Text{}, err
	}
	return totp.URI(key, issuer, s.Login), nil
}

var errInvite = fault.New(fault.NotFound, "invite.unknown")

func selectInvited(tx *db.Tx, inst id.Institution, hash [32]byte) (s Staff, nonce []byte, err error) {
	err = tx.QueryRow(`SELECT staff_id, store_id, login, name, totp_next FROM staff
		WHERE institution_id = $1 AND invite_hash = $2 AND invite_until > $3 AND state = 'invited'`,
		inst, hash[:], tx.Now().UnixMilli()).Scan(&s.ID, &s.Store, &s.Login, &s.Name, &nonce)
	if errors.Is(err, sql.ErrNoRows) {
		return s, nil, errInvite
	}
	return s, nonce, err
}

// choose refuses passwords that a guesser would try for this account.
func choose(pw secret.Text, secondFactor bool, s Staff) error {
	return password.Choose(pw, secondFactor, s.Login, s.Name)
}

func (g *Register) nonce() ([]byte, error) {
	b := make([]byte, 16)
	if _, err := io.ReadFull(g.Rand, b); err != nil {
		return nil, fmt.Errorf("account: read randomness: %w", err)
	}
	return b, nil
}

// orNull keeps an absent value NULL: a nil slice in an interface is not nil.
func orNull(b []byte) any {
	if b == nil {
		return nil
	}
	return b
}
