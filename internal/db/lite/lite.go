// Package lite speaks to SQLite without database/sql in between: one Conn, a
// cache of prepared statements, answers read whole into a row.Set.
//
// It exists for speed (a statement costs one lookup, one bind and one step; no
// goroutine, no reflection) and for what database/sql hides: the extended error
// code, whether a failure has already ended the transaction, the length of the
// write-ahead log, and the choice of VFS for fault tests.
//
// The engine is modernc.org/sqlite: SQLite's own C compiled to Go. Memory that
// SQLite keeps is never Go memory: arguments are copied into a scratch area of
// the connection, which is theirs until the statement is reset.
package lite

import (
	"errors"
	"fmt"

	"modernc.org/libc"
	_ "modernc.org/sqlite" // its init patches the engine on some platforms
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/wardfold/wardfold/internal/db/abi"
	"github.com/wardfold/wardfold/internal/db/row"
)

// Conn is one connection. It may be used by one goroutine at a time.
type Conn struct {
	tls     *libc.TLS
	db      uintptr
	stmts   map[string]*stmt
	scratch uintptr // C memory for the arguments of the running statement
	size    int
	args    []any
}

type stmt struct {
	p      uintptr
	params int
	cols   int
}

// Error is a failure reported by SQLite. Msg names tables and columns, never a
// stored value.
type Error struct {
	Code int // extended result code
	Msg  string
}

func (e *Error) Error() string { return fmt.Sprintf("sqlite: %s (%d)", e.Msg, e.Code) }

// Primary returns the primary result code, the low byte.
func (e *Error) Primary() int { return e.Code & 0xff }

// CodeOf returns the extended result code of err, or 0.
func CodeOf(err error) int {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return 0
}

// Version returns the version of SQLite, such as "3.54.1".
func Version() string {
	tls := libc.NewTLS()
	defer tls.Close()
	return libc.GoString(sqlite3.Xsqlite3_libversion(tls))
}

// Open opens the database file at path, creating it if it is absent. The named
// VFS is used; "" means the default.
func Open(path, vfs string) (*Conn, error) {
	c := &Conn{tls: libc.NewTLS(), stmts: map[string]*stmt{}}
	name, err := libc.CString(path)
	if err != nil {
		return nil, err
	}
	defer libc.Xfree(c.tls, name)
	var zvfs uintptr
	if vfs != "" {
		if zvfs, err = libc.CString(vfs); err != nil {
			return nil, err
		}
		defer libc.Xfree(c.tls, zvfs)
	}
	out := libc.Xmalloc(c.tls, 8)
	defer libc.Xfree(c.tls, out)
	const flags = sqlite3.SQLITE_OPEN_READWRITE | sqlite3.SQLITE_OPEN_CREATE |
		sqlite3.SQLITE_OPEN_NOMUTEX | sqlite3.SQLITE_OPEN_EXRESCODE
	rc := sqlite3.Xsqlite3_open_v2(c.tls, name, out, flags, zvfs)
	c.db = *(*uintptr)(abi.At(out))
	if rc != sqlite3.SQLITE_OK {
		err := c.fail(rc)
		_ = c.Close() // the failure to open is the news
		return nil, err
	}
	c.grow(4096)
	if err := c.keepPlans(); err != nil {
		_ = c.Close() // the failure to open is the news
		return nil, err
	}
	return c, nil
}

// keepPlans makes SQLite hold on to the plan of a prepared statement. By default
// a parameter that a partial index could be judged by makes it prepare the
// statement anew at every call, which costs more than running it.
func (c *Conn) keepPlans() error {
	const slot = 8 // of each variadic argument
	va := libc.Xmalloc(c.tls, 2*slot)
	defer libc.Xfree(c.tls, va)
	rc := sqlite3.Xsqlite3_db_config(c.tls, c.db, sqlite3.SQLITE_DBCONFIG_ENABLE_QPSG, libc.VaList(va, int32(1), uintptr(0)))
	if rc != sqlite3.SQLITE_OK {
		return c.fail(rc)
	}
	return nil
}

// Close finalizes every statement and closes the connection.
func (c *Conn) Close() error {
	if c.tls == nil {
		return nil
	}
	for _, s := range c.stmts {
		sqlite3.Xsqlite3_finalize(c.tls, s.p)
	}
	c.stmts = nil
	rc := sqlite3.Xsqlite3_close_v2(c.tls, c.db)
	libc.Xfree(c.tls, c.scratch)
	c.tls.Close()
	c.tls = nil
	if rc != sqlite3.SQLITE_OK {
		return &Error{Code: int(rc), Msg: "close"}
	}
	return nil
}

// Busy sets for how many milliseconds a statement waits for a lock of another
// process.
func (c *Conn) Busy(ms int) { sqlite3.Xsqlite3_busy_timeout(c.tls, c.db, int32(ms)) }

