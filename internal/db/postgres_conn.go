package db

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/wardfold/wardfold/internal/db/row"
	"github.com/wardfold/wardfold/internal/id"
)

// pgConn is one connection. Round trips are what it saves: BEGIN, SAVEPOINT and
// RELEASE wait in held and travel with the next statement.
type pgConn struct {
	cfg    *pgconn.Config
	writer bool
	pg     *pgconn.PgConn
	stmts  map[string]*pgStmt
	held   []*pgStmt
	names  int  // of prepared statements, never used twice
	open   bool // a transaction is open, on the server or in held
	buf    pgArgs
}

type pgStmt struct {
	*pgconn.StatementDescription
	params  []int16 // formats
	results []int16
}

const (
	pgBeginWrite = "BEGIN ISOLATION LEVEL READ COMMITTED"
	pgBeginRead  = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
	pgSave       = "SAVEPOINT f"
	pgRelease    = "RELEASE SAVEPOINT f"
	pgUndo       = "ROLLBACK TO SAVEPOINT f"
	pgCommit     = "COMMIT"
	pgRollback   = "ROLLBACK"

	pgTurn    = "SELECT institution_id FROM writer WHERE institution_id = $1 FOR UPDATE"
	pgNewTurn = "INSERT INTO writer (institution_id) VALUES ($1) ON CONFLICT (institution_id) DO NOTHING"
)

var background = context.Background()

// connect opens the connection and fixes what it depends on for its whole life.
func (c *pgConn) connect(ctx context.Context) error {
	pg, err := pgconn.ConnectConfig(ctx, c.cfg)
	if err != nil {
		return pgFault(err)
	}
	c.pg, c.stmts, c.held, c.open = pg, map[string]*pgStmt{}, c.held[:0], false
	if err := c.check(); err != nil {
		return errors.Join(err, c.close())
	}
	for _, q := range []string{
		// A node that hangs must not hold an institution's turn for ever.
		"SET lock_timeout = '10s'",
		"SET idle_in_transaction_session_timeout = '30s'",
		"SET statement_timeout = '50s'",
		// Pins the value that check has seen against a later reload.
		"SELECT set_config('synchronous_commit', current_setting('synchronous_commit'), false)",
	} {
		if _, err := c.exec(q, nil); err != nil {
			return errors.Join(err, c.close())
		}
	}
	if err := c.enterRole(); err != nil {
		return errors.Join(err, c.close())
	}
	for _, q := range []string{pgBeginWrite, pgBeginRead, pgSave, pgRelease, pgUndo, pgCommit, pgRollback} {
		if _, err := c.prepare(q); err != nil { // unlike most, some must be ready in a spoilt transaction
			return errors.Join(pgFault(err), c.close())
		}
	}
	return nil
}

func (c *pgConn) connected() bool { return c.pg != nil && !c.pg.IsClosed() }

// ready connects if there is no live connection: at first, and after a loss.
func (c *pgConn) ready() error {
	if c.connected() {
		return nil
	}
	ctx, cancel := context.WithTimeout(background, pgSilence)
	defer cancel()
	return c.connect(ctx)
}

// begin also takes the institution's turn: one row lock makes the writers of an
// institution serial across all application nodes.
func (c *pgConn) begin(inst id.Institution) error {
	if err := c.ready(); err != nil {
		return err
	}
	if !c.writer {
		c.hold(pgBeginRead)
		return nil
	}
	c.hold(pgBeginWrite)
	turn := []any{inst.Bytes()} // the zero institution is 16 zero bytes, not NULL
	for {
		var set row.Set
		err := c.query(&set, pgTurn, turn)
		if err != nil {
			return errors.Join(err, c.rollback())
		}
		if set.Len() == 1 {
			return nil
		}
		if _, err := c.exec(pgNewTurn, turn); err != nil {
			return errors.Join(err, c.rollback())
		}
	}
}

func (c *pgConn) hold(query string) {
	c.held = append(c.held, c.stmts[query])
	c.open = true
}

func (c *pgConn) save() error    { c.hold(pgSave); return nil }
func (c *pgConn) release() error { c.hold(pgRelease); return nil }

func (c *pgConn) undo() error {
	c.hold(pgUndo)
	c.hold(pgRelease)
	return nil
}

// commit returns nil only if the server said COMMIT: to a spoilt transaction it
// answers ROLLBACK without an error.
func (c *pgConn) commit() error {
	c.open = false
	tag, err := c.pipe(pgCall{pgStmt: c.stmts[pgCommit]})
	var pe *pgconn.PgError
	switch {
	case err == nil && tag.String() == "COMMIT":
		return nil
	case err == nil:
		return fmt.Errorf("db: the server answered COMMIT with %s", tag)
	case errors.As(err, &pe) && !fatal(pe):
		return pgFault(err)
	}
	return pgCommitUnknown(err)
}

