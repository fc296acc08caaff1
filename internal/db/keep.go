package db

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed schema
var schema embed.FS

// Migrate brings the schema to the newest version: forward only, one
// transaction for each file, safe to call again. Call it before serving. On
// PostgreSQL it also sets the rights of the application's role.
func (d *DB) Migrate(ctx context.Context) error {
	pool, err := d.engine.migrator()
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	files, err := fs.Sub(schema, "schema/"+d.Kind())
	if err != nil {
		return errors.Join(err, pool.Close())
	}
	dialect := goose.DialectSQLite3
	if d.Kind() == "postgres" {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, pool, files, goose.WithVerbose(false))
	if err != nil {
		return errors.Join(fmt.Errorf("migrate: %w", err), pool.Close())
	}
	if _, err = p.Up(ctx); err != nil {
		err = fmt.Errorf("migrate: %w", err)
	} else if d.Kind() == "postgres" {
		err = grant(ctx, pool)
	}
	if err := errors.Join(err, pool.Close()); err != nil {
		return err
	}
	return d.each(ctx, conn.renew)
}

// Checkpoint empties the log of changes, so that a deleted value is nowhere in
// the files of the database: secure_delete has overwritten it in the pages, and
// the log that still held it is truncated. Call it after an erasure.
//
// Error: fault.Unavailable with code db.busy while a long View holds the log.
func (d *DB) Checkpoint(ctx context.Context) error {
	return d.each(ctx, conn.truncate)
}

// Check reads the whole database and reports damage: page by page on SQLite;
// on PostgreSQL it repeats the checks of Open.
func (d *DB) Check(ctx context.Context) error {
	return d.each(ctx, conn.check)
}

// each runs f on every lane, between two batches.
func (d *DB) each(ctx context.Context, f func(conn) error) error {
	for _, l := range d.lanes {
		if err := l.control(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// Backup writes a consistent copy of the database to path, which must not
// exist, while the database is in use. The copy is on disk when it returns nil.
func (d *DB) Backup(ctx context.Context, path string) error {
	if err := d.engine.backup(ctx, path); err != nil {
		return fmt.Errorf("back up database: %w", err)
	}
	return nil
}
