package trace_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/wardfold/wardfold/trace"
)

// TestNoWeightsAreMoreLikelyThanTheBoundSays is the ground of every name: the
// defence gets the best explanation there is, and a search that stopped early
// gives it more, never less.
func TestNoWeightsAreMoreLikelyThanTheBoundSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "columns")
		chance := []float64{1e-4}
		for range n {
			chance = append(chance, 1/float64(rapid.IntRange(1, 500).Draw(t, "size")))
		}
		rows := make([][]int, rapid.IntRange(1, 25).Draw(t, "rows"))
		for i := range rows {
			rows[i] = []int{0}
			for j := 1; j <= n; j++ {
				if rapid.Bool().Draw(t, "has") {
					rows[i] = append(rows[i], j)
				}
			}
		}
		out := rapid.IntRange(0, n).Draw(t, "banned")
		banned := func(j int) bool { return j > 0 && j == out }
		w, loglik, gap := trace.Maximum(rows, chance, banned)
		if banned(out) && w[out] != 0 {
			t.Fatal("a banned column has weight")
		}
		if gap > 0.5 {
			t.Fatalf("the search left %.3f nats open", gap)
		}
		for range 50 {
			other := make([]float64, n+1)
			var sum float64
			for j := range other {
				if !banned(j) {
					other[j] = math.Pow(rapid.Float64Range(1e-6, 1).Draw(t, "w"), 4)
				}
				sum += other[j]
			}
			if l := likelihood(rows, chance, other, sum); l > loglik+gap+1e-6 {
				t.Fatalf("other weights reach %.6f, above %.6f + %.6f", l, loglik, gap)
			}
		}
	})
}

func likelihood(rows [][]int, chance, w []float64, sum float64) float64 {
	var l float64
	for _, cols := range rows {
		var s float64
		for _, j := range cols {
			s += w[j] / sum * chance[j]
		}
		l += math.Log(s)
	}
	return l
}