func (c *pgConn) rollback() error {
	if !c.connected() {
		c.held, c.open = c.held[:0], false
		return nil
	}
	unsent := len(c.held) > 0 && (c.held[0].SQL == pgBeginWrite || c.held[0].SQL == pgBeginRead)
	if !c.open && c.pg.TxStatus() == 'I' || unsent {
		c.held, c.open = c.held[:0], false
		return nil
	}
	c.held, c.open = c.held[:0], false
	if _, err := c.pipe(pgCall{pgStmt: c.stmts[pgRollback]}); err != nil {
		c.drop() // the server rolls back when the connection ends
	}
	return nil
}

func (c *pgConn) state() txState {
	switch {
	case !c.connected():
		return txGone
	case c.pg.TxStatus() == 'E':
		return txSpoilt
	}
	return txOpen
}

func (c *pgConn) exec(query string, args []any) (int64, error) {
	s, err := c.prepare(query)
	if err != nil {
		return 0, pgFault(err)
	}
	tag, err := c.pipe(pgCall{s, args, nil})
	if err != nil {
		return 0, c.stale(query, err)
	}
	return tag.RowsAffected(), nil
}

func (c *pgConn) query(set *row.Set, query string, args []any) error {
	s, err := c.prepare(query)
	if err != nil {
		return pgFault(err)
	}
	if _, err := c.pipe(pgCall{s, args, set}); err != nil {
		return c.stale(query, err)
	}
	return nil
}

// execMany sends all rows in one round trip.
func (c *pgConn) execMany(query string, rows [][]any) error {
	s, err := c.prepare(query)
	if err != nil {
		return pgFault(err)
	}
	calls := make([]pgCall, len(rows))
	for i, args := range rows {
		calls[i] = pgCall{s, args, nil}
	}
	if _, err := c.pipe(calls...); err != nil {
		return c.stale(query, err)
	}
	return nil
}

// ask sends all questions in one round trip.
func (c *pgConn) ask(questions []Question, sets []row.Set) error {
	calls := make([]pgCall, len(questions))
	for i, q := range questions {
		s, err := c.prepare(q.Query)
		if err != nil {
			return pgFault(err)
		}
		calls[i] = pgCall{s, q.Args, &sets[i]}
	}
	if _, err := c.pipe(calls...); err != nil {
		return pgFault(err)
	}
	return nil
}

// stale forgets a prepared statement that a change of the schema has made
// invalid, so that the next attempt prepares it anew.
func (c *pgConn) stale(query string, err error) error {
	var pe *pgconn.PgError
	if errors.As(err, &pe) && (pe.Code == "26000" || pe.Code == "0A000" && strings.Contains(pe.Message, "cached plan")) {
		delete(c.stmts, query)
		return retry(err)
	}
	return pgFault(err)
}

// prepare finds or prepares a statement. What is held must reach the server
// first, for preparing is a statement of the transaction too.
func (c *pgConn) prepare(query string) (*pgStmt, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	if len(c.held) > 0 {
		last := c.held[len(c.held)-1]
		c.held = c.held[:len(c.held)-1]
		if _, err := c.pipe(pgCall{pgStmt: last}); err != nil {
			return nil, err
		}
	}
	c.names++
	sd, err := c.pg.Prepare(background, "s"+strconv.Itoa(c.names), query, nil)
	if err != nil {
		return nil, err
	}
	s := &pgStmt{StatementDescription: sd, params: make([]int16, len(sd.ParamOIDs)), results: make([]int16, len(sd.Fields))}
	for i := range s.params {
		s.params[i] = pgFormat(sd.ParamOIDs[i])
	}
	for i := range s.results {
		s.results[i] = pgFormat(sd.Fields[i].DataTypeOID)
	}
	c.stmts[query] = s
	return s, nil
}

// truncate has nothing to do: vacuum and the recycling of log segments are the
// server's, and what mattered was encrypted under a key that is now gone.
func (c *pgConn) truncate() error { return nil }

func (c *pgConn) tidy(uint64) error { return nil }

// renew makes the next begin connect anew, in the role that Migrate prepared.
func (c *pgConn) renew() error { return c.close() }

func (c *pgConn) close() error {
	if !c.connected() {
		return nil
	}
	ctx, cancel := context.WithTimeout(background, pgSilence)
	defer cancel()
	return c.pg.Close(ctx)
}

// drop ends a connection that cannot be used any more.
func (c *pgConn) drop() { _ = c.close() }
