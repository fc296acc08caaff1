package person

// maybe is a candidate that fell short, but not by much.
type maybe struct {
	start, end int32
	score      int16
}

// Limits of what a repetition may lift.
const (
	repeatFloor = -70 // sixteenths: below it a candidate is forgotten
	repeatScore = 120 // the score of a repetition
	repeatLeast = Certain
)

// repeat finds the names that are certain once wherever else in the window they
// fell short of being found.
func (f *Finder) repeat(text []byte) {
	if len(f.maybes) == 0 || !f.remember(text) {
		return
	}
	n, at := len(f.hits), 0
	for _, c := range f.maybes {
		if h := initial(text[c.start:c.end]); f.initials[h>>6&63]>>(h&63)&1 == 0 {
			continue
		}
		for at < n && f.hits[at].end <= c.start {
			at++
		}
		if at < n && f.hits[at].start < c.end {
			continue
		}
		if why, ok := f.recall(text[c.start:c.end]); ok {
			f.hits = append(f.hits, hit{c.start, c.end, repeatScore, why&(Pupil|Guardian|Surname|Foreign) | Repeated})
		}
	}
	if len(f.hits) > n {
		f.settle(0)
	}
}

// certain is a slot of the table of certain names.
type certain struct {
	hash uint64
	why  uint32
}

// remember fills the table of certain names and reports whether it holds any.
func (f *Finder) remember(text []byte) bool {
	n := 0
	for _, h := range f.hits {
		if h.score >= repeatLeast && h.end-h.start >= 6 {
			n++
		}
	}
	size := 16
	for size < 2*n {
		size *= 2
	}
	if cap(f.certain) < size {
		f.certain = make([]certain, size)
	}
	f.certain = f.certain[:size]
	clear(f.certain)
	f.initials = [64]uint64{}
	for _, h := range f.hits {
		if h.score >= repeatLeast && h.end-h.start >= 6 {
			name := text[h.start:h.end]
			first, x := initial(name), nameHash(name)
			f.initials[first>>6&63] |= 1 << (first & 63)
			s := f.slot(x)
			s.hash, s.why = x, s.why|h.why
		}
	}
	return n > 0
}

// slot is where a name is kept or would be, by its hash.
func (f *Finder) slot(h uint64) *certain {
	for i := h; ; i++ {
		if s := &f.certain[i&uint64(len(f.certain)-1)]; s.hash == 0 || s.hash == h {
			return s
		}
	}
}

func (f *Finder) recall(name []byte) (why uint32, ok bool) {
	s := f.slot(nameHash(name))
	return s.why, s.hash != 0
}

// initial is a hash of the beginning and the length of a name, in twelve bits.
func initial(name []byte) uint32 {
	if len(name) < 3 {
		return 0
	}
	return (uint32(name[0]) | uint32(name[1])<<8 | uint32(name[2])<<16 | uint32(len(name))<<24) * 0x9e3779b1 >> 20
}

func nameHash(name []byte) uint64 {
	h := uint64(len(name))
	for ; len(name) >= 3; name = name[3:] {
		h = (h ^ (uint64(name[0]) | uint64(name[1])<<8 | uint64(name[2])<<16)) * golden
		h ^= h >> 32
	}
	for _, c := range name {
		h = (h ^ uint64(c)) * golden
	}
	return h ^ h>>32 | 1
}
