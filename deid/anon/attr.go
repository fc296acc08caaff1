package anon

import (
	"sort"

	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/table"
)

// code is what a leaf of a hierarchy is called in a column: the narrowest that
// all columns of the job fit.
type code interface{ uint8 | uint16 | uint32 }

// mark says how exactly a class tells a column: a node of the hierarchy, or a run
// of leaves in a column that may be cut anywhere.
type mark uint32

// attr is an attribute, prepared. Nodes of all levels have one numbering: node n
// of level l is mark base[l]+n.
type attr struct {
	Attribute
	h      *hierarchy.Hierarchy
	cut    bool
	base   []int32
	level  []uint8   // of each mark
	loss   []float64 // of each mark: the share of other leaves it could as well be
	kids   []int32   // of each mark: its first child, as a node of the level below
	kidEnd []int32
	above  [][]int32 // per level: leaf to node, at least 256 long
	scale  float64   // loss of one leaf more
	small  []int32   // of each mark: its loss as a whole number
	tabled int       // the lowest level of at most 256 nodes
	pair   []int32   // of each two of its nodes, at 256 for each: the small loss of what is over both
}

func prepare(a Attribute) *attr {
	h := a.Hierarchy
	n := h.Leaves()
	p := &attr{Attribute: a, h: h, cut: a.Cut && n > 1 && n <= 1<<16}
	if n > 1 {
		p.scale = 1 / float64(n-1)
	}
	for l := range h.Levels() {
		p.base = append(p.base, int32(len(p.level)))
		table := make([]int32, max(n, 256))
		copy(table, h.Above(l))
		p.above = append(p.above, table)
		for i := range h.Nodes(l) {
			from, to := h.Cover(l, i)
			p.level = append(p.level, uint8(l))
			p.loss = append(p.loss, float64(to-from-1)*p.scale)
			first, end := int32(0), int32(0)
			if l > 0 {
				first, end = p.above[l-1][from], p.above[l-1][to-1]+1
			}
			p.kids, p.kidEnd = append(p.kids, first), append(p.kidEnd, end)
			p.small = append(p.small, int32(p.loss[len(p.loss)-1]*fine))
		}
	}
	p.tabulate()
	return p
}

// tabulate works out what is lost between each two nodes of the lowest level that
// has few of them.
func (a *attr) tabulate() {
	for a.h.Nodes(a.tabled) > 256 {
		a.tabled++
	}
	n := a.h.Nodes(a.tabled)
	a.pair = make([]int32, n<<8)
	of := make([]int, a.h.Leaves()+1) // the table's node that begins at a leaf
	for x := range n {
		from, to := a.h.Cover(a.tabled, x)
		of[from], of[to] = x, x+1
	}
	for l := a.h.Levels() - 1; l >= a.tabled; l-- { // what is over fewer is told later
		for node := range a.h.Nodes(l) {
			from, to := a.h.Cover(l, node)
			loss := a.small[int(a.base[l])+node]
			for x := of[from]; x < of[to]; x++ {
				row := a.pair[x<<8:]
				for y := of[from]; y < of[to]; y++ {
					row[y] = loss
				}
			}
		}
	}
}

// between is the small loss of what is over two leaves.
func (a *attr) between(x, y int) int32 {
	l := 0
	for a.above[l][x] != a.above[l][y] {
		l++
	}
	return a.small[a.at(l, x)]
}

// apart is the small loss of what is over two leaves, whose nodes in the column's
// table are known.
func (a *attr) apart(x, y int, at, to uint8) int32 {
	if at == to && a.tabled > 0 {
		return a.between(x, y)
	}
	return a.pair[int(at)<<8|int(to)]
}

// stretched is the small loss of all leaves from one to the other.
func (a *attr) stretched(x, y int) int32 {
	return int32(float64(max(x, y)-min(x, y)) * a.scale * fine)
}

// run is the mark of the leaves from lo to hi, both included, in a column that is
// cut anywhere.
func run(lo, hi int) mark { return mark(lo<<16 | hi) }

func (m mark) lo() int { return int(m >> 16) }
func (m mark) hi() int { return int(m & 0xffff) }

// top is the mark that tells nothing.
func (a *attr) top() mark {
	if a.cut {
		return run(0, a.h.Leaves()-1)
	}
	return mark(len(a.level) - 1)
}

// at is the mark of the node over a leaf at a level.
func (a *attr) at(level, leaf int) mark { return mark(a.base[level] + a.above[level][leaf]) }

// join is the narrowest mark over the leaves from lo to hi.
func (a *attr) join(lo, hi int) mark {
	if a.cut {
		return run(lo, hi)
	}
	l := 0
	for a.above[l][lo] != a.above[l][hi] {
		l++
	}
	return a.at(l, lo)
}

// lossOf is the share of the other leaves that a value could as well be: 0 is as
// it was, 1 tells nothing.
func (a *attr) lossOf(m mark) float64 {
	if a.cut {
		return float64(m.hi()-m.lo()) * a.scale
	}
	return a.loss[m]
}

// cover returns the leaves of a mark: from the first up to, without, the second.
func (a *attr) cover(m mark) (from, to int) {
	if a.cut {
		return m.lo(), m.hi() + 1
	}
	l := int(a.level[m])
	return a.h.Cover(l, int(int32(m)-a.base[l]))
}

// text is what stands in a cell.
func (a *attr) text(m mark) string {
	if !a.cut {
		l := int(a.level[m])
		return a.h.Label(l, int(int32(m)-a.base[l]))
	}
	if m.lo() == m.hi() {
		return a.h.Label(0, m.lo())
	}
	// A node's own name where there is one.
	l := sort.Search(a.h.Levels()-1, func(l int) bool { return a.above[l][m.lo()] == a.above[l][m.hi()] })
	if from, to := a.h.Cover(l, int(a.above[l][m.lo()])); from == m.lo() && to == m.hi()+1 {
		return a.h.Label(l, int(a.above[l][m.lo()]))
	}
	return a.h.Label(0, m.lo()) + ".." + a.h.Label(0, m.hi())
}

// leaves translates a column into leaves of its hierarchy. It fails with code
// miss if a value is not covered.
func leaves[C code](a *attr, c *table.Column, miss Code) ([]C, error) {
	to := make([]C, len(c.Values))
	for i, v := range c.Values {
		leaf, ok := a.h.Leaf(v)
		if !ok {
			return nil, &Error{Code: miss, Row: int(c.First[i]) + 2, Column: c.Name}
		}
		to[i] = C(leaf)
	}
	out := make([]C, c.Len())
	table.Translate(out, c, to)
	return out, nil
}
