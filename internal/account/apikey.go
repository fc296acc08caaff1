package account

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/secret"
)

// KeyRequest describes an API key to be: for what, which fields, how much, until
// when. There is no key for everything.
type KeyRequest struct {
	Label       string
	Store       id.Store // zero for the whole institution
	Purposes    []string // catalogue codes; at least one
	Fields      []string // catalogue codes; at least one
	QuotaPerDay int      // subjects a day
	Expires     time.Time
}

// APIKey is a key as the people who answer for it see it.
type APIKey struct {
	ID id.APIKey
	KeyRequest
	MadeBy, ApprovedBy      id.Staff
	Made, Approved, Revoked time.Time
	Issued                  bool // the secret has been shown
}

const (
	keyPrefix  = "wf_"
	keyLife    = 400 * day // a key is renewed at least about once a year
	mostQuota  = 1_000_000
	mostCodes  = 32
	keyIDSize  = 32 // institution and key
	keyRandom  = 32 // bytes: 256 bits
	keyEncoded = len(keyPrefix) + 52 + 1 + 52
)

var b32 = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// Who may ask for a key, and who may approve one.
var (
	keyAskers    = []actor.Role{actor.Manager, actor.Officer, actor.Owner, actor.DataOwner, actor.CyberOffice, actor.SysAdmin}
	keyApprovers = []actor.Role{actor.Officer, actor.Owner}
)

