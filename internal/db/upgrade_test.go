package db_test

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/id"
)

// before brings an empty database to the schema of an earlier release and runs
// fill in it.
func before(t *testing.T, dsn string, version int64, fill func(pool *sql.DB)) {
	t.Helper()
	dialect, driver, name := goose.DialectPostgres, "pgx", dsn
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		dialect, driver, name = goose.DialectSQLite3, "sqlite", "file:"+path+"?_pragma=journal_mode(WAL)"
	}
	pool, err := sql.Open(driver, name)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	files := os.DirFS(filepath.Join("schema", map[string]string{"sqlite": "sqlite", "pgx": "postgres"}[driver]))
	p, err := goose.NewProvider(dialect, pool, files, goose.WithVerbose(false))
	if err == nil {
		_, err = p.UpTo(t.Context(), version)
	}
	if err != nil {
		t.Fatal(err)
	}
	fill(pool)
}

// 0272 cuts the list of entries by subject into spans; none is lost or changed.
func TestAnUpgradeKeepsWhichEntriesAreAboutWhom(t *testing.T) {
	for engine, dsn := range map[string]string{
		"sqlite": "sqlite:" + filepath.Join(t.TempDir(), "wardfold.db"), "postgres": dbtest.EmptyPostgres(t)} {
		t.Run(engine, func(t *testing.T) {
			inst, who := id.Make[id.Institution](time.Now()), []id.Subject{id.Make[id.Subject](time.Now()), id.Make[id.Subject](time.Now())}
			indexes := []int64{0, 1, 8191, 8192, 16383, 16384, 5_000_000}
			before(t, dsn, 271, func(pool *sql.DB) {
				for i, idx := range indexes {
					if _, err := pool.ExecContext(t.Context(), `INSERT INTO event_subject (institution_id, subject_id, idx) VALUES ($1, $2, $3)`,
						inst.Bytes(), who[i%2].Bytes(), idx); err != nil {
						t.Fatal(err)
					}
				}
			})
			d := dbtest.OpenWith(t, db.Config{DSN: dsn})
			for i, idx := range indexes {
				err := d.View(t.Context(), inst, func(tx *db.Tx) error {
					about, err := db.Column[[]byte](tx, `SELECT subject_id FROM event_subject WHERE institution_id = $1 AND span = $2 AND idx = $3`,
						inst, idx/8192, idx)
					if len(about) != 1 || !bytes.Equal(about[0], who[i%2].Bytes()) {
						t.Errorf("entry %d is about %d", idx, len(about))
					}
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}
