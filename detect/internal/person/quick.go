package person

// stop is what the looks know of the beginning of a candidate.
type stop struct {
	left  uint32 // the number of the rune before
	pairs uint32 // how common the pair across the start is, and the first within
}

// worth looks at a stop: at how common its pairs are, the rune before it and its
// first two characters. It is what most stops end with.
func (f *Finder) worth(i int) bool {
	var at [stopTerms]uint32
	f.stopAt(i, &at)
	q := &f.model.quick
	return int32(q[at[0]])+int32(q[at[1]])+int32(q[at[2]])+int32(q[at[3]]) >= f.model.floors[0]
}

// Terms of the looks: how many weights they add.
const (
	stopTerms  = 4
	quickTerms = 4
)

// stopAt gives the places of the weights of a stop.
func (f *Finder) stopAt(i int, at *[stopTerms]uint32) {
	m, rs := f.model, f.line.room.Runes[(i-1)&lineMask:][:3]
	f.stop.left = m.number(rs[0])
	f.stop.pairs = m.common(rs[0], rs[1])<<2 | m.common(rs[1], rs[2])
	at[0] = quickFirst + f.stop.pairs
	at[1] = quickStart + f.stop.left
	at[2] = quickStart + runeCount + m.number(rs[1])
	at[3] = quickStart + 2*runeCount + m.number(rs[2])
}

// quick is the quick look at a candidate: what its characters say, the runes
// beside it, and how common the pairs at its ends are. It reads few bytes of memory,
// and decides against most candidates.
func (f *Finder) quick(c *span) int {
	var at [quickTerms]uint32
	f.quickAt(c, &at)
	q := &f.model.quick
	return int(q[at[0]]) + int(q[at[1]]) + int(q[at[2]]) + int(q[at[3]])
}

// quickAt gives the places of the weights of a candidate at the stop at hand.
func (f *Finder) quickAt(c *span, at *[quickTerms]uint32) {
	m, rs := f.model, f.line.room.Runes[(c.j-2)&lineMask:][:3]
	s, g := uint32(c.shape), uint32(kinds[c.shape&15])*runeCount
	at[0] = quickOdds + s<<6 + uint32(min(max(c.odds, 0)/5, 63))
	at[1] = quickFit + s<<8 + c.pairs<<4 + m.common(rs[1], rs[2])<<2 + m.common(rs[0], rs[1])
	at[2] = quickLeft + g + c.left
	at[3] = quickRight + g + m.number(rs[2])
}

// kinds are the groups of shapes that share weights of the quick look.
var kinds = [shapes]uint8{shapeJapan: 1, shapeForeign: 1, shapeDotted: 1, shapePet: 2, shapeKnown: 2, shapeTwin: 2, shapeGiven: 2}

const groupCount = 3
