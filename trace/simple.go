package trace

import "math"

// most is the number of sources of the simplest explanation.
const most = 40

// simplest explains the rows by few sources: as long as some column makes the
// list more likely by a factor above the number of columns, the best one comes
// in. The most likely weights of all would give every row of a long list its own
// short one, and predict nothing. What this returns ranks the candidates and is
// the bet that an e-value is made of; no name rests on it alone.
func (p *problem) simplest() []float64 {
	w := make([]float64, p.columns())
	w[0] = 1
	if p.empty() {
		return w
	}
	price := math.Log(float64(p.columns() + 1))
	for range most {
		s, _ := p.mix(w)
		col, share, gain := p.best(s)
		if gain < price {
			break
		}
		for j := range w {
			w[j] *= 1 - share
		}
		w[col] += share
		p.polish(support(w), w)
	}
	return p.prune(w, price)
}

// best returns the column that gains most when it takes a share of the list from
// all others alike. The share is that of the rows which it explains better by
// far than what is there, so the gain is one that is surely to be had.
func (p *problem) best(s []float64) (col int, share, gain float64) {
	for j := 1; j < p.columns(); j++ {
		class, chance := p.of(j)
		var rows float64
		for k, c := range class {
			if chance[k] > 2*s[c] {
				rows += p.weight[c]
			}
		}
		if rows == 0 {
			continue
		}
		t := min(0.98, rows/p.total)
		got, met := 0.0, 0.0
		for k, c := range class {
			got += p.weight[c] * math.Log(1-t+t*chance[k]/s[c])
			met += p.weight[c]
		}
		if got += max(0, p.total-met) * math.Log(1-t); got > gain {
			col, share, gain = j, t, got
		}
	}
	return col, share, gain
}

// prune drops sources that later ones made needless, the smallest first.
func (p *problem) prune(w []float64, price float64) []float64 {
	_, have := p.mix(w)
	for {
		col := 0
		for j := 1; j < len(w); j++ {
			if w[j] > 0 && (col == 0 || w[j] < w[col]) {
				col = j
			}
		}
		if col == 0 {
			return w
		}
		less := append([]float64(nil), w...)
		less[col] = 0
		less[0] = max(less[0], 1e-9)
		scale(less)
		p.polish(support(less), less)
		_, without := p.mix(less)
		if have-without > price {
			return w
		}
		w, have = less, without
	}
}
