package walfile_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/db/faultfs"
	"github.com/wardfold/wardfold/internal/db/lite"
	"github.com/wardfold/wardfold/internal/db/row"
	"github.com/wardfold/wardfold/internal/db/walfile"
)

type client struct {
	t *testing.T
	*lite.Conn
}

func connect(t *testing.T, path, vfs string) client {
	t.Helper()
	c, err := lite.Open(path, vfs)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	x := client{t, c}
	for _, p := range []string{"journal_mode = WAL", "synchronous = FULL", "wal_autocheckpoint = 0", "cache_size = 20"} {
		x.ask("PRAGMA " + p)
	}
	return x
}

// ask returns the first row of an answer, its values with spaces between.
func (c client) ask(query string, args ...any) string {
	c.t.Helper()
	var set row.Set
	if err := c.Query(&set, query, args); err != nil {
		c.t.Fatalf("%s: %v", query, err)
	}
	if set.Len() == 0 {
		return ""
	}
	values, dest := make([]any, set.Cols), make([]any, set.Cols)
	for i := range values {
		dest[i] = &values[i]
	}
	if err := set.Scan(0, dest); err != nil {
		c.t.Fatal(err)
	}
	return strings.TrimSuffix(fmt.Sprintln(values...), "\n")
}

// A connection through the system's own layer sees every commit of one through
// this layer, and nothing but commits: small ones and ones of more pages than are
// kept or cached, ones taken back in whole or in part, and between them copying
// of the log, wholly and from its beginning anew.
func TestOthersSeeEachCommitWholeAndAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	ours, theirs := connect(t, path, walfile.Over("")), connect(t, path, "")
	ours.ask("CREATE TABLE x (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")
	const state = "SELECT count(*), coalesce(sum(id * length(body)), 0) FROM x"
	for i := range 120 {
		before := ours.ask(state)
		ours.ask("BEGIN IMMEDIATE")
		for range 1 + rand.IntN(3) {
			// 100 bytes to 400 pages
			ours.ask("INSERT INTO x (body) VALUES (randomblob($1))", 100<<rand.IntN(15))
		}
		if i%7 == 0 {
			ours.ask("SAVEPOINT s")
			ours.ask("UPDATE x SET body = randomblob(length(body) / 2) WHERE id % 5 = $1", i%5)
			ours.ask("ROLLBACK TO s")
		}
		ours.ask("DELETE FROM x WHERE id % 4 = 0")
		if got := theirs.ask(state); got != before {
			t.Fatalf("others see %s before the commit, want %s", got, before)
		}
		end := "COMMIT"
		if i%11 == 0 {
			end = "ROLLBACK"
		}
		ours.ask(end)
		if got, want := theirs.ask(state), ours.ask(state); got != want {
			t.Fatalf("after a %s others see %s, want %s", end, got, want)
		}
		if i%13 == 0 {
			ours.ask("PRAGMA wal_checkpoint(" + []string{"PASSIVE", "FULL", "RESTART", "TRUNCATE"}[rand.IntN(4)] + ")")
		}
		if i%50 == 0 {
			if got := theirs.ask("PRAGMA integrity_check(1)"); got != "ok" {
				t.Fatal(got)
			}
		}
	}
}

// A commit of many pages is handed over in as many calls as the room makes
// necessary, and not in two for each page.
func TestACommitIsFewWrites(t *testing.T) {
	fs := faultfs.New()
	c := connect(t, filepath.Join(t.TempDir(), "x.db"), walfile.Over(fs.Name))
	c.ask("CREATE TABLE x (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")
	c.ask("INSERT INTO x (body) VALUES ('')")
	for _, x := range []struct{ pages, most int }{{1, 1}, {20, 1}, {100, 5}} {
		writes, bytes := 0, 0
		fs.Break(func(op faultfs.Op) int {
			if op.Kind == faultfs.Write {
				writes++
				bytes += op.Size
			}
			return faultfs.OK
		})
		c.ask("PRAGMA cache_size = 1000")
		c.ask("INSERT INTO x (body) VALUES (randomblob($1))", x.pages*4000)
		if writes == 0 || writes > x.most || bytes < x.pages*4096 {
			t.Errorf("%d pages: %d bytes in %d writes, want at most %d", x.pages, bytes, writes, x.most)
		}
	}
}

// What was kept and cannot be written fails the commit, and the next one works.
func TestAPageThatCannotBeWrittenFailsItsCommit(t *testing.T) {
	fs := faultfs.New()
	path := filepath.Join(t.TempDir(), "x.db")
	c := connect(t, path, walfile.Over(fs.Name))
	c.ask("CREATE TABLE x (id INTEGER PRIMARY KEY, body BLOB NOT NULL)")
	for _, fate := range []int{faultfs.Full, faultfs.IOErrWrite, faultfs.Tear} {
		fs.Break(func(op faultfs.Op) int {
			if op.Kind == faultfs.Write {
				return fate
			}
			return faultfs.OK
		})
		if _, err := c.Exec("INSERT INTO x (body) VALUES (randomblob(9000))", nil); err == nil {
			t.Fatalf("fate %d: a commit without its pages", fate)
		}
		fs.Break(nil)
		if got := c.ask("SELECT count(*) FROM x"); got != "0" {
			t.Fatalf("fate %d: %s rows of a failed commit", fate, got)
		}
	}
	c.ask("INSERT INTO x (body) VALUES (randomblob(9000))")
	if got := connect(t, path, "").ask("SELECT count(*) FROM x"); got != "1" {
		t.Errorf("%s rows, want 1", got)
	}
}
