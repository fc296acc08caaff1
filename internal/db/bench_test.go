package db_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/id"
)

// flushStores stands for the ledger: it writes one row for each deferred item.
func flushStores(tx *db.Tx, items []any) error {
	rows := make([][]any, len(items))
	for i, item := range items {
		rows[i] = []any{tx.Institution(), item.(id.Store), "entry", tx.Now().UnixMilli()}
	}
	return tx.ExecMany(insertStore, rows)
}

func benchmarkEngines(b *testing.B, run func(b *testing.B, d *db.DB)) {
	for _, e := range []struct {
		name string
		dsn  func(testing.TB) string
	}{{"sqlite", dbtest.SQLite}, {"postgres", dbtest.Postgres}} {
		b.Run(e.name, func(b *testing.B) {
			run(b, dbtest.OpenWith(b, db.Config{DSN: e.dsn(b), Flush: flushStores}))
		})
	}
}

// clients runs b.N calls of f from n goroutines and reports calls per second,
// commits per second and latency.
func clients(b *testing.B, d *db.DB, n int, f func(ctx context.Context) error) {
	b.Helper()
	b.ReportAllocs()
	before := d.Stats().Commits
	lat := make([][]time.Duration, n)
	var wg sync.WaitGroup
	b.ResetTimer()
	for g := range n {
		wg.Go(func() {
			for i := g; i < b.N; i += n {
				t := time.Now()
				if err := f(context.Background()); err != nil {
					b.Error(err)
					return
				}
				lat[g] = append(lat[g], time.Since(t))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	all := slices.Concat(lat...)
	if len(all) == 0 {
		return
	}
	slices.Sort(all)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
	b.ReportMetric(float64(d.Stats().Commits-before)/b.Elapsed().Seconds(), "commits/s")
	b.ReportMetric(float64(all[len(all)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(all[len(all)*99/100].Microseconds()), "p99-µs")
}

// BenchmarkGroupCommit inserts one durable row per call. Its yardstick, from
// the same run on the same disk, is plain: database/sql, one row per commit,
// which no number of clients makes faster.
func BenchmarkGroupCommit(b *testing.B) {
	b.Run("plain", benchmarkPlain)
	benchmarkEngines(b, func(b *testing.B, d *db.DB) {
		inst := newInstitution(b, d)
		insert := func(ctx context.Context) error {
			return d.Update(ctx, inst, func(tx *db.Tx) error { _, err := addStore(tx, "x"); return err })
		}
		for _, n := range []int{1, 16, 64} {
			b.Run(fmt.Sprintf("clients=%d", n), func(b *testing.B) { clients(b, d, n, insert) })
		}
	})
}

func benchmarkPlain(b *testing.B) {
	path := strings.TrimPrefix(dbtest.SQLite(b), "sqlite:")
	d := dbtest.OpenWith(b, db.Config{DSN: "sqlite:" + path})
	inst := newInstitution(b, d)
	pool, err := sql.Open("sqlite", "file:"+path+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=busy_timeout(5000)")
	if err != nil {
		b.Fatal(err)
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	insert, err := pool.Prepare(insertStore)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		now := time.Now()
		if _, err := insert.Exec(inst, id.Make[id.Store](now), "x", now.UnixMilli()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

// BenchmarkReveal reads one row by its key and defers one entry, as every look
// at a child's data does.
func BenchmarkReveal(b *testing.B) {
	benchmarkEngines(b, func(b *testing.B, d *db.DB) {
		inst := newInstitution(b, d)
		var s id.Store
		if err := d.Update(b.Context(), inst, func(tx *db.Tx) (err error) { s, err = addStore(tx, "x"); return err }); err != nil {
			b.Fatal(err)
		}
		reveal := func(ctx context.Context) error {
			return d.Update(ctx, inst, func(tx *db.Tx) error {
				var name string
				tx.Defer(id.Make[id.Store](tx.Now()))
				return tx.QueryRow(`SELECT name FROM store WHERE institution_id = $1 AND store_id = $2`, inst, s).Scan(&name)
			})
		}
		for _, n := range []int{1, 16, 64, 256} {
			b.Run(fmt.Sprintf("clients=%d", n), func(b *testing.B) { clients(b, d, n, reveal) })
		}
	})
}

// BenchmarkView reads one row by its key in a snapshot.
func BenchmarkView(b *testing.B) {
	benchmarkEngines(b, func(b *testing.B, d *db.DB) {
		inst := newInstitution(b, d)
		for _, n := range []int{1, 16} {
			b.Run(fmt.Sprintf("clients=%d", n), func(b *testing.B) {
				clients(b, d, n, func(ctx context.Context) error {
					return d.View(ctx, inst, func(tx *db.Tx) error {
						var name string
						return tx.QueryRow(`SELECT name FROM institution WHERE institution_id = $1`, inst).Scan(&name)
					})
				})
			})
		}
	})
}
