package noise_test

import (
	"math/rand/v2"
	"testing"

	"github.com/wardfold/wardfold/deid/noise"
)

// grown invents a tree and true counts that add up.
func grown(r *rand.Rand) (noise.Tree, []int64) {
	t := noise.Tree{Above: []int32{-1}}
	level := []int32{0}
	for range 1 + r.IntN(3) {
		var next []int32
		for _, up := range level {
			for range 1 + r.IntN(5) {
				next = append(next, int32(len(t.Above)))
				t.Above = append(t.Above, up)
			}
		}
		level = next
	}
	counts := make([]int64, len(t.Above))
	for _, leaf := range level {
		counts[leaf] = int64(r.IntN(1 + r.IntN(200)))
	}
	for i := len(counts) - 1; i > 0; i-- {
		counts[t.Above[i]] += counts[i]
	}
	return t, counts
}

// S2-06: published totals add up, none is below zero, and the way there brings
// them nearer to the truth.
func TestTotalsAgreeAndNothingIsBelowZero(t *testing.T) { // S2-06
	r := rand.New(rand.NewPCG(3, 4))
	before, after := 0.0, 0.0
	for range 3000 {
		tree, counts := grown(r)
		s := noise.New(source(byte(r.IntN(256))))
		noisy := make([]int64, len(counts))
		for i, c := range counts {
			z, err := s.Laplace(noise.One/2, tree.Depth())
			if err != nil {
				t.Fatal(err)
			}
			noisy[i] = c + z
		}
		out, err := tree.Consistent(noisy)
		if err != nil {
			t.Fatal(err)
		}
		sums := make([]int64, len(out))
		parent := make([]bool, len(out))
		for i := range out {
			if out[i] < 0 {
				t.Fatalf("%d is below zero", out[i])
			}
			if i > 0 {
				sums[tree.Above[i]] += out[i]
				parent[tree.Above[i]] = true
			}
			before += float64((noisy[i] - counts[i]) * (noisy[i] - counts[i]))
			after += float64((out[i] - counts[i]) * (out[i] - counts[i]))
		}
		for i := range out {
			if parent[i] && sums[i] != out[i] {
				t.Fatalf("the parts of %d make %d: %v of %v", out[i], sums[i], out, tree.Above)
			}
		}
		again, err := tree.Consistent(out)
		if err != nil {
			t.Fatal(err)
		}
		for i := range out {
			if again[i] != out[i] {
				t.Fatalf("what agrees is changed: %v to %v", out, again)
			}
		}
	}
	if after >= before {
		t.Errorf("squared error %.0f became %.0f", before, after)
	}
	t.Logf("squared error: %.2f of what it was", after/before)
}

func TestWhatIsNoTreeIsRefused(t *testing.T) {
	for _, c := range []struct {
		above []int32
		noisy []int64
	}{{nil, nil}, {[]int32{-1, 0}, []int64{1}}, {[]int32{-1, -1}, []int64{1, 1}}, {[]int32{0}, []int64{1}}, {[]int32{-1, 2, 0}, []int64{1, 2, 3}}, {[]int32{-1}, []int64{1 << 50}}} {
		if out, err := (noise.Tree{Above: c.above}).Consistent(c.noisy); err == nil {
			t.Errorf("%v: %v", c.above, out)
		}
	}
}
