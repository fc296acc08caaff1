package account

import (
	"context"
	"database/sql"
	"errors"

	"github.com/wardfold/wardfold/internal/account/totp"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/secret"
)

// Attempt is what a member of staff sends to sign in with a password.
type Attempt struct {
	Login    string
	Password secret.Text
	Code     secret.Text // one-time code; may be empty if the account has none
	Role     actor.Role  // in which role; empty for the least of those held
	Device   string      // short label for the list of devices
	Former   secret.Text // session token that the browser had, which ends
}

// SignIn proves a member of staff by password, and by one-time code if the
// account has that factor.
//
// Unauthenticated: signin.wrong (login or password; a login that does not exist,
// an account that is removed and a wrong password are one and the same),
// signin.code_needed, signin.code_wrong. Limited: signin.locked after 20
// failures in a row, signin.busy. Denied: role.none when no appointment is in
// force yet.
func (g *Register) SignIn(ctx context.Context, inst id.Institution, t Attempt) (Entry, error) {
	var entry Entry
	err := g.prove(ctx, inst, foldLogin(t.Login), t.Password, t.Code, func(tx *db.Tx, c credentials) error {
		a, err := g.staffActor(tx, inst, c.id, t.Role)
		if err != nil {
			return err
		}
		if entry, err = g.open(tx, a, t.Device, t.Former); err != nil {
			return err
		}
		return g.note(tx, ledger.SignIn, entry.Actor, mark{Notes: c.factors()})
	})
	if err != nil {
		return Entry{}, err
	}
	return entry, nil
}

// StepUp proves the owner of a staff session anew. The session gets a new token;
// the old one is dead. Errors as SignIn.
func (g *Register) StepUp(ctx context.Context, token, pw, code secret.Text) (Entry, error) {
	a, err := g.Actor(ctx, token)
	if err != nil {
		return Entry{}, err
	}
	s, err := g.Staff(ctx, a.Institution, a.Staff)
	if err != nil {
		return Entry{}, err
	}
	var entry Entry
	err = g.prove(ctx, a.Institution, s.Login, pw, code, func(tx *db.Tx, c credentials) error {
		if entry, err = g.renewProof(tx, token); err != nil {
			return err
		}
		if entry.Actor.Staff != c.id {
			return errSession
		}
		return g.note(tx, ledger.StepUp, entry.Actor, mark{Notes: c.factors()})
	})
	if err != nil {
		return Entry{}, err
	}
	return entry, nil
}

func (g *Register) renewProof(tx *db.Tx, token secret.Text) (Entry, error) {
	return g.renew(tx, token, func(a *actor.Actor) error {
		a.ProvedAt = tx.Now()
		return nil
	})
}

// ChangeRole lets the owner of a session act in another role that he or she
// holds. The session gets a new token.
func (g *Register) ChangeRole(ctx context.Context, token secret.Text, role actor.Role) (Entry, error) {
	return g.change(ctx, token, func(tx *db.Tx, a *actor.Actor) error {
		as, err := g.staffActor(tx, a.Institution, a.Staff, role)
		a.Role, a.Store = as.Role, as.Store
		return err
	})
}

// change makes the owner of a session act as somebody else; the token is new.
func (g *Register) change(ctx context.Context, token secret.Text, as func(*db.Tx, *actor.Actor) error) (entry Entry, err error) {
	inst, _, ok := readToken(token)
	if !ok {
		return Entry{}, errSession
	}
	err = g.DB.Update(ctx, inst, func(tx *db.Tx) (err error) {
		entry, err = g.renew(tx, token, func(a *actor.Actor) error { return as(tx, a) })
		if err != nil {
			return err
		}
		return g.note(tx, ledger.RoleChanged, entry.Actor, mark{})
	})
	if err != nil {
		return Entry{}, err
	}
	return entry, nil
}

// staffActor returns the actor that a member of staff may be: in the wanted
// role, or in the first that is in force.
func (g *Register) staffActor(tx *db.Tx, inst id.Institution, staff id.Staff, want actor.Role) (actor.Actor, error) {
	s, err := selectStaff(tx, inst, staff)
	if err != nil {
		return actor.Actor{}, err
	}
	for _, r := range staffRoles {
		if (want == "" || r == want) && s.Holds(r) {
			return actor.Actor{Institution: inst, Store: s.Store, Staff: s.ID, Role: r}, nil
		}
	}
	return actor.Actor{}, fault.New(fault.Denied, "role.none")
}

// credentials is what an active account is proved by. The zero value stands for
// no account and matches nothing.
type credentials struct {
	id       id.Staff
	password string
	totp     []byte
	step     int64
}

func (c credentials) factors() []string {
	if c.totp == nil {
		return []string{"password"}
	}
	return []string{"password", "totp"}
}

