package anon

import (
	"cmp"
	"slices"
)

// bundle is a few columns of which not many combinations occur, so that naming
// the class of a tuple takes one look per bundle instead of one per column.
type bundle struct {
	attrs []int
	of    []uint32         // of each tuple: which combination it has
	first []int32          // a tuple of each combination
	added map[int][]uint64 // by the levels: what each combination adds to a name
}

// maxBundle is the number of combinations in a bundle of several columns: its
// table fits the first cache, or nearly.
const maxBundle = 1 << 12

// bundle makes bundles of all columns, small columns first.
func (g *grid[C]) bundle() {
	order := upTo(len(g.attrs))
	slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(g.attrs[a].h.Leaves(), g.attrs[b].h.Leaves()) })
	var last *bundle
	for _, i := range order {
		if last == nil || !g.extend(last, int(i), maxBundle) {
			last = &bundle{of: make([]uint32, len(g.tuples[0])), added: map[int][]uint64{}}
			g.extend(last, int(i), len(last.of))
			g.bundles = append(g.bundles, last)
		}
	}
}

// extend adds a column to a bundle, unless it grows above limit.
func (g *grid[C]) extend(b *bundle, i, limit int) bool {
	of := make([]uint32, len(b.of))
	var first []int32
	g.slots.reset(min(limit+1, len(of)))
	for t, leaf := range g.tuples[i] {
		c := g.slots.index(uint64(b.of[t])<<32 | uint64(leaf))
		if int(c) == len(first) {
			if first = append(first, int32(t)); len(first) > limit {
				return false
			}
		}
		of[t] = uint32(c)
	}
	b.attrs, b.of, b.first = append(b.attrs, i), of, first
	return true
}

// at returns what each combination of a bundle adds to a name at these levels.
func (g *grid[C]) adds(b *bundle, levels []int) []uint64 {
	which := 0
	for _, i := range b.attrs {
		which = which*g.attrs[i].h.Levels() + levels[i]
	}
	if sum, ok := b.added[which]; ok {
		return sum
	}
	sum := make([]uint64, len(b.first))
	for _, i := range b.attrs {
		of, col := g.keys[i][levels[i]], g.tuples[i]
		for c, t := range b.first {
			sum[c] += of[col[t]]
		}
	}
	b.added[which] = sum
	return sum
}
