package anon_test

import (
	"testing"

	"github.com/wardfold/wardfold/deid/anon"
)

func BenchmarkAdult(b *testing.B) {
	j := adult(b)
	b.Run("local", func(b *testing.B) {
		cpu(b, func() error { _, err := anon.Local(j); return err })
	})
	b.Run("uniform", func(b *testing.B) {
		cpu(b, func() error { _, err := anon.Uniform(j, anon.MostGranule); return err })
	})
	j.Limit = 1
	b.Run("uniform with suppression", func(b *testing.B) {
		cpu(b, func() error { _, err := anon.Uniform(j, anon.LeastLoss); return err })
	})
}
