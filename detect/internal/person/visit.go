package person

// Visit calls visit for every candidate of text with its span in bytes and its
// features; stages says how many of them the first one and the first two of the
// three stages have that the finder weighs in turn. It is how the model is
// trained.
func (f *Finder) Visit(text []byte, visit func(start, end int, stages [2]int, features []uint64)) {
	f.model, f.collect = f.Model, true
	lines(text, func(from, to int, plain bool) {
		if plain {
			return
		}
		f.line.read(f.Model, text, from, to)
		rs := f.line.runes
		f.begin()
		for i := pad; i < f.line.n; i++ {
			if f.line.gates[i] == 0 || !f.start(f.Model, i) {
				continue
			}
			for _, c := range f.spans {
				if c.j > f.line.n {
					continue
				}
				f.features = f.features[:0]
				f.inner(f.Model, rs, c)
				var stages [2]int
				stages[0] = len(f.features)
				f.fit(f.Model, rs, c)
				stages[1] = len(f.features)
				f.outer(rs, c)
				visit(int(f.line.at[c.i]), int(f.line.at[c.j]), stages, f.features)
			}
		}
	})
}
