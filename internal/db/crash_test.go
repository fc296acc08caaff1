package db_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/db/faultfs"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// A load writes from several goroutines and keeps its own book of what was
// acknowledged.
type load struct {
	d     *db.DB
	inst  id.Institution
	mu    sync.Mutex
	acked []id.Store
	stop  atomic.Bool
	wg    sync.WaitGroup
	pause sync.RWMutex // held by each write, and by who examines what was written
}

func startLoad(t *testing.T, d *db.DB, inst id.Institution, writers int) *load {
	l := &load{d: d, inst: inst}
	for range writers {
		l.wg.Go(func() {
			for !l.stop.Load() {
				if err := l.write(); err != nil && fault.KindOf(err) != fault.Unavailable {
					t.Errorf("got %v, want success or fault.Unavailable", err)
				}
			}
		})
	}
	return l
}

func (l *load) write() error {
	l.pause.RLock()
	defer l.pause.RUnlock()
	var s id.Store
	err := l.d.Update(context.Background(), l.inst, func(tx *db.Tx) (err error) {
		s, err = addStore(tx, strings.Repeat("x", rand.IntN(300)))
		tx.Defer(id.Make[id.Store](tx.Now()))
		return err
	})
	if err == nil {
		l.mu.Lock()
		l.acked = append(l.acked, s)
		l.mu.Unlock()
	}
	return err
}

func (l *load) book() []id.Store {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.acked[:len(l.acked):len(l.acked)]
}

func (l *load) end() {
	l.stop.Store(true)
	l.wg.Wait()
}

// lost opens the database in dir with the system's own file layer, checks it
// page by page, and counts the acknowledged rows that are not there.
func lost(dir string, inst id.Institution, acked []id.Store) (n int, err error) {
	ctx := context.Background()
	d, err := db.Open(ctx, db.Config{DSN: "sqlite:" + filepath.Join(dir, "wardfold.db")})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	if err := d.Check(ctx); err != nil {
		return 0, err
	}
	have := map[id.Store]bool{}
	entries := 0
	err = d.View(ctx, inst, func(tx *db.Tx) error {
		rows, err := tx.Query(`SELECT store_id, name FROM store WHERE institution_id = $1`, inst)
		if err != nil {
			return err
		}
		for rows.Next() {
			var s id.Store
			var name string
			if err := rows.Scan(&s, &name); err != nil {
				return err
			}
			if name == "entry" {
				entries++
			} else {
				have[s] = true
			}
		}
		return nil
	})
	if err == nil && entries != len(have) {
		err = fmt.Errorf("%d rows but %d entries: an act and its entry came apart", len(have), entries)
	}
	for _, s := range acked {
		if !have[s] {
			n++
		}
	}
	return n, err
}

// keepsAll fails the test unless the database in dir is sound and complete.
func keepsAll(t *testing.T, dir string, inst id.Institution, acked []id.Store) {
	t.Helper()
	if n, err := lost(dir, inst, acked); err != nil || n > 0 {
		t.Fatalf("after the crash: lost %d of %d acknowledged rows, %v", n, len(acked), err)
	}
}

func faulty(t *testing.T) (*faultfs.FS, *db.DB, id.Institution) {
	fs := faultfs.New()
	d := dbtest.OpenWith(t, db.Config{VFS: fs.Name, Flush: flushStores})
	inst := newInstitution(t, d)
	return fs, d, inst
}

// I9: at any instant of a power loss, whatever was acknowledged is there, and so
// is the entry that was deferred with it.
func TestPowerLossAtAnyInstantLosesNothingAcknowledgedI9(t *testing.T) {
	fs, d, inst := faulty(t)
	l := startLoad(t, d, inst, 8)
	defer l.end()
	crashes := 100
	if testing.Short() {
		crashes = 20
	}
	for i := range crashes {
		time.Sleep(time.Duration(rand.IntN(8000)) * time.Microsecond)
		acked, dir := l.book(), t.TempDir() // the book first: what comes later may be lost
		seed := rand.Uint64()
		if err := fs.Crash(dir, rand.New(rand.NewPCG(seed, 0)), []int64{512, 4096}[i%2]); err != nil {
			t.Fatal(err)
		}
		t.Logf("crash %d, seed %d", i, seed)
		l.pause.Lock() // or the slower the examination, the more there is to examine
		keepsAll(t, dir, inst, acked)
		l.pause.Unlock()
	}
	t.Logf("%d crashes, %d rows acknowledged at the end, %d fsyncs", crashes, len(l.book()), fs.Syncs())
}

// The test above is worth something only if it fails on a disk that lies.
func TestTheCrashTestNoticesADiskThatOnlyPretendsToSync(t *testing.T) {
	fs, d, inst := faulty(t)
	fs.Break(func(op faultfs.Op) int {
		if op.Kind == faultfs.Sync {
			return faultfs.Lie
		}
		return faultfs.OK
	})
	l := startLoad(t, d, inst, 4)
	time.Sleep(30 * time.Millisecond)
	l.end()
	dir := t.TempDir()
	if err := fs.Crash(dir, rand.New(rand.NewPCG(1, 1)), 512); err != nil {
		t.Fatal(err)
	}
	if n, err := lost(dir, inst, l.book()); n == 0 && err == nil {
		t.Error("nothing was lost: the simulation proves nothing")
	}
}

