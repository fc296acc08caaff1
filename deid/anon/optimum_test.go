package anon_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/wardfold/wardfold/deid/anon"
)

// Uniform says that its result is the best of all: every combination of levels is
// tried here, each by hand.
func TestUniformFindsTheBestCombinationThereIs(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for round := range rounds() / 10 {
		w := invent(r)
		c := checks[r.IntN(7)] // those that need no population
		j := w.job(t, anon.K(2), c.model(w))
		j.Population, j.Limit = nil, float64(r.IntN(5))/4
		for _, goal := range []anon.Goal{anon.LeastLoss, anon.MostGranule} {
			want := w.brute(c, j.Limit, goal)
			res, err := anon.Uniform(j, goal)
			if unreachable(err) && math.IsInf(want, 1) {
				continue
			}
			if err != nil {
				t.Fatalf("round %d: %v, and by hand there is one of loss %v", round, err, want)
			}
			u := res.Utility()
			got := u.Loss
			if goal == anon.MostGranule {
				got = 1 - u.Granularity
			}
			if math.Abs(got-want) > 1e-9 {
				t.Fatalf("round %d: loss %v at %v, by hand %v", round, got, res.Levels, want)
			}
		}
	}
}

// brute returns the least loss over all combinations of levels.
func (w world) brute(c check, limit float64, goal anon.Goal) float64 {
	best := math.Inf(1)
	levels := make([]int, len(w.names))
	for {
		best = min(best, w.cost(c, levels, limit, goal))
		i := 0
		for ; i < len(levels); i++ {
			if levels[i]++; levels[i] < len(w.trees[i][0]) {
				break
			}
			levels[i] = 0
		}
		if i == len(levels) {
			return best
		}
	}
}

func (w world) cost(c check, levels []int, limit float64, goal anon.Goal) float64 {
	var rows [][]string
	for _, row := range w.rows {
		out := slices.Clone(row)
		for i, l := range levels {
			at := slices.IndexFunc(w.trees[i], func(r []string) bool { return r[0] == row[i] })
			out[i] = w.trees[i][at][l]
		}
		rows = append(rows, out)
	}
	left := len(rows)
	loss := make([]float64, len(levels))
	for _, g := range groups(rows) {
		if len(g.kinds) < 2 || !c.holds(w, g) {
			continue
		}
		left -= len(g.kinds)
		for i, name := range g.shown {
			loss[i] += float64(len(g.kinds)) * float64(len(w.means(i, name))-1) / math.Max(float64(len(w.trees[i])-1), 1)
		}
	}
	if float64(left) > limit*float64(len(rows))+1e-9 {
		return math.Inf(1)
	}
	sum, product := 0.0, 1.0
	for i := range loss {
		x := (loss[i] + float64(left)) / float64(len(rows))
		sum, product = sum+x, product*(1+x)
	}
	if goal == anon.MostGranule {
		return sum / float64(len(loss))
	}
	return math.Pow(product, 1/float64(len(loss))) - 1
}
