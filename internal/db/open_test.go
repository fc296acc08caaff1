package db_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/db/faultfs"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

func TestSQLiteVersionsThatCanCorruptAreRefused(t *testing.T) {
	for version, sound := range map[string]bool{
		"3.40.1": false, "3.51.2": false, "3.51.3": true, "3.52.0": false, "3.52.1": true,
		"3.54.1": true, "4.0.0": true, "": false, "latest": false,
	} {
		err := db.SoundSQLite(version)
		if (err == nil) != sound || err != nil && fault.CodeOf(err) != "db.unsafe" {
			t.Errorf("version %q: got %v", version, err)
		}
	}
}

func TestWhatIsNotADatabaseOrNoLongerOneIsCalledCorrupt(t *testing.T) {
	fresh := func(t *testing.T) string {
		path := filepath.Join(t.TempDir(), "wardfold.db")
		d := dbtest.OpenWith(t, db.Config{DSN: "sqlite:" + path})
		newInstitution(t, d)
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, spoil := range map[string]func(path string) error{
		"not a database":          func(p string) error { return os.WriteFile(p, bytes.Repeat([]byte("儿童"), 4096), 0o600) },
		"truncated to a page":     func(p string) error { return os.Truncate(p, 4096) },
		"truncated inside a page": func(p string) error { return os.Truncate(p, 5000) },
		"empty beside its log": func(p string) error {
			return errors.Join(os.Truncate(p, 0), os.WriteFile(p+"-wal", []byte("frames"), 0o600))
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := fresh(t)
			if err := spoil(path); err != nil {
				t.Fatal(err)
			}
			d, err := db.Open(t.Context(), db.Config{DSN: "sqlite:" + path})
			if err == nil {
				err = errors.Join(d.Check(t.Context()), d.Close())
			}
			if fault.CodeOf(err) != "db.corrupt" || fault.KindOf(err) != fault.Unavailable {
				t.Errorf("got %v, want unavailable db.corrupt", err)
			}
		})
	}
}

func TestTheFilesAreTheOwnersAloneUnderAnyUmask(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	path := filepath.Join(t.TempDir(), "wardfold.db")
	d := dbtest.OpenWith(t, db.Config{DSN: "sqlite:" + path})
	newInstitution(t, d)
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := d.Backup(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, path + "-wal", path + "-shm", copied} {
		info, err := os.Stat(p)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s: got %v, want 0600", filepath.Base(p), info.Mode().Perm())
		}
	}
}

