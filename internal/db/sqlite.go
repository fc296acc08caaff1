package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/internal/db/lite"
	"github.com/wardfold/wardfold/internal/db/row"
	"github.com/wardfold/wardfold/internal/db/slab"
	"github.com/wardfold/wardfold/internal/db/walfile"
	"github.com/wardfold/wardfold/internal/fault"
)

// checkpointEvery is the number of commits after which the writer copies the
// write-ahead log into the database file: a few hundred pages, so that the log
// stays small and the copying stays rare.
const checkpointEvery = 128

// logLimit is the length of the log in pages of 4 KiB from which the writer
// makes readers wait for its end: without that, readers who never pause could
// let it grow for ever.
const logLimit = 16 << 10

const busyTimeout = 5000 // milliseconds to wait for a lock of another process

type sqliteEngine struct {
	path, vfs string
}

// openSQLite makes sure that the file is private and is, or can become, a
// database.
func openSQLite(_ context.Context, path, vfs string) (engine, error) {
	slab.Install()
	if err := soundSQLite(lite.Version()); err != nil {
		return nil, err
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	// SQLite gives the log and the index the permissions of the main file, so
	// creating that one as 0600 first makes all three private under any umask.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "db.down").Because(err)
	}
	if err := errors.Join(f.Chmod(0o600), f.Close()); err != nil {
		return nil, fault.New(fault.Unavailable, "db.down").Because(err)
	}
	return &sqliteEngine{path, vfs}, headless(path)
}

// headless refuses an empty database file beside a log that is not empty: the
// file was truncated, and SQLite would begin a new database over it.
func headless(path string) error {
	main, err := os.Stat(path)
	if err != nil {
		return fault.New(fault.Unavailable, "db.down").Because(err)
	}
	wal, err := os.Stat(path + "-wal")
	if err == nil && wal.Size() > 0 && main.Size() == 0 {
		return fault.New(fault.Unavailable, "db.corrupt").Because(errors.New("the database file is empty, its log is not"))
	}
	return nil
}

// soundSQLite refuses the versions that can corrupt a database when two
// connections write and checkpoint at the same instant (3.7.0 to 3.51.2), and
// the withdrawn 3.52.0. Source: sqlite.org/wal.html, "the WAL-reset bug".
func soundSQLite(version string) error {
	var major, minor, patch int
	if _, err := fmt.Sscanf(version, "%d.%d.%d", &major, &minor, &patch); err != nil {
		return fault.New(fault.Unavailable, "db.unsafe", "SQLite", version).Because(err)
	}
	n := major*1_000_000 + minor*1_000 + patch
	if n < 3_051_003 || n == 3_052_000 {
		return fault.New(fault.Unavailable, "db.unsafe", "SQLite", version)
	}
	return nil
}

func (e *sqliteEngine) kind() string { return "sqlite" }
func (e *sqliteEngine) lanes() int   { return 1 }
func (e *sqliteEngine) close() error { return nil }

func (e *sqliteEngine) writer(context.Context) (conn, error) { return e.conn(true) }
func (e *sqliteEngine) reader(context.Context) (conn, error) { return e.conn(false) }

func (e *sqliteEngine) conn(writer bool) (*sqliteConn, error) {
	l, err := lite.Open(e.path, walfile.Over(e.vfs))
	if err != nil {
		return nil, sqliteFault(err)
	}
	c := &sqliteConn{Conn: l, writer: writer}
	if err := c.prepare(writer); err != nil {
		_ = l.Close() // the failure to prepare is the news
		return nil, err
	}
	return c, nil
}

// Page caches in KiB. The writer does nearly all the work; four readers with as
// much would take more memory than everything else together.
const writerCache, readerCache = 60 << 10, 4 << 10

