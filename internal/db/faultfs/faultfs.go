// Package faultfs is a file layer for SQLite that fails on request and can lose
// power. It is for tests.
//
// Every file is a real file. Besides, the layer remembers for each file what a
// completed fsync has made durable and which writes came after. Crash writes
// out what a disk might hold if the power went at this moment: the durable
// bytes, and of every later write an arbitrary choice of its sectors, in no
// particular order. (SQLite assumes that a torn sector keeps either its old or
// its new bytes, and so does this.)
//
// A failed fsync loses the writes it was asked for, for good: a later one that
// succeeds does not bring them back. That is what Linux does, and why a program
// must not try again.
package faultfs

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
)

// Op is what SQLite asks of a file.
type Op struct {
	Kind Kind
	Name string // base name: "wardfold.db", "wardfold.db-wal"
	Size int    // bytes, for reads and writes
}

// Kind tells the operations apart.
type Kind uint8

// The operations that can fail.
const (
	Read Kind = iota
	Write
	Truncate
	Sync
)

// Result codes for a Fault to return. Source: sqlite.org/rescode.html.
const (
	OK          = 0
	Full        = 13
	IOErrRead   = 266
	IOErrWrite  = 778
	IOErrSync   = 1034
	IOErrResize = 1546

	// Lie makes a Sync report success and do nothing, as a broken disk does.
	Lie = -1
	// Tear makes a Write store the first half of its bytes, then fail.
	Tear = -2
)

// A Fault decides the fate of each operation before it happens: OK lets it
// through. It may be called by any goroutine.
type Fault func(Op) int

// FS is one such layer.
type FS struct {
	Name  string // to open a database with
	fault atomic.Pointer[Fault]
	syncs atomic.Int64

	mu    sync.Mutex
	files map[string]*file // by path
	vfs   uintptr
}

type file struct {
	name    string
	durable []byte
	pending []change // since the last completed fsync, in order
}

// A change is a write, or a truncation if data is nil.
type change struct {
	off  int64
	data []byte
}

var serial atomic.Int64

// New registers a layer under a name of its own. It stays for the life of the
// process.
func New() *FS {
	f := &FS{Name: fmt.Sprintf("faultfs%d", serial.Add(1)), files: map[string]*file{}}
	f.register()
	return f
}

// Break sets the fault; nil heals.
func (f *FS) Break(fault Fault) {
	if fault == nil {
		f.fault.Store(nil)
		return
	}
	f.fault.Store(&fault)
}

// Syncs returns how many fsyncs have completed.
func (f *FS) Syncs() int64 { return f.syncs.Load() }

func (f *FS) decide(op Op) int {
	if p := f.fault.Load(); p != nil {
		return (*p)(op)
	}
	return OK
}

// file returns the record of the file at path. What it holds when first seen is
// taken to be durable.
func (f *FS) file(path string) *file {
	x := f.files[path]
	if x == nil {
		x = &file{name: filepath.Base(path)}
		x.durable, _ = os.ReadFile(path) // absent is empty
		f.files[path] = x
	}
	return x
}

// sync makes the first n pending changes durable.
func (x *file) sync(n int) {
	for _, c := range x.pending[:n] {
		x.durable = c.apply(x.durable)
	}
	x.pending = slices.Delete(x.pending, 0, n)
}

func (c change) apply(b []byte) []byte {
	if c.data == nil {
		return resize(b, c.off)
	}
	b = resize(b, max(int64(len(b)), c.off+int64(len(c.data))))
	copy(b[c.off:], c.data)
	return b
}

func resize(b []byte, n int64) []byte {
	if n <= int64(len(b)) {
		return b[:n]
	}
	return append(b, make([]byte, n-int64(len(b)))...)
}

// Crash writes into dir what the disk might hold if the power went now. Random
// choices come from r; sector is the unit in which writes are torn, in bytes.
// The layer goes on as if nothing had happened.
func (f *FS) Crash(dir string, r *rand.Rand, sector int64) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, x := range f.files {
		if err := os.WriteFile(filepath.Join(dir, x.name), x.torn(r, sector), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// torn returns the durable bytes with some of the sectors written since.
func (x *file) torn(r *rand.Rand, sector int64) []byte {
	b := append([]byte(nil), x.durable...)
	keep := r.Float64() // some crashes lose nearly all, some nearly nothing
	for _, c := range x.pending {
		if c.data == nil {
			if r.Float64() < keep {
				b = resize(b, c.off)
			}
			continue
		}
		for at := int64(0); at < int64(len(c.data)); {
			// To the end of the sector of the file, not of the write.
			n := min(sector-(c.off+at)%sector, int64(len(c.data))-at)
			if r.Float64() < keep {
				b = change{c.off + at, c.data[at : at+n]}.apply(b)
			}
			at += n
		}
	}
	return b
}
