package seal

import (
	"context"
	"crypto/cipher"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
)

// generation is the version of every subject key, which is never replaced.
const generation = 1

// Sealer seals many fields of one subject with its key unwrapped once. It holds
// that key in clear, so it must not outlive the work that it was made for. It
// cannot open anything. For one goroutine.
type Sealer struct {
	v       *Vault
	ring    *ring
	inst    id.Institution
	subject id.Subject
	aead    cipher.AEAD

	// Of a new subject only, for Save.
	key     secret.Key
	version uint32
	wrapped []byte
	salt    []byte
}

// Prepare makes the key and the salt of a new subject outside any transaction,
// so that the writer of the database need not wait for cryptography: seal the
// fields, then Save in the transaction that writes them.
func (v *Vault) Prepare(ctx context.Context, d *db.DB, inst id.Institution, subject id.Subject) (*Sealer, error) {
	r, err := v.load(ctx, d, inst)
	if err != nil {
		return nil, err
	}
	return v.sealer(r, inst, subject)
}

// Sealer returns a Sealer for a subject that has a key. Erased: seal.erased.
func (v *Vault) Sealer(tx *db.Tx, inst id.Institution, subject id.Subject) (*Sealer, error) {
	wrapped, err := selectSubject(tx, inst, subject)
	if err != nil {
		return nil, err
	}
	r, aead, err := v.subjectKey(tx, inst, subject, wrapped)
	if err != nil {
		return nil, err
	}
	return &Sealer{v: v, ring: r, inst: inst, subject: subject, aead: aead}, nil
}

func (v *Vault) sealer(r *ring, inst id.Institution, subject id.Subject) (*Sealer, error) {
	if subject.IsZero() {
		return nil, fault.New(fault.Invalid, "seal.place")
	}
	fresh, err := v.random(r.suite.KeySize() + 16)
	if err != nil {
		return nil, err
	}
	key, salt := fresh[:r.suite.KeySize()], fresh[r.suite.KeySize():]
	aead, err := r.suite.aead(key)
	if err != nil {
		return nil, err
	}
	s := &Sealer{v: v, inst: inst, subject: subject, aead: aead, key: secret.NewKey(key), salt: salt}
	return s, s.wrap(r)
}

// wrap wraps the new key under the current version of r.
func (s *Sealer) wrap(r *ring) error {
	above, err := r.key(r.current)
	if err != nil {
		return err
	}
	s.ring, s.version = r, r.current
	s.wrapped, err = encrypt(s.v.rand, above, r.suite, r.current, s.key.Expose(),
		subjectAAD(r.suite, s.inst, s.subject, r.current))
	return err
}

// Save stores the key of a new subject. Conflict if the subject has one. If the
// institution key was rotated since Prepare, the key is wrapped anew.
func (s *Sealer) Save(tx *db.Tx) error {
	if s.key.Empty() {
		return fault.New(fault.Conflict, "seal.exists")
	}
	for range 2 {
		n, err := insertSubject(tx, s.inst, s.subject, s.version, s.wrapped, s.salt)
		if err != nil || n == 1 {
			return err
		}
		r, err := s.v.read(tx, s.inst)
		if err != nil {
			return err
		}
		if err := s.wrap(r); err != nil {
			return err
		}
	}
	return keyUnknown(s.version)
}

// Seal encrypts text for a field. Invalid: seal.place, seal.too_long (1 MiB).
func (s *Sealer) Seal(field string, version uint32, text secret.Text) ([]byte, error) {
	p := Place{s.inst, s.subject, field, version}
	if err := p.check(); err != nil {
		return nil, err
	}
	clear := text.Expose()
	if len(clear) > maxText {
		return nil, fault.New(fault.Invalid, "seal.too_long", maxText)
	}
	aad := p.AppendAAD(make([]byte, 0, 160), s.ring.suite, generation)
	return encrypt(s.v.rand, s.aead, s.ring.suite, generation, []byte(clear), aad)
}

// Index is Vault.Index for the subject's institution.
func (s *Sealer) Index(field string, normalised secret.Text) ([]byte, error) {
	return s.ring.blind(s.inst, field, normalised)
}

// Commitment is Vault.Commitment for a subject that is not saved yet.
func (s *Sealer) Commitment(event id.Event) ([32]byte, error) {
	if len(s.salt) == 0 {
		return [32]byte{}, fault.New(fault.Conflict, "seal.exists")
	}
	return Commit(EventSalt(s.salt, event), s.subject), nil
}
