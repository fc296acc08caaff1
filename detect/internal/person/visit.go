package person

// Visit calls visit for every candidate of text with its span in bytes and its
// features, of which the first inner are those of the early exit. It is how the
// model is trained.
func (f *Finder) Visit(text []byte, visit func(start, end, inner int, features []uint64)) {
	lines(text, func(from, to int, plain bool) {
		if plain {
			return
		}
		f.line.read(text, from, to)
		rs := f.line.runes
		f.forget()
		for i := pad; i < f.line.n; i++ {
			if !isHan(rs[i]) {
				continue
			}
			f.candidates(f.Model, rs, i)
			for _, c := range f.spans {
				if c.j > f.line.n {
					continue
				}
				f.features = f.features[:0]
				f.inner(f.Model, rs, c)
				n := len(f.features)
				f.outer(rs, c)
				visit(int(f.line.at[c.i]), int(f.line.at[c.j]), n, f.features)
			}
		}
	})
}
