package house_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// clients are as many as the figures of the README speak of.
const clients = 64

func key(f *housetest.Fixture) actor.Actor {
	return actor.Actor{Institution: f.Founded.Institution, Role: actor.Integrator, Key: id.Make[id.APIKey](f.Now()),
		Purposes: []string{"learner.manage", "contact.class"},
		Fields:   []string{"learner.name", "learner.birth_month", "guardian.name", "guardian.phone"}}
}

func enrolled(b *testing.B, f *housetest.Fixture, n int) []enrol.Receipt {
	b.Helper()
	out := make([]enrol.Receipt, n)
	k := key(f)
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
	before := f.DB.Stats()
	b.ResetTimer()
	enrolled(b, f, b.N)
	report(b, f, before.Commits)
}

// BenchmarkReveal is an audited reveal of one field by identifier.
func BenchmarkReveal(b *testing.B) {
	f := housetest.New(b)
	list := enrolled(b, f, 2000)
	k := key(f)
	before := f.DB.Stats()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r := list[rand.IntN(len(list))]
			if _, err := f.Desk.Reveal(context.Background(), k, r.Guardian, subject.GuardianPhone, "contact.class"); err != nil {
				b.Error(err)
				return
			}
		}
	})
	report(b, f, before.Commits)
}

// BenchmarkFind is an exact search by phone with a masked, audited result.
func BenchmarkFind(b *testing.B) {
	f := housetest.New(b)
	enrolled(b, f, 2000)
	k := key(f)
	before := f.DB.Stats()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			q := desk.Query{Phone: secret.NewText(housetest.Phone(rand.IntN(2000)))}
			if cards, err := f.Desk.Find(context.Background(), k, q, "contact.class"); err != nil || len(cards) != 1 {
				b.Error(fmt.Errorf("%d cards: %w", len(cards), err))
				return
			}
		}
	})
	report(b, f, before.Commits)
}

func report(b *testing.B, f *housetest.Fixture, before uint64) {
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acts/s")
	b.ReportMetric(float64(f.DB.Stats().Commits-before)/b.Elapsed().Seconds(), "commits/s")
}