// prepare sets what the connection promises, and reads the promise of
// durability back.
func (c *sqliteConn) prepare(writer bool) error {
	c.Busy(busyTimeout)
	cache := writerCache
	if !writer {
		cache = readerCache
	}
	for _, p := range []struct{ set, want string }{
		{"journal_mode = WAL", "wal"},
		{"wal_autocheckpoint = 0", "0"}, // only the writer checkpoints, by tidy
		{"synchronous = FULL", ""},
		{"synchronous", "2"},
		{"checkpoint_fullfsync = ON", ""},
		{"fullfsync = ON", ""},
		{"foreign_keys = ON", ""},
		{"foreign_keys", "1"},
		{"secure_delete = ON", "1"},
		{"trusted_schema = OFF", ""},
		{"cell_size_check = ON", ""},
		{"temp_store = MEMORY", ""},
		{"mmap_size = 0", ""}, // a failed read is an error, not a SIGBUS
		{"cache_size = -" + strconv.Itoa(cache), ""},
		{"query_only = " + strconv.FormatBool(!writer), ""},
	} {
		got, err := c.pragma(p.set)
		if err != nil {
			return err
		}
		if p.want != "" && got != p.want {
			return fault.New(fault.Unavailable, "db.unsafe", "PRAGMA "+p.set, got)
		}
	}
	_, err := c.pragma("schema_version") // reads page 1: is this a database?
	return err
}

// pragma runs a PRAGMA and returns the first value of its answer as text.
func (c *sqliteConn) pragma(text string) (string, error) {
	var set row.Set
	if err := c.query(&set, "PRAGMA "+text, nil); err != nil || set.Len() == 0 || set.Cols != 1 {
		return "", err
	}
	var v any
	if err := set.Scan(0, []any{&v}); err != nil {
		return "", err
	}
	return fmt.Sprint(v), nil
}

// migrator opens the file through database/sql, as goose wants. It never
// checkpoints.
func (e *sqliteEngine) migrator() (*sql.DB, error) {
	q := url.Values{"_pragma": {
		"busy_timeout(5000)", "journal_mode(WAL)", "synchronous(FULL)", "wal_autocheckpoint(0)",
		"foreign_keys(1)", "secure_delete(1)",
	}, "_txlock": {"immediate"}}
	if e.vfs != "" {
		q.Set("vfs", e.vfs)
	}
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: e.path}).EscapedPath()+"?"+q.Encode())
	if err == nil {
		pool.SetMaxOpenConns(1)
	}
	return pool, err
}

// backup copies the database as one snapshot while it is in use. The copy is
// compact and holds nothing of deleted rows.
func (e *sqliteEngine) backup(_ context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	c, err := e.conn(true)
	if err != nil {
		return err
	}
	defer c.close()
	if _, err := c.exec("VACUUM INTO $1", []any{path}); err != nil {
		return err
	}
	return syncFile(f)
}

// syncFile makes a new file durable: its content and its name.
func syncFile(f *os.File) error {
	dir, err := os.Open(filepath.Dir(f.Name()))
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), dir.Sync(), dir.Close())
}

// sqliteFault turns an error of SQLite into a fault where one fits.
func sqliteFault(err error) error {
	code := lite.CodeOf(err)
	unavailable := func(c string) error { return fault.New(fault.Unavailable, c).Because(err) }
	switch {
	case code == liteUnique || code == litePrimaryKey:
		return fault.New(fault.Conflict, "db.duplicate").Because(err)
	case code&0xff == liteFull || code == liteShmSize:
		return unavailable("db.full")
	case code&0xff == liteIOErr:
		return unavailable("db.failed")
	case code&0xff == liteCorrupt || code&0xff == liteNotADB:
		return unavailable("db.corrupt")
	case code&0xff == liteBusy || code&0xff == liteLocked:
		return unavailable("db.busy")
	case code&0xff == liteCantOpen || code&0xff == liteReadOnly && !strings.Contains(err.Error(), "query_only"):
		return unavailable("db.down")
	}
	return err
}

// Result codes. Source: sqlite.org/rescode.html.
const (
	liteBusy       = 5
	liteLocked     = 6
	liteReadOnly   = 8
	liteIOErr      = 10
	liteCorrupt    = 11
	liteFull       = 13
	liteCantOpen   = 14
	liteNotADB     = 26
	litePrimaryKey = 1555
	liteUnique     = 2067
	liteShmSize    = 4874
)
