// Package guard keeps the newest signed head of each log in a file outside the
// database, on another disk if there is one. A database that is set back to an
// older state, by a restored backup or by hand, is then behind its own guard,
// and package ledger refuses to sign: it would sign a second history.
//
// A file holds the signed note as it is, so that an outsider can use it with
// "wardcheck log --from". The package imports nothing but the standard library.
package guard

import (
	"bytes"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"github.com/wardfold/wardfold/internal/durable"
)

// Dir is a folder with one file a log. Its methods may be called by any
// goroutine; two processes must not share a folder.
type Dir struct {
	path string
	mu   sync.Mutex
}

// Open returns the guard in a folder, which it creates if need be, readable by
// the program's user only.
func Open(path string) (*Dir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, err
	}
	return &Dir{path: path}, nil
}

// ErrMoved is returned by Swap when the head is not the expected one.
var ErrMoved = errors.New("guard: the head is not the expected one")

func (d *Dir) file(origin string) string {
	return filepath.Join(d.path, url.PathEscape(origin)+".head")
}

// Load returns the head of the log called origin; it wraps fs.ErrNotExist when
// there is none.
func (d *Dir) Load(origin string) ([]byte, error) { return os.ReadFile(d.file(origin)) }

// Swap replaces old (nil: none) by new and returns once new is durable: written
// to a new file, that file synced, renamed over the old one, and the folder
// synced. A crash leaves either head, never half of one.
func (d *Dir) Swap(origin string, old, new []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	have, err := d.Load(origin)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if !bytes.Equal(have, old) {
		return ErrMoved
	}
	return durable.Write(d.file(origin), new)
}
