// Package account knows who may act: staff, guardians, children of 14 and more,
// overseers' officers, and programs with an API key. It proves them, keeps their
// sessions, appoints and removes them. What they may then do is the policy's
// affair; what they may see is the gate's.
//
// Invariants:
//
//   - A token, an invitation and an API key are stored only as SHA-256; a phone
//     code and a one-time password secret not at all: the first as a keyed hash,
//     the second is derived by the vault from a nonce.
//   - Every limit is counted in the base, under the blind index of the normalised
//     login or phone, before the work it limits is done. A restart, a second
//     node or another spelling resets nothing.
//   - A code is spent, durably, before its success is reported.
//   - A name or phone that does not exist costs the same work, writes the same
//     rows and gets the same answer as one that does, up to the point where the
//     proof itself succeeds.
//   - An appointment needs two people, and neither is the one appointed (I8).
//   - When a removal returns, no session of the removed person answers on this
//     node; on other nodes none answers a second later.
//
// No phone number is ever stored or logged here.
package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"github.com/wardfold/wardfold/internal/account/passkey"
	"github.com/wardfold/wardfold/internal/account/password"
	"github.com/wardfold/wardfold/internal/account/signon"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
)

// Vault is the part of package seal that proves without opening.
type Vault interface {
	// Index is a keyed hash whose key is outside the base.
	Index(tx *db.Tx, inst id.Institution, field string, normalised secret.Text) ([]byte, error)
	// Commitment stands for a subject in an entry of the ledger.
	Commitment(tx *db.Tx, inst id.Institution, subject id.Subject, event id.Event) ([32]byte, error)
}

// Families finds the records that a phone opens. Package subject has them.
type Families interface {
	// ByPhone returns whom a phone in E.164 may act for; none is not an error.
	ByPhone(tx *db.Tx, inst id.Institution, phone secret.Text) ([]Member, error)
}

// Member is a guardian, or a child of 14 and more, and the role in which the
// record acts.
type Member struct {
	Subject id.Subject
	Role    actor.Role
}

// Sender takes a code on its way in the caller's transaction. If live is false
// it does the same work and sends nothing. Package notify has one.
type Sender interface {
	SendCode(tx *db.Tx, inst id.Institution, phone, code secret.Text, life time.Duration, live bool) error
}

// Config is what a Register works with. DB, Vault and Passwords are needed; the rest
// switches off what it is for.
type Config struct {
	DB        *db.DB
	Vault     Vault
	Passwords *password.Hasher
	Families  Families
	Codes     Sender
	Passkeys  *passkey.Party
	SignOn    []*signon.Provider
	Limits    Limits
	Now       func() time.Time // for cached sessions; nil is time.Now
	Rand      io.Reader        // nil is crypto/rand
}

// Limits are the figures of this room; a zero field takes the default.
type Limits struct {
	StaffIdle, FamilyIdle         time.Duration // 15 and 30 minutes without a request
	StaffSession, FamilySession   time.Duration // 12 hours after signing in, whatever happens
	Failures                      int           // 20 in a row lock a login or a phone
	CodeLife                      time.Duration // 5 minutes. Source: ASVS 6.5.5 allows 10
	CodeTries                     int           // 5 for one code
	CodePause                     time.Duration // 60 seconds between two codes to one phone
	CodesPerHour, CodesPerDay     int           // 5 and 10 to one phone
	CodesPerInstitution           int           // 5,000 a day in all: somebody pays for them
	PhoneProof, Ceremony, Invited time.Duration // 30 minutes, 5 minutes, 72 hours
}

func (l Limits) filled() Limits {
	fill(&l.StaffIdle, 15*time.Minute)
	fill(&l.FamilyIdle, 30*time.Minute)
	fill(&l.StaffSession, 12*time.Hour)
	fill(&l.FamilySession, 12*time.Hour)
	fill(&l.Failures, 20)
	fill(&l.CodeLife, 5*time.Minute)
	fill(&l.CodeTries, 5)
	fill(&l.CodePause, time.Minute)
	fill(&l.CodesPerHour, 5)
	fill(&l.CodesPerDay, 10)
	fill(&l.CodesPerInstitution, 5000)
	fill(&l.PhoneProof, 30*time.Minute)
	fill(&l.Ceremony, 5*time.Minute)
	fill(&l.Invited, 72*time.Hour)
	return l
}

