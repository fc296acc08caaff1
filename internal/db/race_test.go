package db_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// A distributed engine may refuse any statement, and COMMIT, with SQLSTATE
// 40001. The batch is run again and each caller sees exactly one effect.
func TestALostRaceAtAnyStepIsRunAgainAndHappensOnce(t *testing.T) {
	for name, dsn := range map[string]string{"sqlite": dbtest.SQLite(t), "postgres": dbtest.Postgres(t)} {
		t.Run(name, func(t *testing.T) {
			inst := newInstitution(t, dbtest.OpenWith(t, db.Config{DSN: dsn}))
			var races atomic.Int64
			d, err := db.OpenBroken(t.Context(), db.Config{DSN: dsn, Flush: flushStores}, func(step string) error {
				if rand.IntN(60) == 0 {
					races.Add(1)
					return db.Race
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			defer d.Close()
			refuse := errors.New("refused")
			var acked atomic.Int64
			var wg sync.WaitGroup
			room := make(chan bool, 16) // a batch of all 300 would lose a race in each of its attempts
			for i := range 300 {
				room <- true
				wg.Go(func() {
					defer func() { <-room }()
					err := d.Update(t.Context(), inst, func(tx *db.Tx) error {
						if _, err := addStore(tx, "x"); err != nil {
							return fmt.Errorf("wrapped: %w", err)
						}
						tx.Defer(id.Make[id.Store](tx.Now()))
						if i%5 == 0 {
							return refuse
						}
						return nil
					})
					switch {
					case err == nil:
						acked.Add(2) // the row and its entry
					case errors.Is(err, refuse) && i%5 == 0, fault.CodeOf(err) == "db.busy":
					default:
						t.Errorf("got %v", err)
					}
				})
			}
			wg.Wait()
			if n := stores(t, d, inst); int64(n) != acked.Load() {
				t.Errorf("got %d rows, want %d", n, acked.Load())
			}
			if acked.Load() == 0 || races.Load() == 0 {
				t.Errorf("%d rows, %d races: the test proves nothing", acked.Load(), races.Load())
			}
		})
	}
}

// An entry that cannot be written fails the act it belongs to, and no other.
func TestAnEntryThatCannotBeWrittenFailsOnlyItsOwnAct(t *testing.T) {
	flush := func(tx *db.Tx, items []any) error {
		for _, item := range items {
			if item == "bad" {
				return errors.New("cannot be written")
			}
		}
		return nil
	}
	dbtest.EachWith(t, db.Config{Flush: flush}, func(t *testing.T, d *db.DB) {
		inst := newInstitution(t, d)
		var wg sync.WaitGroup
		for i := range 40 {
			wg.Go(func() {
				err := d.Update(t.Context(), inst, func(tx *db.Tx) error {
					_, err := addStore(tx, "x")
					tx.Defer([]any{"good", "bad"}[i%2])
					return err
				})
				if (err != nil) != (i%2 == 1) {
					t.Errorf("function %d: got %v", i, err)
				}
			})
		}
		wg.Wait()
		if n := stores(t, d, inst); n != 20 {
			t.Errorf("got %d stores, want 20", n)
		}
	})
}

// Two application nodes that write to one institution take turns: a counter read
// and written in one function never loses an increment.
func TestWritersOfOneInstitutionTakeTurnsAcrossNodes(t *testing.T) {
	dsn := dbtest.Postgres(t)
	nodes := []*db.DB{dbtest.OpenWith(t, db.Config{DSN: dsn}), dbtest.OpenWith(t, db.Config{DSN: dsn})}
	inst := newInstitution(t, nodes[0])
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			err := nodes[i%2].Update(t.Context(), inst, func(tx *db.Tx) error {
				var n int64
				if err := tx.QueryRow(`SELECT epoch FROM institution WHERE institution_id = $1`, inst).Scan(&n); err != nil {
					return err
				}
				_, err := tx.Exec(`UPDATE institution SET epoch = $1 WHERE institution_id = $2`, n+1, inst)
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	var n int
	if err := nodes[0].View(t.Context(), inst, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT epoch FROM institution WHERE institution_id = $1`, inst).Scan(&n)
	}); err != nil || n != 60 {
		t.Errorf("got %d, %v, want 60", n, err)
	}
}

// I9 on PostgreSQL: while connections are cut at random, nothing acknowledged is
// lost, nothing refused is there, and the database comes back by itself.
func TestACutConnectionLosesNothingAcknowledgedI9(t *testing.T) {
	dsn := dbtest.Postgres(t)
	direct := dbtest.OpenWith(t, db.Config{DSN: dsn})
	inst := newInstitution(t, direct)
	p := startProxy(t, dsn)
	d := dbtest.OpenWith(t, db.Config{DSN: p.dsn, Flush: flushStores})
	var mu sync.Mutex
	fate := map[id.Store]error{}
	stop := time.Now().Add(1500 * time.Millisecond)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for time.Now().Before(stop) {
				var s id.Store
				err := d.Update(context.Background(), inst, func(tx *db.Tx) (err error) {
					s, err = addStore(tx, "x")
					return err
				})
				if err != nil && fault.KindOf(err) != fault.Unavailable {
					t.Errorf("got %v, want success or fault.Unavailable", err)
				}
				mu.Lock()
				fate[s] = err
				mu.Unlock()
			}
		})
	}
	for time.Now().Before(stop) {
		time.Sleep(time.Duration(rand.IntN(80)) * time.Millisecond)
		p.cut()
	}
	wg.Wait()
	have := map[id.Store]bool{}
	if err := direct.View(t.Context(), inst, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT store_id FROM store WHERE institution_id = $1`, inst)
		for err == nil && rows.Next() {
			var s id.Store
			err = rows.Scan(&s)
			have[s] = true
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for s, err := range fate {
		count[fault.CodeOf(err)]++
		switch {
		case err == nil && !have[s]:
			t.Error("an acknowledged row is lost")
		case err != nil && have[s] && fault.CodeOf(err) != "db.commit_unknown":
			t.Errorf("a row refused with %v is there", err)
		}
	}
	t.Logf("outcomes %v, %d cuts", count, p.cuts.Load())
	if err := d.Update(t.Context(), inst, func(tx *db.Tx) error { _, err := addStore(tx, "after"); return err }); err != nil {
		t.Errorf("after the last cut: %v", err)
	}
}

// A proxy stands between the program and PostgreSQL and can cut every
// connection.
type proxy struct {
	dsn  string
	cuts atomic.Int64
	mu   sync.Mutex
	open []net.Conn
}

func startProxy(t *testing.T, dsn string) *proxy {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	back := filepath.Join(u.Query().Get("host"), ".s.PGSQL.5432")
	dir := t.TempDir()
	l, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	p := &proxy{dsn: strings.Replace(dsn, url.QueryEscape(u.Query().Get("host")), url.QueryEscape(dir), 1)}
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("unix", back)
			if err != nil {
				in.Close()
				continue
			}
			p.mu.Lock()
			p.open = append(p.open, in, out)
			p.mu.Unlock()
			go func() { io.Copy(out, in); out.Close() }()
			go func() { io.Copy(in, out); in.Close() }()
		}
	}()
	return p
}

func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.open {
		c.Close()
	}
	p.open = nil
	p.cuts.Add(1)
}
