package database_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/source/database"
	"github.com/wardfold/wardfold/internal/source/flow"
)

// engine is a database to read, and a way to fill it.
type engine struct {
	target string
	fill   *sql.DB
}

func open(t testing.TB, driver, dsn string) *sql.DB {
	t.Helper()
	d, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func run(t testing.TB, d *sql.DB, all ...string) {
	t.Helper()
	for _, q := range all {
		if _, err := d.Exec(q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}

// engines runs fn on each engine with the same rows in it.
func engines(t *testing.T, fn func(t *testing.T, e engine)) {
	t.Run("sqlite", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "a b.db")
		fn(t, engine{"sqlite:" + path, open(t, "sqlite", path)})
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := dbtest.EmptyPostgres(t)
		fn(t, engine{dsn, open(t, "pgx", dsn)})
	})
	t.Run("mariadb", func(t *testing.T) {
		socket := maria(t)
		root := open(t, "mysql", "root@unix("+socket+")/")
		name := "t" + strings.ToLower(strings.Map(letter, t.Name()))
		run(t, root, "CREATE DATABASE "+name+" CHARACTER SET utf8mb4")
		fn(t, engine{"mysql://root@localhost/" + name + "?" + url.Values{"socket": {socket}}.Encode(), open(t, "mysql", "root@unix("+socket+")/"+name)})
	})
}

func letter(r rune) rune {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
		return r
	}
	return -1
}

func school(t testing.TB, d *sql.DB, n int) {
	t.Helper()
	run(t, d, "CREATE TABLE pupil (id INTEGER PRIMARY KEY, name VARCHAR(50), born DATE, phone VARCHAR(20), score DECIMAL(5,1))", `CREATE TABLE empty_one (a INTEGER)`)
	for i := 0; i < n; i += 500 {
		var rows []string
		for k := i; k < min(n, i+500); k++ {
			rows = append(rows, fmt.Sprintf("(%d,'张小明','2016-03-%02d','138%08d',95.5)", k+1, k%28+1, k))
		}
		run(t, d, "INSERT INTO pupil VALUES "+strings.Join(rows, ","))
	}
}

// tables reads everything: the rows of each table, and what went wrong.
func tables(t testing.TB, ctx context.Context, target string, opt database.Options) (map[string][]string, []*flow.Problem) {
	t.Helper()
	b, err := database.Open(ctx, target, opt)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	got := make(map[string][]string)
	var problems []*flow.Problem
	for tab, err := range b.Tables(ctx) {
		if err == nil {
			w := flow.NewWriter(func(p *flow.Piece, err error) bool {
				if err != nil {
					t.Fatal(err)
				}
				if p.First {
					got[tab.Name] = append(got[tab.Name], strings.Join(p.Part.Header, "|"))
				}
				for r := range p.Rows() {
					var cells []string
					for _, c := range r.Cells {
						cells = append(cells, string(c))
					}
					got[tab.Name] = append(got[tab.Name], strings.Join(cells, "|"))
				}
				return true
			}, nil)
			if err = b.Read(ctx, tab, w); err == nil {
				err = w.End()
			}
		}
		if p, ok := errors.AsType[*flow.Problem](err); ok {
			problems = append(problems, p)
		} else if err != nil {
			t.Fatal(err)
		}
	}
	return got, problems
}

func TestEveryEngineIsReadWhole(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		school(t, e.fill, 1200)
		got, problems := tables(t, t.Context(), e.target, database.Options{})
		if len(problems) > 0 {
			t.Fatal(problems[0], problems[0].Err)
		}
		rows := got["pupil"]
		if len(rows) != 1201 || rows[0] != "id|name|born|phone|score" || rows[1] != "1|张小明|2016-03-01|13800000000|95.5" {
			t.Errorf("%d rows, %q", len(rows), rows[:min(len(rows), 2)])
		}
	})
}

