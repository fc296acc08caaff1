package ledger_test

import (
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/ledger"
)

// R6: what counts is the oldest entry that no witness has seen, however new the
// newest is; and a log without witnesses misses none.
func TestTheOldestUnseenEntryTellsHowLongWitnessesAreSilent(t *testing.T) {
	var now time.Time
	dbtest.EachWith(t, db.Config{Flush: ledger.Flush, Now: func() time.Time { return now }}, func(t *testing.T, d *db.DB) {
		now = time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC)
		l := newLog(t, d)
		_, w := newBureau(t, "bureau.example", l.verifier())
		l.fill(3)
		l.step()
		want := func(want time.Duration, halted bool) {
			t.Helper()
			err := d.View(t.Context(), l.inst, func(tx *db.Tx) error {
				got, err := l.Unseen(tx)
				if err != nil {
					return err
				}
				stop, err := l.Halted(tx)
				if got.Truncate(time.Second) != want || stop != halted {
					t.Errorf("unseen for %s, halted %t; want %s, %t", got, stop, want, halted)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
		now = now.Add(48 * time.Hour)
		want(0, false) // nobody to miss
		l.Witnesses = []ledger.Witness{w}
		want(48*time.Hour, true)
		if err := l.Cosign(t.Context(), l.inst, w); err != nil {
			t.Fatal(err)
		}
		want(0, false)
		l.fill(1)
		now = now.Add(ledger.WitnessLate + time.Second)
		l.fill(5) // work goes on
		l.step()
		want(ledger.WitnessLate+time.Second, false)
		now = now.Add(ledger.WitnessHalt)
		want(ledger.WitnessHalt+ledger.WitnessLate+time.Second, true)
		if err := l.Cosign(t.Context(), l.inst, w); err != nil {
			t.Fatal(err)
		}
		want(0, false)
	})
}
