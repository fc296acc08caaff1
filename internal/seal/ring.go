package seal

import (
	"context"
	"crypto/cipher"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
)

// ring is the unwrapped keys of one institution. It is immutable.
type ring struct {
	suite   Suite
	current uint32 // wraps new subject keys
	keys    map[uint32]cipher.AEAD
	lost    map[uint32]error // versions that could not be unwrapped, and why
	index   secret.Key
	indexed error // why index is empty, if it is
}

// key returns the AEAD of a version. Unavailable: seal.key_unknown, or why the
// version could not be unwrapped.
func (r *ring) key(version uint32) (cipher.AEAD, error) {
	if a, ok := r.keys[version]; ok {
		return a, nil
	}
	if err := r.lost[version]; err != nil {
		return nil, err
	}
	return nil, keyUnknown(version)
}

func keyUnknown(version uint32) error {
	return fault.New(fault.Unavailable, "seal.key_unknown", version)
}

// maxRings bounds the cache: about 1 KiB for each institution and version.
const maxRings = 4096

// unwrapTime bounds one question to a KEK that is asked inside a transaction.
const unwrapTime = 5 * time.Second

func (v *Vault) cached(inst id.Institution) *ring {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.rings[inst]
}

func (v *Vault) put(inst id.Institution, r *ring) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.rings) >= maxRings {
		for other := range v.rings { // any will do: a miss costs one unwrap
			delete(v.rings, other)
			break
		}
	}
	v.rings[inst] = r
}

func (v *Vault) forget(inst id.Institution) {
	v.mu.Lock()
	defer v.mu.Unlock()
	delete(v.rings, inst)
}

// Load unwraps the keys of an institution, so that no transaction has to wait
// for the KEK. Callers that serve an institution should load it beforehand;
// where they did not, a transaction asks the KEK itself, and what it learns is
// kept only if it is an Update that commits.
//
// Unavailable: seal.no_keys, seal.kek_unknown, or what the KEK answered.
func (v *Vault) Load(ctx context.Context, d *db.DB, inst id.Institution) error {
	_, err := v.load(ctx, d, inst)
	return err
}

func (v *Vault) load(ctx context.Context, d *db.DB, inst id.Institution) (*ring, error) {
	if r := v.cached(inst); r != nil {
		return r, nil
	}
	var stored keyRows
	err := d.View(ctx, inst, func(tx *db.Tx) (err error) {
		stored, err = selectKeys(tx, inst)
		return err
	})
	if err != nil {
		return nil, err
	}
	r, whole, err := v.unwrap(ctx, inst, stored)
	if err == nil && whole {
		v.put(inst, r)
	}
	return r, err
}

// ring returns the keys of an institution, from the cache if it can.
func (v *Vault) ring(tx *db.Tx, inst id.Institution) (*ring, error) {
	if r := v.cached(inst); r != nil {
		return r, nil
	}
	return v.read(tx, inst)
}

// read unwraps the keys that tx sees. They reach the cache only if tx commits:
// what it sees may be its own and may yet be rolled back.
func (v *Vault) read(tx *db.Tx, inst id.Institution) (*ring, error) {
	stored, err := selectKeys(tx, inst)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), unwrapTime)
	defer cancel()
	r, whole, err := v.unwrap(ctx, inst, stored)
	if err == nil && whole {
		tx.AfterCommit(func() { v.put(inst, r) })
	}
	return r, err
}

// key returns the ring of inst and the AEAD of one of its versions. A version
// that the cache does not know may have been made by another node: look again.
func (v *Vault) key(tx *db.Tx, inst id.Institution, version uint32) (*ring, cipher.AEAD, error) {
	r, err := v.ring(tx, inst)
	if err != nil {
		return nil, nil, err
	}
	a, err := r.key(version)
	if err != nil && r == v.cached(inst) {
		if r, err = v.read(tx, inst); err != nil {
			return nil, nil, err
		}
		a, err = r.key(version)
	}
	return r, a, err
}

// unwrap decodes the stored keys of an institution. One key that fails leaves
// the others usable; whole says that none failed for a reason that may pass.
func (v *Vault) unwrap(ctx context.Context, inst id.Institution, stored keyRows) (r *ring, whole bool, err error) {
	if len(stored.versions) == 0 {
		return nil, false, fault.New(fault.Unavailable, "seal.no_keys")
	}
	r = &ring{keys: make(map[uint32]cipher.AEAD), lost: make(map[uint32]error)}
	whole = true
	for _, k := range stored.versions {
		if k.Retired.IsZero() {
			r.suite, r.current = k.Suite, k.Number
		}
		if !k.Destroyed.IsZero() {
			continue
		}
		key, err := v.ask(ctx, k.KEK, institutionAAD(k.Suite, inst, k.Number), k.wrapped)
		if err == nil {
			r.keys[k.Number], err = k.Suite.aead(key.Expose())
			key.Wipe()
		}
		if err != nil {
			delete(r.keys, k.Number)
			r.lost[k.Number] = err
			whole = whole && fault.CodeOf(err) == "seal.kek_unknown"
		}
	}
	r.index, r.indexed = v.ask(ctx, stored.indexKEK, indexKeyAAD(r.suite, inst), stored.index)
	return r, whole && r.indexed == nil, nil
}

// ask has a KEK unwrap a key.
func (v *Vault) ask(ctx context.Context, kek string, aad, wrapped []byte) (secret.Key, error) {
	k, ok := v.keks[kek]
	if !ok {
		return secret.Key{}, fault.New(fault.Unavailable, "seal.kek_unknown", kek)
	}
	return k.Unwrap(ctx, aad, wrapped)
}