// InTx reports whether a transaction is open. Some failures end it unasked.
func (c *Conn) InTx() bool { return sqlite3.Xsqlite3_get_autocommit(c.tls, c.db) == 0 }

// Exec runs one statement to its end and returns the number of rows changed.
func (c *Conn) Exec(query string, args []any) (int64, error) {
	s, err := c.start(query, args)
	if err != nil {
		return 0, err
	}
	defer c.reset(s)
	for {
		switch rc := sqlite3.Xsqlite3_step(c.tls, s.p); rc {
		case sqlite3.SQLITE_ROW:
		case sqlite3.SQLITE_DONE:
			return int64(sqlite3.Xsqlite3_changes64(c.tls, c.db)), nil
		default:
			return 0, c.fail(rc)
		}
	}
}

// Query runs one statement and appends its whole answer to set.
func (c *Conn) Query(set *row.Set, query string, args []any) error {
	s, err := c.start(query, args)
	if err != nil {
		return err
	}
	defer c.reset(s)
	set.Cols = s.cols
	for {
		switch rc := sqlite3.Xsqlite3_step(c.tls, s.p); rc {
		case sqlite3.SQLITE_ROW:
			c.read(set, s)
		case sqlite3.SQLITE_DONE:
			return nil
		default:
			return c.fail(rc)
		}
	}
}

func (c *Conn) read(set *row.Set, s *stmt) {
	for i := range int32(s.cols) {
		switch sqlite3.Xsqlite3_column_type(c.tls, s.p, i) {
		case sqlite3.SQLITE_INTEGER:
			set.Int(int64(sqlite3.Xsqlite3_column_int64(c.tls, s.p, i)))
		case sqlite3.SQLITE_FLOAT:
			set.Float(sqlite3.Xsqlite3_column_double(c.tls, s.p, i))
		case sqlite3.SQLITE_TEXT:
			// Asked for as bytes, since column_text would copy it to end it with a NUL.
			p := sqlite3.Xsqlite3_column_blob(c.tls, s.p, i)
			set.Text(abi.Bytes(p, int(sqlite3.Xsqlite3_column_bytes(c.tls, s.p, i))))
		case sqlite3.SQLITE_BLOB:
			p := sqlite3.Xsqlite3_column_blob(c.tls, s.p, i)
			set.Blob(abi.Bytes(p, int(sqlite3.Xsqlite3_column_bytes(c.tls, s.p, i))))
		default:
			set.Null()
		}
	}
}

// start finds or prepares the statement and binds its arguments.
func (c *Conn) start(query string, args []any) (*stmt, error) {
	s, err := c.prepare(query)
	if err != nil {
		return nil, err
	}
	if len(args) != s.params {
		return nil, fmt.Errorf("sqlite: statement wants %d arguments, got %d", s.params, len(args))
	}
	if err := c.bind(s, args); err != nil {
		c.reset(s)
		return nil, err
	}
	return s, nil
}

func (c *Conn) reset(s *stmt) {
	sqlite3.Xsqlite3_reset(c.tls, s.p) // repeats the error of step, already reported
	if s.params > 0 {
		sqlite3.Xsqlite3_clear_bindings(c.tls, s.p)
	}
}

func (c *Conn) prepare(query string) (*stmt, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	text, err := libc.CString(query)
	if err != nil {
		return nil, err
	}
	defer libc.Xfree(c.tls, text)
	out := libc.Xmalloc(c.tls, 16)
	defer libc.Xfree(c.tls, out)
	rc := sqlite3.Xsqlite3_prepare_v3(c.tls, c.db, text, -1, sqlite3.SQLITE_PREPARE_PERSISTENT, out, out+8)
	if rc != sqlite3.SQLITE_OK {
		return nil, c.fail(rc)
	}
	p, tail := *(*uintptr)(abi.At(out)), *(*uintptr)(abi.At(out + 8))
	if p == 0 || libc.GoString(tail) != "" {
		sqlite3.Xsqlite3_finalize(c.tls, p)
		return nil, errors.New("sqlite: want exactly one statement")
	}
	s := &stmt{
		p:      p,
		params: int(sqlite3.Xsqlite3_bind_parameter_count(c.tls, p)),
		cols:   int(sqlite3.Xsqlite3_column_count(c.tls, p)),
	}
	c.stmts[query] = s
	return s, nil
}

func (c *Conn) fail(rc int32) error {
	e := &Error{Code: int(rc), Msg: "no memory"}
	if c.db != 0 {
		e.Msg = libc.GoString(sqlite3.Xsqlite3_errmsg(c.tls, c.db))
		if x := int(sqlite3.Xsqlite3_extended_errcode(c.tls, c.db)); x&0xff == e.Code&0xff {
			e.Code = x
		}
	}
	return e
}
