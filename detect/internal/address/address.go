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

// Why says what speaks for a finding, as a set of bits: the levels of its parts,
// and where it stands.
const (
	Province uint32 = 1 << iota
	City
	District
	Town
	Village
	Road
	Number // 12号, 弄, 巷
	Place  // a named building, estate, school, shop
	Building
	Unit
	Room
	Label // a label stands before it: 住址：
)

// A score is the natural logarithm of the odds that a span is an address, in
// hundredths: 0 is even, 300 is twenty to one.
const (
	Likely  int16 = 100
	Certain int16 = 300
)

// Finder finds addresses. It keeps buffers between calls, so each goroutine
// needs its own; the zero value is ready.
type Finder struct{}

// Find calls emit for every address in text, which must be valid UTF-8, in order
// of their starts and without overlap. Offsets are bytes into text.
func (f *Finder) Find(text []byte, emit func(start, end int, score int16, why uint32)) {}

// Find is Finder.Find with buffers of its own.
func Find(text []byte, emit func(start, end int, score int16, why uint32)) {
	var f Finder
	f.Find(text, emit)
}
