// Package db keeps the data: SQLite and PostgreSQL behind one Tx.
//
// One SQL text serves both engines: $1 parameters numbered in order of first
// appearance, RETURNING, ON CONFLICT on named columns. Every primary key begins
// with institution_id.
//
// Writers of one institution are serial, and their commits are shared: whatever
// queued while the previous commit was on its way to the disk runs next, each
// function under its own savepoint, and one commit makes all of it durable
// (group commit). No timer is involved. Update returns nil only after the
// commit is on disk; a queue that is full, a disk that is full and a database
// that failed are fault.Unavailable, never a silent success (invariant I9).
package db

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// Config says which database to open and how.
type Config struct {
	DSN string // "sqlite:/path/wardfold.db" or "postgres://…"

	// Now tells the time; nil means time.Now.
	Now func() time.Time

	// Flush receives, in order, what the functions of one institution in one
	// batch gave to Tx.Defer, and runs before their shared commit. An error
	// fails the functions it concerns. Nil means that Defer is refused.
	Flush func(*Tx, []any) error

	// Readers is the number of connections for View; 0 means 4.
	Readers int

	// VFS names the SQLite file layer; "" means the system's. For fault tests.
	VFS string
}

// DB is an open database. Its methods may be called by any goroutine.
type DB struct {
	cfg     Config
	engine  engine
	lanes   []*lane
	readers chan conn
	closed  atomic.Bool
	failed  atomic.Pointer[error] // why writing stopped
}

// Open opens the database and checks the engine: its version, its durability
// settings, the file's header. It does not migrate.
//
// Errors: fault.Unavailable with code db.unsafe (the engine could lose what it
// acknowledged), db.corrupt (not a database, or damaged), db.down (no answer).
func Open(ctx context.Context, cfg Config) (*DB, error) {
	e, err := openEngine(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return open(ctx, cfg, e)
}

func openEngine(ctx context.Context, cfg Config) (engine, error) {
	switch scheme, rest, _ := strings.Cut(cfg.DSN, ":"); scheme {
	case "sqlite":
		return openSQLite(ctx, rest, cfg.VFS)
	case "postgres", "postgresql":
		return openPostgres(ctx, cfg.DSN)
	}
	return nil, errors.New("db: DSN must begin with sqlite: or postgres://")
}

func open(ctx context.Context, cfg Config, e engine) (*DB, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Readers == 0 {
		cfg.Readers = 4
	}
	d := &DB{cfg: cfg, engine: e}
	if err := d.start(ctx); err != nil {
		_ = d.Close() // the failure to start is the news
		return nil, err
	}
	return d, nil
}

func (d *DB) start(ctx context.Context) error {
	for range d.engine.lanes() {
		w, err := d.engine.writer(ctx)
		if err != nil {
			return err
		}
		d.lanes = append(d.lanes, startLane(d, w))
	}
	d.readers = make(chan conn, d.cfg.Readers)
	for range d.cfg.Readers {
		r, err := d.engine.reader(ctx)
		if err != nil {
			return err
		}
		d.readers <- r
	}
	return nil
}

// Close waits for what is queued, then closes every connection.
func (d *DB) Close() error {
	if d.closed.Swap(true) {
		return nil
	}
	for _, l := range d.lanes {
		l.close()
	}
	var errs []error
	for range cap(d.readers) {
		select {
		case r := <-d.readers:
			errs = append(errs, r.close())
		case <-time.After(10 * time.Second): // a View that does not end
			errs = append(errs, errors.New("db: a reader is still busy"))
		}
	}
	for _, l := range d.lanes {
		errs = append(errs, l.w.close())
	}
	return errors.Join(append(errs, d.engine.close())...)
}

// Kind returns "sqlite" or "postgres".
func (d *DB) Kind() string { return d.engine.kind() }

// Update runs fn in a transaction and returns once it is durable. Writers of
// one institution run one after the other and share commits; a zero inst stands
// for the installation as a whole.
//
// fn may run more than once and must have no outside effect; it must not call
// Update or View. An error of fn, or a panic in it, rolls back fn alone, drops
// what it deferred, and is returned. After ctx is done, a function that has not
// begun is not run; one that has is waited for.
//
// Errors: fault.Conflict with code db.duplicate (a unique key is taken);
// fault.Unavailable with code db.busy (queue full), db.full (no space),
// db.failed (writing stopped after a disk failure), db.closed, db.down, or
// db.commit_unknown (the connection was lost during commit: it may or may not
// have happened).
func (d *DB) Update(ctx context.Context, inst id.Institution, fn func(*Tx) error) error {
	return d.lane(inst).do(ctx, inst, nil, fn)
}

// UpdateAhead is Update for a function that is going to ask these questions, with
// the same texts and arguments. Those of a whole batch are put to PostgreSQL in one
// round trip of the transaction, and fn gets the answers at once. A function of the
// batch that writes ends that: those behind it ask for themselves, as does fn when
// it has written. Nothing may be asked ahead that Config.Flush writes, and a question
// too many does no harm.
func (d *DB) UpdateAhead(ctx context.Context, inst id.Institution, ahead []Question, fn func(*Tx) error) error {
	return d.lane(inst).do(ctx, inst, ahead, fn)
}

func (d *DB) lane(inst id.Institution) *lane {
	b := inst.Bytes() // the last bytes of a UUIDv7 are random
	return d.lanes[int(b[15])%len(d.lanes)]
}

// View runs fn on a snapshot: all its statements see the same moment, which
// includes every Update that returned before. fn cannot write, and may run more
// than once.
func (d *DB) View(ctx context.Context, inst id.Institution, fn func(*Tx) error) error {
	if d.closed.Load() {
		return fault.New(fault.Unavailable, "db.closed")
	}
	var c conn
	select {
	case c = <-d.readers:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { d.readers <- c }()
	for attempt := 0; ; attempt++ {
		err := d.read(c, inst, fn)
		if !again(err) || attempt == readAttempts || ctx.Err() != nil {
			return err
		}
	}
}

// readAttempts bounds how often View reconnects to a server that went away.
const readAttempts = 3

func (d *DB) read(c conn, inst id.Institution, fn func(*Tx) error) (err error) {
	if err := c.begin(inst); err != nil {
		return err
	}
	tx := &Tx{c: c, inst: inst, now: d.cfg.Now(), readOnly: true}
	defer func() { err = errors.Join(err, c.rollback()) }() // nothing was written
	if err := protect(fn, tx); err != nil {
		return err
	}
	return tx.err
}

// Stats counts since Open.
type Stats struct {
	Commits uint64 // transactions made durable: about one fsync each
	Batched uint64 // functions that those commits acknowledged
	Failed  uint64 // functions that returned an error or were rolled back
}

// Stats returns the counters.
func (d *DB) Stats() Stats {
	var s Stats
	for _, l := range d.lanes {
		s.Commits += l.commits.Load()
		s.Batched += l.batched.Load()
		s.Failed += l.failed.Load()
	}
	return s
}
