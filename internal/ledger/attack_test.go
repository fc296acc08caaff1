package ledger_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/ledger/guard"
)

// openFile opens an SQLite database, in which an attacker can do as he likes. On
// PostgreSQL he would have to become another role first.
func openFile(t *testing.T) *db.DB {
	t.Helper()
	return dbtest.OpenWith(t, db.Config{DSN: dbtest.SQLite(t), Flush: ledger.Flush})
}

// unlock removes the triggers, as somebody with the file can.
func (l *testLog) unlock() {
	l.t.Helper()
	for _, table := range []string{"event", "tile", "head"} {
		l.exec("DROP TRIGGER " + table + "_no_update")
		l.exec("DROP TRIGGER " + table + "_no_delete")
	}
}

func (l *testLog) exec(query string, args ...any) {
	l.t.Helper()
	err := l.DB.Update(l.t.Context(), l.inst, func(tx *db.Tx) error {
		n, err := tx.Exec(query, args...)
		if err == nil && n == 0 && len(args) > 0 {
			err = errors.New("no row was changed")
		}
		return err
	})
	if err != nil {
		l.t.Fatalf("%s: %v", query, err)
	}
}

func (l *testLog) body(idx int64) []byte {
	var e ledger.Entry
	err := l.DB.View(l.t.Context(), l.inst, func(tx *db.Tx) (err error) {
		e, err = ledger.At(tx, idx)
		return err
	})
	if err != nil {
		l.t.Fatal(err)
	}
	return []byte(e.Leaf)
}

// Invariants I9, I11: whoever writes into the database file, behind a signed
// head, is found by the whole check, and afterwards by an outsider. Every
// attack is undone, so the next finds a sound log.
func TestEveryRewriteOfTheDatabaseIsDetected(t *testing.T) {
	rounds := 400
	if testing.Short() {
		rounds = 40
	}
	l := newLog(t, openFile(t))
	l.fill(700)
	l.step()
	l.unlock()
	r := rand.New(rand.NewPCG(11, 9))
	where := " WHERE institution_id = $2 AND idx = $3"
	for round := range rounds {
		i := r.Int64N(699)
		body := l.body(i)
		var undo func()
		name := []string{"edit", "back-date", "rename", "reorder", "delete", "tile", "tile root", "head"}[round%8]
		switch name {
		case "edit":
			changed := append([]byte(nil), body...)
			changed[r.IntN(len(body))] ^= 1 << r.IntN(8)
			l.exec("UPDATE event SET body = $1"+where, changed, l.inst.Bytes(), i)
			undo = func() { l.exec("UPDATE event SET body = $1"+where, body, l.inst.Bytes(), i) }
		case "back-date":
			l.exec("UPDATE event SET at = at - $1"+where, 5, l.inst.Bytes(), i)
			undo = func() { l.exec("UPDATE event SET at = at + $1"+where, 5, l.inst.Bytes(), i) }
		case "rename":
			l.exec("UPDATE event SET type = $1"+where, "search", l.inst.Bytes(), i)
			undo = func() { l.exec("UPDATE event SET type = $1"+where, "reveal", l.inst.Bytes(), i) }
		case "reorder":
			next := l.body(i + 1)
			l.exec("UPDATE event SET body = $1"+where, next, l.inst.Bytes(), i)
			l.exec("UPDATE event SET body = $1"+where, body, l.inst.Bytes(), i+1)
			undo = func() {
				l.exec("UPDATE event SET body = $1"+where, body, l.inst.Bytes(), i)
				l.exec("UPDATE event SET body = $1"+where, next, l.inst.Bytes(), i+1)
			}
		case "delete":
			l.exec("UPDATE event SET idx = $1"+where, 1_000_000, l.inst.Bytes(), i)
			undo = func() { l.exec("UPDATE event SET idx = $1"+where, i, l.inst.Bytes(), 1_000_000) }
		case "tile", "tile root":
			column, size := "data", 8192
			if name == "tile root" {
				column, size = "root", 32
			}
			was := l.blob("SELECT "+column+" FROM tile WHERE institution_id = $1 AND level = 0 AND n = 1", l.inst.Bytes())
			now := append([]byte(nil), was...)
			now[r.IntN(size)] ^= 1 << r.IntN(8)
			set := "UPDATE tile SET " + column + " = $1 WHERE institution_id = $2 AND level = 0 AND n = 1"
			l.exec(set, now, l.inst.Bytes())
			undo = func() { l.exec(set, was, l.inst.Bytes()) }
		case "head":
			was := l.blob("SELECT root FROM head WHERE institution_id = $1", l.inst.Bytes())
			now := append([]byte(nil), was...)
			now[r.IntN(32)] ^= 1 << r.IntN(8)
			l.exec("UPDATE head SET root = $1 WHERE institution_id = $2", now, l.inst.Bytes())
			undo = func() { l.exec("UPDATE head SET root = $1 WHERE institution_id = $2", was, l.inst.Bytes()) }
		}
		report, err := l.VerifyAll(t.Context(), l.inst, nil)
		if err != nil || report.OK || report.Code == "" {
			t.Fatalf("round %d: %s at %d: %+v, %v", round, name, i, report, err)
		}
		undo()
	}
	l.check(700)
}

