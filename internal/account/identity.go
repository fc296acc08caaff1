package account

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/wardfold/wardfold/internal/account/signon"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/secret"
)

// Identity is the bond between an account and a person at an outside provider.
type Identity struct {
	Provider string
	Staff    id.Staff
	Asked    time.Time
	Approved time.Time // zero: not in force
	By       id.Staff
}

// flowState is what the base keeps of a flow: which provider was asked, and what
// must come back. Nonce and verifier are derived from the state by the vault.
type flowState struct {
	Provider string
	State    string
	Fresh    bool
}

// BeginSignOn returns the address at the provider to which the browser goes next.
// With fresh the provider proves the person anew, for a step-up. NotFound:
// signon.unknown. Unavailable: signon.down.
func (g *Register) BeginSignOn(ctx context.Context, inst id.Institution, b Browser, provider string, fresh bool) (string, error) {
	p, ok := g.signOn[provider]
	if !ok {
		return "", fault.New(fault.NotFound, "signon.unknown")
	}
	browser, err := browserHash(b)
	if err != nil {
		return "", err
	}
	state, err := g.NewBrowser() // any unguessable token will do
	if err != nil {
		return "", err
	}
	kept := flowState{Provider: provider, State: state.Expose(), Fresh: fresh}
	raw, err := json.Marshal(kept)
	if err != nil {
		return "", err
	}
	var flow signon.Flow
	err = g.DB.Update(ctx, inst, func(tx *db.Tx) error {
		if flow, err = g.flow(tx, inst, kept); err != nil {
			return err
		}
		return g.begin(tx, inst, browser, signingOn, raw)
	})
	if err != nil {
		return "", err
	}
	return p.Address(ctx, flow)
}

// flow derives the secrets of a flow, so that the base holds none of them.
func (g *Register) flow(tx *db.Tx, inst id.Institution, s flowState) (signon.Flow, error) {
	var parts [4]string
	for i, what := range []string{"nonce ", "verifier 1 ", "verifier 2 ", "verifier 3 "} {
		b, err := g.Vault.Index(tx, inst, indexFlow, secret.NewText(what+s.State))
		if err != nil {
			return signon.Flow{}, err
		}
		parts[i] = b64.EncodeToString(b)
	}
	return signon.Flow{State: s.State, Nonce: parts[0], Verifier: parts[1] + parts[2] + parts[3], Fresh: s.Fresh}, nil
}

// answered judges what came back through the browser and returns the blind index
// of the person whom the provider named.
func (g *Register) answered(ctx context.Context, inst id.Institution, b Browser, state, code string) (provider string, fresh bool, index []byte, err error) {
	raw, err := g.take(ctx, inst, b, signingOn)
	if err != nil {
		return "", false, nil, err
	}
	var kept flowState
	if err := json.Unmarshal(raw, &kept); err != nil {
		return "", false, nil, err
	}
	p, ok := g.signOn[kept.Provider]
	if !ok || subtle.ConstantTimeCompare([]byte(kept.State), []byte(state)) != 1 {
		return "", false, nil, fault.New(fault.Unauthenticated, "signon.refused")
	}
	var flow signon.Flow
	if err := g.DB.View(ctx, inst, func(tx *db.Tx) error {
		flow, err = g.flow(tx, inst, kept)
		return err
	}); err != nil {
		return "", false, nil, err
	}
	who, err := p.Finish(ctx, flow, code)
	if err != nil {
		return "", false, nil, err
	}
	err = g.DB.View(ctx, inst, func(tx *db.Tx) error {
		index, err = g.Vault.Index(tx, inst, indexIdentity, secret.NewText(who.Issuer+"\n"+who.Subject.Expose()))
		return err
	})
	return kept.Provider, kept.Fresh, index, err
}

// SignInSignOn opens a session for the account that is bound to the person whom
// the provider names. Unauthenticated: signon.refused, ceremony.expired. Denied:
// signon.unbound (no account, or not approved yet), role.none.
func (g *Register) SignInSignOn(ctx context.Context, inst id.Institution, b Browser, state, code, device string, former secret.Text) (Entry, error) {
	provider, _, index, err := g.answered(ctx, inst, b, state, code)
	if err != nil {
		return Entry{}, err
	}
	var entry Entry
	err = g.DB.Update(ctx, inst, func(tx *db.Tx) error {
		staff, err := boundTo(tx, inst, index)
		if err != nil {
			return err
		}
		a, err := g.staffActor(tx, inst, staff, "")
		if err != nil {
			return err
		}
		if entry, err = g.open(tx, a, device, former); err != nil {
			return err
		}
		return g.note(tx, ledger.SignIn, entry.Actor, mark{Notes: []string{provider}})
	})
	if err != nil {
		return Entry{}, err
	}
	return entry, nil
}

