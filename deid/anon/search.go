package anon

import (
	"math"
)

// search finds the best combination of levels.
//
// Combinations are visited from the most general down. Each leaves out at least
// as many records as those above it, so what is counted once casts its shadow over
// everything below; pairs of columns, which are cheap to count at all levels, cast
// the first. That gives each combination a floor under its loss, and only those
// whose floor is below the best so far are counted, first roughly and then, if
// they still might be better, exactly.
func (g *grid[C]) search() ([]int, error) {
	pairs := g.bounds()
	strides, size := g.strides()
	least := make([]int32, size) // records that each combination leaves out at least
	levels := make([]int, len(g.attrs))
	best, left, found := math.Inf(1), 0, -1
	for done, node := range g.downwards(size) {
		if g.job.Progress != nil && done&0xff == 0 {
			if err := g.job.Progress(done, size); err != nil {
				return nil, err
			}
		}
		g.unpack(int(node), levels)
		out := int32(0)
		for i, l := range levels {
			if l+1 < g.attrs[i].h.Levels() {
				out = max(out, least[int(node)+strides[i]])
			}
		}
		hopeful := func() bool { return int(out) <= g.limit && g.floor(levels, out) <= best+tiny }
		if hopeful() {
			for _, b := range pairs {
				out = max(out, b.least(levels))
			}
		}
		if hopeful() {
			out = max(out, g.rough(levels))
		}
		if hopeful() {
			w := g.weigh(levels)
			out = int32(w.small)
			better := w.loss < best-tiny || w.loss < best+tiny && (w.out < left || w.out == left && int(node) < found)
			if w.out <= g.limit && better {
				best, left, found = w.loss, w.out, int(node)
			}
		}
		least[node] = out
	}
	if found < 0 {
		return nil, &Error{Code: Unreachable}
	}
	g.unpack(found, levels)
	return levels, nil
}

// strides returns what one level more in a column adds to a combination's number,
// and how many combinations there are.
func (g *grid[C]) strides() (strides []int, size int) {
	size = 1
	for i := range g.attrs {
		a := g.attrs[len(g.attrs)-1-i]
		strides = append(strides, size)
		size *= a.h.Levels()
	}
	for i, j := 0, len(strides)-1; i < j; i, j = i+1, j-1 {
		strides[i], strides[j] = strides[j], strides[i]
	}
	return strides, size
}

// unpack takes a combination's number apart.
func (g *grid[C]) unpack(node int, levels []int) {
	for i := len(levels) - 1; i >= 0; i-- {
		n := g.attrs[i].h.Levels()
		levels[i] = node % n
		node /= n
	}
}

// downwards lists all combinations by the sum of their levels, the highest first.
func (g *grid[C]) downwards(size int) []int32 {
	sums := make([]uint16, size)
	most := 0
	levels := make([]int, len(g.attrs))
	for node := range sums {
		g.unpack(node, levels)
		sum := 0
		for _, l := range levels {
			sum += l
		}
		sums[node] = uint16(sum)
		most = max(most, sum)
	}
	at := make([]int, most+2)
	for _, s := range sums {
		at[most-int(s)+1]++
	}
	for i := 1; i < len(at); i++ {
		at[i] += at[i-1]
	}
	order := make([]int32, size)
	for node, s := range sums {
		order[at[most-int(s)]] = int32(node)
		at[most-int(s)]++
	}
	return order
}

// floor is the least that a combination can lose if it leaves out so many records:
// those that lose most otherwise.
func (g *grid[C]) floor(levels []int, out int32) float64 {
	return g.total(func(i int) float64 {
		l := levels[i]
		return g.loss[i][l] + float64(out)*(1-g.worst[i][l])
	})
}

// total makes one figure of the losses of the columns: their sum, or the product
// of one and each, which stand in the same order as the means do.
func (g *grid[C]) total(column func(int) float64) float64 {
	if g.goal == MostGranule {
		sum := 0.0
		for i := range g.attrs {
			sum += column(i)
		}
		return sum / float64(g.n)
	}
	product := 1.0
	for i := range g.attrs {
		product *= 1 + column(i)/float64(g.n)
	}
	return product
}
