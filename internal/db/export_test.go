package db

import (
	"context"
	"errors"
	"time"

	"github.com/wardfold/wardfold/internal/db/row"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// The inside, for tests.
var (
	SoundSQLite = soundSQLite
	QueueLimit  = queueLimit
)

// Refusals returns "UPDATE event" and so on: what I11 forbids.
func Refusals() (list []string, err error) {
	rights, err := refusals()
	for _, r := range rights {
		list = append(list, r.verb+" "+r.table)
	}
	return list, err
}

// Hold runs f between two batches of an institution, outside any transaction, so
// that callers wait.
func Hold(d *DB, inst id.Institution, f func()) error {
	return d.lane(inst).control(context.Background(), func(conn) error { f(); return nil })
}

// Queued waits until n callers wait.
func Queued(d *DB, inst id.Institution, n int) {
	for l := d.lane(inst); ; time.Sleep(time.Millisecond) {
		l.mu.Lock()
		waiting := len(l.queue)
		l.mu.Unlock()
		if waiting >= n {
			return
		}
	}
}

// OpenBroken is Open with every step of every connection asking fault first:
// "begin", "ask", "exec", "query", "save", "release", "undo", "commit". What it
// returns is the step's error; Race is a lost serialization race.
func OpenBroken(ctx context.Context, cfg Config, fault func(step string) error) (*DB, error) {
	e, err := openEngine(ctx, cfg)
	if err != nil {
		return nil, err
	}
	return open(ctx, cfg, brokenEngine{e, fault})
}

// Race is what SQLSTATE 40001 becomes.
var Race = fault.New(fault.Unavailable, "db.busy").Because(retry(errors.New("40001")))

type brokenEngine struct {
	engine
	fault func(string) error
}

func (e brokenEngine) writer(ctx context.Context) (conn, error) {
	c, err := e.engine.writer(ctx)
	return brokenConn{c, e.fault}, err
}

type brokenConn struct {
	conn
	fault func(string) error
}

func (c brokenConn) step(name string, f func() error) error {
	if err := c.fault(name); err != nil {
		return err
	}
	return f()
}

func (c brokenConn) begin(inst id.Institution) error {
	return c.step("begin", func() error { return c.conn.begin(inst) })
}
func (c brokenConn) save() error    { return c.step("save", c.conn.save) }
func (c brokenConn) release() error { return c.step("release", c.conn.release) }
func (c brokenConn) undo() error    { return c.step("undo", c.conn.undo) }
func (c brokenConn) commit() error  { return c.step("commit", c.conn.commit) }

func (c brokenConn) exec(q string, args []any) (n int64, err error) {
	err = c.step("exec", func() error { n, err = c.conn.exec(q, args); return err })
	return n, err
}

func (c brokenConn) query(set *row.Set, q string, args []any) error {
	return c.step("query", func() error { return c.conn.query(set, q, args) })
}

func (c brokenConn) ask(questions []Question, sets []row.Set) error {
	return c.step("ask", func() error { return c.conn.(asker).ask(questions, sets) })
}
