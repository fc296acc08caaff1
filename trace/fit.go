package trace

import "math"

// fit is a point of the simplex, how likely it makes the list, and how much
// more likely any other allowed point could make it at most.
type fit struct {
	w      []float64 // of each column; sums to 1
	loglik float64
	gap    float64 // nats; loglik + gap bounds the maximum over all allowed points
}

// Bounds of the search. What they leave undone is in the gap, which counts for
// the defence, so they cost power and never truth.
const (
	enough  = 0.02 // nats: a smaller gap ends the search
	rounds  = 120
	few     = 48 // active columns up to which Newton steps pay
	certain = 40 // nats beyond which nobody asks how far
)

// maximise looks for the weights that make the problem's rows most likely, among
// those that are 0 for every banned column, and begins at start. It ends early
// when the answer is known: the likelihood is above most, so the maximum is, or
// even the bound of the maximum is far below it.
func (p *problem) maximise(banned func(col int) bool, start []float64, most float64) fit {
	f := fit{w: make([]float64, p.columns())}
	if p.empty() {
		f.w[0] = 1
		return f
	}
	for j, x := range start {
		if x > 0 && !banned(j) {
			f.w[j] = x
		}
	}
	f.w[0] = max(f.w[0], 1e-6) // only the background explains every row
	scale(f.w)
	allowed := make([]bool, p.columns())
	for j := range allowed {
		allowed[j] = !banned(j)
	}
	slope := make([]float64, p.columns())
	for round := range rounds {
		if active := support(f.w); len(active) <= few && round%4 == 0 {
			p.polish(active, f.w)
		}
		var s []float64
		s, f.loglik = p.mix(f.w)
		p.slopes(s, slope, allowed)
		f.gap = p.bound(slope)
		if f.gap <= enough || f.loglik > most || f.loglik+f.gap < most-certain {
			break
		}
		p.step(f.w, slope)
	}
	return f
}

// mix returns s_c, the likelihood of a row of each class, and their log sum.
func (p *problem) mix(w []float64) ([]float64, float64) {
	s := make([]float64, len(p.weight))
	for j, x := range w {
		if x == 0 {
			continue
		}
		class, chance := p.of(j)
		for k, c := range class {
			s[c] += x * chance[k]
		}
	}
	var sum float64
	for c, x := range s {
		if p.weight[c] > 0 {
			sum += p.weight[c] * math.Log(x)
		}
	}
	return s, sum
}

// slopes fills in Σ_c weight[c]·chance/s_c, over the total, for every allowed
// column: above 1, more of the column makes the list more likely.
func (p *problem) slopes(s, slope []float64, allowed []bool) {
	inverse := make([]float64, len(s))
	for c := range s {
		if p.weight[c] > 0 {
			inverse[c] = p.weight[c] / s[c] / p.total
		}
	}
	for j := range slope {
		slope[j] = 0
		if !allowed[j] {
			continue
		}
		class, chance := p.of(j)
		var sum float64
		for k, c := range class {
			sum += inverse[c] * chance[k]
		}
		slope[j] = sum
	}
}

// bound returns by how much another allowed point could be more likely, at most.
//
// For every y > 0 with Σ_c weight[c]·y_c·chance(c, j) ≤ total for all j, the weighted sum
// of −log y is such a bound of the maximum (weak duality and Jensen). With
// y_c = 1/(s_c·f_c) and f_c the largest slope of any column that explains c, at
// least 1, the condition holds, and the gap is Σ_c weight[c]·log f_c. It charges
// a steep column with its own rows only, where the textbook's max_j slope − 1
// charges it with all.
func (p *problem) bound(slope []float64) float64 {
	f := make([]float64, len(p.weight))
	for j, g := range slope {
		if g <= 1 {
			continue
		}
		class, _ := p.of(j)
		for _, c := range class {
			f[c] = max(f[c], g)
		}
	}
	var gap float64
	for c, g := range f {
		if g > 1 {
			gap += p.weight[c] * math.Log(g)
		}
	}
	return gap
}

// step multiplies each weight by its slope (a step of expectation and
// maximisation), brings in steep columns that have none, and drops what has all
// but vanished.
func (p *problem) step(w, slope []float64) {
	var steep float64
	for j, g := range slope {
		if w[j] == 0 && g > 1 {
			steep += g
		}
	}
	for j, g := range slope {
		switch {
		case w[j] > 0:
			w[j] *= g
			if j > 0 && w[j]*p.total < 1e-4 && g < 1 {
				w[j] = 0
			}
		case g > 1:
			w[j] = 0.05 * g / steep
		}
	}
	w[0] = max(w[0], 1e-9)
	scale(w)
}

// scale makes the weights sum to 1.
func scale(w []float64) {
	var sum float64
	for _, x := range w {
		sum += x
	}
	for j := range w {
		w[j] /= sum
	}
}
