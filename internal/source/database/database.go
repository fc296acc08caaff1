// Package database reads databases for a scan: SQLite, PostgreSQL, MySQL and
// MariaDB. It opens read-only transactions and sends nothing but SELECT; a
// sample of a table is spread over its key, not taken from its start. A database
// that drops in the middle of a table costs that table, and the next one tries a
// new connection.
package database

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/source/flow"
)

// Options say how much to read.
type Options struct {
	Sample  int           // rows of each table; 0 reads all
	Idle    time.Duration // how long a database may be silent; 0 is 30 seconds
	Columns int           // columns of a table that are read; 0 is 2,000
}

func (o Options) idle() time.Duration {
	if o.Idle <= 0 {
		return 30 * time.Second
	}
	return o.Idle
}

// Table is one table of a database.
type Table struct {
	Schema, Name string
	Rows         int64 // about; -1 if unknown
}

// String is the name as people write it.
func (t Table) String() string {
	if t.Schema == "" {
		return t.Name
	}
	return t.Schema + "." + t.Name
}

// Base is an open database. Its tables may be read concurrently.
type Base struct {
	// Name is the address without the password.
	Name string
	d    dialect
	db   *sql.DB
	opt  Options
}

// dialect is what differs between the engines.
type dialect struct {
	driver  string
	dsn     func(target string) (string, error)
	tables  string // schema, name, rows
	columns string // names and types, by schema and name
	key     string // the single integer primary key, by schema and name
	quote   func(string) string
}

// Speaks reports whether a scheme is that of a database.
func Speaks(scheme string) bool {
	_, ok := dialects[scheme]
	return ok
}

// Open connects. Errors: fault.Invalid source.target; fault.Unavailable
// source.down. Neither repeats the address, which may hold a password.
func Open(ctx context.Context, target string, opt Options) (*Base, error) {
	scheme, _, _ := strings.Cut(target, ":")
	d, ok := dialects[scheme]
	if !ok {
		return nil, fault.New(fault.Invalid, "source.target")
	}
	dsn, err := d.dsn(target)
	if err != nil {
		return nil, fault.New(fault.Invalid, "source.target").Because(err)
	}
	b := &Base{Name: Redact(target), d: d, opt: opt}
	if b.db, err = sql.Open(d.driver, dsn); err != nil {
		return nil, fault.New(fault.Invalid, "source.target").Because(err)
	}
	b.db.SetMaxOpenConns(4)
	probe, cancel := context.WithTimeout(ctx, opt.idle())
	defer cancel()
	if err := b.db.PingContext(probe); err != nil {
		return nil, errors.Join(fault.New(fault.Unavailable, "source.down", b.Name).Because(err), b.db.Close())
	}
	return b, nil
}

// Redact leaves the password and the options out of an address.
func Redact(target string) string {
	if scheme, rest, _ := strings.Cut(target, ":"); scheme == "sqlite" {
		path, _, _ := strings.Cut(rest, "?")
		return scheme + ":" + path
	}
	u, err := url.Parse(target)
	if err != nil {
		scheme, _, _ := strings.Cut(target, ":")
		return scheme + ":…"
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	u.RawQuery, u.Fragment = "", ""
	return u.String()
}

// Close ends the connections.
func (b *Base) Close() error { return b.db.Close() }

// Tables lists what can be read, without the engine's own tables.
func (b *Base) Tables(ctx context.Context) iter.Seq2[Table, error] {
	return func(yield func(Table, error) bool) {
		ctx, cancel := context.WithTimeout(ctx, b.opt.idle())
		defer cancel()
		rows, err := b.db.QueryContext(ctx, b.d.tables)
		if err != nil {
			yield(Table{}, &flow.Problem{Name: b.Name, Code: "source.dropped", Err: err})
			return
		}
		defer rows.Close()
		var all []Table
		for rows.Next() {
			var t Table
			if err = rows.Scan(&t.Schema, &t.Name, &t.Rows); err != nil {
				break
			}
			all = append(all, t)
		}
		if err = errors.Join(err, rows.Err()); err != nil {
			yield(Table{}, &flow.Problem{Name: b.Name, Code: "source.dropped", Err: err})
		}
		for _, t := range all {
			if !yield(t, nil) {
				return
			}
		}
	}
}

// Read writes the rows of a table.
func (b *Base) Read(ctx context.Context, t Table, w *flow.Writer) error {
	err := b.read(ctx, t, b.Name+"#"+t.String(), w)
	if err == nil || errors.Is(err, flow.ErrStop) {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if p, ok := errors.AsType[*flow.Problem](err); ok {
		return p
	}
	return &flow.Problem{Name: b.Name + "#" + t.String(), Code: "source.dropped", Err: err}
}

func (b *Base) read(ctx context.Context, t Table, name string, w *flow.Writer) error {
	watch := newWatch(ctx, b.opt.idle())
	defer watch.stop()
	conn, err := b.db.Conn(watch.ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	tx, err := conn.BeginTx(watch.ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	r := &reading{b: b, t: t, tx: tx, watch: watch, name: name, w: w}
	if err := r.learn(); err != nil || len(r.columns) == 0 {
		return err
	}
	queries, sample := r.queries()
	part := flow.Part{Name: name, Table: true, Header: r.columns, Sample: sample}
	if sample > 0 {
		part.Extent = max(t.Rows, 0)
	}
	if err := w.Part(part); err != nil {
		return err
	}
	for _, q := range queries {
		if err := r.rows(q); err != nil {
			return err
		}
	}
	return nil
}

// watch cancels when nothing has come for too long.
type watch struct {
	ctx   context.Context
	stop  context.CancelFunc
	timer *time.Timer
	idle  time.Duration
}

func newWatch(ctx context.Context, idle time.Duration) *watch {
	inner, cancel := context.WithCancel(ctx)
	timer := time.AfterFunc(idle, cancel)
	return &watch{ctx: inner, timer: timer, idle: idle, stop: func() { timer.Stop(); cancel() }}
}

func (w *watch) alive() { w.timer.Reset(w.idle) }

// File reads a database file that was met in a folder.
func File(ctx context.Context, path, name string, opt Options, w *flow.Writer) error {
	b, err := Open(ctx, "sqlite:"+path, opt)
	if err != nil {
		return &flow.Problem{Name: name, Code: "source.broken", Err: err}
	}
	defer b.Close()
	b.Name = name
	for t, err := range b.Tables(ctx) {
		if err == nil {
			err = b.Read(ctx, t, w)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err := w.Report(name, err); err != nil {
			return err
		}
	}
	return nil
}

// number reads what a driver gives for an integer.
func number(v any) (int64, bool) {
	switch n := v.(type) {
	case int64:
		return n, true
	case []byte:
		i, err := strconv.ParseInt(string(n), 10, 64)
		return i, err == nil
	case string:
		i, err := strconv.ParseInt(n, 10, 64)
		return i, err == nil
	}
	return 0, false
}

// Secret reports whether an address holds a password, which every user of the
// machine can read while it stands on a command line.
func Secret(target string) bool {
	u, err := url.Parse(target)
	if err != nil || u.User == nil {
		return false
	}
	_, set := u.User.Password()
	return set && Speaks(u.Scheme)
}
