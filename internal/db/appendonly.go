package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/wardfold/wardfold/internal/db/row"
)

// Append-only tables (invariant I11) are declared once, in the SQLite schema,
// by triggers of this shape in the migration of the room that owns the table:
//
//	-- +goose StatementBegin
//	CREATE TRIGGER event_no_update BEFORE UPDATE ON event
//	BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
//	-- +goose StatementEnd
//
// and the same with DELETE. PostgreSQL gets no triggers, for distributed
// engines have none: there the application works as a role that lacks those
// rights, which Migrate derives from the same declarations.
var refusal = regexp.MustCompile(`(?i)CREATE\s+TRIGGER\s+\w+\s+BEFORE\s+(UPDATE|DELETE)\s+ON\s+(\w+)\s+BEGIN\s+SELECT\s+RAISE\s*\(\s*ABORT`)

// AppRole is the role of the application on PostgreSQL.
const AppRole = "wardfold_app"

// A right is one that the application does not have.
type right struct{ verb, table string }

// refusals returns the rights that the schema denies, each once, in order.
func refusals() ([]right, error) {
	var rights []right
	err := fs.WalkDir(schema, "schema/sqlite", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(schema, path)
		for _, m := range refusal.FindAllStringSubmatch(string(text), -1) {
			r := right{strings.ToUpper(m[1]), strings.ToLower(m[2])}
			if !slices.Contains(rights, r) {
				rights = append(rights, r)
			}
		}
		return err
	})
	return rights, err
}

// grant gives AppRole the rights of the application: to read and write rows,
// but not to change or delete those of append-only tables, nor the schema. If
// the user that migrates may not create roles, the administrator has to create
// AppRole and make the user its member beforehand.
func grant(ctx context.Context, pool *sql.DB) error {
	rights, err := refusals()
	if err != nil {
		return err
	}
	if err := createRole(ctx, pool); err != nil {
		return err
	}
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	statements := []string{
		"GRANT USAGE ON SCHEMA public TO " + AppRole,
		"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO " + AppRole,
		"REVOKE INSERT, UPDATE, DELETE ON goose_db_version FROM " + AppRole,
	}
	for _, r := range rights {
		statements = append(statements, "REVOKE "+r.verb+" ON "+r.table+" FROM "+AppRole)
	}
	for _, s := range statements {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return errors.Join(fmt.Errorf("grant: %w", pgQuiet(err)), tx.Rollback())
		}
	}
	return tx.Commit()
}

// createRole makes AppRole if the cluster has none; another database of the
// cluster may be making it at the same moment.
func createRole(ctx context.Context, pool *sql.DB) error {
	for attempt := 0; ; attempt++ {
		var member sql.NullBool
		err := pool.QueryRowContext(ctx,
			"SELECT pg_has_role(current_user, oid, 'MEMBER') FROM pg_roles WHERE rolname = $1", AppRole).Scan(&member)
		switch {
		case err == nil && member.Bool:
			return nil
		case err == nil:
			return fmt.Errorf("grant: the current user must be a member of role %s", AppRole)
		case !errors.Is(err, sql.ErrNoRows):
			return fmt.Errorf("grant: %w", pgQuiet(err))
		}
		_, err = pool.ExecContext(ctx, "CREATE ROLE "+AppRole+" NOLOGIN")
		if err == nil {
			_, err = pool.ExecContext(ctx, "GRANT "+AppRole+" TO CURRENT_USER")
		}
		if err != nil && attempt == readAttempts {
			return fmt.Errorf("grant: create role %s: %w", AppRole, pgQuiet(err))
		}
	}
}

const pgMayEnter = `SELECT 1 FROM pg_roles WHERE rolname = $1 AND pg_has_role(current_user, oid, 'MEMBER')
	AND has_table_privilege(oid, to_regclass('writer')::oid, 'SELECT')`

// enterRole makes the connection work as AppRole once Migrate has prepared it.
// RESET ROLE could undo that: it guards against our own mistakes and against
// injected statements, not against the owner of the database.
func (c *pgConn) enterRole() error {
	var set row.Set
	if err := c.query(&set, pgMayEnter, []any{AppRole}); err != nil || set.Len() == 0 {
		return err
	}
	_, err := c.exec("SET ROLE "+AppRole, nil)
	return err
}
