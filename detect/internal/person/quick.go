package person

// quick is the quick look at a candidate: what its characters say, the runes
// beside it, and how common the pairs at its ends are. It reads few bytes of memory,
// and decides against most candidates.
func (f *Finder) quick(c span) int {
	at := f.quickAt(c)
	q := &f.model.quick
	s := 0
	for _, i := range at {
		s += int(q[i])
	}
	return s
}

// quickTerms is how many weights the quick look adds.
const quickTerms = 4

// quickAt are the places of its weights.
func (f *Finder) quickAt(c span) [quickTerms]uint32 {
	m, rs := f.model, f.line.runes
	p, a, b, y, z, n := rs[c.i-1], rs[c.i], rs[c.i+1], rs[c.j-2], rs[c.j-1], rs[c.j]
	s, g := uint32(c.shape), uint32(kinds[c.shape])
	pairs := m.common(p, a)<<6 | m.common(z, n)<<4 | m.common(a, b)<<2 | m.common(y, z)
	return [quickTerms]uint32{
		quickOdds + s<<6 + uint32(min(max(c.odds/5, 0), 63)),
		quickFit + s<<8 + pairs,
		quickLeft + g*runeCount + place(p),
		quickRight + g*runeCount + place(n),
	}
}

// kinds are the groups of shapes that share weights of the quick look.
var kinds = [shapes]uint8{shapeJapan: 1, shapeForeign: 1, shapeDotted: 1, shapePet: 2, shapeKnown: 2, shapeTwin: 2, shapeGiven: 2}

const groupCount = 3

// place numbers Han characters and the classes of the other runes.
func place(r rune) uint32 {
	if i := uint32(r - hanFirst); i < hanSize {
		return i
	}
	return hanSize + uint32(class(r))
}
