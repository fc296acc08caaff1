package ledger_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/ledger/mirror"
	"github.com/wardfold/wardfold/verify"
)

// copied is a log with a mirror in a folder.
func copied(t *testing.T, d *db.DB) (*testLog, *mirror.Dir, string) {
	t.Helper()
	l := newLog(t, d)
	path := filepath.Join(t.TempDir(), "mirror")
	m, err := mirror.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	l.Mirror = m
	s, err := l.Signer(l.inst)
	if err != nil {
		t.Fatal(err)
	}
	return l, m, m.Folder(s.Name())
}

// R5: the mirror has every entry under every signed head, as files that any
// verifier reads; it keeps no more than it needs, and an interrupted copy is
// made good.
func TestTheMirrorIsAWholeLogOfItsOwn(t *testing.T) {
	dbtest.EachWith(t, db.Config{Flush: ledger.Flush}, func(t *testing.T, d *db.DB) {
		l, _, folder := copied(t, d)
		for _, n := range []int{1, 2, 253, 1, 255, 600, 66_000, 7} {
			if n > 1000 && testing.Short() {
				n = 1000
			}
			l.fill(n)
			l.step()
			var leaves int64
			head, err := verify.Log(t.Context(), mirror.Source(folder), verify.Options{Key: l.verifier(),
				Entry: func(int64, []byte) error { leaves++; return nil }})
			if err != nil || head.Size != leaves || head.Size != l.Status(l.inst).Size {
				t.Fatalf("after %d more: %d leaves under a head of %d, %v", n, leaves, head.Size, err)
			}
		}
		for _, half := range []string{"tile/entries", "tile/0"} {
			partial := 0
			err := filepath.WalkDir(filepath.Join(folder, half), func(path string, e fs.DirEntry, err error) error {
				if err == nil && !e.IsDir() && filepath.Ext(filepath.Dir(path)) == ".p" {
					partial++
				}
				return err
			})
			if err != nil || partial > 1 {
				t.Errorf("%s keeps %d partial tiles, %v", half, partial, err)
			}
		}
		if err := os.Remove(filepath.Join(folder, "checkpoint")); err != nil { // as if the copying had been cut off
			t.Fatal(err)
		}
		l.fill(1)
		l.step()
		if _, err := verify.Log(t.Context(), mirror.Source(folder), verify.Options{Key: l.verifier()}); err != nil {
			t.Errorf("after an interruption: %v", err)
		}
	})
}

// R5, P1: a database that lost its newest entries gets them back from the mirror,
// and goes on under every head that was ever signed; a mirror that is short,
// changed or of another log is refused.
func TestWhatABackupLacksComesBackFromTheMirror(t *testing.T) {
	l, _, folder := copied(t, open(t))
	l.fill(300)
	l.step()
	old := open(t) // the backup: the same first 300 entries
	same := newLog(t, old)
	same.inst, same.Guard = l.inst, l.Guard
	copyEntries(t, l, same, 300)
	l.fill(700)
	l.step()
	if err := same.Step(t.Context(), same.inst); fault.CodeOf(err) != "ledger.behind_guard" {
		t.Fatalf("the loss is not noticed: %v", err)
	}
	m, err := same.Replay(t.Context(), same.inst, mirror.Source(folder))
	if err != nil || m.From != 300 || m.To != 1000 || m.Types[ledger.Reveal] != 700 {
		t.Fatalf("brought back %+v, %v", m, err)
	}
	same.fill(5) // work goes on
	same.step()
	r, err := same.VerifyAll(t.Context(), same.inst, nil)
	if err != nil || !r.OK || r.Size != 1005 {
		t.Errorf("after the replay: %+v, %v", r, err)
	}
	if m, err := same.Replay(t.Context(), same.inst, mirror.Source(folder)); err == nil || m.To != m.From {
		t.Errorf("an older mirror was taken: %+v, %v", m, err)
	}
}

func TestAMirrorThatDoesNotFitIsRefused(t *testing.T) {
	l, _, folder := copied(t, open(t))
	l.fill(400)
	l.step()
	short := filepath.Join(t.TempDir(), "short")
	if err := os.CopyFS(short, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	l.fill(100)
	l.step()
	for name, c := range map[string]struct {
		entries int64
		harm    func(t *testing.T, dir string)
		code    string
		want    verify.Code
	}{
		"it ends before the guard": {300, func(t *testing.T, dir string) {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
			if err := os.CopyFS(dir, os.DirFS(short)); err != nil {
				t.Fatal(err)
			}
		}, "ledger.mirror_short", ""},
		"a bit is flipped": {300, func(t *testing.T, dir string) {
			path := filepath.Join(dir, "tile", "entries", "001.p", "244")
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			b[len(b)/2] ^= 1
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}, "", verify.WrongTile},
		"a file is gone": {300, func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "tile", "entries", "000")); err != nil {
				t.Fatal(err)
			}
		}, "", verify.Missing},
		"the database has another history": {-300, func(*testing.T, string) {}, "ledger.forked", ""},
	} {
		t.Run(name, func(t *testing.T) {
			back := newLog(t, open(t))
			back.inst, back.Guard = l.inst, l.Guard
			if c.entries < 0 {
				back.fill(int(-c.entries))
			} else {
				copyEntries(t, l, back, c.entries)
			}
			dir := filepath.Join(t.TempDir(), "m")
			if err := os.CopyFS(dir, os.DirFS(folder)); err != nil {
				t.Fatal(err)
			}
			c.harm(t, dir)
			_, err := back.Replay(t.Context(), back.inst, mirror.Source(dir))
			if c.code != "" && fault.CodeOf(err) != c.code || c.want != "" && !errors.Is(err, c.want) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// copyEntries writes the first entries of one log into another database, as a
// restored backup has them, with the heads of that time.
func copyEntries(t *testing.T, from, to *testLog, n int64) {
	t.Helper()
	var rows [][]any
	err := from.DB.View(t.Context(), from.inst, func(tx *db.Tx) error {
		r, err := tx.Query(`SELECT idx, at, type, actor, body FROM event WHERE institution_id = $1 AND idx < $2 ORDER BY idx`, from.inst, n)
		if err != nil {
			return err
		}
		for r.Next() {
			var idx, at int64
			var kind string
			var who, body []byte
			if err := r.Scan(&idx, &at, &kind, &who, &body); err != nil {
				return err
			}
			rows = append(rows, []any{from.inst, idx, at, kind, who, body})
		}
		return nil
	})
	if err == nil {
		err = to.DB.Update(t.Context(), to.inst, func(tx *db.Tx) error {
			if err := tx.ExecMany(`INSERT INTO event (institution_id, idx, at, type, actor, body) VALUES ($1, $2, $3, $4, $5, $6)`, rows); err != nil {
				return err
			}
			_, err := tx.Exec(`INSERT INTO log_counter (institution_id, next, newest, skew) VALUES ($1, $2, $3, $4)`,
				to.inst, n, rows[len(rows)-1][2], int64(0))
			return err
		})
	}
	if err != nil {
		t.Fatal(err)
	}
}