func (l *testLog) blob(query string, args ...any) (b []byte) {
	l.t.Helper()
	err := l.DB.View(l.t.Context(), l.inst, func(tx *db.Tx) error { return tx.QueryRow(query, args...).Scan(&b) })
	if err != nil {
		l.t.Fatal(err)
	}
	return b
}

// T25, the end of Yeti 2022: a bit that flips after hashing, in a tile or in an
// entry, ends in a refusal and never under a signature.
func TestABitFlippedBetweenHashAndStoreIsNeverSigned(t *testing.T) {
	r := rand.New(rand.NewPCG(2022, 6))
	rounds := 60
	if testing.Short() {
		rounds = 6
	}
	l := newLog(t, openFile(t))
	l.unlock()
	for round := range rounds {
		l.inst = id.Make[id.Institution](now)
		l.fill(300)
		if err := l.Integrate(t.Context(), l.inst); err != nil {
			t.Fatal(err)
		}
		what := []string{"data", "root", "body"}[round%3]
		switch what {
		case "body":
			i := r.Int64N(256)
			b := l.body(i)
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
			l.exec("UPDATE event SET body = $1 WHERE institution_id = $2 AND idx = $3", b, l.inst.Bytes(), i)
		default:
			b := l.blob("SELECT "+what+" FROM tile WHERE institution_id = $1", l.inst.Bytes())
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
			l.exec("UPDATE tile SET "+what+" = $1 WHERE institution_id = $2", b, l.inst.Bytes())
		}
		err := l.Step(t.Context(), l.inst)
		if fault.CodeOf(err) != "ledger.damaged" || l.Status(l.inst).Fault != "ledger.damaged" || l.Status(l.inst).Size != 0 {
			t.Fatalf("a flip in %s: %v, %+v", what, err, l.Status(l.inst))
		}
	}
}

// A log whose old part was changed is not signed on, even though the new part
// is sound: the stored tiles no longer give the last signed root.
func TestAChangedPastIsNotSignedOn(t *testing.T) {
	l := newLog(t, openFile(t))
	l.unlock()
	l.fill(300)
	l.step()
	b := l.body(299)
	b[10] ^= 1
	l.exec("UPDATE event SET body = $1 WHERE institution_id = $2 AND idx = $3", b, l.inst.Bytes(), 299)
	l.fill(10)
	if err := l.Step(t.Context(), l.inst); fault.CodeOf(err) != "ledger.forked" {
		t.Errorf("got %v", err)
	}
}

