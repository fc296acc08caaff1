// Package dbtest gives tests a real, migrated, empty database of their own: a copy
// of one that each process migrates once.
package dbtest

import (
	"os"
	"testing"

	"github.com/wardfold/wardfold/internal/db"
)

// Open returns a migrated, empty database that lives as long as the test:
// SQLite, or PostgreSQL if WARDFOLD_TEST_DB=postgres.
func Open(t testing.TB) *db.DB {
	t.Helper()
	return OpenWith(t, db.Config{})
}

// OpenWith is Open with a configuration: its DSN, if empty, is filled in.
func OpenWith(t testing.TB, cfg db.Config) *db.DB {
	t.Helper()
	if cfg.DSN == "" {
		cfg.DSN = DSN(t)
	}
	d, err := db.Open(t.Context(), cfg)
	if err != nil {
		t.Fatalf("open database: %v", err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatalf("migrate database: %v", err)
	}
	return d
}

// DSN returns the address of a new database with the whole schema and no rows:
// what SQLite or Postgres gives, as WARDFOLD_TEST_DB says.
func DSN(t testing.TB) string {
	t.Helper()
	if onPostgres() {
		return Postgres(t)
	}
	return SQLite(t)
}

func onPostgres() bool { return os.Getenv("WARDFOLD_TEST_DB") == "postgres" }

// Each runs fn as a subtest on every engine.
func Each(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	EachWith(t, db.Config{}, fn)
}

// EachWith is Each with a configuration.
func EachWith(t *testing.T, cfg db.Config, fn func(t *testing.T, d *db.DB)) {
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": SQLite, "postgres": Postgres} {
		t.Run(name, func(t *testing.T) {
			cfg := cfg
			cfg.DSN = dsn(t)
			fn(t, OpenWith(t, cfg))
		})
	}
}
