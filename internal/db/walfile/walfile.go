// Package walfile writes SQLite's write-ahead log in few large pieces.
//
// SQLite hands its log to the system page by page, and each page in two pieces,
// a head of 24 bytes and the page: a commit of eighty pages is 160 calls, and one
// fsync. This layer keeps what comes one after the other and hands it over in one
// call, at the latest when SQLite asks for the fsync that makes it a commit. It
// is for connections with synchronous=FULL, whose every commit asks for one.
//
// Nothing else changes: the bytes and their places are the same, what is kept
// is handed over before anything is read, measured, cut or synced, and a failure
// is then the answer to that call, so a commit whose pages could not be written
// fails (I9). Other connections look at a page of the log only after the commit
// that it belongs to.
package walfile

import (
	"sync"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/wardfold/wardfold/internal/db/abi"
)

// room is how many bytes are kept at most for one open log. The system's layer
// writes fewer than 2^17 at a time.
const room = 1<<17 - 1

// The types of the functions that are passed on.
type (
	openFunc  = func(tls *libc.TLS, vfs, name, obj uintptr, flags int32, out uintptr) int32
	closeFunc = func(tls *libc.TLS, obj uintptr) int32
	ioFunc    = func(tls *libc.TLS, obj, buf uintptr, n int32, off int64) int32
	sizeFunc  = func(tls *libc.TLS, obj uintptr, size int64) int32
	syncFunc  = func(tls *libc.TLS, obj uintptr, flags int32) int32
	askFunc   = func(tls *libc.TLS, obj, out uintptr) int32
)

// SQLite calls a layer by address and passes only the address of its own objects:
// these lead back.
var (
	mu    sync.RWMutex
	bases = map[uintptr]uintptr{} // our VFS → the one below it
	names = map[string]string{}   // name of one below → ours
	logs  = map[uintptr]*log{}    // by file object
)

// log is one open write-ahead log. It is used by one connection.
type log struct {
	table uintptr // the functions of the layer below, and the same to call
	real  sqlite3.Tsqlite3_io_methods
	buf   uintptr // C memory, room bytes; 0 until something is written
	start int64   // where in the file buf belongs
	kept  int     // bytes in buf
}

// Over returns the name of a VFS that is the one of this name ("" for the
// system's) but for write-ahead logs. It stays for the life of the process.
func Over(base string) string {
	mu.Lock()
	defer mu.Unlock()
	if name, ok := names[base]; ok {
		return name
	}
	tls := libc.NewTLS()
	defer tls.Close()
	below := find(tls, base)
	if below == 0 {
		return base // opening a database says what is wrong
	}
	name := "walfile+" + base
	mine := libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(sqlite3.Tsqlite3_vfs{})))
	v := (*sqlite3.Tsqlite3_vfs)(abi.At(mine))
	*v = *(*sqlite3.Tsqlite3_vfs)(abi.At(below))
	v.FpNext, v.FzName = 0, text(tls, name)
	v.FxOpen, v.FxDelete = abi.Address(open), abi.Address(remove)
	bases[mine] = below
	if rc := sqlite3.Xsqlite3_vfs_register(tls, mine, 0); rc != sqlite3.SQLITE_OK {
		panic("walfile: SQLite refuses the VFS")
	}
	names[base] = name
	return name
}

func find(tls *libc.TLS, name string) uintptr {
	if name == "" {
		return sqlite3.Xsqlite3_vfs_find(tls, 0)
	}
	p := text(tls, name)
	defer libc.Xfree(tls, p)
	return sqlite3.Xsqlite3_vfs_find(tls, p)
}

// text copies a string without zeros to C memory.
func text(tls *libc.TLS, s string) uintptr {
	p, err := libc.CString(s)
	if err != nil {
		panic("walfile: no memory for a name")
	}
	return p
}

