package ledger_test

import (
	"crypto/sha256"
	"fmt"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
)

var now = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)

// reveal is a full event on personal information.
func reveal(subject id.Subject) ledger.Event {
	staff := id.Make[id.Staff](now).String()
	e := ledger.Event{
		Type: ledger.Reveal, Actor: staff, Role: actor.Clerk, Store: id.Make[id.Store](now),
		Op: ledger.Use, InCharge: string(actor.Manager), HandledBy: staff,
		Purpose: "contact.class", Fields: []string{"guardian.phone"}, Grant: id.Make[id.Grant](now),
		Allow: true, Rules: []string{"R-140"},
	}
	if !subject.IsZero() {
		e.Subject, e.Commitment = subject, sha256.Sum256(subject.Bytes())
	}
	return e
}

func open(t testing.TB) *db.DB {
	t.Helper()
	return dbtest.OpenWith(t, db.Config{Flush: ledger.Flush})
}

// The cost of one event inside a batch, without the commit.
func BenchmarkAppend(b *testing.B) {
	for _, n := range []int{1, 64, 1024} {
		b.Run(fmt.Sprintf("batch=%d", n), func(b *testing.B) {
			d, inst := open(b), id.Make[id.Institution](now)
			subject := id.Make[id.Subject](now)
			e := reveal(subject)
			b.ReportAllocs()
			for b.Loop() {
				err := d.Update(b.Context(), inst, func(tx *db.Tx) error {
					for range n {
						e.ID = id.Event{}
						ledger.Append(tx, e)
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/float64(n), "µs/event")
		})
	}
}

// How fast one step sequences, rereads and signs.
func BenchmarkStep(b *testing.B) {
	l := newLog(b, open(b))
	for b.Loop() {
		b.StopTimer()
		l.fill(8192)
		b.StartTimer()
		l.step()
	}
	b.ReportMetric(8192*float64(b.N)/b.Elapsed().Seconds(), "leaves/s")
}
