package main

import (
	"cmp"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"github.com/wardfold/wardfold/detect/internal/person"
)

// instance is a candidate: the weights that the quick look adds, its features,
// and whether it is a name. A stop is an instance too, with the weights of its own
// look, that is a name if one begins there.
type instance struct {
	quick    []uint32
	features []uint32
	stages   [2]int
	name     bool
	weight   float32
}

// instances visits every candidate of the sentences. Names that no candidate
// matches cannot be learned; missed counts them. It gives the stops as well.
func instances(m *person.Model, set []sentence, weight float32) (all, stops []instance, missed int) {
	var wait sync.WaitGroup
	n := runtime.NumCPU()
	parts, starts, miss := make([][]instance, n), make([][]instance, n), make([]int, n)
	for w := range n {
		wait.Go(func() {
			f := person.Finder{Model: m}
			for _, s := range set[len(set)*w/n : len(set)*(w+1)/n] {
				gold := s.names()
				f.Visit([]byte(s.Text), func(c person.Candidate) {
					at := [2]int{c.Start, c.End}
					parts[w] = append(parts[w], instance{quick: slices.Clone(c.Quick),
						features: slices.Clone(c.Features), stages: c.Stages, weight: weight, name: gold[at]})
					if c.Stop != nil {
						starts[w] = append(starts[w], instance{quick: slices.Clone(c.Stop), weight: weight})
					}
					if gold[at] {
						starts[w][len(starts[w])-1].name = true
					}
					delete(gold, at)
				})
				miss[w] += len(gold)
			}
		})
	}
	wait.Wait()
	for w := range n {
		all, stops, missed = append(all, parts[w]...), append(stops, starts[w]...), missed+miss[w]
	}
	return all, stops, missed
}

const spaceBits = 24

// learner is logistic regression by AdaGrad with a pull towards zero. Its
// weights are addressed by the upper bits of the hash of a feature, as the
// finder's table is.
type learner struct {
	w, g  []float32
	count []uint16
	rate  float32
	decay float32
	kept  []uint32 // the features that the table has room for
}

func newLearner() *learner {
	return &learner{w: make([]float32, 1<<spaceBits), g: make([]float32, 1<<spaceBits),
		count: make([]uint16, 1<<spaceBits), rate: 0.15, decay: 2e-6}
}

func slot(x uint32) uint32 { return x >> (32 - spaceBits) }

// learn walks through the instances in a new random order each time, first with
// all features, then with those that are kept.
func (l *learner) learn(set []instance, rounds int, dice *rand.Rand) {
	for _, in := range set {
		for _, x := range in.features {
			if c := &l.count[slot(x)]; *c < math.MaxUint16 {
				*c++
			}
		}
	}
	order := dice.Perm(len(set))
	for round := range 2 * rounds {
		if round == rounds {
			l.prune(set)
		}
		dice.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		rate := l.rate / (1 + 0.5*float32(round%rounds))
		for _, n := range order {
			l.step(set[n], rate)
		}
	}
}

// least is how often a feature must be seen to have a weight.
const least = 3

func (l *learner) step(in instance, rate float32) {
	var z float32
	for _, x := range in.features {
		z += l.w[slot(x)]
	}
	e := in.err(z)
	if e > -0.002 && e < 0.002 {
		return
	}
	for _, x := range in.features {
		i := slot(x)
		if l.count[i] < least {
			continue
		}
		d := e - l.decay*l.w[i]*float32(1e3)
		l.g[i] += d * d
		l.w[i] += rate * d / float32(math.Sqrt(float64(l.g[i])+1e-3))
	}
}

// err is how far a sum is from what it should tell.
func (in instance) err(z float32) float32 {
	e := -float32(1 / (1 + math.Exp(-float64(z))))
	if in.name {
		e++
	}
	return e * in.weight
}

// scale is how many steps of a stored weight make one natural logarithm.
const scale = 16

// prune keeps the features that the table has room for: of those that want the
// same slot, the one that is needed most, which is what is strong and often seen.
// The others weigh nothing from here on, and what is kept can learn to do their
// work.
func (l *learner) prune(set []instance) {
	best := make([]float32, person.WeightSlots)
	winner := make([]uint32, person.WeightSlots)
	need := func(x uint32) float32 {
		w, n := l.w[slot(x)], l.count[slot(x)]
		return float32(math.Abs(float64(w)) * math.Sqrt(float64(n)))
	}
	for _, in := range set {
		for _, x := range in.features {
			if n := need(x); n > best[person.WeightSlot(x)] {
				best[person.WeightSlot(x)], winner[person.WeightSlot(x)] = n, x
			}
		}
	}
	keep := make(map[uint32]bool, person.WeightSlots)
	for i, x := range winner {
		if best[i] > 0 {
			keep[slot(x)] = true
		}
	}
	for i := range l.w {
		if !keep[uint32(i)] {
			l.w[i], l.count[i] = 0, 0
		}
	}
	l.kept = winner
}

// export writes the weights of the kept features into the model.
func (l *learner) export(m *person.Model) (n int) {
	for _, x := range l.kept {
		if v := math.Round(float64(l.w[slot(x)]) * scale); v != 0 {
			m.SetWeight(x, int8(max(-127, min(127, v))))
			n++
		}
	}
	return n
}

// floors are the scores that all but a few of the names that are found reach
// after the first and the second stage.
func (l *learner) floors(set []instance) (floors [2]int32) {
	var at [2][]float32
	for _, in := range set {
		if !in.name {
			continue
		}
		var z float32
		var part [2]float32
		for i, x := range in.features {
			for k, n := range in.stages {
				if i == n {
					part[k] = z
				}
			}
			z += l.w[slot(x)]
		}
		if z > 0 {
			at[0], at[1] = append(at[0], part[0]), append(at[1], part[1])
		}
	}
	for k := range floors {
		floors[k] = lowest(at[k], lostThen[k])
	}
	return floors
}

// lowest is what all but a share of the scores reach, as the model stores it.
func lowest(at []float32, lost float64) int32 {
	slices.SortFunc(at, func(a, b float32) int { return cmp.Compare(a, b) })
	if len(at) == 0 {
		return 0
	}
	return int32(math.Floor(float64(at[int(float64(len(at))*lost)]) * scale))
}

// The shares of names that the early exits may cost.
const (
	lostStop  = 0.006
	lostQuick = 0.02
)

var lostThen = [2]float64{0.008, 0.012}
