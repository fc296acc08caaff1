package db_test

import (
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/db/lite"
	"github.com/wardfold/wardfold/internal/db/row"
)

// I11: for every table that the schema declares append-only, both engines refuse
// UPDATE and DELETE from the application.
func TestAppendOnlyTablesRefuseChangeAndRemovalI11(t *testing.T) {
	list, err := db.Refusals()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		t.Fatal("the schema declares no append-only table")
	}
	for name, dsn := range map[string]string{"sqlite": dbtest.SQLite(t), "postgres": dbtest.Postgres(t)} {
		t.Run(name, func(t *testing.T) {
			d := dbtest.OpenWith(t, db.Config{DSN: dsn})
			inst := newInstitution(t, d)
			for _, refusal := range list {
				verb, table, _ := strings.Cut(refusal, " ")
				if name == "sqlite" { // its triggers speak when they meet a row
					anyRow(t, strings.TrimPrefix(dsn, "sqlite:"), table)
				}
				statement := "DELETE FROM " + table
				if verb == "UPDATE" {
					statement = "UPDATE " + table + " SET institution_id = institution_id"
				}
				err := d.Update(t.Context(), inst, func(tx *db.Tx) error { _, err := tx.Exec(statement); return err })
				if err == nil || !strings.Contains(err.Error(), "append-only") && !strings.Contains(err.Error(), "42501") {
					t.Errorf("%s: got %v, want a refusal", statement, err)
				}
			}
			// The role is not merely powerless: it may change what may be changed.
			err := d.Update(t.Context(), inst, func(tx *db.Tx) error {
				_, err := tx.Exec(`UPDATE institution SET epoch = epoch + 1 WHERE institution_id = $1`, inst)
				return err
			})
			if err != nil {
				t.Errorf("update of an ordinary table: %v", err)
			}
		})
	}
}

func TestTheApplicationCannotChangeTheSchemaOnPostgreSQLI11(t *testing.T) {
	d := dbtest.OpenWith(t, db.Config{DSN: dbtest.Postgres(t)})
	inst := newInstitution(t, d)
	for _, q := range []string{"DROP TABLE event", "ALTER TABLE event ADD COLUMN x BIGINT", "TRUNCATE event", "CREATE TABLE public.x (y BIGINT)"} {
		err := d.Update(t.Context(), inst, func(tx *db.Tx) error { _, err := tx.Exec(q); return err })
		if err == nil || !strings.Contains(err.Error(), "42501") {
			t.Errorf("%s: got %v, want insufficient privilege", q, err)
		}
	}
}

// anyRow puts some row into table, past every constraint.
func anyRow(t *testing.T, path, table string) {
	t.Helper()
	c, err := lite.Open(path, "") // foreign keys are off unless asked for
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var columns row.Set
	if err := c.Query(&columns, "SELECT name, type FROM pragma_table_info($1)", []any{table}); err != nil {
		t.Fatal(err)
	}
	var names, values []string
	for i := range columns.Len() {
		var name, kind string
		if err := columns.Scan(i, []any{&name, &kind}); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
		values = append(values, map[string]string{"TEXT": "'x'", "INTEGER": "1", "BLOB": "zeroblob(16)"}[kind])
	}
	for _, q := range []string{
		"PRAGMA ignore_check_constraints = ON",
		"INSERT OR IGNORE INTO " + table + " (" + strings.Join(names, ", ") + ") VALUES (" + strings.Join(values, ", ") + ")",
	} {
		if _, err := c.Exec(q, nil); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}
