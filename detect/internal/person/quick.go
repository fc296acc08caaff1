package person

// stop is what the looks know of the beginning of a candidate.
type stop struct {
	left  uint32 // the number of the rune before
	pairs uint32 // how common the pair across the start is, and the first within
}

// start is a stop with what the look at it says.
type start struct {
	at    int32
	worth bool // candidates that begin there are worth a look

	first, second uint16 // the numbers of its characters
	stop
}

// looks takes the look at all stops: at how common their pairs are, the rune before
// and the first two characters. It is what most end with. Kept are those that are
// worth more, and those that structure may speak of: cues, marks, what stands behind
// one.
func (f *Finder) looks(floor int32) {
	m, o, n := f.model, f.line.room, 0
	for _, k := range f.line.stops {
		rs := o.Runes[(k-1)&lineMask:][:3]
		left, one, two := m.number(rs[0]), m.number(rs[1]), m.number(rs[2])
		pairs := m.common(rs[0], rs[1])<<2 | m.common(rs[1], rs[2])
		sum := int32(m.quick[quickFirst+pairs]) + int32(m.quick[quickStart+left]) +
			int32(m.quick[quickStart+runeCount+one]) + int32(m.quick[quickStart+2*runeCount+two])
		s := &o.starts[n&lineMask] // field by field: a struct that is copied as a whole waits for its parts
		s.at, s.worth, s.first, s.second, s.left, s.pairs = k, sum >= floor, uint16(one), uint16(two), left, pairs
		cued := uint32(o.Gates[k&lineMask]|o.Gates[(k-1)&lineMask]) / always & 1
		han := (left - hanSize) & (one - hanSize) >> 31 // both
		n += int(^uint32(sum-floor)>>31 | cued | (han ^ 1))
	}
	f.line.starts = o.starts[:n]
}

// stopTerms is how many weights the look at a stop adds.
const stopTerms = 4

// stopAt gives the places of the weights of a stop.
func (f *Finder) stopAt(i int, at *[stopTerms]uint32) (s stop) {
	m, rs := f.model, f.line.room.Runes[(i-1)&lineMask:][:3]
	s.left = m.number(rs[0])
	s.pairs = m.common(rs[0], rs[1])<<2 | m.common(rs[1], rs[2])
	at[0] = quickFirst + s.pairs
	at[1] = quickStart + s.left
	at[2] = quickStart + runeCount + m.number(rs[1])
	at[3] = quickStart + 2*runeCount + m.number(rs[2])
	return s
}

// quickAt gives the places of the weights of the quick look at a candidate: of what
// its characters say, how common the pairs at its ends are, the runes before and
// behind it. It reads few bytes of memory, and decides against most candidates.
func (f *Finder) quickAt(c *span) (odds, fit, left, right uint32) {
	m, rs := f.model, f.line.from(c.j-2)
	s, g := uint32(c.shape), uint32(kinds[c.shape&15])*runeCount
	odds = quickOdds + s<<6 + uint32(min(uint16(max(c.odds, 0))/5, 63))
	fit = quickFit + s<<8 + c.pairs<<4 + m.common(rs[1], rs[2])<<2 + m.common(rs[0], rs[1])
	return odds, fit, quickLeft + g + c.left, quickRight + g + m.number(rs[2])
}

// quick is the quick look.
func (f *Finder) quick(c *span) int {
	odds, fit, left, right := f.quickAt(c)
	q := &f.model.quick
	return int(q[odds]) + int(q[fit]) + int(q[left]) + int(q[right])
}

// kinds are the groups of shapes that share weights of the quick look.
var kinds = [shapes]uint8{shapeJapan: 1, shapeForeign: 1, shapeDotted: 1, shapePet: 2, shapeKnown: 2, shapeTwin: 2, shapeGiven: 2}

const groupCount = 3
