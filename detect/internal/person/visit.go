package person

// Candidate is what the finder sees of a candidate when it learns.
type Candidate struct {
	Start, End int      // in bytes
	Stop       []uint32 // the weights that the look at the stop adds, for its first candidate
	Quick      []uint32 // the weights that the quick look adds
	Features   []uint32 // empty if the quick look decides against it
	Stages     [2]int   // how many of the features the first stage weighs, and the first two
}

// Visit calls visit for every candidate of text. What it is given is the
// finder's own: it changes with the next one.
func (f *Finder) Visit(text []byte, visit func(Candidate)) {
	f.begin()
	x := &f.features
	lines(text, func(from, to int, plain bool) {
		if plain {
			return
		}
		f.line.read(f.watch, text, from, to)
		f.sort()
		for _, k := range f.line.stops {
			var stop [stopTerms]uint32
			if f.stop = f.stopAt(int(k), &stop); !isHan(f.line.runes[k]) {
				continue
			}
			f.spans = f.spans[:0]
			f.candidates(int(k), f.char(int(k)), f.char(int(k)+1))
			for n := range f.spans {
				c := &f.spans[n]
				if c.j > f.line.n {
					continue
				}
				odds, fit, left, right := f.quickAt(c)
				v := Candidate{Start: int(f.line.at[c.i]), End: int(f.line.at[c.j]), Quick: []uint32{odds, fit, left, right}}
				if n == 0 {
					v.Stop = stop[:]
				}
				if c.sum = f.quick(c); c.sum >= int(f.model.floors[1]) {
					x.begin()
					f.identify([]int32{int32(n)})
					f.inner(c)
					v.Stages[0] = x.n
					f.fit(c)
					v.Stages[1] = x.n
					f.outer(c)
					v.Features = x.hash[:x.n]
				}
				visit(v)
			}
		}
	})
}
