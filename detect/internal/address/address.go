// Package address finds postal addresses in Chinese text.
//
// An address is a run of parts, from province down to room. Parts are known from
// the register of divisions or by their suffix (路, 号, 栋, 室 …). The more
// distinct levels a run has, the surer it is; a city alone is a place and not
// somebody's home, and is not reported.
//
// The package is pure: bytes in, spans out, no allocation once a Finder has
// grown to the size of its windows.
package address

import (
	"math/bits"
	"unicode/utf8"
)

// Why says what speaks for a finding, as a set of bits: the levels of its parts,
// and where it stands.
const (
	Province uint32 = 1 << iota
	City
	District
	Town
	Village
	Road
	Number // 12号, 弄
	Place  // a named building, estate, school, shop
	Building
	Unit
	Room
	Label // a label stands before it: 住址：
)

const (
	regions = Province | City | District
	local   = Town | Village | Road | Place
	detail  = Number | Building | Unit | Room
)

// A score is the natural logarithm of the odds that a span is an address, in
// hundredths: 0 is even, 300 is twenty to one.
const (
	Likely  int16 = 100
	Certain int16 = 300
)

// Finder finds addresses. It keeps buffers between calls, so each goroutine
// needs its own; the zero value is ready.
type Finder struct {
	runes []rune  // the clause, then an end mark
	at    []int32 // the byte offset of each rune
	parts []part
}

// part is a stretch of a clause that is known for a level of an address.
type part struct {
	i, j  int
	level uint32
}

// Find calls emit for every address in text, which must be valid UTF-8, in order
// of their starts and without overlap. Offsets are bytes into text. telling are the
// offsets of the characters that Tells names, in order; what Opens says that Find
// does not have to be told of may lack.
func (f *Finder) Find(text []byte, telling []int32, emit func(start, end int, score int16, why uint32)) {
	at, s := 0, signs(0)
	for _, k := range telling {
		i := int(k)
		r, n := rune(text[i]), 1
		if r >= utf8.RuneSelf && i+2 < len(text) {
			r, n = wide(text[i:]), 3
		}
		switch tells[r&0xffff] {
		case tellsEnd:
			if s != 0 {
				f.promising(text, at, i, s, emit)
			}
			at, s = i+n, 0
		case tellsNumber:
			s = s.number()
		default:
			s = s.add(text[at:i], r)
		}
	}
	if s != 0 {
		f.promising(text, at, len(text), s, emit)
	}
}

// What characters of telling are besides those that open.
const (
	tellsEnd = 1 + iota
	tellsNumber
)

var tells = func() (t [1 << 16]uint8) {
	for r := range rune(len(t)) {
		switch {
		case isHan(r):
		case r < utf8.RuneSelf && !ends[r]:
			t[r] = tellsNumber
		case r < utf8.RuneSelf || endsClause(r):
			t[r] = tellsEnd
		}
	}
	return t
}()

// wide is the character of three bytes that b begins with.
func wide(b []byte) rune { return rune(b[0]&15)<<12 | rune(b[1]&63)<<6 | rune(b[2]&63) }

// promising parses a clause if its signs promise an address or a label stands
// before it.
func (f *Finder) promising(text []byte, at, to int, s signs, emit func(start, end int, score int16, why uint32)) {
	if labelled := isLabel(text[:at]); labelled || s.promising() {
		f.clause(text, at, to, labelled, emit)
	}
}

// clause parses text[from:to], a stretch without marks that part addresses.
func (f *Finder) clause(text []byte, from, to int, labelled bool, emit func(start, end int, score int16, why uint32)) {
	f.decode(text, from, to)
	f.parse()
	for k := 0; k < len(f.parts); {
		n := f.chain(k)
		levels := f.levels(k, n)
		i := f.begin(k)
		j := f.tail(i, n, labelled)
		most := int16(900)
		if !enough(levels, labelled || f.whole(k, n)) {
			if !f.maybe(levels, f.parts[n-1].j, j) {
				k = n
				continue
			}
			most = Likely - 1
		}
		if labelled && k == 0 {
			i = f.skipBlank(0)
			levels |= Label
		}
		if s := min(weigh(levels), most); s >= least {
			emit(int(f.at[i]), int(f.at[j]), s, levels)
		}
		for k = n; k < len(f.parts) && f.parts[k].i < j; k++ {
		}
	}
}

// maybe says whether levels that are not enough may be an address all the same:
// two of them are local, or a name that closes behind all three divisions is.
func (f *Finder) maybe(levels uint32, i, j int) bool {
	return bits.OnesCount32(levels&local) >= 2 || levels&regions == regions && j-i >= 2 && f.closes(j)
}

// whole reports whether the parts from k to n fill the clause but for a name of
// its beginning and its end, as a cell of a table does.
func (f *Finder) whole(k, n int) bool {
	if k > 0 || n < len(f.parts) || f.begin(k) > 0 || f.tail(0, n, false) < f.n() {
		return false
	}
	l := f.levels(k, n)
	return l&(local|detail) != 0 && (l&regions != 0 && f.parts[0].i == 0 || l&detail != 0) && bits.OnesCount32(l) >= 2
}

// least is the score below which nothing is reported.
const least = 50

// chain is the end of the parts from k on that make one address: a gap of more
// than a short name ends it.
func (f *Finder) chain(k int) int {
	n := k + 1
	for n < len(f.parts) && f.parts[n].i-f.parts[n-1].j <= gapMost && !f.stops(f.parts[n-1].j, f.parts[n].i) {
		n++
	}
	return n
}

// gapMost is how many runes may stand between two parts: the name of a building
// or an estate that no suffix tells.
const gapMost = 9

func (f *Finder) levels(k, n int) (levels uint32) {
	for _, p := range f.parts[k:n] {
		levels |= p.level
	}
	return levels
}

// enough says whether the levels make an address and not only a place.
func enough(levels uint32, labelled bool) bool {
	if labelled {
		return levels&^(Province|City) != 0
	}
	switch n := bits.OnesCount32(levels); {
	case levels&local != 0 && levels&detail != 0:
		return true
	case levels&regions != 0 && levels&detail != 0:
		return n >= 3
	case levels&local == 0:
		return bits.OnesCount32(levels&detail) >= 2 && levels&(Building|Unit) != 0
	default:
		return n >= 3
	}
}

func weigh(levels uint32) int16 {
	s := 60*bits.OnesCount32(levels&(regions|local)) + 90*bits.OnesCount32(levels&detail) - 100
	if levels&Label != 0 {
		s += 250
	}
	return int16(max(20, min(s, 900)))
}

// Find is Finder.Find with buffers of its own.
func Find(text []byte, emit func(start, end int, score int16, why uint32)) {
	var f Finder
	var telling []int32
	for i, r := range string(text) {
		if Tells(r) {
			telling = append(telling, int32(i))
		}
	}
	f.Find(text, telling, emit)
}
