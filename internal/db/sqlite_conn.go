package db

import (
	"errors"
	"fmt"

	"github.com/wardfold/wardfold/internal/db/lite"
	"github.com/wardfold/wardfold/internal/db/row"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// sqliteConn is the writer or one reader.
type sqliteConn struct {
	*lite.Conn
	writer bool
	tidied uint64 // commits at the last checkpoint
}

func (c *sqliteConn) exec(query string, args []any) (int64, error) {
	n, err := c.Conn.Exec(query, args)
	if err != nil {
		return 0, sqliteFault(err)
	}
	return n, nil
}

func (c *sqliteConn) query(set *row.Set, query string, args []any) error {
	if err := c.Conn.Query(set, query, args); err != nil {
		return sqliteFault(err)
	}
	return nil
}

func (c *sqliteConn) run(query string) error {
	_, err := c.exec(query, nil)
	return err
}

// begin takes the write lock at once in the writer: a transaction that began by
// reading could not be upgraded if another process wrote in between.
func (c *sqliteConn) begin(id.Institution) error {
	if c.writer {
		return c.run("BEGIN IMMEDIATE")
	}
	return c.run("BEGIN")
}

func (c *sqliteConn) save() error    { return c.run("SAVEPOINT f") }
func (c *sqliteConn) release() error { return c.run("RELEASE f") }

func (c *sqliteConn) undo() error {
	if err := c.run("ROLLBACK TO f"); err != nil {
		return err
	}
	return c.run("RELEASE f")
}

func (c *sqliteConn) commit() error { return c.run("COMMIT") }

func (c *sqliteConn) rollback() error {
	if !c.InTx() {
		return nil
	}
	return c.run("ROLLBACK")
}

func (c *sqliteConn) state() txState {
	if c.InTx() {
		return txOpen
	}
	return txGone
}

// tidy copies the log into the database from time to time. A busy reader may
// hold back part of it: the next time gets the rest.
func (c *sqliteConn) tidy(commits uint64) error {
	if commits-c.tidied < checkpointEvery {
		return nil
	}
	c.tidied = commits
	pages, _, err := c.checkpoint("PASSIVE")
	if err == nil && pages > logLimit {
		c.Busy(50)
		_, _, err = c.checkpoint("RESTART") // waits for readers of the old log, a little
		c.Busy(busyTimeout)
	}
	if fault.CodeOf(err) == "db.busy" || fault.CodeOf(err) == "db.full" {
		return nil // nothing is lost: the log keeps it
	}
	return err
}

func (c *sqliteConn) truncate() error {
	_, busy, err := c.checkpoint("TRUNCATE")
	if err == nil && busy {
		return fault.New(fault.Unavailable, "db.busy").Because(errors.New("a reader holds the log"))
	}
	return err
}

// checkpoint returns the length of the log in pages and whether a reader or
// another process held part of it back.
func (c *sqliteConn) checkpoint(mode string) (pages int64, busy bool, err error) {
	var set row.Set
	if err := c.query(&set, "PRAGMA wal_checkpoint("+mode+")", nil); err != nil {
		return 0, false, err
	}
	var done int64
	err = set.Scan(0, []any{&busy, &pages, &done})
	return pages, busy, err
}

// check walks every page and index, and every foreign key.
func (c *sqliteConn) check() error {
	var set row.Set
	if err := c.query(&set, "PRAGMA integrity_check(1)", nil); err != nil {
		return err
	}
	var verdict string
	if err := set.Scan(0, []any{&verdict}); err != nil {
		return err
	}
	if verdict != "ok" {
		return fault.New(fault.Unavailable, "db.corrupt").Because(errors.New(verdict))
	}
	var keys row.Set
	if err := c.query(&keys, "PRAGMA foreign_key_check", nil); err != nil {
		return err
	}
	if n := keys.Len(); n > 0 {
		return fault.New(fault.Unavailable, "db.corrupt").Because(fmt.Errorf("%d rows point at nothing", n))
	}
	return nil
}

// renew has nothing to do: SQLite prepares statements again by itself.
func (c *sqliteConn) renew() error { return nil }

func (c *sqliteConn) close() error { return c.Conn.Close() }
