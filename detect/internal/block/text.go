package block

import "math/bits"

// Room is how many runes a Text takes, some at either end for those who look
// ahead and back.
const Room = 1 << 13

// Text is a line as runes, with what is to be known of each to see where a closer
// look is worth it.
type Text struct {
	Runes [Room]rune
	At    [Room]int32 // the byte offset of each
	Gates [Room]uint64

	// What Meet finds: bit i%64 of word i/64 is the rune Edge+i.
	Meets, A, B, C Spots
}

// Spots is a set of runes of a Text.
type Spots [Room / 64]uint64

// Next is the first of a set from k on, or end if it comes before.
func (s *Spots) Next(k, end int) int {
	for k < end {
		if w := s[k>>6&(Room/64-1)] >> (k & 63); w != 0 {
			return min(k+bits.TrailingZeros64(w), end)
		}
		k = k&^63 + 64
	}
	return end
}

// Last is the last of a set up to k, or less than zero if there is none.
func (s *Spots) Last(k int) int {
	for k >= 0 {
		if w := s[k>>6&(Room/64-1)] << (63 - k&63); w != 0 {
			return k - bits.LeadingZeros64(w)
		}
		k = k&^63 - 1
	}
	return k
}

// Drop takes n runes from k on out of a set, at most 64.
func (s *Spots) Drop(k, n int) {
	some := uint64(1)<<n - 1
	s[k>>6&(Room/64-1)] &^= some << (k & 63)
	s[(k>>6+1)&(Room/64-1)] &^= some >> (64 - k&63)
}

// Edge is where the runes of a line begin; what stands before is the caller's.
const Edge = 16

// Gates are the gates of all characters of three bytes, by their number. A gate is
// four lanes of a byte for a character that stands first (the lower half) and four
// of seven bits for one that stands second (the upper half). Where a lane of one
// character and the same of the next reach 128 together, they meet. The highest
// bits of the upper lanes are flags: FlagA, FlagB, FlagC and Odd.
type Gates [1 << 16]uint64

const (
	FlagA = 1 << 39
	FlagB = 1 << 47
	FlagC = 1 << 55
	Odd   = 1 << 63 // the character is to be read as another one

	reach = 0x80808080
)

// Pairs is two sets of pairs of runes that now and then have one too many: those
// that meet, and those of B.
type Pairs [1 << 13]uint32

// PairHash is where a pair stands in sets of pairs: its lower 18 bits are the
// place of the bit in Pairs of one that meets. Five bits above them are the place of
// the bit of one of B in the same word.
func PairHash(a, b rune) uint32 { return (uint32(a)*pairA + uint32(b)*pairB) >> 8 }

const pairA, pairB = 0x9e3779b1, 0x85ebca6b

// Meet adds a pair that meets.
func (p *Pairs) Meet(a, b rune) {
	h := PairHash(a, b)
	p[h>>5&(1<<13-1)] |= 1 << (h & 31)
}

// AddB adds one of B.
func (p *Pairs) AddB(a, b rune) {
	h := PairHash(a, b)
	p[h>>5&(1<<13-1)] |= 1 << (h >> 18 & 31)
}

// Narrow is what is known of the runes of ASCII: a gate of which only flags and the
// lowest lane count, and from NarrowRune on the rune that each is to be read as.
type Narrow [0x80]uint64

// NarrowRune is where the rune begins, and NarrowFlags are the bits of the gate.
const (
	NarrowRune  = 8
	NarrowFlags = 0x80 | FlagA | FlagB | FlagC

	narrowMask = 1<<21 - 1
)

// WideBytes is how much Read has to see before it reads eight characters at a time.
const WideBytes = 28

// Read reads characters of ASCII and of three bytes from b[i] to b[end], which is
// valid UTF-8, as the runes from k on, up to the first that is Odd or something else.
// It returns where it stopped in both. If b goes on behind end, ASCII stands there; it
// may look further.
func (t *Text) Read(g *Gates, ascii *Narrow, b []byte, end, i, k int) (int, int) {
	i, k = read(t, g, ascii, b, end, i, k)
	return t.readPlain(g, ascii, b, end, i, k)
}

// readPlain is Read, character by character.
func (t *Text) readPlain(g *Gates, ascii *Narrow, b []byte, end, i, k int) (int, int) {
	for b = b[:end]; uint(i) < uint(len(b)); {
		c, n := b[i], 1
		r, gate := rune(ascii[c&0x7f]>>NarrowRune&narrowMask), ascii[c&0x7f]&NarrowFlags
		if c >= 0x80 {
			if c>>4 != 0xe || i+2 >= len(b) {
				break
			}
			r, n = rune(uint32(c&0xf)<<12|uint32(b[i+1]&0x3f)<<6|uint32(b[i+2]&0x3f)), 3
			if gate = g[r&0xffff]; gate&Odd != 0 {
				break
			}
		}
		t.Runes[k&(Room-1)], t.At[k&(Room-1)], t.Gates[k&(Room-1)] = r, int32(i), gate
		i, k = i+n, k+1
	}
	return i, k
}

// Meet fills the sets for the runes from Edge to end; the gate of the rune at end
// counts. Meets are the runes that meet the next by their gates or by Pairs. A are
// those with FlagA, B those with FlagB and those of Pairs, C those with FlagC.
func (t *Text) Meet(p *Pairs, end int) {
	n := end - Edge
	meet(t, p, n)
	if n&63 != 0 {
		for _, s := range [...]*Spots{&t.Meets, &t.A, &t.B, &t.C} {
			s[n>>6&(Room/64-1)] &= 1<<(n&63) - 1
		}
	}
}

// meetPlain is meet, rune by rune.
func meetPlain(t *Text, p *Pairs, n int) {
	gate, last := t.Gates[Edge], t.Runes[Edge]
	for k := range n {
		next, r := t.Gates[(k+Edge+1)&(Room-1)], t.Runes[(k+Edge+1)&(Room-1)]
		h := PairHash(last, r)
		pairs := p[h>>5&(1<<13-1)]
		lanes := (uint32(gate) + uint32(next>>32)&^reach) & reach
		_, meets := bits.Sub32(0, lanes, 0)
		w := k >> 6 & (Room/64 - 1)
		if k&63 == 0 {
			t.Meets[w], t.A[w], t.B[w], t.C[w] = 0, 0, 0, 0
		}
		t.Meets[w] |= uint64(meets|pairs>>(h&31)&1) << (k & 63)
		t.A[w] |= gate >> 39 & 1 << (k & 63)
		t.C[w] |= gate >> 55 & 1 << (k & 63)
		t.B[w] |= (gate>>47 | uint64(pairs>>(h>>18&31))) & 1 << (k & 63)
		gate, last = next, r
	}
}
