package ledger_test

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"io/fs"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/ledger/guard"
	"github.com/wardfold/wardfold/verify"
)

// testLog is a log with everything real: database, key, guard on disk.
type testLog struct {
	*ledger.Log
	t    testing.TB
	inst id.Institution
	key  ed25519.PrivateKey
}

func newLog(t testing.TB, d *db.DB) *testLog {
	t.Helper()
	g, err := guard.Open(filepath.Join(t.TempDir(), "guard"))
	if err != nil {
		t.Fatal(err)
	}
	seed := sha256.Sum256([]byte("ledger test"))
	l := &testLog{t: t, inst: id.Make[id.Institution](now), key: ed25519.NewKeyFromSeed(seed[:])}
	l.Log = &ledger.Log{DB: d, Guard: g, Signer: l.signer}
	return l
}

func (l *testLog) signer(inst id.Institution) (ledger.Signer, error) {
	return ledger.NewSigner("audit.example/"+inst.String(), l.key)
}

func (l *testLog) verifier() verify.Key {
	s, err := l.signer(l.inst)
	if err != nil {
		l.t.Fatal(err)
	}
	return s.Key()
}

// fill appends n events, in transactions of at most 500, and returns the last.
func (l *testLog) fill(n int) *ledger.Pending {
	l.t.Helper()
	var last *ledger.Pending
	for n > 0 {
		batch := min(n, 500)
		n -= batch
		err := l.DB.Update(l.t.Context(), l.inst, func(tx *db.Tx) error {
			for range batch {
				last = ledger.Append(tx, reveal(id.Subject{}))
			}
			return nil
		})
		if err != nil {
			l.t.Fatal(err)
		}
	}
	return last
}

func (l *testLog) step() {
	l.t.Helper()
	if err := l.Step(l.t.Context(), l.inst); err != nil {
		l.t.Fatal(err)
	}
}

// check verifies everything about the log: by our own whole check, by an
// outsider's, and that the newest head covers want entries.
func (l *testLog) check(want int64) {
	l.t.Helper()
	r, err := l.VerifyAll(l.t.Context(), l.inst, nil)
	if err != nil || !r.OK || r.Size != want {
		l.t.Fatalf("VerifyAll: %+v, %v; want %d leaves", r, err, want)
	}
	if want > 0 {
		l.checkOutside(want)
	}
}

// checkOutside verifies what is served.
func (l *testLog) checkOutside(want int64) {
	l.t.Helper()
	head, err := verify.Log(l.t.Context(), served{l}, verify.Options{Key: l.verifier()})
	if err != nil || head.Size != want {
		l.t.Fatalf("verify.Log: %d leaves, %v; want %d", head.Size, err, want)
	}
}

func TestAnAcknowledgedActKnowsItsPlaceInTheLog(t *testing.T) {
	dbtest.EachWith(t, db.Config{Flush: ledger.Flush}, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		if got := l.fill(1).Index(); got != 0 {
			t.Errorf("first index %d", got)
		}
		if got := l.fill(600).Index(); got != 600 {
			t.Errorf("last index %d", got)
		}
		var mu sync.Mutex
		seen := map[int64]bool{}
		var wg sync.WaitGroup
		for range 40 { // concurrent writers: every index once, none left out
			wg.Go(func() {
				var p *ledger.Pending
				err := d.Update(t.Context(), l.inst, func(tx *db.Tx) error {
					p = ledger.Append(tx, reveal(id.Subject{}))
					return nil
				})
				mu.Lock()
				defer mu.Unlock()
				if err != nil || seen[p.Index()] || p.Index() < 601 || p.Index() > 640 {
					t.Errorf("index %d, %v", p.Index(), err)
				}
				seen[p.Index()] = true
			})
		}
		wg.Wait()
		l.step()
		l.check(641)
	})
}

func TestAFailedActLeavesNoEntryAndNoGap(t *testing.T) {
	dbtest.EachWith(t, db.Config{Flush: ledger.Flush}, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		l.fill(2)
		failed := errors.New("no")
		err := d.Update(t.Context(), l.inst, func(tx *db.Tx) error {
			ledger.Append(tx, reveal(id.Subject{}))
			return failed
		})
		if !errors.Is(err, failed) {
			t.Fatal(err)
		}
		if got := l.fill(1).Index(); got != 2 {
			t.Errorf("index %d after a failure", got)
		}
	})
}

