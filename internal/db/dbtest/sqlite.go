package dbtest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/wardfold/wardfold/internal/db"
)

// SQLite returns the DSN of a new database file with the whole schema and no rows.
func SQLite(t testing.TB) string {
	t.Helper()
	file, err := migrated()
	if err != nil {
		t.Fatalf("migrate database: %v", err)
	}
	return written(t, file)
}

// migrated is the content of such a file, made once in a process.
var migrated = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "wardfold-schema-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	return content("sqlite:"+filepath.Join(dir, "wardfold.db"), func(ctx context.Context, d *db.DB) error { return d.Migrate(ctx) })
})

// content returns a database of SQLite as one file, once prepare has been at it.
func content(dsn string, prepare func(context.Context, *db.DB) error) ([]byte, error) {
	ctx, copied := context.Background(), dsn[len("sqlite:"):]+".copy"
	d, err := db.Open(ctx, db.Config{DSN: dsn})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(prepare(ctx, d), d.Backup(ctx, copied), d.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(copied)
}

func written(t testing.TB, file []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "wardfold.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + path
}