// Invariant I9: a step that dies between any two of its writes is taken up
// again by the next.
func TestSequencingResumesAfterACrash(t *testing.T) {
	dbtest.EachWith(t, db.Config{Flush: ledger.Flush}, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		l.fill(600)
		if err := l.Integrate(t.Context(), l.inst); err != nil { // died before the head
			t.Fatal(err)
		}
		l.fill(10)
		l.step()
		l.check(610)

		l.fill(300)
		broken := &brokenGuard{Guard: l.Guard}
		l.Guard = broken
		broken.after = errors.New("the power failed") // guard durable, head not published
		if err := l.Step(t.Context(), l.inst); fault.CodeOf(err) != "ledger.guard" {
			t.Fatalf("got %v", err)
		}
		l.checkOutside(610)
		broken.after = nil
		l.fill(5)
		l.step()
		l.check(915)

		l.fill(5)
		broken.before = errors.New("the disk is full") // guard not written: nothing is signed
		if err := l.Step(t.Context(), l.inst); fault.CodeOf(err) != "ledger.guard" {
			t.Fatalf("got %v", err)
		}
		l.checkOutside(915)
		broken.before = nil
		l.step()
		l.check(920)
	})
}

// brokenGuard fails before or after the real work.
type brokenGuard struct {
	ledger.Guard
	before, after error
}

func (g *brokenGuard) Swap(origin string, old, new []byte) error {
	if g.before != nil {
		return g.before
	}
	return errors.Join(g.Guard.Swap(origin, old, new), g.after)
}

// R4: a database that was set back to a backup is behind its guard, and nothing
// is signed; with the old file in place again, everything goes on.
func TestADatabaseBehindItsGuardSignsNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "wardfold.db")
	g, err := guard.Open(filepath.Join(dir, "guard"))
	if err != nil {
		t.Fatal(err)
	}
	var inst id.Institution
	use := func(file string, fn func(*testLog)) {
		t.Helper()
		d, err := db.Open(t.Context(), db.Config{DSN: "sqlite:" + file, Flush: ledger.Flush})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if err := d.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		l := newLog(t, d)
		if inst.IsZero() {
			inst = l.inst
		}
		l.inst, l.Guard = inst, g
		fn(l)
	}
	backup := filepath.Join(dir, "backup.db")
	use(path, func(l *testLog) {
		l.fill(100)
		l.step()
		if err := l.DB.Backup(t.Context(), backup); err != nil {
			t.Fatal(err)
		}
		l.fill(50)
		l.step()
	})
	use(backup, func(l *testLog) {
		l.fill(10)
		if err := l.Step(t.Context(), l.inst); fault.CodeOf(err) != "ledger.behind_guard" {
			t.Errorf("behind: %v", err)
		}
		if r, err := l.VerifyAll(t.Context(), l.inst, nil); err != nil || r.OK || r.Code != "ledger.behind_guard" {
			t.Errorf("behind: %+v, %v", r, err)
		}
		l.fill(90) // now longer than the guard, but another history
		if err := l.Step(t.Context(), l.inst); fault.CodeOf(err) != "ledger.forked" {
			t.Errorf("forked: %v", err)
		}
		if r, err := l.VerifyAll(t.Context(), l.inst, nil); err != nil || r.OK || r.Code != "ledger.forked" {
			t.Errorf("forked: %+v, %v", r, err)
		}
	})
	use(path, func(l *testLog) {
		l.fill(1)
		l.step()
		l.check(151)
	})
	files, err := os.ReadDir(filepath.Join(dir, "guard"))
	if err != nil || len(files) != 1 {
		t.Errorf("the guard holds %d files, %v", len(files), err)
	}
}

func TestAForeignGuardFileIsNotBelieved(t *testing.T) {
	l := newLog(t, openFile(t))
	l.fill(3)
	l.step()
	origin := "audit.example/" + l.inst.String()
	have, err := l.Guard.Load(origin)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Guard.Swap(origin, have, []byte("something else\n")); err != nil {
		t.Fatal(err)
	}
	l.fill(3)
	if err := l.Step(t.Context(), l.inst); fault.CodeOf(err) != "ledger.forked" {
		t.Errorf("got %v", err)
	}
}
