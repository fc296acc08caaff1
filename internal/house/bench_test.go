package house_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// clients are as many as the figures of the README speak of.
const clients = 64

// key is a program with a key of its own, made by two people as every key is.
func key(b *testing.B, f *housetest.Fixture) actor.Actor {
	b.Helper()
	manager := f.As(actor.Manager)
	asked, err := f.Accounts.AskKey(b.Context(), manager, account.KeyRequest{Label: "bench", Store: f.Store, QuotaPerDay: 1_000_000,
		Purposes: []string{"learner.manage", "contact.class"}, Expires: f.Now().AddDate(0, 2, 0),
		Fields: []string{"learner.name", "learner.birth_month", "guardian.name", "guardian.phone"}})
	if err == nil {
		err = f.Accounts.ApproveKey(b.Context(), f.As(actor.Officer), asked)
	}
	if err != nil {
		b.Fatal(err)
	}
	whole, err := f.Accounts.CollectKey(b.Context(), manager, asked)
	if err != nil {
		b.Fatal(err)
	}
	a, err := f.Accounts.KeyActor(b.Context(), whole)
	if err != nil {
		b.Fatal(err)
	}
	return a
}

func enrolled(b *testing.B, f *housetest.Fixture, n int) []enrol.Receipt {
	b.Helper()
	out := make([]enrol.Receipt, n)
	k := key(b, f)
	var next atomic.Int64
	b.SetParallelism(clients / 2)
	done := make(chan error, clients)
	for range clients {
		go func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					done <- nil
					return
				}
				r, err := f.House.Enrol.Complete(context.Background(), k, f.Store, housetest.Form(i, "2016-03"))
				if err != nil {
					done <- err
					return
				}
				out[i] = r
			}
		}()
	}
	for range clients {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	return out
}

// BenchmarkEnrol is a complete enrolment: consent, keys, four fields, entry.
func BenchmarkEnrol(b *testing.B) {
	f := housetest.New(b)
	from := begin(b, f)
	enrolled(b, f, b.N)
	from.report(b, f)
}

// BenchmarkReveal is an audited reveal of one field by identifier.
func BenchmarkReveal(b *testing.B) {
	f := housetest.New(b)
	list := enrolled(b, f, 2000)
	k := key(b, f)
	from := begin(b, f)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r := list[rand.IntN(len(list))]
			if _, err := f.Desk.Reveal(context.Background(), k, r.Guardian, subject.GuardianPhone, "contact.class"); err != nil {
				b.Error(err)
				return
			}
		}
	})
	from.report(b, f)
}

// BenchmarkRevealAlone is a reveal with nobody beside it: each waits for a commit
// of its own.
func BenchmarkRevealAlone(b *testing.B) {
	f := housetest.New(b)
	list := enrolled(b, f, 2000)
	k := key(b, f)
	from := begin(b, f)
	for i := range b.N {
		if _, err := f.Desk.Reveal(b.Context(), k, list[i%len(list)].Guardian, subject.GuardianPhone, "contact.class"); err != nil {
			b.Fatal(err)
		}
	}
	from.report(b, f)
}

// BenchmarkFind is an exact search by phone with a masked, audited result.
func BenchmarkFind(b *testing.B) {
	f := housetest.New(b)
	enrolled(b, f, 2000)
	k := key(b, f)
	from := begin(b, f)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			q := desk.Query{Phone: secret.NewText(housetest.Phone(rand.IntN(2000)))}
			if cards, err := f.Desk.Find(context.Background(), k, q, "contact.class"); err != nil || len(cards) != 1 {
				b.Error(fmt.Errorf("%d cards: %w", len(cards), err))
				return
			}
		}
	})
	from.report(b, f)
}

// start is what had been used when the measuring began.
type start struct {
	commits uint64
	cpu     time.Duration
}

func begin(b *testing.B, f *housetest.Fixture) start {
	b.ResetTimer()
	return start{f.DB.Stats().Commits, cpu()}
}

// report gives the rate, the commits and the processor time of one act, which a
// busy machine disturbs less than the rate.
func (s start) report(b *testing.B, f *housetest.Fixture) {
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acts/s")
	b.ReportMetric(float64(f.DB.Stats().Commits-s.commits)/b.Elapsed().Seconds(), "commits/s")
	b.ReportMetric(float64((cpu()-s.cpu).Microseconds())/float64(b.N), "cpu-µs/act")
}

func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u) // it cannot fail for oneself
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
