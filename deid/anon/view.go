package anon

import (
	"math"
	"math/bits"
)

// view is the tuples of a grid, those that are alike at some levels counted once.
// Combinations at these levels or above are counted in it, the faster the fewer
// tuples there are.
type view struct {
	count []int32
	tuple []int32    // one of the grid's tuples for each
	of    [][]uint32 // per bundle: the combination of each
}

// anchor picks the two columns whose levels join most tuples, going by the
// entropy that is lost on the way up. There is a view for each pair of their levels,
// made when it is needed.
func (g *grid[C]) anchor() {
	most := [2]float64{-1, -1}
	g.anchors = [2]int{0, -1}
	for i, a := range g.attrs {
		lost, base := 0.0, g.information(i, 0)
		for l := range a.h.Levels() {
			lost += base - g.information(i, l)
		}
		switch {
		case lost > most[0]:
			most, g.anchors = [2]float64{lost, most[0]}, [2]int{i, g.anchors[0]}
		case lost > most[1]:
			most[1], g.anchors[1] = lost, i
		}
	}
	if len(g.attrs) == 1 || len(g.criteria) > 0 { // criteria ask for records, not counts
		g.anchors[1] = -1
	}
}

// information is the entropy of a column at a level, in nats per record.
func (g *grid[C]) information(i, level int) float64 {
	a := g.attrs[i]
	sums := make([]float64, a.h.Nodes(level))
	for leaf, n := range g.per[i] {
		sums[a.above[level][leaf]] += float64(n)
	}
	out := math.Log(float64(g.n))
	for _, x := range sums {
		out -= xlogx(x) / float64(g.n)
	}
	return out
}

// whole is the view of all tuples.
func (g *grid[C]) whole() *view {
	v := &view{count: g.count, tuple: upTo(len(g.count))}
	for _, b := range g.bundles {
		v.of = append(v.of, b.of)
	}
	return v
}

// over returns the view for a combination of levels.
func (g *grid[C]) over(levels []int) *view {
	a, b := g.anchors[0], g.anchors[1]
	if b < 0 {
		return g.view(0, 0, a, a)
	}
	return g.view(levels[a], levels[b], a, b)
}

func (g *grid[C]) view(la, lb, a, b int) *view {
	at := la<<8 | lb
	if v := g.views[at]; v != nil {
		return v
	}
	var v *view
	levels := make([]int, len(g.attrs))
	switch {
	case la == 0 && lb == 0:
		v = g.whole()
	case lb == 0:
		levels[a] = la
		v = g.merged(g.view(la-1, 0, a, b), levels)
	default:
		levels[a], levels[b] = la, lb
		v = g.merged(g.view(la, lb-1, a, b), levels)
	}
	g.views[at] = v
	return v
}

// merged makes a view of a lower one.
func (g *grid[C]) merged(from *view, levels []int) *view {
	names := g.name(from, levels)
	v := &view{}
	g.slots.reset(len(names))
	for t, name := range names {
		c := g.slots.index(name)
		if int(c) == len(v.count) {
			v.count, v.tuple = append(v.count, 0), append(v.tuple, from.tuple[t])
		}
		v.count[c] += from.count[t]
	}
	for _, b := range g.bundles {
		of := make([]uint32, len(v.tuple))
		for i, t := range v.tuple {
			of[i] = b.of[t]
		}
		v.of = append(v.of, of)
	}
	return v
}

// name names the class of each tuple of a view at a combination of levels.
func (g *grid[C]) name(v *view, levels []int) []uint64 { return g.named(v, levels, len(g.bundles)) }

// named adds up what the first few bundles add to the names.
func (g *grid[C]) named(v *view, levels []int, bundles int) []uint64 {
	names := g.names[:len(v.count)]
	if bundles == 0 {
		clear(names)
	}
	for n, b := range g.bundles[:bundles] {
		adds, of := g.adds(b, levels), v.of[n][:len(names)]
		if n == 0 {
			for t, c := range of {
				names[t] = adds[c]
			}
			continue
		}
		for t, c := range of {
			names[t] += adds[c]
		}
	}
	return names
}

// most is where rough stops counting.
const most = 1<<15 - 1

// rough counts records in classes that are too small, or fewer: classes whose
// names fall into one bin are taken for one, which only makes them larger.
func (g *grid[C]) rough(levels []int) (small int32) {
	if g.k > most {
		return 0
	}
	v, last := g.over(levels), len(g.bundles)-1
	names := g.named(v, levels, last)
	adds, of, count := g.adds(g.bundles[last], levels), v.of[last][:len(names)], v.count[:len(names)]
	width := max(bits.Len(uint(len(names))), 6)
	if len(g.bins) < 1<<width {
		g.bins = make([]uint16, 1<<width)
	}
	bins := g.bins[:1<<width]
	clear(bins)
	for t, name := range names {
		bin := &bins[(name+adds[of[t]])*0x9e3779b97f4a7c15>>(64-width)]
		*bin = uint16(min(int32(*bin)+count[t], most))
	}
	k := uint16(g.k)
	for _, n := range bins {
		if n < k {
			small += int32(n)
		}
	}
	return small
}
