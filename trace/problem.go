package trace

import "slices"

// hits is where a leaked list and the log meet: for each candidate disclosure
// the leaked rows that it could have been the source of.
type hits struct {
	rows  int      // matched rows, after those that mean the same item are one
	cands []int32  // indexes of the disclosures with at least one hit
	start []int    // candidate j has row[start[j]:start[j+1]]
	row   []int32  // a row appears once for each of its alternatives
	size  []int    // items of candidate j
	alts  []int32  // of each row: how many items it may be
	item  []uint32 // the first of them
	sum   []uint64 // of each row: 64 random bits of each disclosure that has it, added up
	from  []int    // row i is in candidates cand[from[i]:from[i+1]]
	cand  []int32
}

// meet intersects every disclosure with the leaked rows. A row whose item an
// earlier row has already is no row of its own.
func (l *Log) meet(rows [][]uint32) (*hits, []int32) {
	m := make(mask, (l.Universe+63)/64)
	rowOf := make([]int32, l.Universe)
	var first []uint32
	kept, alts := make([]int32, 0, len(rows)), make([]int32, 0, len(rows))
	for i, alternatives := range rows {
		fresh := false
		for _, x := range alternatives {
			if int(x) < l.Universe && !m.has(x) {
				m.set(x)
				rowOf[x] = int32(len(kept))
				fresh = true
			}
		}
		if fresh {
			kept = append(kept, int32(i))
			alts = append(alts, int32(len(alternatives)))
			first = append(first, alternatives[0])
		}
	}
	h := &hits{rows: len(kept), start: []int{0}, alts: alts, item: first}
	for i, d := range l.Disclosures {
		d.Items.meet(m, func(x uint32) { h.row = append(h.row, rowOf[x]) })
		if len(h.row) > h.start[len(h.start)-1] {
			h.cands = append(h.cands, int32(i))
			h.size = append(h.size, d.Items.Len())
			h.start = append(h.start, len(h.row))
		}
	}
	h.turn()
	return h, kept
}

// turn lists the candidates of each row. Rows with the same sum are in exactly
// the same disclosures.
func (h *hits) turn() {
	h.sum, h.from = make([]uint64, h.rows), make([]int, h.rows+1)
	for i, n := range h.alts {
		h.sum[i] = mix(uint64(n) << 32)
	}
	for j := range h.cands {
		mark := mix(uint64(j) + 1)
		for _, i := range h.of(j) {
			h.sum[i] += mark
			h.from[i+1]++
		}
	}
	for i := range h.rows {
		h.from[i+1] += h.from[i]
	}
	h.cand = make([]int32, len(h.row))
	next := append([]int(nil), h.from...)
	for j := range h.cands {
		for _, i := range h.of(j) {
			h.cand[next[i]] = int32(j)
			next[i]++
		}
	}
}

func (h *hits) of(j int) []int32 { return h.row[h.start[j]:h.start[j+1]] }

// problem is one likelihood to maximise: rows of the list, those that the same
// columns explain put together, and a column for each candidate source.
//
//	log L(w) = Σ_c weight[c] · log Σ_j w_j · chance(c, j)
//
// It is concave in w. Column 0 is the background: lists that came from
// elsewhere, which meet our subjects by chance.
type problem struct {
	weight []float64 // of class c: how many rows it stands for
	total  float64
	start  []int // column j has the entries start[j] to start[j+1]
	class  []int32
	chance []float64 // that the column gives one row of the class
}

func (p *problem) columns() int      { return len(p.start) - 1 }
func (p *problem) entries(j int) int { return p.start[j+1] - p.start[j] }
func (p *problem) empty() bool       { return p.total == 0 }

// of returns the classes that a column explains, and with which chance.
func (p *problem) of(j int) ([]int32, []float64) {
	return p.class[p.start[j]:p.start[j+1]], p.chance[p.start[j]:p.start[j+1]]
}

// explain adds an entry to the last column, which column ends.
func (p *problem) explain(class int32, chance float64) {
	p.class, p.chance = append(p.class, class), append(p.chance, chance)
}

func (p *problem) column() { p.start = append(p.start, len(p.class)) }

// disclosure is the index in the log of what a column of hits.problem stands for.
func (h *hits) disclosure(col int) int { return int(h.cands[col-1]) }

// problem builds the likelihood of the rows for which in is true. background is
// the chance that a row from elsewhere is one given item of ours; outside rows
// match nobody. (The chance that an outside row matches nobody is the same
// factor under every weight, so any value of it does.)
func (h *hits) problem(in []bool, outside int, background float64) *problem {
	class, weight := h.classes(in)
	p := &problem{weight: weight, start: []int{0}}
	// A class is counted through its first row, once for each alternative.
	rep := make([]bool, h.rows)
	for i, seen := 0, int32(0); i < h.rows; i++ {
		if class[i] == seen {
			seen, rep[i] = seen+1, true
			p.explain(class[i], background*float64(h.alts[i]))
		}
	}
	if outside > 0 {
		p.explain(int32(len(weight)), background)
		p.weight = append(p.weight, float64(outside))
	}
	p.column()
	for _, n := range p.weight {
		p.total += n
	}
	for j := range h.cands {
		for _, i := range h.of(j) {
			if rep[i] {
				p.explain(class[i], 1/float64(h.size[j]))
			}
		}
		p.column()
	}
	return p
}

// classes puts rows together that are in exactly the same disclosures. It
// returns the class of every row (-1 for those that are not in), and how many
// rows each stands for.
func (h *hits) classes(in []bool) ([]int32, []float64) {
	class := make([]int32, h.rows)
	var weight []float64
	known := make(map[uint64]int32)
	for i, s := range h.sum {
		if !in[i] {
			class[i] = -1
			continue
		}
		c, ok := known[s]
		if !ok {
			c = int32(len(weight))
			known[s] = c
			weight = append(weight, 0)
		}
		class[i] = c
		weight[c]++
	}
	return class, weight
}

// support lists the columns with weight.
func support(w []float64) []int {
	var cols []int
	for j, x := range w {
		if x > 0 {
			cols = append(cols, j)
		}
	}
	return slices.Clip(cols)
}
