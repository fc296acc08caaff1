package faultfs

import (
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/wardfold/wardfold/internal/db/abi"
)

// The layer is the system's own VFS with a few functions replaced. SQLite calls
// them by address from a table, and passes only the address of its file object:
// the two maps below lead back to the Go side.
var (
	registry sync.RWMutex
	layers   = map[uintptr]*FS{}     // by address of the VFS
	handles  = map[uintptr]*handle{} // by address of the file object
)

type handle struct {
	fs   *FS
	file *file
	real sqlite3.Tsqlite3_io_methods
}

// register adds a copy of the default VFS under f.Name.
func (f *FS) register() {
	tls := libc.NewTLS()
	defer tls.Close()
	orig := (*sqlite3.Tsqlite3_vfs)(abi.At(sqlite3.Xsqlite3_vfs_find(tls, 0)))
	f.vfs = libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(*orig)))
	mine := (*sqlite3.Tsqlite3_vfs)(abi.At(f.vfs))
	*mine = *orig
	name, err := libc.CString(f.Name)
	if err != nil {
		panic(err)
	}
	mine.FpNext, mine.FzName = 0, name
	mine.FxOpen, mine.FxDelete = abi.Address(open), abi.Address(remove)
	registry.Lock()
	layers[f.vfs] = f
	system = *orig
	registry.Unlock()
	if rc := sqlite3.Xsqlite3_vfs_register(tls, f.vfs, 0); rc != sqlite3.SQLITE_OK {
		panic("faultfs: SQLite refuses the VFS")
	}
}

// system is the default VFS.
var system sqlite3.Tsqlite3_vfs

func open(tls *libc.TLS, vfs, name, obj uintptr, flags int32, out uintptr) int32 {
	rc := abi.Call[func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32](system.FxOpen)(tls, vfs, name, obj, flags, out)
	head := (*sqlite3.Tsqlite3_file)(abi.At(obj))
	if rc != sqlite3.SQLITE_OK || name == 0 || head.FpMethods == 0 {
		return rc // a temporary file is left alone
	}
	registry.Lock()
	defer registry.Unlock()
	f := layers[vfs]
	h := &handle{fs: f, real: *(*sqlite3.Tsqlite3_io_methods)(abi.At(head.FpMethods))}
	f.mu.Lock()
	h.file = f.file(libc.GoString(name))
	f.mu.Unlock()
	table := libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(h.real)))
	m := (*sqlite3.Tsqlite3_io_methods)(abi.At(table))
	*m = h.real
	m.FiVersion = min(m.FiVersion, 2) // no memory-mapped pages, which bypass read
	m.FxClose, m.FxRead, m.FxWrite = abi.Address(closeFile), abi.Address(read), abi.Address(write)
	m.FxTruncate, m.FxSync = abi.Address(truncate), abi.Address(syncFile)
	head.FpMethods = table
	handles[obj] = h
	return rc
}

func remove(tls *libc.TLS, vfs, name uintptr, dir int32) int32 {
	rc := abi.Call[func(*libc.TLS, uintptr, uintptr, int32) int32](system.FxDelete)(tls, vfs, name, dir)
	registry.RLock()
	f := layers[vfs]
	registry.RUnlock()
	if rc == sqlite3.SQLITE_OK {
		f.mu.Lock()
		delete(f.files, libc.GoString(name))
		f.mu.Unlock()
	}
	return rc
}

func of(obj uintptr) *handle {
	registry.RLock()
	defer registry.RUnlock()
	return handles[obj]
}

func closeFile(tls *libc.TLS, obj uintptr) int32 {
	h := of(obj)
	registry.Lock()
	delete(handles, obj)
	registry.Unlock()
	table := (*sqlite3.Tsqlite3_file)(abi.At(obj)).FpMethods
	rc := abi.Call[func(*libc.TLS, uintptr) int32](h.real.FxClose)(tls, obj)
	libc.Xfree(tls, table)
	return rc
}

func read(tls *libc.TLS, obj, buf uintptr, n int32, off int64) int32 {
	h := of(obj)
	if rc := h.fs.decide(Op{Read, h.file.name, int(n)}); rc != OK {
		return int32(rc)
	}
	return abi.Call[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](h.real.FxRead)(tls, obj, buf, n, off)
}

func write(tls *libc.TLS, obj, buf uintptr, n int32, off int64) int32 {
	h := of(obj)
	fate := h.fs.decide(Op{Write, h.file.name, int(n)})
	if fate == Tear {
		n /= 2
	} else if fate != OK {
		return int32(fate)
	}
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	rc := abi.Call[func(*libc.TLS, uintptr, uintptr, int32, int64) int32](h.real.FxWrite)(tls, obj, buf, n, off)
	if rc == sqlite3.SQLITE_OK {
		data := append([]byte{}, abi.Bytes(buf, int(n))...)
		h.file.pending = append(h.file.pending, change{off, data})
	}
	if fate == Tear {
		return IOErrWrite
	}
	return rc
}

func truncate(tls *libc.TLS, obj uintptr, size int64) int32 {
	h := of(obj)
	if rc := h.fs.decide(Op{Kind: Truncate, Name: h.file.name}); rc != OK {
		return int32(rc)
	}
	h.fs.mu.Lock()
	defer h.fs.mu.Unlock()
	rc := abi.Call[func(*libc.TLS, uintptr, int64) int32](h.real.FxTruncate)(tls, obj, size)
	if rc == sqlite3.SQLITE_OK {
		h.file.pending = append(h.file.pending, change{off: size})
	}
	return rc
}

func syncFile(tls *libc.TLS, obj uintptr, flags int32) int32 {
	h := of(obj)
	switch rc := h.fs.decide(Op{Kind: Sync, Name: h.file.name}); rc {
	case OK:
	case Lie:
		return sqlite3.SQLITE_OK
	default:
		h.fs.mu.Lock()
		h.file.pending = nil // the kernel has forgotten that they were dirty
		h.fs.mu.Unlock()
		return int32(rc)
	}
	h.fs.mu.Lock()
	before := len(h.file.pending) // a write that comes during the fsync may miss it
	h.fs.mu.Unlock()
	rc := abi.Call[func(*libc.TLS, uintptr, int32) int32](h.real.FxSync)(tls, obj, flags)
	if rc == sqlite3.SQLITE_OK {
		h.fs.mu.Lock()
		h.file.sync(before)
		h.fs.mu.Unlock()
		h.fs.syncs.Add(1)
	}
	return rc
}
