package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/subject"
)

// families enrols invented families in an installation, as a program would.
func families(t *testing.T, in *installation, n int) {
	t.Helper()
	ids, err := in.Institutions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	inst := ids[0]
	var store id.Store
	err = in.DB.View(t.Context(), inst, func(tx *db.Tx) error {
		all, err := institution.Stores(tx, inst)
		store = all[0].ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	a := actor.Actor{Institution: inst, Store: store, Role: actor.Integrator, Key: id.Make[id.APIKey](in.Gate.Now()),
		Purposes: []string{"learner.manage"}, Fields: []string{subject.LearnerName, subject.LearnerBirth, subject.GuardianName, subject.GuardianPhone}}
	for k := range n {
		if _, err := in.House.Enrol.Complete(t.Context(), a, store, housetest.Form(k, "2016-03")); err != nil {
			t.Fatal(err)
		}
	}
	in.Log.StepAll(t.Context())
}

// TestAnInstallationLivesOnPostgreSQL: init, serve, doctor, backup and restore of
// the real binary on a real cluster; whoever was erased stays erased (I9, I10).
func TestAnInstallationLivesOnPostgreSQL(t *testing.T) {
	dir := t.TempDir()
	dsn := write(t, filepath.Join(dir, "dsn"), dbtest.EmptyPostgres(t)+"\n")
	address := freeAddress(t)
	data, pass := founded(t, "--dsn-file", dsn, "--listen", address)
	if config, err := os.ReadFile(filepath.Join(data, configName)); err != nil || strings.Contains(string(config), "postgres://") || !strings.Contains(string(config), dsn) {
		t.Errorf("the settings do not name the file with the address: %v\n%s", err, config)
	}
	opensItself(t, data, pass)
	in := opened(t, data)
	if in.DB.Kind() != "postgres" {
		t.Fatalf("it lives on %s", in.DB.Kind())
	}
	families(t, in, 3)
	family := children(t, in)
	gone, stays := family[0], family[1]
	in.Close()

	stop := server(t, address, "serve", "--data", data)
	if status, out, errs := wardfold(t, "zh_CN.UTF-8", "doctor", "--data", data); status != 0 || !strings.Contains(out, "postgres") {
		t.Errorf("doctor beside the server: %d\n%s%s", status, out, errs)
	}
	secret := write(t, filepath.Join(dir, "secret"), "backup passphrase of tests\n")
	backup := filepath.Join(dir, "b.age")
	must(t, "backup", backup, "--data", data, "--backup-passphrase-file", secret) // while it serves
	if status, said := stop(); status != 0 {
		t.Fatalf("stopped with %d\n%s", status, said)
	}
	in = opened(t, data)
	gone.erase(t, in)
	in.Close()

	back := beside(t, data)
	fails(t, exitUsage, "--dsn", "restore", backup, "--data", back, "--backup-passphrase-file", secret)
	taken := write(t, filepath.Join(dir, "taken"), dbtest.Postgres(t)+"\n")
	fails(t, exitOutside, "already exists", "restore", backup, "--data", back, "--backup-passphrase-file", secret, "--dsn-file", taken)
	fresh := write(t, filepath.Join(dir, "fresh"), dbtest.EmptyPostgres(t)+"\n")
	restored := []string{"restore", backup, "--data", back, "--backup-passphrase-file", secret, "--dsn-file", fresh, "--json"}
	status, out, errs := wardfold(t, "en_US.UTF-8", restored...)
	var o outcome
	if err := json.Unmarshal([]byte(out), &o); err != nil || o.Replayed == 0 {
		t.Fatalf("restore: %d, %v\n%s%s", status, err, out, errs)
	}
	if status != 0 {
		must(t, "restore", "--accept-loss", "--data", back)
	}
	in = opened(t, back)
	if err := gone.open(t.Context(), in); fault.KindOf(err) != fault.Erased {
		t.Errorf("the restored base opens an erased child: %v", err)
	}
	if err := stays.open(t.Context(), in); err != nil {
		t.Errorf("the restored base has lost a child: %v", err)
	}
	in.Close()
	must(t, "audit", "verify", "--data", back)
	address = freeAddress(t)
	server(t, address, "serve", "--data", back, "--listen", address)
}

// opensItself lets an installation find its passphrase, as a service would.
func opensItself(t *testing.T, data, pass string) {
	t.Helper()
	if err := copyWhole(pass, filepath.Join(data, "passphrase")); err != nil {
		t.Fatal(err)
	}
	edit(t, data, `"file": "keyring.age"`, `"file": "keyring.age", "passphrase_file": "passphrase"`)
}

// plainUser gives a database to a user who may do nothing outside it.
func plainUser(t *testing.T, dsn string) string {
	t.Helper()
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	for _, q := range []string{"CREATE ROLE wardfold_plain LOGIN", "GRANT ALL ON SCHEMA public TO wardfold_plain"} {
		if _, err := c.Exec(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		c, err := pgx.Connect(context.Background(), dsn)
		if err == nil {
			_, err = c.Exec(context.Background(), "DROP OWNED BY wardfold_plain CASCADE; DROP ROLE wardfold_plain")
			err = errors.Join(err, c.Close(context.Background()))
		}
		if err != nil {
			t.Error(err)
		}
	})
	return strings.Replace(dsn, "postgres://postgres@", "postgres://wardfold_plain@", 1)
}

// TestATroubledDatabaseIsExplained: what a newcomer meets when the address of the
// database is wrong, in both languages.
func TestATroubledDatabaseIsExplained(t *testing.T) {
	good := dbtest.EmptyPostgres(t)
	for _, c := range []struct {
		name, dsn, en, zh string
		status            int
	}{
		{"an address that is none", "postgres://%zz", "address of the database", "数据库的地址", exitUsage},
		{"nobody there", "postgres://postgres@127.0.0.1:1/x", "does not answer", "没有响应", exitOutside},
		{"no such database", strings.Replace(good, "/e", "/absent", 1), "no database", "没有", exitOutside},
		{"another user", strings.Replace(good, "postgres://postgres@", "postgres://nobody1@", 1), "refuses", "拒绝", exitOutside},
		{"a user without the role", plainUser(t, good), "GRANT wardfold_app TO", "GRANT wardfold_app TO", exitOutside},
		{"an engine that is none", "mysql://x", "dsn", "dsn", exitUsage},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			pass := write(t, filepath.Join(dir, "pass"), testPassphrase+"\n")
			args := []string{"init", "--data", filepath.Join(dir, "d"), "--passphrase-file", pass, "--name", "x", "--contact", "x", "--store", "x",
				"--officer-name", "x", "--manager-name", "y", "--dsn", c.dsn}
			fails(t, c.status, c.en, args...)
			if _, _, errs := wardfold(t, "zh_CN.UTF-8", args...); !strings.Contains(errs, c.zh) || strings.Contains(errs, "cli.") {
				t.Errorf("in Chinese: %s", errs)
			}
			if exists(filepath.Join(dir, "d")) {
				t.Error("half an installation was left")
			}
		})
	}
}
