package invariants_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/faultfs"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/seal/sealtest"
	"github.com/wardfold/wardfold/internal/subject"
)

// told is what a house acknowledged before its disk failed.
type told struct {
	mu       sync.Mutex
	enrolled []enrol.Receipt
	shown    []shown
}

type shown struct {
	index int64
	event id.Event
}

// work enrols and looks until stop, from several goroutines. Anything but
// success or "unavailable" is a failure of the test.
func (a *told) work(t *testing.T, f *housetest.Fixture, r enrol.Receipt, stop *atomic.Bool) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for !stop.Load() {
				n := int(next.Add(1))
				fresh, err := f.House.Enrol.Complete(context.Background(), integrator(f), f.Store, housetest.Form(1000+n, "2016-03"))
				a.hear(t, err, func() { a.enrolled = append(a.enrolled, fresh) })
				if n >= grant.SpeedCount { // one more look within minutes would hold the clerk's grants
					continue
				}
				rev, err := reveal(f, subject.Subject{ID: r.Guardian})
				a.hear(t, err, func() { a.shown = append(a.shown, shown{rev.Index(), rev.Event}) })
				if err == nil && rev.Value.Expose() != "+86"+housetest.Phone(1) {
					t.Error("another value was shown")
				}
			}
		})
	}
	all.Wait()
}

func (a *told) hear(t *testing.T, err error, note func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err == nil {
		note()
	} else if k := fault.KindOf(err); k != fault.Unavailable && k != fault.Limited {
		t.Errorf("a failing disk answers %v", err)
	}
}

func integrator(f *housetest.Fixture) actor.Actor {
	return actor.Actor{Institution: f.Institution, Role: actor.Integrator, Key: id.Make[id.APIKey](f.Now()),
		Purposes: []string{"learner.manage"},
		Fields:   []string{subject.LearnerName, subject.LearnerBirth, subject.GuardianName, subject.GuardianPhone}}
}

// kept checks on a house that was opened again that all of it is there, and that
// the log verifies.
func (a *told) kept(t *testing.T, f *housetest.Fixture) {
	t.Helper()
	ctx := context.Background()
	f.View(func(tx *db.Tx) error {
		for _, r := range a.enrolled {
			if e, err := enrol.ByReceipt(tx, f.Institution, r.Number); err != nil || e.Child != r.Child {
				t.Errorf("an enrolment is lost: %v", err)
			}
			if s, err := subject.Load(tx, f.Institution, r.Child); err != nil || s.State != subject.Live {
				t.Errorf("a record is lost: %v", err)
			}
		}
		for _, s := range a.shown {
			if e, err := ledger.At(tx, s.index); err != nil || e.Event.ID != s.event || e.Type != ledger.Reveal {
				t.Errorf("what was shown has no entry at %d: %v", s.index, err)
			}
		}
		return nil
	})
	if report, err := f.House.Log.VerifyAll(ctx, f.Institution, nil); err != nil || !report.OK || report.Waiting > 0 {
		t.Errorf("the log does not verify: %+v, %v", report, err)
	}
	if err := f.DB.Check(ctx); err != nil {
		t.Errorf("the database: %v", err)
	}
}

// I9, I1: a disk fails at a random operation, in one of four ways, under load;
// then the power goes, and torn sectors stay. Nothing acknowledged is lost,
// nothing shown is without its entry, and the house opens and works again.
func TestWhateverTheDiskDoesNothingAcknowledgedIsLostI9(t *testing.T) {
	rounds := 16
	if testing.Short() {
		rounds = 4
	}
	faults := []struct {
		name string
		kind faultfs.Kind
		code int
	}{{"failed fsync", faultfs.Sync, faultfs.IOErrSync}, {"torn write", faultfs.Write, faultfs.Tear},
		{"EIO", faultfs.Write, faultfs.IOErrWrite}, {"ENOSPC", faultfs.Write, faultfs.Full}}
	acked := 0
	for i := range rounds {
		bad := faults[i%len(faults)]
		dice := rand.New(rand.NewPCG(20261122, uint64(i)))
		t.Run(fmt.Sprintf("%s %d", bad.name, i), func(t *testing.T) {
			f, fs, _ := onFaults(t)
			kek := f.KEK
			r := f.Enrol(1, "2016-03")
			var a told
			var stop atomic.Bool
			var left atomic.Int64
			left.Store(10 + dice.Int64N(400))
			fs.Break(func(op faultfs.Op) int {
				if op.Kind != bad.kind || left.Add(-1) > 0 {
					return faultfs.OK
				}
				stop.Store(true) // the clients notice after their next call
				return bad.code
			})
			a.work(t, f, r, &stop)
			after := t.TempDir()
			if err := fs.Crash(after, dice, []int64{512, 4096}[i%2]); err != nil {
				t.Fatal(err)
			}
			g := f.Reopen(house.Config{DSN: "sqlite:" + filepath.Join(after, "wardfold.db"), KEK: kek})
			a.kept(t, g)
			g.Advance(24 * time.Hour) // today's quota may be spent: after a start every entry counts
			if _, err := reveal(g, subject.Subject{ID: r.Guardian}); err != nil {
				t.Errorf("after the repair: %v", err)
			}
			acked += len(a.enrolled) + len(a.shown)
		})
	}
	if acked == 0 {
		t.Error("nothing was acknowledged: nothing was proved")
	}
	t.Logf("%d broken disks, %d acknowledgements, none lost", rounds, acked)
}

