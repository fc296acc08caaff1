package db_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

const (
	selectName = `SELECT name FROM store WHERE institution_id = $1 AND store_id = $2`
	// The same question in other words, which nobody asks ahead.
	selectNameNow = `SELECT s.name FROM store s WHERE s.institution_id = $1 AND s.store_id = $2`
	updateName    = `UPDATE store SET name = $1 WHERE institution_id = $2 AND store_id = $3`
)

// crowd is callers of one institution who count numbers up and look at them.
type crowd struct {
	t        *testing.T
	d        *db.DB
	inst     id.Institution
	counters []id.Store
}

func newCrowd(t *testing.T, d *db.DB, n int) crowd {
	c := crowd{t, d, newInstitution(t, d), make([]id.Store, n)}
	err := d.Update(t.Context(), c.inst, func(tx *db.Tx) (err error) {
		for i := range c.counters {
			if c.counters[i], err = addStore(tx, "0"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (c crowd) ask(tx *db.Tx, query string, counter id.Store) (n int, err error) {
	var name string
	if err := tx.QueryRow(query, c.inst, counter).Scan(&name); err != nil {
		return 0, err
	}
	return strconv.Atoi(name)
}

// look reads a number that was asked for ahead, compares it with the number as the
// transaction has it, and counts it up if it is a step.
func (c crowd) look(counter id.Store, step bool) error {
	ahead := []db.Question{{Query: selectName, Args: []any{c.inst, counter}}}
	return c.d.UpdateAhead(context.WithoutCancel(c.t.Context()), c.inst, ahead, func(tx *db.Tx) error {
		was, err := c.ask(tx, selectName, counter)
		if err != nil {
			return err
		}
		is, err := c.ask(tx, selectNameNow, counter)
		if err != nil {
			return err
		}
		if was != is {
			return fmt.Errorf("read %d, but the number is %d", was, is)
		}
		if !step {
			return nil
		}
		if _, err := tx.Exec(updateName, strconv.Itoa(was+1), c.inst, counter); err != nil {
			return err
		}
		if now, err := c.ask(tx, selectName, counter); err != nil || now != was+1 {
			return fmt.Errorf("wrote %d and read %d, %w", was+1, now, err)
		}
		return nil
	})
}

// together runs all calls in one batch: they queue up while the writer is held.
func (c crowd) together(calls ...func() error) {
	c.t.Helper()
	held, end := make(chan bool), make(chan bool)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := db.Hold(c.d, c.inst, func() { close(held); <-end }); err != nil {
			c.t.Error(err)
		}
	})
	<-held
	for i, f := range calls {
		wg.Go(func() {
			if err := f(); err != nil {
				c.t.Errorf("call %d: %v", i, err)
			}
		})
		db.Queued(c.d, c.inst, i+1)
	}
	close(end)
	wg.Wait()
}

// What was asked ahead is what the function would have read: after a write by a
// function of the same batch, after its own, and after a commit between.
func TestWhatWasAskedAheadIsTrueWhenItIsUsed(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		c := newCrowd(t, d, 2)
		one, two := c.counters[0], c.counters[1]
		look := func(counter id.Store, step bool) func() error { return func() error { return c.look(counter, step) } }
		c.together(look(one, false), look(one, true), look(one, false), look(two, false), look(one, true), look(two, true), look(two, false))
		var acked atomic.Int64
		acked.Store(3)
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				for range 40 {
					step := rand.IntN(4) == 0
					switch err := c.look(c.counters[rand.IntN(2)], step); {
					case err == nil && step:
						acked.Add(1)
					case err != nil:
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		sum := 0
		err := d.View(t.Context(), c.inst, func(tx *db.Tx) error {
			x, err := c.ask(tx, selectName, one)
			y, _ := c.ask(tx, selectName, two)
			sum = x + y
			return err
		})
		if err != nil || int64(sum) != acked.Load() {
			t.Errorf("the numbers add up to %d, %v; %d steps were acknowledged", sum, err, acked.Load())
		}
	})
}

// A batch asks PostgreSQL in one round trip what its functions would ask in one
// each. A question that cannot be answered harms nobody who does not need it.
func TestABatchAsksPostgreSQLOnce(t *testing.T) {
	dsn := dbtest.Postgres(t)
	first := dbtest.OpenWith(t, db.Config{DSN: dsn}) // migrates
	var asked, queries atomic.Int64
	d, err := db.OpenBroken(t.Context(), db.Config{DSN: dsn}, func(step string) error {
		switch step {
		case "ask":
			asked.Add(1)
		case "query":
			queries.Add(1)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	c := newCrowd(t, first, 8)
	c.d = d
	read := func(counter id.Store, extra ...db.Question) func() error {
		ahead := append([]db.Question{{Query: selectName, Args: []any{c.inst, counter}}}, extra...)
		return func() error {
			return d.UpdateAhead(t.Context(), c.inst, ahead, func(tx *db.Tx) error {
				_, err := c.ask(tx, selectName, counter)
				return err
			})
		}
	}
	var calls []func() error
	for _, counter := range c.counters {
		calls = append(calls, read(counter))
	}
	c.together(calls...)
	if asked.Load() != 1 || queries.Load() != 0 {
		t.Errorf("8 functions: %d asked together, %d for themselves; want 1 and 0", asked.Load(), queries.Load())
	}
	for name, bad := range map[string]db.Question{
		"no such table":  {Query: `SELECT nothing FROM nowhere`},
		"no such number": {Query: selectName, Args: []any{c.inst}},
		"no such type":   {Query: selectName, Args: []any{c.inst, make(chan int)}},
	} {
		t.Run(name, func(t *testing.T) {
			c := c
			c.t = t
			c.together(read(c.counters[0]), read(c.counters[1], bad), read(c.counters[2]))
		})
	}
}

// A connection that is lost in the question is as one that was lost before.
func TestAQuestionThatFailsIsAskedByItsFunction(t *testing.T) {
	dsn := dbtest.Postgres(t)
	first := dbtest.OpenWith(t, db.Config{DSN: dsn}) // migrates
	d, err := db.OpenBroken(t.Context(), db.Config{DSN: dsn}, func(step string) error {
		if step == "ask" {
			return fault.New(fault.Unavailable, "db.down")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	c := newCrowd(t, first, 1)
	c.d = d
	look := func() error { return c.look(c.counters[0], true) }
	c.together(look, look, look)
}