func fill[T int | time.Duration](v *T, standard T) {
	if *v == 0 {
		*v = standard
	}
}

// Register knows the accounts of this installation, and is where people and
// programs prove who they are. It is safe for
// concurrent use.
type Register struct {
	Config

	// Leaving is called in the transaction that removes an account, to end what
	// other rooms keep for it: package grant ends its grants. Nil ends nothing more.
	Leaving func(tx *db.Tx, inst id.Institution, staff id.Staff) error

	signOn   map[string]*signon.Provider
	sessions *cache
	keys     *cache
	shares   shares // of the quotas of API keys
}

// New returns a register.
func New(cfg Config) *Register {
	cfg.Limits = cfg.Limits.filled()
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Reader
	}
	g := &Register{Config: cfg, signOn: make(map[string]*signon.Provider), sessions: newCache(), keys: newCache()}
	for _, p := range cfg.SignOn {
		g.signOn[p.Name()] = p
	}
	return g
}

// Entry is a session just opened or renewed. Token goes into the person's cookie
// and nowhere else.
type Entry struct {
	Token   secret.Text
	Actor   actor.Actor
	Members []Member // for a phone that opens several records: all of them
}

const tokenRandom = 32 // bytes: 256 bits

var b64 = base64.RawURLEncoding

// newToken makes a token that says which institution it belongs to, so that it
// can be looked up by primary key, and the hash under which it is stored.
func (g *Register) newToken(inst id.Institution) (secret.Text, [32]byte, error) {
	b := make([]byte, 16+tokenRandom)
	copy(b, inst.Bytes())
	if _, err := io.ReadFull(g.Rand, b[16:]); err != nil {
		return secret.Text{}, [32]byte{}, fmt.Errorf("account: read randomness: %w", err)
	}
	return secret.NewText(b64.EncodeToString(b)), sha256.Sum256(b), nil
}

// readToken is the inverse of newToken.
func readToken(token secret.Text) (inst id.Institution, hash [32]byte, ok bool) {
	var b [16 + tokenRandom]byte
	s := token.Expose()
	if len(s) != b64.EncodedLen(len(b)) {
		return inst, hash, false
	}
	if _, err := b64.Strict().Decode(b[:], []byte(s)); err != nil {
		return inst, hash, false
	}
	inst, err := id.FromBytes[id.Institution](b[:16])
	return inst, sha256.Sum256(b[:]), err == nil && !inst.IsZero()
}

// Browser is the random token that a page puts into the cookie of a browser
// before anybody has signed in. Codes and ceremonies are bound to it.
type Browser = secret.Text

// NewBrowser returns a token for a browser that has none.
func (g *Register) NewBrowser() (Browser, error) {
	b := make([]byte, tokenRandom)
	if _, err := io.ReadFull(g.Rand, b); err != nil {
		return Browser{}, fmt.Errorf("account: read randomness: %w", err)
	}
	return secret.NewText(b64.EncodeToString(b)), nil
}

// browserHash is the name of a browser in the base. A token that NewBrowser did
// not make is not believed.
func browserHash(b Browser) ([]byte, error) {
	s := b.Expose()
	if raw, err := b64.Strict().DecodeString(s); err != nil || len(raw) != tokenRandom {
		return nil, errBrowser
	}
	h := sha256.Sum256([]byte(s))
	return h[:], nil
}

// Sweep removes what has expired in an institution: sessions, codes, ceremonies,
// old counts. Nothing depends on it but the size of the base.
func (g *Register) Sweep(ctx context.Context, inst id.Institution) error {
	return g.DB.Update(ctx, inst, func(tx *db.Tx) error { return g.sweep(tx, inst) })
}