// I10: after erasure and Checkpoint no file of the database holds the value.
func TestADeletedValueIsNowhereInTheFilesAfterACheckpointI10(t *testing.T) {
	needle := "猫头鹰needle猫头鹰"
	path := filepath.Join(t.TempDir(), "wardfold.db")
	d := dbtest.OpenWith(t, db.Config{DSN: "sqlite:" + path})
	inst := newInstitution(t, d)
	update := func(fn func(*db.Tx) error) {
		t.Helper()
		if err := d.Update(t.Context(), inst, fn); err != nil {
			t.Fatal(err)
		}
	}
	found := func() (in []string) {
		for _, p := range []string{path, path + "-wal"} {
			if b, err := os.ReadFile(p); err == nil && bytes.Contains(b, []byte(needle)) {
				in = append(in, filepath.Base(p))
			}
		}
		return in
	}
	var s id.Store
	for range 5 {
		update(func(tx *db.Tx) (err error) { s, err = addStore(tx, needle); return err })
	}
	if len(found()) == 0 {
		t.Fatal("the value was never in the files: the test proves nothing")
	}
	update(func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM store WHERE institution_id = $1`, inst)
		return err
	})
	if err := d.Checkpoint(t.Context()); err != nil {
		t.Fatal(err)
	}
	if in := found(); len(in) > 0 {
		t.Errorf("the deleted value is still in %v (store %v)", in, s)
	}
}

func TestABackupTakenUnderLoadIsWholeAndNotOlderThanItsBeginning(t *testing.T) {
	d := dbtest.OpenWith(t, db.Config{Flush: flushStores, DSN: dbtest.SQLite(t)})
	inst := newInstitution(t, d)
	l := startLoad(t, d, inst, 4)
	defer l.end()
	for range 3 {
		acked, dir := l.book(), t.TempDir()
		if err := d.Backup(t.Context(), filepath.Join(dir, "wardfold.db")); err != nil {
			t.Fatal(err)
		}
		keepsAll(t, dir, inst, acked)
		if err := d.Backup(t.Context(), filepath.Join(dir, "wardfold.db")); err == nil {
			t.Error("a backup overwrote another")
		}
	}
}

func TestAFullQueueRefusesAtOnce(t *testing.T) {
	fs := faultfs.New()
	d := dbtest.OpenWith(t, db.Config{VFS: fs.Name, DSN: dbtest.SQLite(t)})
	inst := newInstitution(t, d)
	hold, held := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		_ = d.Update(t.Context(), inst, func(*db.Tx) error { close(held); <-hold; return nil })
	})
	<-held
	ctx, cancel := context.WithCancel(t.Context())
	for range 2 * db.QueueLimit {
		wg.Go(func() {
			err := d.Update(ctx, inst, func(*db.Tx) error { return nil })
			switch {
			case err == nil, errors.Is(err, context.Canceled):
			case fault.CodeOf(err) == "db.busy":
				cancel() // seen: let the others go
			default:
				t.Errorf("got %v", err)
			}
		})
	}
	<-ctx.Done()
	close(hold)
	wg.Wait()
	cancel()
}

func TestAClosedDatabaseRefusesAndLeavesNobodyWaiting(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inst := newInstitution(t, d)
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				err := d.Update(t.Context(), inst, func(tx *db.Tx) error { _, err := addStore(tx, "x"); return err })
				if err != nil && fault.CodeOf(err) != "db.closed" {
					t.Errorf("got %v", err)
				}
			})
		}
		if err := d.Close(); err != nil {
			t.Error(err)
		}
		wg.Wait()
		if err := d.Update(t.Context(), inst, nil); fault.CodeOf(err) != "db.closed" {
			t.Errorf("Update: got %v, want db.closed", err)
		}
		if err := d.View(t.Context(), inst, nil); fault.CodeOf(err) != "db.closed" {
			t.Errorf("View: got %v, want db.closed", err)
		}
	})
}

func TestAViewCannotWriteAndSeesOneMoment(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inst := newInstitution(t, d)
		if err := d.View(t.Context(), inst, func(tx *db.Tx) error { _, err := addStore(tx, "x"); return err }); !errors.Is(err, db.ErrReadOnly) {
			t.Errorf("got %v, want ErrReadOnly", err)
		}
		// A write that hides in a query is refused by the engine.
		err := d.View(t.Context(), inst, func(tx *db.Tx) error {
			_, err := tx.Query(`UPDATE institution SET name = 'x' WHERE institution_id = $1 RETURNING name`, inst)
			return err
		})
		if err == nil {
			t.Error("an UPDATE … RETURNING ran in a View")
		}
		err = d.View(t.Context(), inst, func(tx *db.Tx) error {
			var before, after int
			if err := tx.QueryRow(countStores, inst).Scan(&before); err != nil {
				return err
			}
			done := make(chan error)
			go func() {
				done <- d.Update(t.Context(), inst, func(tx *db.Tx) error { _, err := addStore(tx, "x"); return err })
			}()
			if err := <-done; err != nil {
				return err
			}
			if err := tx.QueryRow(countStores, inst).Scan(&after); err != nil {
				return err
			}
			if before != 0 || after != 0 {
				t.Errorf("got %d, then %d stores, want 0 and 0", before, after)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if n := stores(t, d, inst); n != 1 {
			t.Errorf("the next View sees %d stores, want 1", n)
		}
	})
}

func TestPostgreSQLThatMayLoseACommitIsRefused(t *testing.T) {
	dsn := dbtest.Postgres(t)
	refused := func(dsn, setting string) bool {
		t.Helper()
		d, err := db.Open(t.Context(), db.Config{DSN: dsn})
		if err == nil {
			return d.Close() != nil
		}
		f, ok := errors.AsType[*fault.Error](err)
		if !ok || f.Code != "db.unsafe" || f.Args[0] != setting {
			t.Errorf("%s: got %v", setting, err)
		}
		return true
	}
	if !refused(dsn+"&options=-csynchronous_commit%3Doff", "synchronous_commit") {
		t.Error("synchronous_commit=off was accepted")
	}
	admin, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(t.Context())
	set := func(setting, value string) {
		t.Helper()
		for _, q := range []string{"ALTER SYSTEM SET " + setting + " = " + value, "SELECT pg_reload_conf()"} {
			if _, err := admin.Exec(t.Context(), q); err != nil {
				t.Fatal(err)
			}
		}
		want := value == "off"
		for range 200 { // the server reloads in its own time
			if refused(dsn, setting) == want {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		t.Errorf("%s=%s: refused is not %v", setting, value, want)
	}
	for _, setting := range []string{"fsync", "full_page_writes"} {
		set(setting, "off")
		set(setting, "on")
	}
}

func TestABackupOfPostgreSQLHoldsTheRows(t *testing.T) {
	for _, tool := range []string{"pg_dump", "pg_restore"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("NOT TESTED: %v", err)
		}
	}
	d := dbtest.OpenWith(t, db.Config{DSN: dbtest.Postgres(t)})
	newInstitution(t, d)
	path := filepath.Join(t.TempDir(), "wardfold.dump")
	if err := d.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("pg_restore", "--data-only", "--table=institution", "--file=-", path).Output()
	if err != nil || !bytes.Contains(text, []byte("晨光")) {
		t.Errorf("the row is not in the backup: %v", err)
	}
}
