package seal

import (
	"context"
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
)

// Config says where a Vault finds its root keys.
type Config struct {
	KEK    KEK           // wraps every new institution key
	Former []KEK         // unwrap what older versions were wrapped under
	Rand   io.Reader     // nil means crypto/rand
	Window time.Duration // how long backups are kept; 0 means 30 days
}

// Vault seals and opens. It is safe for concurrent use; unwrapped institution
// keys stay in its memory.
type Vault struct {
	kek    KEK
	keks   map[string]KEK
	rand   io.Reader
	window time.Duration

	mu    sync.RWMutex
	rings map[id.Institution]*ring
}

// New returns a Vault. It asks no KEK anything yet.
func New(c Config) (*Vault, error) {
	if c.KEK == nil {
		return nil, fault.New(fault.Invalid, "seal.kek_invalid")
	}
	v := &Vault{kek: c.KEK, rand: c.Rand, window: c.Window,
		keks: make(map[string]KEK), rings: make(map[id.Institution]*ring)}
	if v.rand == nil {
		v.rand = rand.Reader
	}
	if v.window == 0 {
		v.window = 30 * 24 * time.Hour
	}
	for _, k := range append([]KEK{c.KEK}, c.Former...) {
		if _, twice := v.keks[k.ID()]; twice || k.ID() == "" {
			return nil, fault.New(fault.Invalid, "seal.kek_invalid")
		}
		v.keks[k.ID()] = k
	}
	return v, nil
}

// Provision gives a new institution its first key and its index key, both of
// the suite. It belongs in the transaction that creates the institution.
// Conflict if it was done before.
func (v *Vault) Provision(tx *db.Tx, inst id.Institution, s Suite) error {
	if inst.IsZero() || !s.valid() {
		return fault.New(fault.Invalid, "seal.suite_unknown")
	}
	ctx, cancel := context.WithTimeout(context.Background(), unwrapTime)
	defer cancel()
	wrapped, err := v.wrapNew(ctx, institutionAAD(s, inst, 1), s.KeySize())
	if err != nil {
		return err
	}
	index, err := v.wrapNew(ctx, indexKeyAAD(s, inst), 32)
	if err != nil {
		return err
	}
	now := tx.Now()
	if err := insertVersion(tx, inst, Version{Number: 1, Suite: s, KEK: v.kek.ID(), Created: now, wrapped: wrapped}); err != nil {
		return err
	}
	return insertIndexKey(tx, inst, v.kek.ID(), index, now)
}

// wrapNew makes a random key and returns it wrapped under the current KEK.
func (v *Vault) wrapNew(ctx context.Context, aad []byte, size int) ([]byte, error) {
	b, err := v.random(size)
	if err != nil {
		return nil, err
	}
	key := secret.NewKey(b)
	defer key.Wipe()
	return v.kek.Wrap(ctx, aad, key)
}

func (v *Vault) random(size int) ([]byte, error) {
	b := make([]byte, size)
	if _, err := io.ReadFull(v.rand, b); err != nil {
		return nil, fmt.Errorf("seal: read randomness: %w", err)
	}
	return b, nil
}

// Create makes the key and the salt of a new subject. Conflict if it has one.
// To seal its first fields in the same breath, use Prepare.
func (v *Vault) Create(tx *db.Tx, inst id.Institution, subject id.Subject) error {
	r, err := v.ring(tx, inst)
	if err != nil {
		return err
	}
	s, err := v.sealer(r, inst, subject)
	if err != nil {
		return err
	}
	return s.Save(tx)
}

// Seal encrypts text for a place. Invalid: seal.place, seal.too_long (1 MiB);
// Erased: seal.erased; Unavailable: seal.key_unknown, seal.damaged.
func (v *Vault) Seal(tx *db.Tx, p Place, text secret.Text) ([]byte, error) {
	s, err := v.Sealer(tx, p.Institution, p.Subject)
	if err != nil {
		return nil, err
	}
	return s.Seal(p.Field, p.Version, text)
}

// Open decrypts what was sealed for a place. It reads the subject's key from
// the database; a caller that selects the value itself joins subject_key in
// that statement and calls OpenWith.
//
// Denied: seal.no_permit; Invalid: seal.place; Erased: seal.erased;
// Unavailable: seal.key_unknown, seal.kek_unknown, seal.damaged (the bytes are
// not what was sealed for this place).
func (v *Vault) Open(tx *db.Tx, permit Permit, p Place, sealed []byte) (secret.Text, error) {
	if err := permit.admit(tx); err != nil {
		return secret.Text{}, err
	}
	wrapped, err := selectSubject(tx, p.Institution, p.Subject)
	if err != nil {
		return secret.Text{}, err
	}
	return v.OpenWith(tx, permit, p, wrapped, sealed)
}

// OpenWith is Open for a caller that holds the column subject_key.wrapped; nil
// or empty (a LEFT JOIN that found no row) means that the subject was erased.
func (v *Vault) OpenWith(tx *db.Tx, permit Permit, p Place, wrapped, sealed []byte) (secret.Text, error) {
	if err := permit.admit(tx); err != nil {
		return secret.Text{}, err
	}
	if err := p.check(); err != nil {
		return secret.Text{}, err
	}
	r, aead, err := v.subjectKey(tx, p.Institution, p.Subject, wrapped)
	if err != nil {
		return secret.Text{}, err
	}
	e, err := parse(sealed)
	switch {
	case err != nil:
		return secret.Text{}, err
	case e.version != generation:
		return secret.Text{}, keyUnknown(e.version)
	case e.suite != r.suite:
		return secret.Text{}, damaged()
	}
	text, err := e.decrypt(nil, aead, p.AppendAAD(make([]byte, 0, 160), e.suite, e.version))
	if err != nil {
		return secret.Text{}, err
	}
	return secret.NewText(string(text)), nil
}

// subjectKey unwraps a subject's key. It keeps no copy.
func (v *Vault) subjectKey(tx *db.Tx, inst id.Institution, subject id.Subject, wrapped []byte) (*ring, cipher.AEAD, error) {
	if len(wrapped) == 0 {
		return nil, nil, erased()
	}
	e, err := parse(wrapped)
	if err != nil {
		return nil, nil, err
	}
	r, above, err := v.key(tx, inst, e.version)
	if err != nil {
		return nil, nil, err
	}
	if e.suite != r.suite {
		return nil, nil, damaged()
	}
	key, err := e.decrypt(make([]byte, 0, 32), above, subjectAAD(e.suite, inst, subject, e.version))
	if err != nil {
		return nil, nil, err
	}
	defer clear(key)
	aead, err := r.suite.aead(key)
	if err != nil {
		return nil, nil, damaged()
	}
	return r, aead, nil
}

func erased() error { return fault.New(fault.Erased, "seal.erased") }

// Erase destroys the subject's key and salt: from the commit on nothing of the
// subject opens, and no leaf of the ledger can be matched to it. Erasing twice
// is not an error. The package manual says when backups follow (I10).
func (v *Vault) Erase(tx *db.Tx, inst id.Institution, subject id.Subject) error {
	return deleteSubject(tx, inst, subject)
}
