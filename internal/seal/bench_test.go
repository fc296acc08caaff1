package seal_test

import (
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

func eachSuite(b *testing.B, fn func(b *testing.B, h house)) {
	for _, s := range bothSuites {
		b.Run(s.String(), func(b *testing.B) { fn(b, newHouse(b, dbtest.Open(b), s)) })
	}
}

// BenchmarkOpenWith is one reveal without its SQL: unwrap the subject's key and
// open a phone. The bar is 3 µs.
func BenchmarkOpenWith(b *testing.B) {
	eachSuite(b, func(b *testing.B, h house) {
		s := h.subject()
		p := h.place(s, "guardian.phone", 1)
		sealed, wrapped := h.seal(p, "+8613800001234"), h.wrapped(s)
		err := h.d.View(b.Context(), h.inst, func(tx *db.Tx) error {
			permit := seal.Mint()
			b.ReportAllocs()
			for b.Loop() {
				if _, err := h.v.OpenWith(tx, permit, p, wrapped, sealed); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkEnrol is the cryptography of one enrolment: a new subject, four
// fields, two indexes, one commitment.
func BenchmarkEnrol(b *testing.B) {
	fields := map[string]secret.Text{
		"learner.name": secret.NewText("欧阳明明"), "learner.birth_month": secret.NewText("2016-03"),
		"guardian.name": secret.NewText("李华"), "guardian.phone": secret.NewText("+8613800001234"),
	}
	eachSuite(b, func(b *testing.B, h house) {
		s := newSubject()
		event := id.Make[id.Event](time.Now())
		b.ReportAllocs()
		for b.Loop() {
			p, err := h.v.Prepare(b.Context(), h.d, h.inst, s)
			if err != nil {
				b.Fatal(err)
			}
			for f, text := range fields {
				if _, err := p.Seal(f, 1, text); err != nil {
					b.Fatal(err)
				}
			}
			for _, f := range []string{"guardian.phone", "learner.name"} {
				if _, err := p.Index(f, fields[f]); err != nil {
					b.Fatal(err)
				}
			}
			if _, err := p.Commitment(event); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkIndex(b *testing.B) {
	eachSuite(b, func(b *testing.B, h house) {
		phone := secret.NewText("+8613800001234")
		if err := h.v.Load(b.Context(), h.d, h.inst); err != nil {
			b.Fatal(err)
		}
		err := h.d.View(b.Context(), h.inst, func(tx *db.Tx) error {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := h.v.Index(tx, h.inst, "guardian.phone", phone); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	})
}

// BenchmarkRotate reports subject keys rewrapped per second, durably.
func BenchmarkRotate(b *testing.B) {
	eachSuite(b, func(b *testing.B, h house) {
		const n = 10_000
		for done := 0; done < n; done += 500 {
			h.update(func(tx *db.Tx) error {
				for range 500 {
					if err := h.v.Create(tx, h.inst, newSubject()); err != nil {
						return err
					}
				}
				return nil
			})
		}
		moved := 0
		for b.Loop() {
			r, err := h.v.Rotate(b.Context(), h.d, h.inst, nil)
			if err != nil {
				b.Fatal(err)
			}
			moved += r.Rewrapped
		}
		b.ReportMetric(float64(moved)/b.Elapsed().Seconds(), "keys/s")
	})
}
