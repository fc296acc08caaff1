package lite

import (
	"fmt"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/wardfold/wardfold/internal/db/abi"
	"github.com/wardfold/wardfold/internal/db/row"
)

// bind gives s its arguments. Text and bytes are copied to the scratch area,
// where they stay until reset: SQLite need not copy them again.
func (c *Conn) bind(s *stmt, args []any) error {
	need := 1
	c.args = c.args[:0]
	for i, a := range args {
		v, err := row.Arg(a)
		if err != nil {
			return fmt.Errorf("argument %d: %w", i+1, err)
		}
		switch v := v.(type) {
		case string:
			need += len(v)
		case []byte:
			need += len(v)
		}
		c.args = append(c.args, v)
	}
	c.grow(need)
	used := uintptr(0)
	for i, v := range c.args {
		if rc := c.bindOne(s, int32(i+1), v, &used); rc != sqlite3.SQLITE_OK {
			return c.fail(rc)
		}
	}
	return nil
}

func (c *Conn) bindOne(s *stmt, i int32, v any, used *uintptr) int32 {
	p := c.scratch + *used // never null, so that empty text is not taken for null
	switch v := v.(type) {
	case int64:
		return sqlite3.Xsqlite3_bind_int64(c.tls, s.p, i, v)
	case float64:
		return sqlite3.Xsqlite3_bind_double(c.tls, s.p, i, v)
	case string:
		*used += uintptr(copy(abi.Bytes(p, len(v)), v))
		return sqlite3.Xsqlite3_bind_text(c.tls, s.p, i, p, int32(len(v)), sqlite3.SQLITE_STATIC)
	case []byte:
		*used += uintptr(copy(abi.Bytes(p, len(v)), v))
		return sqlite3.Xsqlite3_bind_blob(c.tls, s.p, i, p, int32(len(v)), sqlite3.SQLITE_STATIC)
	}
	return sqlite3.Xsqlite3_bind_null(c.tls, s.p, i)
}

func (c *Conn) grow(n int) {
	if n <= c.size {
		return
	}
	libc.Xfree(c.tls, c.scratch)
	c.size = 2 * n
	c.scratch = libc.Xmalloc(c.tls, libc.Tsize_t(c.size))
	if c.scratch == 0 {
		panic("sqlite: no memory for arguments")
	}
}
