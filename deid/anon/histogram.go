package anon

import (
	"math"
	"slices"
	"strconv"

	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/table"
)

// histogram counts the values of a sensitive column in one class after another.
type histogram struct {
	codes []uint32 // of each record
	count []int32  // of each value, in the class at hand
	seen  []uint32 // values that occur in it
	sort  []int32
	judge func(h *histogram, n int) bool
}

func newHistogram(c *table.Column, judge func(*histogram, int) bool) *histogram {
	codes := make([]uint32, c.Len())
	same := make([]uint32, len(c.Values))
	for i := range same {
		same[i] = uint32(i)
	}
	table.Translate(codes, c, same)
	return &histogram{codes: codes, count: make([]int32, len(c.Values)), judge: judge}
}

func (h *histogram) twin() criterion {
	return &histogram{codes: h.codes, count: make([]int32, len(h.count)), judge: h.judge}
}

func (h *histogram) holds(c class) bool {
	h.seen = h.seen[:0]
	for _, r := range c.rows {
		v := h.codes[r]
		if h.count[v] == 0 {
			h.seen = append(h.seen, v)
		}
		h.count[v]++
	}
	ok := h.judge(h, len(c.rows))
	for _, v := range h.seen {
		h.count[v] = 0
	}
	return ok
}

// largest returns the highest count, and the sum of the n highest.
func (h *histogram) largest(n int) (most, sum int) {
	h.sort = h.sort[:0]
	for _, v := range h.seen {
		h.sort = append(h.sort, h.count[v])
	}
	slices.Sort(h.sort)
	for i := range min(n, len(h.sort)) {
		sum += int(h.sort[len(h.sort)-1-i])
	}
	if len(h.sort) > 0 {
		most = int(h.sort[len(h.sort)-1])
	}
	return most, sum
}

func xlogx(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return x * math.Log(x)
}

func figure(x float64) string { return strconv.FormatFloat(x, 'g', 6, 64) }

func named(name string, x float64) string { return name + "=" + figure(x) }

func (c Close) prepare(j Job) criterion {
	col := j.Table.Column(c.Column)
	counts := col.Counts()
	whole := make([]float64, len(counts))
	for i, n := range counts {
		whole[i] = float64(n) / float64(col.Len())
	}
	most := c.T + tiny
	switch c.Distance {
	case Order:
		leaf := c.order(col)
		values := make([]int, len(leaf))
		for i := range values {
			values[i] = i
		}
		slices.SortFunc(values, func(a, b int) int { return leaf[a] - leaf[b] })
		return newHistogram(col, func(h *histogram, n int) bool { return ordered(h, n, whole, values) <= most })
	case Branch:
		leaf := c.order(col)
		return newHistogram(col, func(h *histogram, n int) bool { return branched(h, n, whole, leaf, c.Hierarchy) <= most })
	}
	return newHistogram(col, func(h *histogram, n int) bool { return even(h, n, whole) <= most })
}

// order returns the leaf of each value.
func (c Close) order(col *table.Column) []int {
	leaf := make([]int, len(col.Values))
	for i, v := range col.Values {
		leaf[i], _ = c.Hierarchy.Leaf(v) // check saw to it
	}
	return leaf
}

// even is the earth mover's distance where all values are equally far apart.
func even(h *histogram, n int, whole []float64) float64 {
	// The shares of values that do not occur sum up to what the others lack.
	sum := 0.0
	for _, v := range h.seen {
		if d := float64(h.count[v])/float64(n) - whole[v]; d > 0 {
			sum += d
		}
	}
	return sum
}

// ordered is the earth mover's distance along values, which stand in their order.
func ordered(h *histogram, n int, whole []float64, values []int) float64 {
	sum, carried := 0.0, 0.0
	for _, v := range values {
		carried += float64(h.count[v])/float64(n) - whole[v]
		sum += math.Abs(carried)
	}
	return sum / float64(max(len(values)-1, 1))
}

// branched is the earth mover's distance in a tree: what a node must give to the
// rest of the tree crosses it, and costs its height.
func branched(h *histogram, n int, whole []float64, leaf []int, tree *hierarchy.Hierarchy) float64 {
	top := tree.Levels() - 1
	extra := make([]float64, tree.Leaves())
	for v, l := range leaf {
		extra[l] += float64(h.count[v])/float64(n) - whole[v]
	}
	cost := 0.0
	for level := 1; level <= top; level++ {
		above, below := tree.Above(level), tree.Above(level-1)
		give, take := make([]float64, tree.Nodes(level)), make([]float64, tree.Nodes(level))
		child := make([]float64, tree.Nodes(level-1))
		for l, x := range extra {
			child[below[l]] += x
		}
		for c, x := range child {
			from, _ := tree.Cover(level-1, c)
			if x > 0 {
				give[above[from]] += x
			} else {
				take[above[from]] -= x
			}
		}
		for i := range give {
			cost += float64(level) / float64(top) * min(give[i], take[i])
		}
	}
	return cost
}