// Invariant I1: an act whose entry is refused does not happen, even though
// nobody asked Append what it thought.
func TestAnActWithAnEntryThatIsRefusedIsNotDone(t *testing.T) {
	dbtest.EachWith(t, db.Config{Flush: ledger.Flush}, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		good := make(chan error)
		go func() {
			good <- d.Update(t.Context(), l.inst, func(tx *db.Tx) error {
				ledger.Append(tx, reveal(id.Subject{}))
				return nil
			})
		}()
		err := d.Update(t.Context(), l.inst, func(tx *db.Tx) error {
			e := reveal(id.Subject{})
			e.Purpose = "张三 13800138000"
			ledger.Append(tx, e)
			_, err := tx.Exec(`INSERT INTO head (institution_id, size, root, at, note) VALUES ($1, 7, $2, 0, $2)`,
				l.inst.Bytes(), make([]byte, 32))
			return err
		})
		if fault.CodeOf(err) != "ledger.bad_event" {
			t.Errorf("got %v", err)
		}
		if err := <-good; err != nil {
			t.Errorf("the neighbour's act failed too: %v", err)
		}
		err = d.View(t.Context(), l.inst, func(tx *db.Tx) error {
			_, _, err := ledger.Head(tx)
			return err
		})
		if fault.CodeOf(err) != "ledger.unsigned" {
			t.Errorf("the act happened: %v", err)
		}
	})
}

func TestHeadsGrowStepByStepAndTheWholeLogVerifies(t *testing.T) {
	dbtest.EachWith(t, db.Config{Flush: ledger.Flush}, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		l.step() // nothing to do
		l.check(0)
		size := int64(0)
		for _, n := range []int{1, 1, 253, 1, 1, 255, 300, 1000} {
			l.fill(n)
			size += int64(n)
			l.step()
			l.check(size)
		}
		if s := l.Status(l.inst); s.Size != size || s.Waiting != 0 || s.Fault != "" || s.SignedAt.IsZero() {
			t.Errorf("status %+v", s)
		}
	})
}

func TestTwoLevelsOfTilesVerify(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 70,000 entries")
	}
	l := newLog(t, open(t))
	l.fill(40_000)
	l.step()
	l.fill(30_000)
	l.step()
	l.check(70_000)
}

func TestEachInstitutionHasItsOwnLog(t *testing.T) {
	a := newLog(t, open(t))
	b := *a
	b.inst = id.Make[id.Institution](now)
	a.fill(5)
	b.fill(300)
	a.StepAll(t.Context())
	a.check(5)
	b.check(300)
}

// Invariant I11: the database itself refuses.
func TestLedgerTablesRefuseUpdateAndDelete(t *testing.T) {
	dbtest.EachWith(t, db.Config{Flush: ledger.Flush}, func(t *testing.T, d *db.DB) {
		l := newLog(t, d)
		l.fill(300)
		l.step()
		for _, q := range []string{
			`UPDATE event SET at = 0 WHERE institution_id = $1`, `DELETE FROM event WHERE institution_id = $1`,
			`UPDATE head SET at = 0 WHERE institution_id = $1`, `DELETE FROM head WHERE institution_id = $1`,
			`UPDATE tile SET n = n + 9 WHERE institution_id = $1`, `DELETE FROM tile WHERE institution_id = $1`,
		} {
			err := d.Update(t.Context(), l.inst, func(tx *db.Tx) error {
				_, err := tx.Exec(q, l.inst.Bytes())
				return err
			})
			if err == nil {
				t.Errorf("%s was accepted", q)
			}
		}
		l.check(300)
	})
}

func TestRunSignsWithinASecondAndStopsWhenAsked(t *testing.T) {
	l := newLog(t, open(t))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- l.Run(ctx) }()
	l.fill(10)
	for l.Status(l.inst).Size != 10 {
		select {
		case err := <-done:
			t.Fatalf("Run ended: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	l.check(10)
}

func TestOriginAndKeyMustBeUsable(t *testing.T) {
	if _, err := ledger.NewSigner("two words", ed25519.NewKeyFromSeed(make([]byte, 32))); !errors.Is(err, verify.Malformed) {
		t.Errorf("got %v", err)
	}
	l := newLog(t, open(t))
	l.fill(1)
	sealed := errors.New("the key is sealed")
	l.Log.Signer = func(id.Institution) (ledger.Signer, error) { return ledger.Signer{}, sealed }
	if err := l.Step(t.Context(), l.inst); !errors.Is(err, sealed) || l.Status(l.inst).Fault != "ledger.unsigned" {
		t.Errorf("got %v, %+v", err, l.Status(l.inst))
	}
	if _, err := l.Guard.Load("audit.example/" + l.inst.String()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("guard: %v", err)
	}
}
