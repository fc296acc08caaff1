package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

const (
	insertInstitution = `INSERT INTO institution (institution_id, name, kind, suite, created_at) VALUES ($1, $2, 'chain', 'intl', $3)`
	insertStore       = `INSERT INTO store (institution_id, store_id, name, address, created_at) VALUES ($1, $2, $3, '', $4)`
	countStores       = `SELECT count(*) FROM store WHERE institution_id = $1`
)

func newInstitution(t testing.TB, d *db.DB) id.Institution {
	t.Helper()
	inst := id.Make[id.Institution](time.Now())
	err := d.Update(t.Context(), inst, func(tx *db.Tx) error {
		_, err := tx.Exec(insertInstitution, inst, "晨光", tx.Now().UnixMilli())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return inst
}

func addStore(tx *db.Tx, name string) (id.Store, error) {
	s := id.Make[id.Store](tx.Now())
	_, err := tx.Exec(insertStore, tx.Institution(), s, name, tx.Now().UnixMilli())
	return s, err
}

func stores(t testing.TB, d *db.DB, inst id.Institution) (n int) {
	t.Helper()
	if err := d.View(t.Context(), inst, func(tx *db.Tx) error {
		return tx.QueryRow(countStores, inst).Scan(&n)
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhatAnUpdateWroteIsSeenByTheNextView(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inst := newInstitution(t, d)
		var want id.Store
		err := d.Update(t.Context(), inst, func(tx *db.Tx) (err error) {
			want, err = addStore(tx, "东门店")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.View(t.Context(), inst, func(tx *db.Tx) error {
			var got id.Store
			var name string
			var at int64
			var closed bool
			if err := tx.QueryRow(`SELECT store_id, name, created_at, closed_at FROM store WHERE institution_id = $1 AND store_id = $2`,
				inst, want).Scan(&got, &name, &at, &closed); err != nil {
				return err
			}
			if got != want || name != "东门店" || at == 0 || closed {
				t.Errorf("got %v %q %d %v", got, name, at, closed)
			}
			return tx.QueryRow(`SELECT name FROM store WHERE institution_id = $1 AND name = $2`, inst, "no").Scan(&name)
		})
		if !errors.Is(err, sql.ErrNoRows) {
			t.Errorf("absent row: got %v, want sql.ErrNoRows", err)
		}
	})
}

func TestAFailedFunctionTakesNothingOfItsNeighboursAway(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inst := newInstitution(t, d)
		refuse := errors.New("refused")
		var wg sync.WaitGroup
		for i := range 60 {
			wg.Go(func() {
				err := d.Update(t.Context(), inst, func(tx *db.Tx) error {
					if _, err := addStore(tx, fmt.Sprint(i)); err != nil {
						return err
					}
					switch i % 3 {
					case 1:
						return refuse
					case 2:
						panic("a secret")
					}
					return nil
				})
				var p *db.PanicError
				ok := map[int]bool{0: err == nil, 1: errors.Is(err, refuse), 2: errors.As(err, &p)}[i%3]
				if !ok {
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

func TestDeferredItemsAreFlushedOnceInOrderBeforeTheCommitTheyBelongTo(t *testing.T) {
	var flushed []any
	cfg := db.Config{Flush: func(tx *db.Tx, items []any) error {
		flushed = append(flushed, items...)
		_, err := addStore(tx, "flushed")
		return err
	}}
	dbtest.EachWith(t, cfg, func(t *testing.T, d *db.DB) {
		flushed = nil
		inst := newInstitution(t, d)
		ctx := t.Context()
		for i := range 3 {
			err := d.Update(ctx, inst, func(tx *db.Tx) error {
				tx.Defer(i)
				if i == 1 {
					return errors.New("dropped")
				}
				return nil
			})
			if (err != nil) != (i == 1) {
				t.Errorf("function %d: got %v", i, err)
			}
		}
		if !slices.Equal(flushed, []any{0, 2}) {
			t.Errorf("flushed %v, want [0 2]", flushed)
		}
		if n := stores(t, d, inst); n != 2 {
			t.Errorf("flush wrote %d rows, want 2", n)
		}
	})
}

func TestACallerThatLeavesTheQueueIsNotRun(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inst := newInstitution(t, d)
		hold, held := make(chan struct{}), make(chan struct{})
		go d.Update(t.Context(), inst, func(*db.Tx) error { close(held); <-hold; return nil })
		<-held
		ctx, cancel := context.WithCancel(t.Context())
		left := make(chan error)
		go func() {
			left <- d.Update(ctx, inst, func(tx *db.Tx) error { t.Error("ran"); return nil })
		}()
		cancel()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want canceled", err)
		}
		close(hold)
		if n := stores(t, d, inst); n != 0 {
			t.Errorf("got %d stores, want 0", n)
		}
	})
}

func TestAGoroutineThatEndsInsideItsFunctionHoldsNobodyUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inst := newInstitution(t, d)
		var wg sync.WaitGroup
		wg.Go(func() {
			_ = d.Update(t.Context(), inst, func(tx *db.Tx) error {
				_, _ = addStore(tx, "never")
				runtime.Goexit()
				return nil
			})
		})
		wg.Wait()
		if err := d.Update(t.Context(), inst, func(tx *db.Tx) error { _, err := addStore(tx, "next"); return err }); err != nil {
			t.Fatal(err)
		}
		if n := stores(t, d, inst); n != 1 {
			t.Errorf("got %d stores, want 1", n)
		}
	})
}

func TestATakenUniqueKeyIsAConflictThatNamesNoValue(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inst := newInstitution(t, d)
		err := d.Update(t.Context(), inst, func(tx *db.Tx) error {
			_, err := tx.Exec(insertInstitution, inst, "13800138000", 0)
			if err == nil {
				t.Error("the second insert succeeded")
			}
			return nil // the failure is sticky even if the function hides it
		})
		if !errors.Is(err, fault.Conflict) || fault.CodeOf(err) != "db.duplicate" {
			t.Errorf("got %v, want conflict db.duplicate", err)
		}
	})
}

// What waits for the commit runs before anybody is told, and not for a function
// that failed.
func TestAfterCommitRunsOnceTheChangeIsThereAndBeforeUpdateReturns(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inst := newInstitution(t, d)
		for _, c := range []struct {
			name  string
			write bool
			err   error
			want  int
		}{{"a write", true, nil, 1}, {"only a read", false, nil, 1}, {"a failure", true, errors.New("refused"), 0}} {
			ran := 0
			err := d.Update(t.Context(), inst, func(tx *db.Tx) error {
				tx.AfterCommit(func() { ran++ })
				tx.AfterCommit(func() { panic("harmless") })
				if c.write {
					if _, err := addStore(tx, "x"); err != nil {
						return err
					}
				}
				return c.err
			})
			if !errors.Is(err, c.err) || ran != c.want {
				t.Errorf("%s: ran %d times, want %d; %v", c.name, ran, c.want, err)
			}
		}
	})
}

// A list can be walked while other statements run: it was read whole.
func TestAListMayBeWalkedWhileOtherStatementsRun(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inst := newInstitution(t, d)
		err := d.Update(t.Context(), inst, func(tx *db.Tx) error {
			many := make([][]any, 100)
			for i := range many {
				many[i] = []any{inst, id.Make[id.Store](tx.Now()), "before", i}
			}
			if err := tx.ExecMany(insertStore, many); err != nil {
				return err
			}
			rows, err := tx.Query(`SELECT store_id FROM store WHERE institution_id = $1 ORDER BY created_at`, inst)
			if err != nil {
				return err
			}
			changed := int64(0)
			for rows.Next() {
				var s id.Store
				if err := rows.Scan(&s); err != nil {
					return err
				}
				n, err := tx.Exec(`UPDATE store SET name = $1 WHERE institution_id = $2 AND store_id = $3`, "after", inst, s)
				if err != nil {
					return err
				}
				changed += n
			}
			if changed != 100 {
				t.Errorf("changed %d rows, want 100", changed)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