// I9: after the first failed fsync or write nothing more is acknowledged until
// the database is opened again; then everything acknowledged before is there.
func TestAFailingDiskStopsAllWritingUntilTheDatabaseIsOpenedAgainI9(t *testing.T) {
	for name, c := range map[string]struct {
		kind faultfs.Kind
		code int
	}{
		"failed fsync": {faultfs.Sync, faultfs.IOErrSync},
		"failed write": {faultfs.Write, faultfs.IOErrWrite},
		"torn write":   {faultfs.Write, faultfs.Tear},
	} {
		t.Run(name, func(t *testing.T) {
			for range 5 {
				fs, d, inst := faulty(t)
				l := startLoad(t, d, inst, 4)
				time.Sleep(time.Duration(5+rand.IntN(30)) * time.Millisecond)
				var fired atomic.Bool
				fs.Break(func(op faultfs.Op) int {
					if op.Kind == c.kind && !fired.Swap(true) {
						return c.code // once: the disk seems well again at once
					}
					return faultfs.OK
				})
				for !fired.Load() {
					time.Sleep(time.Millisecond)
				}
				l.end()
				for range 100 {
					if err := l.write(); fault.CodeOf(err) != "db.failed" {
						t.Fatalf("write after the failure: got %v, want db.failed", err)
					}
				}
				if err := d.View(t.Context(), inst, func(tx *db.Tx) error { return nil }); err != nil {
					t.Errorf("reading stopped too: %v", err)
				}
				dir := t.TempDir()
				if err := fs.Crash(dir, rand.New(rand.NewPCG(rand.Uint64(), 0)), 512); err != nil {
					t.Fatal(err)
				}
				keepsAll(t, dir, inst, l.book())
			}
		})
	}
}

// A full disk refuses and recovers by itself: nothing is poisoned.
func TestAFullDiskRefusesAndRecoversWithoutARestartI9(t *testing.T) {
	fs, d, inst := faulty(t)
	l := &load{d: d, inst: inst}
	for range 3 {
		if err := l.write(); err != nil {
			t.Fatal(err)
		}
		fs.Break(func(op faultfs.Op) int {
			if op.Kind == faultfs.Write {
				return faultfs.Full
			}
			return faultfs.OK
		})
		if err := l.write(); fault.CodeOf(err) != "db.full" {
			t.Errorf("write to a full disk: got %v, want db.full", err)
		}
		fs.Break(nil)
	}
	if err := l.write(); err != nil {
		t.Errorf("write after space was freed: %v", err)
	}
	if n, want := stores(t, d, inst), 2*len(l.book()); n != want {
		t.Errorf("got %d rows, want %d", n, want)
	}
}

// The same on a real file system that is really full.
func TestARealFullFileSystemLosesNothingAcknowledgedI9(t *testing.T) {
	dir := t.TempDir()
	small(t, dir, "1800k") // the migrated base takes more than a megabyte
	cfg := db.Config{DSN: "sqlite:" + filepath.Join(dir, "wardfold.db"), Flush: flushStores}
	d := dbtest.OpenWith(t, cfg)
	inst := newInstitution(t, d)
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 200<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	l := &load{d: d, inst: inst}
	var err error
	for range 100_000 {
		if err = l.write(); err != nil {
			break
		}
	}
	if fault.CodeOf(err) != "db.full" {
		t.Fatalf("after %d rows: got %v, want db.full", len(l.book()), err)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if err := l.write(); err != nil {
		t.Errorf("write after space was freed: %v", err)
	}
	if n, want := stores(t, d, inst), 2*len(l.book()); n != want {
		t.Errorf("got %d rows, want %d", n, want)
	}
	if err := d.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// I9 under random failures of every kind at once.
func TestRandomDiskFailuresNeverLoseWhatWasAcknowledgedI9(t *testing.T) {
	rounds := 30
	if testing.Short() {
		rounds = 5
	}
	for i := range rounds {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			fs, d, inst := faulty(t)
			codes := map[faultfs.Kind][]int{
				faultfs.Read:     {faultfs.IOErrRead},
				faultfs.Write:    {faultfs.IOErrWrite, faultfs.Tear, faultfs.Full, faultfs.Full},
				faultfs.Truncate: {faultfs.IOErrResize},
				faultfs.Sync:     {faultfs.IOErrSync},
			}
			fs.Break(func(op faultfs.Op) int {
				if rand.IntN(300) > 0 {
					return faultfs.OK
				}
				c := codes[op.Kind]
				return c[rand.IntN(len(c))]
			})
			l := startLoad(t, d, inst, 4)
			time.Sleep(40 * time.Millisecond)
			l.end()
			dir := t.TempDir()
			if err := fs.Crash(dir, rand.New(rand.NewPCG(rand.Uint64(), 0)), 512); err != nil {
				t.Fatal(err)
			}
			fs.Break(nil)
			keepsAll(t, dir, inst, l.book())
		})
	}
}
