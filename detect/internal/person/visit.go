package person

// Candidate is what the finder sees of a candidate when it learns.
type Candidate struct {
	Start, End int      // in bytes
	Quick      []uint32 // the weights that the quick look adds
	Features   []uint32 // empty if the quick look decides against it
	First      int      // how many of the features the first stage weighs
}

// Visit calls visit for every candidate of text. What it is given is the
// finder's own: it changes with the next one.
func (f *Finder) Visit(text []byte, visit func(Candidate)) {
	f.model = f.Model
	x := &f.features
	lines(text, func(from, to int, plain bool) {
		if plain {
			return
		}
		f.line.read(f.Model, text, from, to)
		for _, k := range f.line.stops {
			f.candidates(int(k))
			for _, c := range f.spans {
				if c.j > f.line.n {
					continue
				}
				at := f.quickAt(c)
				v := Candidate{Start: int(f.line.at[c.i]), End: int(f.line.at[c.j]), Quick: at[:]}
				if q := f.quick(c); q >= int(f.model.floors[0]) {
					x.n = 0
					f.inner(c, q)
					v.First = x.n
					f.outer(c)
					v.Features = x.hash[:x.n]
				}
				visit(v)
			}
		}
	})
}
