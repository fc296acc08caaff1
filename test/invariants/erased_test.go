package invariants_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/subject"
)

// graves are tombstones in memory: what survives outside the database.
type graves struct {
	mu   sync.Mutex
	gone []id.Subject
}

func (g *graves) Add(_ id.Institution, gone []id.Subject, _ time.Time) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.gone = append(g.gone, gone...)
	return nil
}

// I10, B12: after an erasure neither the live files nor a backup that was taken
// before it can open the record, once the backup's tombstones were replayed as a
// restore does before it serves. The proof that it happened stays, and says
// about nobody.
func TestWhatIsErasedOpensNeitherLiveNorFromABackupI10(t *testing.T) {
	ctx, dir, stones := context.Background(), t.TempDir(), &graves{}
	path := filepath.Join(dir, "wardfold.db")
	f := housetest.NewOn(t, house.Config{DSN: "sqlite:" + path, Tombstones: stones})
	r, other := f.Enrol(1, "2016-03"), f.Enrol(2, "2016-04")
	var before row
	f.View(func(tx *db.Tx) error { before = load(t, tx, f, subject.Subject{ID: r.Guardian}); return nil })
	backup := filepath.Join(dir, "backup.db")
	if err := f.DB.Backup(ctx, backup); err != nil {
		t.Fatal(err)
	}
	cert, err := f.Family.Erase(ctx, f.Guardian(r.Guardian), r.Child)
	if err != nil || cert.Records != 2 || len(stones.gone) != 2 {
		t.Fatalf("%d records, %d tombstones, %v", cert.Records, len(stones.gone), err)
	}
	for _, name := range []string{path, path + "-wal"} {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for what, secret := range map[string][]byte{"key": before.key, "phone": before.value, "name": before.name} {
			if bytes.Contains(raw, secret) {
				t.Errorf("%s still holds the sealed %s", filepath.Base(name), what)
			}
		}
	}
	erased := func(g *housetest.Fixture, where string) {
		t.Helper()
		if rev, err := reveal(g, subject.Subject{ID: r.Guardian}); fault.KindOf(err) != fault.Erased || !rev.Value.Empty() {
			t.Errorf("%s: %v", where, err)
		}
		if _, err := reveal(g, subject.Subject{ID: other.Guardian}); err != nil {
			t.Errorf("%s: another family: %v", where, err)
		}
		g.View(func(tx *db.Tx) error {
			var n int
			err := tx.QueryRow(`SELECT (SELECT COUNT(*) FROM subject_key WHERE subject_id = $1) + (SELECT COUNT(*) FROM sealed_field
				WHERE subject_id = $1) + (SELECT COUNT(*) FROM event_subject WHERE subject_id = $1) +
				(SELECT COUNT(*) FROM family WHERE guardian_id = $1)`, r.Guardian).Scan(&n)
			if n > 0 {
				t.Errorf("%s: %d rows lead to who was erased", where, n)
			}
			return err
		})
	}
	erased(f, "live")
	restored := f.Reopen(house.Config{DSN: "sqlite:" + backup, KEK: f.KEK})
	if _, err := reveal(restored, subject.Subject{ID: r.Guardian}); err != nil {
		t.Fatalf("the backup is not what it was: %v", err)
	}
	restored.Update(func(tx *db.Tx) error {
		for _, x := range stones.gone {
			if _, err := restored.Family.EraseIn(tx, f.Institution, x); err != nil {
				return err
			}
		}
		return nil
	})
	erased(restored, "restored")
	for _, g := range []*housetest.Fixture{f, restored} {
		if report, err := g.House.Log.VerifyAll(ctx, g.Institution, nil); err != nil || !report.OK {
			t.Errorf("the log does not verify: %+v, %v", report, err)
		}
	}
}

// I11: the audit, its tree and heads, and the ledger of consents refuse change
// and removal in the database itself, on both engines, with real rows in them.
// (Package db tries every table that the schema declares append-only.)
func TestHistoryRefusesToBeChangedI11(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			t.Setenv("WARDFOLD_TEST_DB", engine)
			f := housetest.New(t)
			f.Enrol(1, "2016-03")
			if err := f.House.Log.Step(t.Context(), f.Institution); err != nil {
				t.Fatal(err)
			}
			for _, statement := range []string{
				`UPDATE event SET body = $1`, `UPDATE head SET note = $1`, `UPDATE consent_event SET kind = 'given'`,
				`DELETE FROM event`, `DELETE FROM head`, `DELETE FROM consent_event`, `UPDATE event SET idx = idx + 1`,
			} {
				var args []any
				if bytes.Contains([]byte(statement), []byte("$1")) {
					args = append(args, []byte("another history"))
				}
				err := f.DB.Update(t.Context(), f.Institution, func(tx *db.Tx) error { _, err := tx.Exec(statement, args...); return err })
				if err == nil {
					t.Errorf("%s is carried out", statement)
				}
			}
			if report, err := f.House.Log.VerifyAll(t.Context(), f.Institution, nil); err != nil || !report.OK {
				t.Errorf("the log does not verify: %+v, %v", report, err)
			}
		})
	}
}
