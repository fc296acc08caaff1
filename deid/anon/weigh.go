package anon

// weight is what a combination of levels comes to.
type weight struct {
	small int // records in classes that are too small
	out   int // records left out, for that or another model
	loss  float64
}

// weigh counts the classes of one combination of levels. The classes stay in
// g.at, g.first and g.sizes.
func (g *grid[C]) weigh(levels []int) (w weight) {
	v := g.over(levels)
	names := g.name(v, levels)
	g.slots.reset(len(names))
	g.sizes, g.first = g.sizes[:0], g.first[:0]
	for t, name := range names {
		c := g.slots.index(name)
		if int(c) == len(g.sizes) {
			g.sizes, g.first = append(g.sizes, 0), append(g.first, v.tuple[t])
		}
		g.sizes[c] += v.count[t]
		g.at[t] = c
	}
	good := g.judge(levels)
	for c, size := range g.sizes {
		if !good[c] {
			w.out += int(size)
		}
		if int(size) < g.k {
			w.small += int(size)
		}
	}
	w.loss = g.total(func(i int) float64 {
		a, l := g.attrs[i], levels[i]
		loss := g.loss[i][l]
		if w.out == 0 {
			return loss
		}
		above, base := a.above[l], a.base[l]
		for c, size := range g.sizes {
			if !good[c] {
				loss += float64(size) * (1 - a.loss[base+above[g.tuples[i][g.first[c]]]])
			}
		}
		return loss
	})
	return w
}

// judge says of each class whether it satisfies the models.
func (g *grid[C]) judge(levels []int) []bool {
	good := make([]bool, len(g.sizes))
	for c, size := range g.sizes {
		good[c] = int(size) >= g.k
	}
	if len(g.criteria) == 0 {
		return good
	}
	starts := make([]int32, len(g.sizes)+1)
	for c, size := range g.sizes {
		starts[c+1] = starts[c] + size
	}
	fill := append([]int32(nil), starts...)
	for r, t := range g.tuple {
		c := g.at[t]
		g.spare[fill[c]] = int32(r)
		fill[c]++
	}
	crowd := g.inClasses(levels)
	for c := range g.sizes {
		good[c] = good[c] && g.fits(g.spare[starts[c]:starts[c+1]], crowd[c])
	}
	return good
}

// inClasses counts the people of the population who fit each class.
func (g *grid[C]) inClasses(levels []int) []int {
	out := make([]int, len(g.sizes))
	for p := range g.crowd {
		name := uint64(0)
		for i, l := range levels {
			name += g.keys[i][l][g.crowdCols[i][p]]
		}
		if c, ok := g.slots.find(name); ok {
			out[c]++
		}
	}
	return out
}

// result makes the release of a combination of levels.
func (g *grid[C]) result(levels []int) *Result {
	res := &Result{job: g.job, attrs: g.attrs, K: g.k, Levels: levels}
	g.views = map[int]*view{0: g.whole()}
	g.anchors[1] = -1
	g.weigh(levels) // now of every tuple
	good := g.judge(levels)
	starts := make([]int32, len(g.sizes)+1)
	for c, size := range g.sizes {
		starts[c+1] = starts[c]
		if good[c] {
			starts[c+1] += size
		}
	}
	kept := starts[len(g.sizes)]
	res.Rows = make([]int32, kept)
	fill := append([]int32(nil), starts...)
	for r, t := range g.tuple {
		c := g.at[t]
		if !good[c] {
			res.Left = append(res.Left, int32(r))
			continue
		}
		res.Rows[fill[c]] = int32(r)
		fill[c]++
	}
	crowd := g.inClasses(levels)
	for c := range g.sizes {
		if !good[c] {
			continue
		}
		if g.crowd != nil {
			res.crowd = append(res.crowd, int32(crowd[c]))
		}
		res.starts = append(res.starts, starts[c])
		for i, l := range levels {
			res.marks = append(res.marks, g.attrs[i].at(l, int(g.tuples[i][g.first[c]])))
		}
	}
	res.starts = append(res.starts, kept)
	res.merge()
	return res
}
