package anon

import "slices"

// Goal is what Uniform makes least of.
type Goal int

// The goals.
const (
	LeastLoss   Goal = iota // the geometric mean of the columns' losses (Utility.Loss)
	MostGranule             // the arithmetic mean (Utility.Granularity)
)

// maxLattice is how many combinations of levels Uniform looks at.
const maxLattice = 1 << 22

// Uniform makes a release by full-domain recoding: each column is told at one
// level of its hierarchy throughout, and records in classes that do not satisfy
// the models are left out, Job.Limit of them at most. The result is optimal: no
// other combination of levels comes closer to the goal. A tie goes to the one
// that leaves out fewer, then to the lower levels of the first columns.
//
// What is left out is not smooth in the levels, so a search cannot simply climb.
// Uniform knows for each pair and each triple of columns, by itself, how many
// records are alone; every combination of levels leaves out at least as many. That
// gives each combination a floor under its loss, and only those whose floor is
// below the best result so far are counted in full.
//
// It fails with *Error: Lattice if there are more than four million combinations,
// Unreachable if none satisfies the models.
func Uniform(j Job, goal Goal) (*Result, error) {
	k, err := j.check()
	if err != nil {
		return nil, err
	}
	most, size := 0, 1
	for _, a := range j.Quasi {
		most = max(most, a.Hierarchy.Leaves())
		if size *= a.Hierarchy.Levels(); size > maxLattice {
			return nil, &Error{Code: Lattice}
		}
	}
	switch {
	case most <= 1<<8:
		return uniform[uint8](j, k, goal)
	case most <= 1<<16:
		return uniform[uint16](j, k, goal)
	}
	return uniform[uint32](j, k, goal)
}

func uniform[C code](j Job, k int, goal Goal) (*Result, error) {
	j.Quasi = slices.Clone(j.Quasi)
	for i := range j.Quasi {
		j.Quasi[i].Cut = false
	}
	s, err := newSplitter[C](j, k)
	if err != nil {
		return nil, err
	}
	g := newGrid(s, goal)
	levels, err := g.search()
	if err != nil {
		return nil, err
	}
	return g.result(levels), nil
}

// grid is the lattice of all combinations of levels, and what is known of each.
type grid[C code] struct {
	*splitter[C]
	goal    Goal
	n       int
	limit   int // records that may be left out
	tuples  [][]C
	count   []int32      // records of each tuple
	tuple   []int32      // tuple of each record
	per     [][]int32    // per attribute: records of each leaf
	loss    [][]float64  // per attribute and level: the loss of all records together
	worst   [][]float64  // the largest loss of one record
	keys    [][][]uint64 // per attribute, level and leaf: what it adds to a name
	bundles []*bundle
	slots   counter
	names   []uint64
	at      []int32 // class of each tuple
	first   []int32 // a tuple of each class
	sizes   []int32 // records of each class
	bins    []uint16
	views   map[int]*view
	anchors [2]int
}

func newGrid[C code](s *splitter[C], goal Goal) *grid[C] {
	g := &grid[C]{splitter: s, goal: goal, n: len(s.rows)}
	g.limit = int(s.job.Limit*float64(g.n) + tiny)
	g.spell()
	g.squeeze()
	for i, a := range s.attrs {
		levels := a.h.Levels()
		loss, worst := make([]float64, levels), make([]float64, levels)
		per := make([]int32, a.h.Leaves())
		for t, leaf := range g.tuples[i] {
			per[leaf] += g.count[t]
		}
		for l := range levels {
			for leaf, c := range per {
				x := a.loss[a.at(l, leaf)]
				loss[l] += float64(c) * x
				if c > 0 {
					worst[l] = max(worst[l], x)
				}
			}
		}
		g.loss, g.worst, g.per = append(g.loss, loss), append(g.worst, worst), append(g.per, per)
	}
	g.bundle()
	g.views = map[int]*view{}
	g.anchor()
	return g
}

// spell gives every node of every column a number, such that the sum over the
// columns names a combination of nodes. If 64 bits are not enough for that, the
// numbers are mixed, and result checks that no two names met.
func (g *grid[C]) spell() {
	bits := 0
	for _, a := range g.attrs {
		shift, width := bits, bitsFor(a.h.Leaves())
		bits += width
		var levels [][]uint64
		for l := range a.h.Levels() {
			of := make([]uint64, max(a.h.Leaves(), 256))
			for leaf := range a.h.Leaves() {
				of[leaf] = uint64(a.above[l][leaf]) << (shift & 63)
			}
			levels = append(levels, of)
		}
		g.keys = append(g.keys, levels)
	}
	if bits <= 64 {
		return
	}
	for i, levels := range g.keys {
		for l, of := range levels {
			for leaf := range g.attrs[i].h.Leaves() {
				of[leaf] = mixed(uint64(i)<<40 | uint64(g.attrs[i].above[l][leaf]))
			}
		}
	}
}

func bitsFor(n int) int {
	b := 0
	for 1<<b < n {
		b++
	}
	return b
}

// mixed is the finaliser of SplitMix64.
func mixed(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// squeeze counts records that are alike in every column once.
func (g *grid[C]) squeeze() {
	sums := make([]uint64, g.n)
	for i, col := range g.cols {
		of := g.keys[i][0]
		for r, leaf := range col {
			sums[r] += of[leaf]
		}
	}
	g.slots.reset(g.n)
	g.tuple = make([]int32, g.n)
	var firsts []int32
	for r, sum := range sums {
		t := g.slots.index(sum)
		if int(t) == len(firsts) {
			firsts = append(firsts, int32(r))
			g.count = append(g.count, 0)
		}
		g.count[t]++
		g.tuple[r] = t
	}
	for _, col := range g.cols {
		t := make([]C, len(firsts))
		for i, r := range firsts {
			t[i] = col[r]
		}
		g.tuples = append(g.tuples, t)
	}
	g.names = make([]uint64, len(firsts))
	g.at = make([]int32, len(firsts))
}
