package db_test

import (
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
)

// A caller who comes to an idle lane serves itself; those who come meanwhile wait
// for it and are served together, and closing waits for all of them.
func TestWhoComesAloneKeepsNobodyOut(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inst := newInstitution(t, d)
		inside, release := make(chan struct{}), make(chan struct{})
		errs := make([]error, 9)
		var all sync.WaitGroup
		all.Go(func() {
			errs[0] = d.Update(t.Context(), inst, func(*db.Tx) error {
				close(inside)
				<-release
				return nil
			})
		})
		<-inside
		for i := 1; i < len(errs); i++ {
			all.Go(func() { errs[i] = d.Update(t.Context(), inst, func(*db.Tx) error { return nil }) })
		}
		closed := make(chan error)
		time.AfterFunc(20*time.Millisecond, func() { go func() { closed <- d.Close() }() })
		select {
		case <-closed:
			t.Error("closed while a function ran")
		case <-time.After(60 * time.Millisecond):
		}
		close(release)
		all.Wait()
		if err := <-closed; err != nil {
			t.Error(err)
		}
		for i, err := range errs {
			if late := i > 0 && fault.CodeOf(err) == "db.closed"; err != nil && !late {
				t.Errorf("caller %d: %v", i, err)
			}
		}
	})
}

// Whoever ends its goroutine while others wait for the connection leaves nothing
// behind, and they go on.
func TestWhoEndsAloneHoldsNobodyUp(t *testing.T) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		inst := newInstitution(t, d)
		inside, release := make(chan struct{}), make(chan struct{})
		var all sync.WaitGroup
		all.Go(func() {
			_ = d.Update(t.Context(), inst, func(tx *db.Tx) error {
				_, _ = addStore(tx, "never")
				close(inside)
				<-release
				runtime.Goexit()
				return nil
			})
		})
		<-inside
		for range 4 {
			all.Go(func() {
				if err := d.Update(t.Context(), inst, func(tx *db.Tx) error { _, err := addStore(tx, "next"); return err }); err != nil {
					t.Error(err)
				}
			})
		}
		close(release)
		all.Wait()
		if n := stores(t, d, inst); n != 4 {
			t.Errorf("got %d stores, want 4", n)
		}
	})
}
