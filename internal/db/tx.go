package db

import (
	"database/sql"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"time"

	"github.com/wardfold/wardfold/internal/db/row"
	"github.com/wardfold/wardfold/internal/id"
)

// Tx is one transaction as one function sees it. It is valid until that
// function returns, and for its goroutine only.
//
// After a statement has failed, the transaction is lost: every later statement
// returns the same error, and so does Update even if the function hides it.
// (PostgreSQL works so; SQLite is made to, so that both agree.)
type Tx struct {
	c        conn
	inst     id.Institution
	now      time.Time
	readOnly bool
	saves    bool // a savepoint is opened before the first write
	saved    bool
	wrote    bool
	err      error // the first failure, sticky
	deferred []any
	after    []func()
	known    []answer // asked with the batch, and true until somebody writes
}

// ErrReadOnly is returned by a write inside View.
var ErrReadOnly = errors.New("db: write in a read-only transaction")

// Institution returns the institution that the transaction was opened for.
func (t *Tx) Institution() id.Institution { return t.inst }

// Now returns the moment of the transaction: one instant for the whole call of
// the function, in UTC, to the millisecond.
func (t *Tx) Now() time.Time { return t.now.UTC().Truncate(time.Millisecond) }

// Exec runs a statement and returns the number of rows it changed. Statements
// are prepared once and kept: pass constant texts.
func (t *Tx) Exec(query string, args ...any) (int64, error) {
	if err := t.write(); err != nil {
		return 0, err
	}
	n, err := t.c.exec(query, args)
	return n, t.keep(err)
}

// ExecMany runs one statement for each row of arguments and is faster than as
// many calls of Exec: on PostgreSQL it takes one round trip.
func (t *Tx) ExecMany(query string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	if err := t.write(); err != nil {
		return err
	}
	if m, ok := t.c.(interface {
		execMany(string, [][]any) error
	}); ok {
		return t.keep(m.execMany(query, rows))
	}
	for _, args := range rows {
		if _, err := t.c.exec(query, args); err != nil {
			return t.keep(err)
		}
	}
	return nil
}

// QueryRow runs a query for its first row. The error, if any, comes from Scan.
// A query that writes (INSERT … RETURNING) is welcome in Update.
func (t *Tx) QueryRow(query string, args ...any) Row {
	rows, err := t.Query(query, args...)
	return Row{rows, err}
}

// Query runs a query and reads its whole answer; page long lists with LIMIT.
func (t *Tx) Query(query string, args ...any) (*Rows, error) {
	if err := t.asks(query); err != nil {
		return nil, err
	}
	if r := recall(t.known, query, args); r != nil {
		return r, nil
	}
	r := &Rows{at: -1}
	return r, t.keep(t.c.query(&r.set, query, args))
}

// QueryInto is Query into the memory of an earlier answer, all of which it
// overwrites, bytes that were scanned from it too: for who reads much and keeps
// little. The zero Rows is an empty answer.
func (t *Tx) QueryInto(r *Rows, query string, args ...any) error {
	r.at = -1
	r.set.Reset()
	if err := t.asks(query); err != nil {
		return err
	}
	return t.keep(t.c.query(&r.set, query, args))
}

// asks opens the savepoint for a query that may write, and returns what has failed
// before.
func (t *Tx) asks(query string) error {
	if !t.readOnly && !reads(query) {
		return t.write()
	}
	return t.err
}

// Defer queues item for Config.Flush, which runs before the shared commit. It
// is dropped if the function fails.
func (t *Tx) Defer(item any) {
	if t.readOnly {
		t.err = errors.Join(t.err, ErrReadOnly)
		return
	}
	t.deferred = append(t.deferred, item)
}

// AfterCommit queues f to run once what the function did is durable and before
// Update returns: to drop cached values. It must be quick and must not use the
// database. A View that began earlier still sees the old state.
func (t *Tx) AfterCommit(f func()) { t.after = append(t.after, f) }

// write opens the savepoint of the function at its first write, so that a
// function that only reads and defers costs none.
func (t *Tx) write() error {
	switch {
	case t.err != nil:
		return t.err
	case t.readOnly:
		return t.keep(ErrReadOnly)
	case t.saves && !t.saved:
		if err := t.c.save(); err != nil {
			return t.keep(err)
		}
		t.saved = true
	}
	t.wrote, t.known = true, nil
	return nil
}

func (t *Tx) keep(err error) error {
	if err != nil && t.err == nil {
		t.err = err
	}
	return err
}

// reads reports whether a query surely does not write.
func reads(query string) bool {
	for i := range len(query) {
		switch query[i] {
		case ' ', '\t', '\n', '\r':
			continue
		}
		return len(query)-i > 6 && (query[i:i+6] == "SELECT" || query[i:i+6] == "select")
	}
	return false
}

// Rows is an answer, read whole: there is nothing to close, and every failure came
// from Query.
type Rows struct {
	set row.Set
	at  int
}

// Len returns the number of rows.
func (r *Rows) Len() int { return r.set.Len() }

// Next moves to the next row and reports whether there is one.
func (r *Rows) Next() bool {
	r.at++
	return r.at < r.set.Len()
}

// Scan copies the columns of the row into dest: *int64, *int, *string, *[]byte,
// *bool, *float64, *time.Time (milliseconds; 0 and null are the zero time), *any,
// a sql.Scanner such as an id, a named type or a byte array of these (empty and
// null are zeros), or a pointer to a pointer for what may be null.
func (r *Rows) Scan(dest ...any) error { return r.set.Scan(r.at, dest) }

// Row is the first row of an answer.
type Row struct {
	rows *Rows
	err  error
}

// Scan copies the row's columns; sql.ErrNoRows when there is none.
func (r Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	if !r.rows.Next() {
		return sql.ErrNoRows
	}
	return r.rows.Scan(dest...)
}

// PanicError is returned by Update and View when the function panicked. Its
// text omits the value, which might hold personal information.
type PanicError struct {
	Value any
	Stack []byte
}

// Format prints the text under every verb, so that no verb finds the value.
func (e *PanicError) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, e.Error()) }

func (e *PanicError) Error() string {
	return fmt.Sprintf("db: the transaction function panicked with a %T", e.Value)
}

// protect calls fn and turns a panic into an error.
func protect(fn func(*Tx) error, tx *Tx) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &PanicError{v, debug.Stack()}
		}
	}()
	return fn(tx)
}
