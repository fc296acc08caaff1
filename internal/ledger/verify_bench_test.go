package ledger_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
)

// processorTime is what this process has used, of all cores.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// worked fills a log as a store does: a few people, many families, a head every
// few thousand entries.
func worked(b *testing.B, l *testLog, leaves int) {
	b.Helper()
	people := make([]string, 20)
	for i := range people {
		people[i] = id.Make[id.Staff](now).String()
	}
	for n := 0; n < leaves; {
		err := l.DB.Update(b.Context(), l.inst, func(tx *db.Tx) error {
			for range 500 {
				e := reveal(id.Make[id.Subject](now))
				e.Actor = people[n%len(people)]
				e.HandledBy = e.Actor
				ledger.Append(tx, e)
				n++
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		if n%4000 == 0 {
			l.step()
		}
	}
	l.step()
}

// The whole log of an institution, verified from its first leaf as an outsider
// would, with every head that was ever signed. leaves/s is of the clock;
// leaves/cpu-s is of processor time, which is what one core does.
func BenchmarkVerifyAll(b *testing.B) {
	const leaves = 200_000
	l := newLog(b, open(b))
	worked(b, l, leaves)
	b.ReportAllocs()
	cpu, n := processorTime(), 0
	for b.Loop() {
		r, err := l.VerifyAll(b.Context(), l.inst, nil)
		if err != nil || !r.OK || r.Size != leaves {
			b.Fatalf("%+v, %v", r, err)
		}
		n += leaves
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "leaves/s")
	b.ReportMetric(float64(n)/(processorTime()-cpu).Seconds(), "leaves/cpu-s")
}
