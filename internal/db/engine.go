package db

import (
	"context"
	"database/sql"

	"github.com/wardfold/wardfold/internal/db/row"
	"github.com/wardfold/wardfold/internal/id"
)

// An engine opens connections to one kind of database and knows its house-
// keeping. Everything above it is the same for both.
type engine interface {
	kind() string // also the name of its schema folder
	lanes() int   // how many writers may run side by side
	writer(context.Context) (conn, error)
	reader(context.Context) (conn, error)
	// migrator returns a pool for schema changes, to be closed by the caller.
	migrator() (*sql.DB, error)
	// backup writes a consistent copy of the whole database to a new file.
	backup(ctx context.Context, path string) error
	close() error
}

// A conn is one connection, used by one goroutine at a time. Its errors are
// already faults where a fault fits; broken and lost tell the rest.
type conn interface {
	exec(query string, args []any) (int64, error)
	query(set *row.Set, query string, args []any) error

	begin(inst id.Institution) error // a writer also takes the institution's turn
	save() error                     // a savepoint around one function
	release() error
	undo() error // back to the savepoint, and release it
	commit() error
	rollback() error

	state() txState
	// tidy runs between batches, when nobody waits; n commits have passed.
	tidy(commits uint64) error
	// renew runs after the schema has changed.
	renew() error
	// truncate empties the log of changes so that deleted data is nowhere.
	truncate() error
	// check returns what is wrong with the stored data or the settings.
	check() error
	close() error
}

// A txState tells what a failed statement has left of the transaction.
type txState int

const (
	txOpen   txState = iota // only the statement failed
	txSpoilt                // nothing works until a savepoint is undone
	txGone                  // rolled back by the engine, or the connection is lost
)
