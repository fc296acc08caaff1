package trace

import "math"

// polish maximises over the weights of the active columns alone. A few steps of
// expectation and maximisation bring it near, and Newton steps the rest of the
// way: EM alone crawls where two sources overlap, which is where it matters.
//
// Over w ≥ 0 without the sum, f(w) = Σ_c weight[c]/total · log s_c − Σ_j w_j has
// the same maximum, and there Σ w = 1 holds by itself. So a Newton step is a
// quadratic problem with w ≥ 0 only, which sweeps over the coordinates solve.
// (Kim, Carbonetto, Stephens and Anitescu 2020, "mix-SQP".)
func (p *problem) polish(active []int, w []float64) {
	q := p.restrict(active, w)
	for range 8 {
		q.em()
	}
	for range 30 {
		if !q.newton() {
			break
		}
	}
	clear(w)
	for k, j := range active {
		if q.w[k] > 1e-12 {
			w[j] = q.w[k]
		}
	}
	scale(w)
	if w[0] == 0 {
		w[0] = 1e-12
	}
}

// cell is one column in one class.
type cell struct {
	k int32
	p float64
}

// small is the problem restricted to active columns, by class.
type small struct {
	weight []float64 // share of each class
	start  []int
	end    []int
	cells  []cell // class c has cells[start[c]:end[c]], by column
	w      []float64
	s      []float64
}

// restrict gathers the active columns, and puts together the classes that these
// do not tell apart.
func (p *problem) restrict(active []int, w []float64) *small {
	sum := make([]uint64, len(p.weight))
	for _, j := range active {
		mark := mix(uint64(j) + 1)
		class, chance := p.of(j)
		for k, c := range class {
			sum[c] += mark ^ math.Float64bits(chance[k])
		}
	}
	q := &small{w: make([]float64, len(active))}
	group := make([]int32, len(p.weight))
	known := make(map[uint64]int32, 64)
	first := make([]bool, len(p.weight))
	for c, x := range sum {
		g, ok := known[x]
		if !ok {
			g, first[c] = int32(len(q.weight)), true
			known[x] = g
			q.weight = append(q.weight, 0)
		}
		group[c] = g
		q.weight[g] += p.weight[c] / p.total
	}
	count := make([]int, len(q.weight)+1)
	for _, j := range active {
		class, _ := p.of(j)
		for _, c := range class {
			if first[c] {
				count[group[c]+1]++
			}
		}
	}
	for g := 1; g < len(count); g++ {
		count[g] += count[g-1]
	}
	q.cells = make([]cell, count[len(count)-1])
	q.start, q.end = count, append([]int(nil), count...)
	for k, j := range active {
		q.w[k] = w[j]
		class, chance := p.of(j)
		for i, c := range class {
			if first[c] {
				q.add(group[c], int32(k), chance[i])
			}
		}
	}
	q.s = make([]float64, len(q.weight))
	return q
}

// add puts a column into a class; two alternatives in one column add up.
func (q *small) add(g, k int32, p float64) {
	if at := q.end[g]; at > q.start[g] && q.cells[at-1].k == k {
		q.cells[at-1].p += p
		return
	}
	q.cells[q.end[g]] = cell{k, p}
	q.end[g]++
}

// of returns the columns of a class.
func (q *small) of(g int) []cell { return q.cells[q.start[g]:q.end[g]] }

// value fills in s for the weights and returns f.
func (q *small) value(w []float64) float64 {
	var f float64
	for g := range q.s {
		var s float64
		for _, e := range q.of(g) {
			s += w[e.k] * e.p
		}
		q.s[g] = s
		if q.weight[g] == 0 {
			q.s[g] = 1
			continue
		}
		if s <= 0 {
			return math.Inf(-1)
		}
		f += q.weight[g] * math.Log(s)
	}
	for _, x := range w {
		f -= x
	}
	return f
}

// em is one step of expectation and maximisation.
func (q *small) em() {
	q.value(q.w)
	next := make([]float64, len(q.w))
	for g, s := range q.s {
		for _, e := range q.of(g) {
			next[e.k] += q.weight[g] * q.w[e.k] * e.p / s
		}
	}
	q.w = next
}

// newton takes one step and reports whether another is worth while.
func (q *small) newton() bool {
	before := q.value(q.w)
	n := len(q.w)
	grad, hess := make([]float64, n), make([]float64, n*n)
	for g, s := range q.s {
		cells := q.of(g)
		for a, e := range cells {
			x := e.p / s
			grad[e.k] += q.weight[g] * x
			for _, f := range cells[:a+1] {
				hess[int(e.k)*n+int(f.k)] += q.weight[g] * x * f.p / s
			}
		}
	}
	for i := range n {
		grad[i]--
		for j := range i {
			sum := hess[i*n+j] + hess[j*n+i]
			hess[i*n+j], hess[j*n+i] = sum, sum
		}
		hess[i*n+i] += 1e-9 * (1 + hess[i*n+i])
	}
	to := descend(grad, hess, q.w)
	next := make([]float64, n)
	for step := 1.0; step > 1e-6; step /= 2 {
		for k := range next {
			next[k] = max(0, q.w[k]+step*(to[k]-q.w[k]))
		}
		if after := q.value(next); after > before {
			q.w = next
			return after-before > 1e-9
		}
	}
	return false
}

// descend returns the y ≥ 0 that nearly minimises ½(y−w)ᵀH(y−w) − gᵀ(y−w).
func descend(g, h, w []float64) []float64 {
	n := len(w)
	y := append([]float64(nil), w...)
	left := append([]float64(nil), g...) // g − H(y−w)
	for range 40 {
		moved := 0.0
		for k := range n {
			if h[k*n+k] <= 0 {
				continue
			}
			to := max(0, y[k]+left[k]/h[k*n+k])
			d := to - y[k]
			if d == 0 {
				continue
			}
			y[k] = to
			row := h[k*n : k*n+n]
			for i := range left {
				left[i] -= row[i] * d
			}
			moved = max(moved, math.Abs(d))
		}
		if moved < 1e-7 {
			break
		}
	}
	return y
}