func selectCredentials(tx *db.Tx, inst id.Institution, login string) (credentials, error) {
	var c credentials
	err := tx.QueryRow(`SELECT staff_id, password, totp, totp_step FROM staff
		WHERE institution_id = $1 AND login = $2 AND state = 'active' AND (ends_at = 0 OR ends_at > $3)`,
		inst, login, tx.Now().UnixMilli()).Scan(&c.id, &c.password, &c.totp, &c.step)
	if errors.Is(err, sql.ErrNoRows) {
		return credentials{}, nil
	}
	if len(c.totp) == 0 {
		c.totp = nil
	}
	return c, err
}

// prove checks a password, and a one-time code where there is that factor, and
// runs then in the transaction that spends the code. The slow hash is computed
// between two transactions: nobody waits for it who does not sign in.
func (g *Register) prove(ctx context.Context, inst id.Institution, login string, pw, code secret.Text, then func(*db.Tx, credentials) error) error {
	var c credentials
	var target []byte
	var locked bool
	err := g.DB.Update(ctx, inst, func(tx *db.Tx) (err error) {
		if target, err = g.loginTarget(tx, inst, login); err != nil {
			return err
		}
		if c, err = selectCredentials(tx, inst, login); err != nil {
			return err
		}
		locked, err = g.guess(tx, inst, target)
		return err
	})
	if err != nil {
		return err
	}
	if locked {
		return fault.New(fault.Limited, "signin.locked", g.Limits.Failures)
	}
	ok, renewed, err := g.slow(ctx, c.password, pw)
	if err != nil {
		g.refundLater(ctx, inst, target)
		return err
	}
	var refused error
	err = g.DB.Update(ctx, inst, func(tx *db.Tx) (err error) {
		refused, err = g.judge(tx, inst, login, target, c, ok, code, renewed)
		if err != nil || refused != nil {
			return err
		}
		return then(tx, c)
	})
	if errors.Is(err, fault.Denied) { // the proof was good; the guess was none
		g.refundLater(ctx, inst, target)
	}
	if err != nil {
		return err
	}
	return refused
}

// slow checks a password and, if it is right and its hash is out of date, makes
// a new one.
func (g *Register) slow(ctx context.Context, hash string, pw secret.Text) (ok bool, renewed string, err error) {
	ok, renew, err := g.Passwords.Check(ctx, hash, pw)
	if err == nil && renew {
		renewed, err = g.Passwords.Hash(ctx, pw)
	}
	return ok, renewed, err
}

// judge decides on one counted guess. A refusal is returned beside err, because
// the transaction that records it must commit.
func (g *Register) judge(tx *db.Tx, inst id.Institution, login string, target []byte, c credentials, ok bool, code secret.Text, renewed string) (refused, err error) {
	who := actor.Actor{Institution: inst, Staff: c.id}
	fail := func(why string) (error, error) {
		return fault.New(fault.Unauthenticated, why), g.note(tx, ledger.SignInFailed, who, mark{Code: why})
	}
	now, err := selectCredentials(tx, inst, login)
	if err != nil {
		return nil, err
	}
	if !ok || now.id != c.id || now.password != c.password {
		return fail("signin.wrong")
	}
	if now.totp != nil && code.Empty() {
		return fault.New(fault.Unauthenticated, "signin.code_needed"), g.refund(tx, inst, target)
	}
	if now.totp != nil {
		spent, err := g.spend(tx, inst, now, code)
		if err != nil {
			return nil, err
		}
		if !spent {
			return fail("signin.code_wrong")
		}
	}
	if renewed != "" {
		if _, err := tx.Exec(`UPDATE staff SET password = $1 WHERE institution_id = $2 AND staff_id = $3`, renewed, inst, now.id); err != nil {
			return nil, err
		}
	}
	return nil, g.right(tx, inst, target)
}

// spend uses up a one-time code. Whoever comes second with the same code, on
// this node or another, changes no row.
func (g *Register) spend(tx *db.Tx, inst id.Institution, c credentials, code secret.Text) (bool, error) {
	key, err := g.totpKey(tx, inst, c.id, c.totp)
	if err != nil {
		return false, err
	}
	step, ok := totp.Check(key, foldCode(code), tx.Now(), c.step)
	if !ok {
		return false, nil
	}
	n, err := tx.Exec(`UPDATE staff SET totp_step = $1 WHERE institution_id = $2 AND staff_id = $3 AND totp_step < $1`,
		step, inst, c.id)
	return n == 1, err
}

// totpKey derives an account's shared secret from its nonce. The base holds the
// nonce, the vault the key: neither alone makes a code.
func (g *Register) totpKey(tx *db.Tx, inst id.Institution, staff id.Staff, nonce []byte) (secret.Key, error) {
	var key []byte
	for _, part := range []string{" 1 ", " 2 "} {
		b, err := g.Vault.Index(tx, inst, indexTOTP, secret.NewText(staff.String()+part+b64.EncodeToString(nonce)))
		if err != nil {
			return secret.Key{}, err
		}
		key = append(key, b...)
	}
	return secret.NewKey(key[:totp.KeySize]), nil
}
