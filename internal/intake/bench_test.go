package intake_test

import (
	"context"
	"syscall"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/intake"
)

// BenchmarkImport takes a roster of 100,000 lines from the upload to the last
// record, checked, sealed and audited, on a database file with full sync. The
// bar is 30 s.
func BenchmarkImport(b *testing.B) {
	const lines = 100_000
	ctx := context.Background()
	file := roster(lines)
	for b.Loop() {
		b.StopTimer()
		f := open(b)
		f.take(intake.PaperConsent, document, roster(1)) // keys are warm
		b.StartTimer()
		start, spent := time.Now(), cpu(b)
		batch := f.take(intake.PaperConsent, document, file)
		b.ReportMetric(time.Since(start).Seconds(), "upload-s")
		if _, err := f.Intake.Release(ctx, f.As(actor.Manager), batch.ID); err != nil {
			b.Fatal(err)
		}
		// Identifiers are in order of time, so the fixture's clock must run.
		done, err := f.Intake.Apply(ctx, f.As(actor.Officer), batch.ID, func(int, int) { f.Advance(50 * time.Millisecond) })
		if err != nil || done.Made != lines {
			b.Fatalf("%d of %d lines, %v", done.Made, lines, err)
		}
		b.ReportMetric(lines/time.Since(start).Seconds(), "lines/s")
		b.ReportMetric((cpu(b) - spent).Seconds(), "cpu-s") // what a busy machine does not change
	}
}

// cpu is the processor time that this process has used.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
