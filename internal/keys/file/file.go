// Package file keeps root keys in one file, encrypted under a passphrase. It is
// the key ring of an installation without an HSM or a key service.
//
// The file is an age file (age-encryption.org/v1) with a scrypt recipient, so
// that any age tool opens it with the passphrase; inside is a JSON list of keys,
// the last of which is the current one. It belongs to one account with mode
// 0600 and is replaced as a whole: written beside, synced, renamed, directory
// synced. A crash leaves the old file or the new one.
//
// # The ceremony
//
// Two people are present. The passphrase is drawn from dice or a password
// generator (15 characters at least), written on paper twice, and each sheet is
// sealed and kept by another person. A copy of the file goes on a medium that
// is kept apart from the database's backups: whoever has both and the
// passphrase has everything, and whoever has lost the file has lost everything.
// After Add or Remove the copy is replaced and the old medium destroyed,
// because erasure reaches backups only when no copy of an old key is left
// (package seal, Rotation and destruction).
package file

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

// File names a key file. Its methods may be used by several processes: changes
// are serial, and one that would wait is Conflict, keys.busy.
type File struct {
	Path string
	Now  func() time.Time // nil means time.Now

	// WorkFactor is the binary logarithm of scrypt's cost for new files. 0 means
	// 18, about a second; tests may lower it.
	WorkFactor int
}

// Ring is an opened key file.
type Ring struct{ keys []Key }

// Key is one root key of a ring.
type Key struct {
	ID      id.Key
	Created time.Time
	key     secret.Key
}

// Current returns the key that wraps what is new.
func (r *Ring) Current() seal.KEK { return r.keys[len(r.keys)-1].kek() }

// Former returns the older keys, which only unwrap.
func (r *Ring) Former() (list []seal.KEK) {
	for _, k := range r.keys[:len(r.keys)-1] {
		list = append(list, k.kek())
	}
	return list
}

// Keys lists the keys of the ring, oldest first.
func (r *Ring) Keys() []Key { return slices.Clone(r.keys) }

func (k Key) kek() seal.KEK {
	kek, err := seal.Local(k.ID.String(), k.key)
	if err != nil {
		panic(err) // decode accepts 32 bytes and an id only
	}
	return kek
}

// Create makes a file with one key. Conflict: keys.exists (nothing is ever
// overwritten). Invalid: keys.passphrase_short.
func (f File) Create(passphrase secret.Text) (*Ring, error) {
	if err := strong(passphrase); err != nil {
		return nil, err
	}
	unlock, err := f.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	r := &Ring{keys: []Key{f.fresh()}}
	return r, f.write(r, passphrase, os.Link)
}

// Open reads the file. Unauthenticated: keys.passphrase. Unavailable:
// keys.missing, keys.damaged, keys.permissions (others may read the file).
func (f File) Open(passphrase secret.Text) (*Ring, error) {
	h, err := os.Open(f.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Unavailable, "keys.missing", f.Path)
	}
	if err != nil {
		return nil, fault.New(fault.Unavailable, "keys.unreadable", f.Path).Because(err)
	}
	defer h.Close() // read only: nothing to lose
	info, err := h.Stat()
	if err != nil {
		return nil, fault.New(fault.Unavailable, "keys.unreadable", f.Path).Because(err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fault.New(fault.Unavailable, "keys.permissions", f.Path)
	}
	keys, err := decode(h, passphrase)
	if err != nil {
		return nil, f.explain(err)
	}
	return &Ring{keys}, nil
}

// Add puts a new key on the ring and makes it the current one. It is on disk
// before Add returns, and nothing must be wrapped under it before that.
func (f File) Add(passphrase secret.Text) (*Ring, error) {
	return f.change(passphrase, passphrase, func(r *Ring) error {
		r.keys = append(r.keys, f.fresh())
		return nil
	})
}

// Remove destroys a former key: what is still wrapped under it is lost. Ask
// seal.Vault.InUse for every institution first. Conflict: keys.current;
// NotFound: keys.unknown.
func (f File) Remove(passphrase secret.Text, key id.Key) (*Ring, error) {
	return f.change(passphrase, passphrase, func(r *Ring) error {
		i := slices.IndexFunc(r.keys, func(k Key) bool { return k.ID == key })
		switch i {
		case -1:
			return fault.New(fault.NotFound, "keys.unknown", key.String())
		case len(r.keys) - 1:
			return fault.New(fault.Conflict, "keys.current", key.String())
		}
		r.keys = slices.Delete(r.keys, i, i+1)
		return nil
	})
}

// ChangePassphrase encrypts the same ring under another passphrase.
func (f File) ChangePassphrase(old, passphrase secret.Text) error {
	if err := strong(passphrase); err != nil {
		return err
	}
	_, err := f.change(old, passphrase, func(*Ring) error { return nil })
	return err
}

func (f File) change(old, passphrase secret.Text, edit func(*Ring) error) (*Ring, error) {
	unlock, err := f.lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	r, err := f.Open(old)
	if err != nil {
		return nil, err
	}
	if err := edit(r); err != nil {
		return nil, err
	}
	return r, f.write(r, passphrase, os.Rename)
}

func (f File) fresh() Key {
	now := time.Now
	if f.Now != nil {
		now = f.Now
	}
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails since Go 1.24
	at := now().UTC().Truncate(time.Second)
	return Key{ID: id.Make[id.Key](at), Created: at, key: secret.NewKey(b)}
}

// lock takes the directory, so that no lock file is left lying about. The
// kernel lets go of it when the process dies.
func (f File) lock() (unlock func(), err error) {
	d, err := os.Open(filepath.Dir(f.Path))
	if err != nil {
		return nil, fault.New(fault.Unavailable, "keys.unreadable", f.Path).Because(err)
	}
	if err := syscall.Flock(int(d.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = d.Close() // the lock is the news
		return nil, fault.New(fault.Conflict, "keys.busy", f.Path)
	}
	return func() { _ = d.Close() }, nil // closing unlocks
}

// write puts the ring beside the file and moves it into place: os.Link refuses
// to replace a file, os.Rename replaces it at once.
func (f File) write(r *Ring, passphrase secret.Text, place func(from, to string) error) error {
	dir := filepath.Dir(f.Path)
	t, err := os.CreateTemp(dir, ".keys-*") // mode 0600
	if err != nil {
		return fault.New(fault.Unavailable, "keys.unwritable", f.Path).Because(err)
	}
	defer os.Remove(t.Name()) // gone already after a rename
	err = encode(t, r.keys, passphrase, f.WorkFactor)
	if err == nil {
		err = t.Sync()
	}
	if err = errors.Join(err, t.Close()); err == nil {
		err = place(t.Name(), f.Path)
	}
	if err == nil {
		err = syncDir(dir)
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return fault.New(fault.Conflict, "keys.exists", f.Path)
	case err != nil:
		return fault.New(fault.Unavailable, "keys.unwritable", f.Path).Because(err)
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
