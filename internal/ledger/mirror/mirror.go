// Package mirror keeps a copy of each log in a folder outside the database, on
// another disk if there is one. Entries hold no personal information, so the copy
// may lie anywhere, with a witness or an association too. When a backup is
// restored, the entries that came after it are taken from the mirror: the log
// goes on under its own name, consistent with every head that witnesses signed,
// and it can be said exactly which acts the restored data lack.
//
// A folder is in the form of c2sp.org/tlog-tiles, one log to a folder, with the
// log's key beside the checkpoint, so "wardcheck log DIR" verifies it and any
// other mirror of that form can stand in for it. The checkpoint is replaced
// last: what it promises is there. The package imports the standard library and
// package verify alone.
package mirror

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/wardfold/wardfold/internal/durable"
	"github.com/wardfold/wardfold/verify"
)

// Dir is a folder with one folder a log. Its methods may be called by any
// goroutine; two processes must not write to one.
type Dir struct {
	path string
	mu   sync.Mutex
}

// Open returns the mirror in a folder, which it creates if need be, readable by
// the program's user only.
func Open(path string) (*Dir, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, err
	}
	return &Dir{path: path}, nil
}

// Folder is where the log called origin lies.
func (d *Dir) Folder(origin string) string { return filepath.Join(d.path, url.PathEscape(origin)) }

// Checkpoint returns the head up to which the mirror is complete, as a signed
// note; it wraps fs.ErrNotExist when there is none.
func (d *Dir) Checkpoint(origin string) ([]byte, error) {
	return os.ReadFile(filepath.Join(d.Folder(origin), "checkpoint"))
}

// Put makes files of a log durable: tiles and bundles, which are not there yet or
// are the same as those that are.
func (d *Dir) Put(origin string, files map[string][]byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	folders := map[string]bool{}
	for path, data := range files {
		whole := filepath.Join(d.Folder(origin), filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(whole), 0o700); err != nil {
			return err
		}
		if err := durable.Replace(whole, data); err != nil {
			return err
		}
		for dir := filepath.Dir(whole); len(dir) >= len(d.path); dir = filepath.Dir(dir) {
			folders[dir] = true
		}
	}
	for dir := range folders {
		if err := syncFolder(dir); err != nil {
			return err
		}
	}
	return nil
}

// Publish replaces the checkpoint and returns once it is durable. Then it removes
// partial tiles that it no longer needs.
func (d *Dir) Publish(origin string, key verify.Key, head verify.Checkpoint, signed []byte) error {
	before := d.size(origin)
	if err := d.Put(origin, map[string][]byte{"key": []byte(key.String() + "\n")}); err != nil {
		return err
	}
	if err := d.Put(origin, map[string][]byte{"checkpoint": signed}); err != nil {
		return err
	}
	return d.tidy(origin, before, head.Size)
}

// size reads what the checkpoint says, without believing it; 0 if there is none.
func (d *Dir) size(origin string) int64 {
	signed, err := d.Checkpoint(origin)
	if err != nil {
		return 0
	}
	text, _, _ := strings.Cut(string(signed), "\n\n")
	c, err := verify.ParseCheckpoint(text + "\n")
	if err != nil {
		return 0
	}
	return c.Size
}

// tidy removes what the newest head has no use for: narrower versions of the
// last tile of each level, and of the one that was last before.
func (d *Dir) tidy(origin string, before, size int64) error {
	for level := verify.Entries; level < 6; level++ {
		hashes := size >> (8 * max(level, 0))
		if hashes == 0 && level > 0 {
			return nil
		}
		n, width := hashes/256, hashes%256
		for _, at := range []int64{before >> (8 * max(level, 0)) / 256, n} {
			t := verify.Tile{Level: level, N: at, Width: 1}
			dir := filepath.Join(d.Folder(origin), filepath.FromSlash(strings.TrimSuffix(t.Path(), "/1")))
			if err := keepOnly(dir, at == n, width); err != nil {
				return err
			}
		}
	}
	return nil
}

// keepOnly removes the files of a folder of partial tiles but the one of a width.
func keepOnly(dir string, last bool, width int64) error {
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, f := range list {
		if last && f.Name() == strconv.FormatInt(width, 10) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, f.Name())); err != nil {
			return err
		}
	}
	return nil
}

// Source returns the log in a folder of this form as a verify.Source.
func Source(folder string) verify.Source {
	return verify.SourceFunc(func(_ context.Context, path string) ([]byte, error) {
		return os.ReadFile(filepath.Join(folder, filepath.FromSlash(path)))
	})
}

func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
