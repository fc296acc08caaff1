package trace

// trial is one split of the list into rows to learn from and rows to judge by.
type trial struct {
	judged  []bool    // of each matched row; the others were learned from
	outside int       // outside rows to judge by
	left    []float64 // of each candidate: items that were not learned from
	learned []float64 // weight of each column of hits.problem
}

// Numbers of rows up to which the list is split in more ways: a longer one
// decides without that.
const (
	short    = 200
	repeated = 5000
)

// trials splits the list. Half of the rows judge what the other half taught, and
// the reverse; up to 5,000 rows, also one quarter teaches the other three, twice.
// Of a short list every quarter does, for what there is to learn is soon learned
// and each row that judges counts. The average of e-values is one
// (their expectations add), so what is decided by all is, too.
func (h *hits) trials(outside int, c Config) []trial {
	n := h.rows + outside
	order := shuffled(n, c.Seed)
	learn := func(some []int32, yes bool) trial {
		known := make([]bool, n)
		for i := range known {
			known[i] = !yes
		}
		for _, i := range some {
			known[i] = yes
		}
		return h.learn(known, outside, c)
	}
	all := []trial{learn(order[:n/2], true), learn(order[:n/2], false)}
	if n > repeated {
		return all
	}
	quarters := []int{0, 2}
	if n <= short {
		quarters = []int{0, 1, 2, 3}
	}
	for _, q := range quarters {
		all = append(all, learn(order[q*n/4:(q+1)*n/4], true))
	}
	return all
}

// learn finds the simplest explanation of the known rows; those past h.rows are
// the outside ones.
//
// A row to judge by is none that was learned from, so a source draws it from
// what it has left: its chance is 1/(n−x) after x rows. With that the likelihood
// ratio stays an e-value when sources give rows without repetition: given what
// was learned, E[Π f(X)] over draws without repetition is at most that over
// draws with it (Hoeffding 1963, theorem 4, for φ = exp and the logarithm of f),
// and sources that gave fixed numbers of rows do no better than sources drawn at
// random in the same shares (the geometric mean is below the arithmetic).
func (h *hits) learn(known []bool, outside int, c Config) trial {
	seen := 0
	for _, in := range known[h.rows:] {
		if in {
			seen++
		}
	}
	t := trial{judged: make([]bool, h.rows), outside: outside - seen, left: make([]float64, len(h.cands))}
	for i := range t.judged {
		t.judged[i] = !known[i]
	}
	for j := range h.cands {
		t.left[j] = float64(h.size[j])
		for _, i := range h.of(j) {
			if known[i] {
				t.left[j]--
			}
		}
	}
	p := h.problem(known[:h.rows], seen, c.background())
	t.learned = smooth(p, p.simplest())
	return t
}

// smooth mixes what was learned with an even share for the background and every
// column that explains any row learned from, so that one surprising row does not
// end the trial. It does not look at the rows to judge by. The share is that of
// one row, or a hundredth of a short list.
func smooth(p *problem, w []float64) []float64 {
	share := min(0.01, 1/(p.total+1))
	some := 0
	for j := range w {
		if p.entries(j) > 0 {
			some++
		}
	}
	for j := range w {
		w[j] *= 1 - share
		if p.entries(j) > 0 {
			w[j] += share / 2 / float64(some)
		}
	}
	w[0] += share / 2
	return w
}
