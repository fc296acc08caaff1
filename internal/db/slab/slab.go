// Package slab keeps SQLite's page cache in dense memory.
//
// A page in the cache is one allocation of 4,368 bytes, which the C library
// compiled to Go rounds to a power of two: nearly half of the cache would hold
// nothing. Here allocations of about that length get slots of 4,608 bytes, one
// beside the other in memory that the system may map by pages of 2 MiB; all others
// go where they went. What was taken for slots stays for the life of the process
// and is used again, so the limits of the caches are the limit of it.
package slab

import (
	"sync"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/wardfold/wardfold/internal/db/abi"
)

const (
	pageSize = 4096 // of the databases
	slot     = 4608 // a page and what SQLite keeps beside it
	step     = 2 << 20
	most     = 128 * step // addresses reserved; memory is taken step by step
)

// The types of SQLite's functions that are passed on.
type (
	mallocFunc  = func(tls *libc.TLS, n int32) uintptr
	freeFunc    = func(tls *libc.TLS, p uintptr)
	reallocFunc = func(tls *libc.TLS, p uintptr, n int32) uintptr
	sizeFunc    = func(tls *libc.TLS, p uintptr) int32
	roundFunc   = func(tls *libc.TLS, n int32) int32
)

// SQLite calls an allocator by address, without a receiver: there is one.
var (
	once  sync.Once
	below sqlite3.Tsqlite3_mem_methods // for all other lengths
	pages pool
)

// Install gives SQLite this allocator. It does nothing if SQLite runs already, or
// where the system reserves no addresses: both cost memory only.
func Install() { once.Do(install) }

func install() {
	tls := libc.NewTLS()
	defer tls.Close()
	const pointer = 8
	va := libc.Xmalloc(tls, pointer)
	defer libc.Xfree(tls, va)
	table := libc.Xcalloc(tls, 1, 8*pointer)
	defer libc.Xfree(tls, table) // SQLite copies it
	m := (*sqlite3.Tsqlite3_mem_methods)(abi.At(table))
	if sqlite3.Xsqlite3_config(tls, sqlite3.SQLITE_CONFIG_GETMALLOC, libc.VaList(va, table)) != sqlite3.SQLITE_OK {
		return
	}
	start, err := reserve(most)
	if err != nil {
		return
	}
	below, pages = *m, pool{start: start, end: start + most, next: start, ready: start}
	m.FxMalloc, m.FxFree, m.FxRealloc = abi.Address(malloc), abi.Address(free), abi.Address(realloc)
	m.FxSize, m.FxRoundup = abi.Address(size), abi.Address(roundup)
	if sqlite3.Xsqlite3_config(tls, sqlite3.SQLITE_CONFIG_MALLOC, libc.VaList(va, table)) != sqlite3.SQLITE_OK {
		panic("slab: SQLite gives an allocator and takes none")
	}
}

// fits reports whether n bytes get a slot.
func fits(n int32) bool { return pageSize < n && n <= slot }

func malloc(tls *libc.TLS, n int32) uintptr {
	if fits(n) {
		if p := pages.take(); p != 0 {
			return p
		}
	}
	return abi.Call[mallocFunc](below.FxMalloc)(tls, n)
}

func free(tls *libc.TLS, p uintptr) {
	if pages.holds(p) {
		pages.give(p)
		return
	}
	abi.Call[freeFunc](below.FxFree)(tls, p)
}

func realloc(tls *libc.TLS, p uintptr, n int32) uintptr {
	if !pages.holds(p) {
		return abi.Call[reallocFunc](below.FxRealloc)(tls, p, n)
	}
	if n <= slot {
		return p
	}
	q := abi.Call[mallocFunc](below.FxMalloc)(tls, n)
	if q != 0 {
		copy(abi.Bytes(q, slot), abi.Bytes(p, slot))
		pages.give(p)
	}
	return q
}

func size(tls *libc.TLS, p uintptr) int32 {
	if pages.holds(p) {
		return slot
	}
	return abi.Call[sizeFunc](below.FxSize)(tls, p)
}

// roundup says how long an allocation of n bytes will be. With no slot left it may
// be shorter than said, which SQLite allows for.
func roundup(tls *libc.TLS, n int32) int32 {
	if fits(n) {
		return slot
	}
	return abi.Call[roundFunc](below.FxRoundup)(tls, n)
}
