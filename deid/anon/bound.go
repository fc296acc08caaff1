package anon

// bound knows, for a few columns and each combination of their levels, how many
// records are in groups too small when those columns alone are looked at. More
// columns make groups smaller, so no release at these levels leaves out fewer.
type bound struct {
	attrs []int
	width []int
	alone []int32 // by mixed radix of the levels
}

func (b bound) least(levels []int) int32 {
	i := 0
	for n, a := range b.attrs {
		i = i*b.width[n] + levels[a]
	}
	return b.alone[i]
}

// maxCells is the largest table of counts that a bound is worth.
const maxCells = 1 << 16

// bounds makes a bound for every pair of columns that is cheap.
func (g *grid[C]) bounds() []bound {
	var all []bound
	for a := range g.attrs {
		for b := a + 1; b < len(g.attrs); b++ {
			if x, ok := g.bound(a, b); ok {
				all = append(all, x)
			}
		}
	}
	return all
}

func (g *grid[C]) bound(attrs ...int) (bound, bool) {
	b := bound{attrs: attrs}
	cells, nodes := 1, 1
	for _, a := range attrs {
		h := g.attrs[a].h
		b.width = append(b.width, h.Levels())
		cells *= h.Leaves()
		nodes *= h.Levels()
	}
	if cells > maxCells {
		return b, false
	}
	b.alone = make([]int32, nodes)
	counts := make([]int32, cells)
	at := g.at
	clear(at)
	for _, a := range attrs {
		n := int32(g.attrs[a].h.Leaves())
		for t, leaf := range g.tuples[a] {
			at[t] = at[t]*n + int32(leaf)
		}
	}
	for t, i := range at {
		counts[i] += g.count[t]
	}
	g.roll(b, 0, 0, counts)
	return b, true
}

// roll sums counts up along one column after the other, and notes at the end how
// many are in small groups. counts is a table over the nodes, at some level, of
// the columns from depth on, for each node of those before.
func (g *grid[C]) roll(b bound, depth, index int, counts []int32) {
	if depth == len(b.attrs) {
		small := int32(0)
		for _, c := range counts {
			if int(c) < g.k {
				small += c
			}
		}
		b.alone[index] = small
		return
	}
	a := g.attrs[b.attrs[depth]]
	inner := 1
	for _, x := range b.attrs[depth+1:] {
		inner *= g.attrs[x].h.Leaves()
	}
	leaves := a.h.Leaves()
	for l := range a.h.Levels() {
		if l == 0 {
			g.roll(b, depth+1, index*b.width[depth], counts)
			continue
		}
		nodes := a.h.Nodes(l)
		outer := len(counts) / (leaves * inner)
		sums := make([]int32, outer*nodes*inner)
		for o := range outer {
			for leaf := range leaves {
				from := counts[(o*leaves+leaf)*inner:][:inner]
				to := sums[(o*nodes+int(a.above[l][leaf]))*inner:][:inner]
				for i, c := range from {
					to[i] += c
				}
			}
		}
		g.roll(b, depth+1, index*b.width[depth]+l, sums)
	}
}
