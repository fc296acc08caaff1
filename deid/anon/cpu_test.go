package anon_test

import (
	"slices"
	"syscall"
	"testing"
	"time"
)

// spent is the processor time that this process has used.
func spent() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // cannot fail for oneself
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// cpu runs fn as often as the benchmark asks and reports the median of the
// processor time that one run takes, which does not depend on what else the
// machine does.
func cpu(b *testing.B, fn func() error) {
	var took []time.Duration
	for b.Loop() {
		at := spent()
		if err := fn(); err != nil {
			b.Fatal(err)
		}
		took = append(took, spent()-at)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "cpu-ms/op")
	b.ReportMetric(float64(took[0].Microseconds())/1000, "min-ms/op")
}
