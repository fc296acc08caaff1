package main

import (
	"math"
	"math/rand/v2"

	"github.com/wardfold/wardfold/detect/internal/person"
)

// glance learns the weights of a look, writes them into the model, and finds the
// sum below which it decides, at the cost of a share of the names.
func glance(m *person.Model, set []instance, lost float64, rounds int, dice *rand.Rand) (floor int32) {
	w, g := make([]float32, person.QuickSize), make([]float32, person.QuickSize)
	order := dice.Perm(len(set))
	for round := range rounds {
		dice.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		rate := 0.2 / (1 + 0.5*float32(round))
		for _, n := range order {
			var z float32
			for _, i := range set[n].quick {
				z += w[i]
			}
			e := set[n].err(z)
			if e > -0.002 && e < 0.002 {
				continue
			}
			for _, i := range set[n].quick {
				d := e - 2e-3*w[i]
				g[i] += d * d
				w[i] += rate * d / float32(math.Sqrt(float64(g[i])+1e-3))
			}
		}
	}
	for i, v := range w {
		if v == 0 {
			continue
		}
		w[i] = float32(max(-127, min(127, math.Round(float64(v)*scale))))
		m.SetQuick(i, int8(w[i]))
	}
	var at []float32
	for _, in := range set {
		if in.name {
			var z float32
			for _, i := range in.quick {
				z += w[i]
			}
			at = append(at, z/scale)
		}
	}
	return lowest(at, lost)
}