// TestASampleIsSpreadOverTheTable: the first rows of a table are its oldest, and
// seldom speak for the rest.
func TestASampleIsSpreadOverTheTable(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		school(t, e.fill, 3000)
		got, problems := tables(t, t.Context(), e.target, database.Options{Sample: 100})
		if len(problems) > 0 {
			t.Fatal(problems[0], problems[0].Err)
		}
		rows := got["pupil"][1:]
		last, _, _ := strings.Cut(rows[len(rows)-1], "|")
		if len(rows) != 100 || len(last) != 4 || last < "2800" {
			t.Errorf("%d rows, the last is %s of 3000", len(rows), last)
		}
	})
}

// TestNothingCanBeWritten: even if a statement tried.
func TestNothingCanBeWritten(t *testing.T) {
	engines(t, func(t *testing.T, e engine) {
		school(t, e.fill, 10)
		// A table whose name breaks out of its quotes would be the way in.
		switch {
		case strings.HasPrefix(e.target, "mysql"):
			run(t, e.fill, "CREATE TABLE `x``; DROP TABLE pupil; --` (a INTEGER)", "INSERT INTO `x``; DROP TABLE pupil; --` VALUES (7)")
		default:
			run(t, e.fill, `CREATE TABLE "x""; DROP TABLE pupil; --" (a INTEGER)`, `INSERT INTO "x""; DROP TABLE pupil; --" VALUES (7)`)
		}
		got, problems := tables(t, t.Context(), e.target, database.Options{})
		if len(problems) > 0 {
			t.Fatal(problems[0], problems[0].Err)
		}
		for name, rows := range got {
			if strings.HasPrefix(name, "x") && (len(rows) != 2 || rows[1] != "7") {
				t.Errorf("%q: %q", name, rows)
			}
		}
		var n int
		if err := e.fill.QueryRow("SELECT count(*) FROM pupil").Scan(&n); err != nil || n != 10 {
			t.Errorf("%d pupils are left, %v", n, err)
		}
	})
}

// cutter lets a connection through until so many bytes came back, and then hangs
// or drops it.
func cutter(t testing.TB, to string, after int64, hang bool) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".s.PGSQL.5432")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	var sent atomic.Int64
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("unix", to)
			if err != nil {
				_ = in.Close()
				continue
			}
			go func() { _, _ = io.Copy(out, in) }()
			go func() {
				defer out.Close()
				buf := make([]byte, 4096)
				for {
					n, err := out.Read(buf)
					if sent.Add(int64(n)) > after {
						if hang {
							<-t.Context().Done()
						}
						_ = in.Close()
						return
					}
					if _, werr := in.Write(buf[:n]); err != nil || werr != nil {
						_ = in.Close()
						return
					}
				}
			}()
		}
	}()
	return filepath.Dir(path)
}

// TestADatabaseThatDropsOrHangsIsOneLine (issue: bad input).
func TestADatabaseThatDropsOrHangsIsOneLine(t *testing.T) {
	for name, hang := range map[string]bool{"drops": false, "hangs": true} {
		t.Run(name, func(t *testing.T) {
			dsn := dbtest.EmptyPostgres(t)
			school(t, open(t, "pgx", dsn), 20_000)
			u, err := url.Parse(dsn)
			if err != nil {
				t.Fatal(err)
			}
			dir := cutter(t, filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432"), 300_000, hang)
			u.RawQuery = url.Values{"host": {dir}}.Encode()
			begin := time.Now()
			_, problems := tables(t, t.Context(), u.String(), database.Options{Idle: 2 * time.Second})
			if len(problems) != 1 || problems[0].Code != "source.dropped" {
				t.Errorf("problems %v", problems)
			}
			if time.Since(begin) > 20*time.Second {
				t.Error("it waited")
			}
		})
	}
}

func TestNoErrorRepeatsAPassword(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"postgres://u:hunter2@127.0.0.1:1/x", "mysql://u:hunter2@127.0.0.1:1/x", "postgres://u:hunter2@[::bad/x", "mysql://u:hunter2@%zz/x"} {
		_, err := database.Open(t.Context(), target, database.Options{Idle: time.Second})
		if err == nil {
			t.Fatalf("%s opened", database.Redact(target))
		}
		if strings.Contains(fmt.Sprint(err), "hunter2") || strings.Contains(database.Redact(target), "hunter2") {
			t.Errorf("a password is in %q or %q", err, database.Redact(target))
		}
	}
}