// AskKey asks for a key. It exists once a second person has approved it and the
// first has collected it. Invalid: about label, purposes, fields, quota,
// expires. Denied: role.not_yours. Unauthenticated: stepup.needed.
func (g *Register) AskKey(ctx context.Context, by actor.Actor, r KeyRequest) (key id.APIKey, err error) {
	if r.Label = label(r.Label); r.Label == "" {
		return key, fault.At("label", "key.label")
	}
	if err := checkCodes("purposes", r.Purposes); err != nil {
		return key, err
	}
	if err := checkCodes("fields", r.Fields); err != nil {
		return key, err
	}
	if r.QuotaPerDay < 1 || r.QuotaPerDay > mostQuota {
		return key, fault.At("quota", "key.quota_range", mostQuota)
	}
	err = g.DB.Update(ctx, by.Institution, func(tx *db.Tx) error {
		now := tx.Now()
		if !r.Expires.After(now) || r.Expires.Sub(now) > keyLife {
			return fault.At("expires", "key.expires", int(keyLife/day))
		}
		if err := entitled(by, keyAskers, now); err != nil {
			return err
		}
		key = id.Make[id.APIKey](now)
		if _, err := tx.Exec(`INSERT INTO api_key (institution_id, key_id, label, store_id, purposes, fields, quota_per_day,
			expires_at, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			by.Institution, key, r.Label, r.Store, strings.Join(r.Purposes, " "), strings.Join(r.Fields, " "), r.QuotaPerDay,
			r.Expires.UnixMilli(), by.Staff, now.UnixMilli()); err != nil {
			return err
		}
		return g.note(tx, ledger.APIKeyAsked, by, mark{Ref: key.String()})
	})
	return key, err
}

// ApproveKey is the second person's yes. Denied: role.same_person (I8),
// role.not_yours. Conflict: key.not_pending.
func (g *Register) ApproveKey(ctx context.Context, by actor.Actor, key id.APIKey) error {
	return g.DB.Update(ctx, by.Institution, func(tx *db.Tx) error {
		k, err := selectKey(tx, by.Institution, key)
		if err != nil {
			return err
		}
		if err := entitled(by, keyApprovers, tx.Now()); err != nil {
			return err
		}
		switch {
		case k.MadeBy == by.Staff:
			return fault.New(fault.Denied, "role.same_person")
		case !k.Approved.IsZero() || !k.Revoked.IsZero() || !k.Expires.After(tx.Now()):
			return fault.New(fault.Conflict, "key.not_pending")
		}
		if _, err := tx.Exec(`UPDATE api_key SET approved_by = $1, approved_at = $2 WHERE institution_id = $3 AND key_id = $4`,
			by.Staff, tx.Now().UnixMilli(), by.Institution, key); err != nil {
			return err
		}
		return g.note(tx, ledger.APIKeyApproved, by, mark{Ref: key.String()})
	})
}

// CollectKey makes the secret of an approved key and returns the key, once, to
// who asked for it: "wf_<id>_<secret>". Nobody sees it again.
func (g *Register) CollectKey(ctx context.Context, by actor.Actor, key id.APIKey) (whole secret.Text, err error) {
	raw := make([]byte, keyIDSize+keyRandom)
	copy(raw, by.Institution.Bytes())
	copy(raw[16:], key.Bytes())
	if _, err := io.ReadFull(g.Rand, raw[keyIDSize:]); err != nil {
		return secret.Text{}, fmt.Errorf("account: read randomness: %w", err)
	}
	hash := sha256.Sum256(raw)
	err = g.DB.Update(ctx, by.Institution, func(tx *db.Tx) error {
		k, err := selectKey(tx, by.Institution, key)
		if err != nil {
			return err
		}
		if err := entitled(by, keyAskers, tx.Now()); err != nil {
			return err
		}
		switch {
		case k.MadeBy != by.Staff:
			return fault.New(fault.Denied, "key.not_yours")
		case k.Approved.IsZero() || k.Issued || !k.Revoked.IsZero():
			return fault.New(fault.Conflict, "key.not_ready")
		}
		if _, err := tx.Exec(`UPDATE api_key SET secret_hash = $1 WHERE institution_id = $2 AND key_id = $3`, hash[:], by.Institution, key); err != nil {
			return err
		}
		return g.note(tx, ledger.APIKeyMade, by, mark{Ref: key.String()})
	})
	if err != nil {
		return secret.Text{}, err
	}
	return secret.NewText(keyPrefix + b32.EncodeToString(raw[:keyIDSize]) + "_" + b32.EncodeToString(raw[keyIDSize:])), nil
}

// RevokeKey ends a key at once: by who asked for it, who may approve keys, or the
// system's administrator.
func (g *Register) RevokeKey(ctx context.Context, by actor.Actor, key id.APIKey) error {
	return g.DB.Update(ctx, by.Institution, func(tx *db.Tx) error {
		k, err := selectKey(tx, by.Institution, key)
		if err != nil {
			return err
		}
		if k.MadeBy != by.Staff && by.Role != actor.SysAdmin {
			if err := entitled(by, keyApprovers, tx.Now()); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`UPDATE api_key SET revoked_at = $1, secret_hash = NULL WHERE institution_id = $2 AND key_id = $3`,
			tx.Now().UnixMilli(), by.Institution, key); err != nil {
			return err
		}
		tx.AfterCommit(func() { g.keys.drop(); g.shares.drop(key) })
		return g.note(tx, ledger.APIKeyRevoked, by, mark{Ref: key.String()})
	})
}

// Keys lists the keys of an institution, the latest first.
func (g *Register) Keys(ctx context.Context, inst id.Institution) (list []APIKey, err error) {
	err = g.DB.View(ctx, inst, func(tx *db.Tx) error {
		list, err = db.List(tx, func(k *APIKey, scan db.Scan) (err error) {
			*k, _, err = scanKey(scan)
			return err
		}, `SELECT `+keyColumns+` FROM api_key WHERE institution_id = $1 ORDER BY made_at DESC, key_id`, inst)
		return err
	})
	return list, err
}

// KeyActor says which program stands behind an API key. A key is its own proof
// each time it is used, so ProvedAt is now. Unauthenticated "key.refused" covers
// every key that does not count.
func (g *Register) KeyActor(ctx context.Context, key secret.Text) (actor.Actor, error) {
	raw, ok := readKey(key)
	if !ok {
		return actor.Actor{}, errKey
	}
	hash, now := sha256.Sum256(raw[:]), g.Now().UnixMilli()
	e, err := g.keys.find(hash, now, func() (*entry, error) { return g.loadKey(ctx, raw, hash) })
	if err != nil {
		return actor.Actor{}, err
	}
	if !e.live(now) {
		return actor.Actor{}, errKey
	}
	a := e.actor
	a.ProvedAt = time.UnixMilli(now).UTC()
	return a, nil
}

var errKey = fault.New(fault.Unauthenticated, "key.refused")

// readKey is the inverse of what CollectKey prints.
func readKey(key secret.Text) (raw [keyIDSize + keyRandom]byte, ok bool) {
	s := key.Expose()
	rest, prefixed := strings.CutPrefix(s, keyPrefix)
	if len(s) != keyEncoded || !prefixed || rest[52] != '_' {
		return raw, false
	}
	for i, part := range []string{rest[:52], rest[53:]} {
		out := raw[i*keyIDSize : (i+1)*keyIDSize]
		if _, err := b32.Decode(out, []byte(part)); err != nil || b32.EncodeToString(out) != part {
			return raw, false
		}
	}
	return raw, true
}

func (g *Register) loadKey(ctx context.Context, raw [keyIDSize + keyRandom]byte, hash [32]byte) (*entry, error) {
	inst, err := id.FromBytes[id.Institution](raw[:16])
	if err != nil || inst.IsZero() {
		return nil, errKey
	}
	key, err := id.FromBytes[id.APIKey](raw[16:keyIDSize])
	if err != nil {
		return nil, errKey
	}
	var e *entry
	err = g.DB.View(ctx, inst, func(tx *db.Tx) error {
		k, stored, err := scanKey(tx.QueryRow(`SELECT `+keyColumns+` FROM api_key WHERE institution_id = $1 AND key_id = $2`, inst, key).Scan)
		if errors.Is(err, sql.ErrNoRows) {
			return errKey
		}
		if err != nil {
			return err
		}
		if !k.Issued || !k.Revoked.IsZero() || subtle.ConstantTimeCompare(stored, hash[:]) != 1 {
			return errKey
		}
		e = &entry{expires: k.Expires.UnixMilli(), actor: actor.Actor{Institution: inst, Store: k.Store, Key: key,
			Role: actor.Integrator, Purposes: k.Purposes, Fields: k.Fields}}
		return nil
	})
	return e, err
}

// entitled reports whether an actor may deal with keys now.
func entitled(by actor.Actor, roles []actor.Role, now time.Time) error {
	if by.Staff.IsZero() || !slices.Contains(roles, by.Role) {
		return fault.New(fault.Denied, "role.not_yours")
	}
	return Fresh(by, now)
}

// checkCodes holds a list of catalogue codes to their shape; what they mean is
// the catalogue's affair.
func checkCodes(path string, codes []string) error {
	if len(codes) == 0 || len(codes) > mostCodes {
		return fault.At(path, "key.codes", mostCodes)
	}
	for _, c := range codes {
		if c == "" || len(c) > 64 || strings.Trim(c, "abcdefghijklmnopqrstuvwxyz0123456789._") != "" {
			return fault.At(path, "key.codes", mostCodes)
		}
	}
	return nil
}

const keyColumns = `key_id, secret_hash, label, store_id, purposes, fields, quota_per_day, expires_at, made_by, made_at, approved_by, approved_at, revoked_at`

func scanKey(scan db.Scan) (k APIKey, hash []byte, err error) {
	var purposes, fields string
	err = scan(&k.ID, &hash, &k.Label, &k.Store, &purposes, &fields, &k.QuotaPerDay, &k.Expires, &k.MadeBy, &k.Made,
		&k.ApprovedBy, &k.Approved, &k.Revoked)
	k.Purposes, k.Fields, k.Issued = strings.Fields(purposes), strings.Fields(fields), len(hash) > 0
	return k, hash, err
}

func selectKey(tx *db.Tx, inst id.Institution, key id.APIKey) (APIKey, error) {
	k, _, err := scanKey(tx.QueryRow(`SELECT `+keyColumns+` FROM api_key WHERE institution_id = $1 AND key_id = $2`, inst, key).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return k, fault.New(fault.NotFound, "key.unknown")
	}
	return k, err
}