// StepUpSignOn proves the owner of a session anew, by a flow that was begun fresh.
// The session gets a new token. Errors as SignInSignOn.
func (g *Register) StepUpSignOn(ctx context.Context, token secret.Text, b Browser, state, code string) (Entry, error) {
	inst, _, ok := readToken(token)
	if !ok {
		return Entry{}, errSession
	}
	provider, fresh, index, err := g.answered(ctx, inst, b, state, code)
	if err != nil {
		return Entry{}, err
	}
	var entry Entry
	err = g.DB.Update(ctx, inst, func(tx *db.Tx) error {
		staff, err := boundTo(tx, inst, index)
		if err != nil {
			return err
		}
		if entry, err = g.renewProof(tx, token); err != nil {
			return err
		}
		if !fresh || entry.Actor.Staff != staff {
			return fault.New(fault.Unauthenticated, "signon.refused")
		}
		return g.note(tx, ledger.StepUp, entry.Actor, mark{Notes: []string{provider}})
	})
	if err != nil {
		return Entry{}, err
	}
	return entry, nil
}

// Bind asks that the person whom the provider names may sign in to the actor's
// account. Somebody entitled approves it with ApproveIdentity. Conflict:
// signon.taken. Unauthenticated: stepup.needed and as SignInSignOn.
func (g *Register) Bind(ctx context.Context, a actor.Actor, b Browser, state, code string) error {
	provider, _, index, err := g.answered(ctx, a.Institution, b, state, code)
	if err != nil {
		return err
	}
	return g.DB.Update(ctx, a.Institution, func(tx *db.Tx) error {
		if err := Fresh(a, tx.Now()); err != nil {
			return err
		}
		var n int
		if err := tx.QueryRow(`SELECT count(*) FROM staff_identity WHERE institution_id = $1 AND identity_index = $2`,
			a.Institution, index).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return fault.New(fault.Conflict, "signon.taken")
		}
		if _, err := tx.Exec(`INSERT INTO staff_identity (institution_id, identity_index, staff_id, provider, asked_at)
			VALUES ($1, $2, $3, $4, $5)`, a.Institution, index, a.Staff, provider, tx.Now().UnixMilli()); err != nil {
			return err
		}
		return g.note(tx, ledger.ProofSet, a, about(a.Staff, provider))
	})
}

// ApproveIdentity lets an account's bond to a provider come into force: by
// somebody who may confirm all of the account's roles, never its owner (I8).
func (g *Register) ApproveIdentity(ctx context.Context, by actor.Actor, staff id.Staff, provider string) error {
	return g.DB.Update(ctx, by.Institution, func(tx *db.Tx) error {
		if err := g.reachAll(tx, by, staff, MayConfirm); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE staff_identity SET approved_by = $1, approved_at = $2
			WHERE institution_id = $3 AND staff_id = $4 AND provider = $5 AND approved_at = 0`,
			by.Staff, tx.Now().UnixMilli(), by.Institution, staff, provider)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "signon.unbound")
		}
		return g.note(tx, ledger.RoleConfirmed, by, about(staff, provider))
	})
}

// Identities lists the bonds of one account.
func (g *Register) Identities(ctx context.Context, inst id.Institution, staff id.Staff) (list []Identity, err error) {
	err = g.DB.View(ctx, inst, func(tx *db.Tx) error {
		list, err = db.List(tx, func(i *Identity, scan db.Scan) error {
			return scan(&i.Provider, &i.Staff, &i.Asked, &i.Approved, &i.By)
		}, `SELECT provider, staff_id, asked_at, approved_at, approved_by FROM staff_identity
			WHERE institution_id = $1 AND staff_id = $2 ORDER BY asked_at, provider`, inst, staff)
		return err
	})
	return list, err
}

// boundTo returns the account of a person whom a provider named, if approved.
func boundTo(tx *db.Tx, inst id.Institution, index []byte) (staff id.Staff, err error) {
	err = tx.QueryRow(`SELECT i.staff_id FROM staff_identity i
		JOIN staff s ON s.institution_id = i.institution_id AND s.staff_id = i.staff_id
		WHERE i.institution_id = $1 AND i.identity_index = $2 AND i.approved_at > 0
		AND s.state = 'active' AND (s.ends_at = 0 OR s.ends_at > $3)`, inst, index, tx.Now().UnixMilli()).Scan(&staff)
	if errors.Is(err, sql.ErrNoRows) {
		return staff, fault.New(fault.Denied, "signon.unbound")
	}
	return staff, err
}
