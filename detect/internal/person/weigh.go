package person

import "slices"

// weigh scores the candidates of the lines that were read and keeps the best that
// do not overlap. It goes through all of them once for each look, and asks for what
// a look needs of the large tables before, so that what one waits for does not keep
// the next from beginning. It ends behind the first line that 姓名 stands in: named
// says so, and last counts the lines before the one it ended with.
func (f *Finder) weigh(text []byte) (last int, named bool) {
	rs, floors := f.line.runes, &f.model.floors
	f.picks, f.spans, f.live, f.boost = f.picks[:0], f.spans[:0], f.live[:0], -1
	f.looks(floors[0])
	last, named = f.gather(text)
	f.glance(int(floors[1]))
	f.first(int(floors[2]))
	f.rest(int(floors[3]))
	for n := range f.spans {
		f.try(rs, &f.spans[n])
	}
	for _, p := range f.picks {
		f.hits = append(f.hits, hit{f.line.at[p.i], f.line.at[p.j], int16(min(p.score*100/16, 1000)), f.why(p)})
	}
	return last, named
}

// gather goes through the stops that are left for what structure says and for
// candidates.
func (f *Finder) gather(text []byte) (last int, named bool) {
	m, rs, n := f.model, f.line.runes, f.line.n
	for _, s := range f.line.starts {
		i := int(s.at)
		if i >= n {
			break
		}
		if !isHan(rs[i]) {
			if at, why, ok := f.labelled(text, i); ok {
				f.value(text, m, at, why)
			}
			continue
		}
		if f.line.room.Gates[i&lineMask]&always != 0 && f.cueAt(m, text, i) && !named {
			named = true
			last, n = f.line.place(i)
		}
		if boosted := f.boost == i; s.worth || boosted {
			f.stop = s.stop
			first := len(f.spans)
			f.candidates(i, m.chars[s.first&charMask], m.chars[s.second&charMask])
			for n := first; boosted && n < len(f.spans); n++ {
				f.spans[n].boosted, f.spans[n].why = true, f.boostWhy
			}
		}
	}
	if !named {
		last = len(f.line.borders)
	}
	return last, named
}

// place is the number of the line that the rune at i stands in, and where it ends.
func (l *line) place(i int) (n, end int) {
	for n, b := range l.borders {
		if i < b.k {
			return n, b.k
		}
	}
	return len(l.borders), l.n
}

// glance takes the quick look at all spans; those that reach the floor live on.
func (f *Finder) glance(floor int) {
	f.live = slices.Grow(f.live, len(f.spans)+1)[:len(f.spans)+1]
	n := 0
	for k := range f.spans {
		c := &f.spans[k]
		if c.given {
			continue
		}
		c.sum = f.quick(c)
		f.live[n] = int32(k)
		if c.sum >= floor {
			n++
		}
	}
	f.live = f.live[:n]
}

// crowd is how many spans are weighed together.
const crowd = 128

// first weighs what stands inside the spans that live, and at their ends.
func (f *Finder) first(floor int) {
	n, x := 0, &f.features
	for some := range slices.Chunk(f.live, crowd) {
		f.identify(some)
		for _, k := range some {
			f.line.room.wantInner(&f.spans[k])
		}
		f.lookUpAll()
		x.begin()
		for _, k := range some {
			f.inner(&f.spans[k])
			x.end()
		}
		x.weigh(f.model)
		for i, k := range some {
			c := &f.spans[k]
			c.sum = x.sum(i)
			f.live[n] = k
			if c.sum >= floor {
				n++
			}
		}
	}
	f.live = f.live[:n]
}

// rest weighs how the spans that live fit into their surroundings and, where that
// does not speak against them, what stands in and around them.
func (f *Finder) rest(floor int) {
	x := &f.features
	for some := range slices.Chunk(f.live, crowd) {
		for _, k := range some {
			f.line.room.wantAround(&f.spans[k])
		}
		f.lookUpAll()
		x.begin()
		for _, k := range some {
			f.fit(&f.spans[k])
			x.end()
		}
		x.weigh(f.model)
		n := 0
		for i, k := range some {
			c := &f.spans[k]
			c.sum += x.sum(i)
			some[n] = k
			if c.sum >= floor {
				n++
			}
		}
		some = some[:n]
		x.begin()
		for _, k := range some {
			f.outer(&f.spans[k])
			x.end()
		}
		x.weigh(f.model)
		for i, k := range some {
			c := &f.spans[k]
			c.sum, c.done = c.sum+x.sum(i), true
		}
	}
}