func open(tls *libc.TLS, vfs, name, obj uintptr, flags int32, out uintptr) int32 {
	mu.RLock()
	below := bases[vfs]
	mu.RUnlock()
	rc := abi.Call[openFunc]((*sqlite3.Tsqlite3_vfs)(abi.At(below)).FxOpen)(tls, below, name, obj, flags, out)
	head := (*sqlite3.Tsqlite3_file)(abi.At(obj))
	if rc != sqlite3.SQLITE_OK || flags&sqlite3.SQLITE_OPEN_WAL == 0 || head.FpMethods == 0 {
		return rc
	}
	l := &log{table: head.FpMethods, real: *(*sqlite3.Tsqlite3_io_methods)(abi.At(head.FpMethods))}
	head.FpMethods = libc.Xcalloc(tls, 1, libc.Tsize_t(unsafe.Sizeof(l.real)))
	m := (*sqlite3.Tsqlite3_io_methods)(abi.At(head.FpMethods))
	*m = l.real
	m.FxClose, m.FxRead, m.FxWrite = abi.Address(closeLog), abi.Address(read), abi.Address(write)
	m.FxTruncate, m.FxSync, m.FxFileSize = abi.Address(truncate), abi.Address(syncLog), abi.Address(size)
	mu.Lock()
	logs[obj] = l
	mu.Unlock()
	return rc
}

// remove passes the call on as the one below expects it: with its own address.
func remove(tls *libc.TLS, vfs, name uintptr, dir int32) int32 {
	mu.RLock()
	below := bases[vfs]
	mu.RUnlock()
	type removeFunc = func(tls *libc.TLS, vfs, name uintptr, dir int32) int32
	return abi.Call[removeFunc]((*sqlite3.Tsqlite3_vfs)(abi.At(below)).FxDelete)(tls, below, name, dir)
}

func of(obj uintptr) *log {
	mu.RLock()
	defer mu.RUnlock()
	return logs[obj]
}

// flush hands over what is kept. After a failure nothing is kept: SQLite takes
// the pages for unwritten and begins again.
func (l *log) flush(tls *libc.TLS, obj uintptr) int32 {
	n := l.kept
	if l.kept = 0; n == 0 {
		return sqlite3.SQLITE_OK
	}
	return abi.Call[ioFunc](l.real.FxWrite)(tls, obj, l.buf, int32(n), l.start)
}

func write(tls *libc.TLS, obj, buf uintptr, n int32, off int64) int32 {
	l := of(obj)
	if l.kept > 0 && (off != l.start+int64(l.kept) || l.kept+int(n) > room) {
		if rc := l.flush(tls, obj); rc != sqlite3.SQLITE_OK {
			return rc
		}
	}
	if l.buf == 0 {
		l.buf = libc.Xmalloc(tls, room)
	}
	if l.buf == 0 || int(n) > room {
		return abi.Call[ioFunc](l.real.FxWrite)(tls, obj, buf, n, off)
	}
	if l.kept == 0 {
		l.start = off
	}
	copy(abi.Bytes(l.buf+uintptr(l.kept), int(n)), abi.Bytes(buf, int(n)))
	l.kept += int(n)
	return sqlite3.SQLITE_OK
}

func read(tls *libc.TLS, obj, buf uintptr, n int32, off int64) int32 {
	l := of(obj)
	if rc := l.flush(tls, obj); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return abi.Call[ioFunc](l.real.FxRead)(tls, obj, buf, n, off)
}

func truncate(tls *libc.TLS, obj uintptr, to int64) int32 {
	l := of(obj)
	if rc := l.flush(tls, obj); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return abi.Call[sizeFunc](l.real.FxTruncate)(tls, obj, to)
}

func syncLog(tls *libc.TLS, obj uintptr, flags int32) int32 {
	l := of(obj)
	if rc := l.flush(tls, obj); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return abi.Call[syncFunc](l.real.FxSync)(tls, obj, flags)
}

func size(tls *libc.TLS, obj, out uintptr) int32 {
	l := of(obj)
	if rc := l.flush(tls, obj); rc != sqlite3.SQLITE_OK {
		return rc
	}
	return abi.Call[askFunc](l.real.FxFileSize)(tls, obj, out)
}

func closeLog(tls *libc.TLS, obj uintptr) int32 {
	l := of(obj)
	mu.Lock()
	delete(logs, obj)
	mu.Unlock()
	failed := l.flush(tls, obj)
	head := (*sqlite3.Tsqlite3_file)(abi.At(obj))
	libc.Xfree(tls, head.FpMethods)
	head.FpMethods = l.table // the layer below may free its own
	rc := abi.Call[closeFunc](l.real.FxClose)(tls, obj)
	if l.buf != 0 {
		libc.Xfree(tls, l.buf)
	}
	return max(rc, failed)
}
