package main

import (
	"math"
	"math/rand/v2"
	"slices"
)

// The setting of Papadimitriou and Garcia-Molina, "Data Leakage Detection" (TKDE
// 23(1), 2011): agents each ask for some of the objects and get fake objects
// besides; an agent is the guiltier the fewer others have what leaked. Δ(i, j) is
// how much guiltier than j agent i looks when all that i has leaks.

// guess is the probability that an object was got by other means.
const guess = 0.5

// setting is the objects of each agent; fakes are numbered after the objects.
type setting [][]int

func newSetting(rng *rand.Rand, objects, agents, each int) setting {
	s := make(setting, agents)
	for i := range s {
		s[i] = rng.Perm(objects)[:each]
	}
	return s
}

// random gives fakes to agents by chance; optimal gives the next fake where it
// lowers the overlap with the others most (e-random and e-optimal of the paper).
// Each agent can have as many as there are, and each fake is one agent's.
func (s setting) random(rng *rand.Rand, fakes, objects int) setting {
	out := s.clone()
	for f := range fakes {
		i := rng.IntN(len(out))
		out[i] = append(out[i], objects+f)
	}
	return out
}

func (s setting) optimal(fakes, objects int) setting {
	out := s.clone()
	for f := range fakes {
		best, gain := 0, -1.0
		for i := range out {
			n := float64(len(out[i]))
			shared := 0
			for j := range out {
				if j != i {
					shared += common(out[i], out[j])
				}
			}
			if g := (1/n - 1/(n+1)) * float64(shared); g > gain {
				best, gain = i, g
			}
		}
		out[best] = append(out[best], objects+f)
	}
	return out
}

func (s setting) clone() setting {
	out := make(setting, len(s))
	for i := range s {
		out[i] = slices.Clone(s[i])
	}
	return out
}

func common(a, b []int) int {
	n := 0
	for _, x := range a {
		if slices.Contains(b, x) {
			n++
		}
	}
	return n
}

// guilt is the probability that agent i leaked, given that set leaked. A fake
// cannot be guessed, so having one that leaked is certain.
func (s setting) guilt(i int, set []int, objects int) float64 {
	innocent := 1.0
	for _, t := range set {
		if !slices.Contains(s[i], t) {
			continue
		}
		have := 0
		for j := range s {
			if slices.Contains(s[j], t) {
				have++
			}
		}
		p := guess
		if t >= objects {
			p = 0
		}
		innocent *= 1 - (1-p)/float64(have)
	}
	return 1 - innocent
}

// deltas returns the mean and the smallest Δ.
func (s setting) deltas(objects int) (mean, least float64) {
	least = math.Inf(1)
	n := 0
	for i := range s {
		own := s.guilt(i, s[i], objects)
		for j := range s {
			if i != j {
				d := own - s.guilt(j, s[i], objects)
				mean, least = mean+d, min(least, d)
				n++
			}
		}
	}
	return mean / float64(n), least
}

// guiltRow is one line of the comparison, averaged over draws.
type guiltRow struct {
	fakes                                          int
	randomMean, randomLeast, optimalMean, optLeast float64
}

func guiltTable(draws int, seed uint64) []guiltRow {
	const objects, agents, each = 10, 10, 8
	var rows []guiltRow
	for _, b := range []int{0, 2, 5, 10, 20} {
		rng := rand.New(rand.NewPCG(seed, 9))
		r := guiltRow{fakes: b}
		for range draws {
			s := newSetting(rng, objects, agents, each)
			m, l := s.random(rng, b, objects).deltas(objects)
			r.randomMean, r.randomLeast = r.randomMean+m/float64(draws), r.randomLeast+l/float64(draws)
			m, l = s.optimal(b, objects).deltas(objects)
			r.optimalMean, r.optLeast = r.optimalMean+m/float64(draws), r.optLeast+l/float64(draws)
		}
		rows = append(rows, r)
	}
	return rows
}