// I9: a full disk refuses what writes, an entry included, at once and in words;
// the log can still be read; with room again all goes on without a restart.
func TestAFullDiskFailsClosedAndRecoversByItselfI9(t *testing.T) {
	f, fs, _ := onFaults(t)
	ctx := context.Background()
	r := f.Enrol(1, "2016-03")
	fs.Break(func(op faultfs.Op) int { return only(op, faultfs.Write, faultfs.Full) })
	if _, err := reveal(f, subject.Subject{ID: r.Guardian}); fault.CodeOf(err) != "db.full" {
		t.Errorf("Reveal: %v", err)
	}
	if _, err := f.Family.Child(ctx, f.Guardian(r.Guardian), r.Child); fault.CodeOf(err) != "db.full" {
		t.Errorf("a look that cannot be written down: %v", err)
	}
	if _, err := f.Family.Erase(ctx, f.Guardian(r.Guardian), r.Child); fault.CodeOf(err) != "db.full" {
		t.Errorf("Erase: %v", err)
	}
	if _, err := f.House.Enrol.Complete(ctx, integrator(f), f.Store, housetest.Form(2, "2016-03")); fault.CodeOf(err) != "db.full" {
		t.Errorf("Complete: %v", err)
	}
	f.View(func(tx *db.Tx) error {
		page, err := ledger.List(tx, ledger.Filter{})
		if err != nil || len(page.Entries) == 0 {
			t.Errorf("the log cannot be read: %v", err)
		}
		return err
	})
	fs.Break(nil)
	if _, err := reveal(f, subject.Subject{ID: r.Guardian}); err != nil {
		t.Errorf("with room again: %v", err)
	}
	(&told{}).kept(t, f)
}

// Bad input: a database that was cut, emptied or overwritten, and a root key
// that is not the one. Each is refused in words, and none is repaired silently.
func TestADamagedHouseSaysSoAndShowsNothing(t *testing.T) {
	f, _, path := onFaults(t)
	r := f.Enrol(1, "2016-03")
	if err := f.House.Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		kek  seal.KEK
		want fault.Kind
	}{
		"cut in half":     {whole[:len(whole)/2], f.KEK, fault.Unavailable},
		"cut by a page":   {whole[:len(whole)-4096], f.KEK, fault.Unavailable},
		"not a database":  {[]byte("this is a text file, not a database; somebody saved over it\n"), f.KEK, fault.Unavailable},
		"noise in it":     {noise(whole), f.KEK, fault.Unavailable},
		"another key":     {whole, sealtest.KEK(t, "house"), fault.Unavailable},
		"an unknown key":  {whole, sealtest.KEK(t, "stranger"), fault.Unavailable},
		"as it was saved": {whole, f.KEK, ""},
	} {
		t.Run(name, func(t *testing.T) {
			copied := filepath.Join(t.TempDir(), "wardfold.db")
			if err := os.WriteFile(copied, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			err := tryOn(t, f, copied, c.kek, r)
			if fault.KindOf(err) != c.want || c.want != "" && fault.CodeOf(err) == "" {
				t.Errorf("it says %v, want %q", err, c.want)
			}
		})
	}
}

// tryOn opens the house on a file and does a day's work: the first trouble is
// the answer.
func tryOn(t *testing.T, f *housetest.Fixture, path string, kek seal.KEK, r enrol.Receipt) error {
	ctx := context.Background()
	h, err := house.Open(ctx, house.Config{DSN: "sqlite:" + path, KEK: kek, Now: f.Now, Gateway: f.Post})
	if err != nil {
		return err
	}
	defer h.Close()
	if err := h.DB.Check(ctx); err != nil {
		return err
	}
	rev, err := h.Desk.Reveal(ctx, f.As(actor.Clerk), r.Guardian, subject.GuardianPhone, "contact.class")
	if err != nil && !rev.Value.Empty() {
		t.Error("a value came with an error")
	}
	if err == nil && rev.Value.Expose() != "+86"+housetest.Phone(1) {
		t.Error("another value was shown")
	}
	return err
}

func noise(b []byte) []byte {
	out := append([]byte(nil), b...)
	dice := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		out[4096+dice.IntN(len(out)-4096)] ^= byte(1 + dice.IntN(255))
	}
	return out
}
