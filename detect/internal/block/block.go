// Package block finds, in one pass over bytes, the few places where a number or
// an address of e-mail may stand. It looks at 64 bytes at a time and branches on
// none of them.
//
// # Events
//
// The bytes that a caller has to look at are called events:
//
//   - the fourth digit of every run of four or more ASCII digits;
//   - '@' and '*';
//   - the first byte of a full-width digit in UTF-8 (EF BC 90 … EF BC 99);
//   - an ASCII capital right behind a byte that is not ASCII, as in a number plate.
//
// # Lines
//
// A Text is a line as runes, read eight at a time where they take three bytes, as
// Chinese does. Each rune has a gate, and where two gates meet, a pair is in a set
// or a flag is set, somebody wants a closer look; see Text.Meet.
//
// There are several implementations of all of it; they give the same answer for
// the same bytes, which tests and fuzz targets prove.
package block

import "math/bits"

// Size is how many bytes one call looks at.
const Size = 4096

// Map is what one call found: bit i%64 of word i/64 is byte i.
type Map struct {
	Digits [Size / 64]uint64 // ASCII digits
	Events [Size / 64]uint64
	state  state
}

// state is what the next block must know of the last.
type state struct {
	digits, runs, high uint64
}

// Reset forgets what stood before, and looks at the last bytes before the first
// block instead, at most three of which count.
func (m *Map) Reset(before []byte) {
	m.state = state{}
	for _, c := range before[max(0, len(before)-8):] {
		m.state.digits = m.state.digits>>1 | flag(c-'0' <= 9)<<63
		m.state.high = flag(c >= 0x80) << 63
	}
	m.state.runs = flag(m.state.digits>>60 == 15) << 63
}

func flag(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// Classify fills the map for b[at:], at most Size bytes; it may look at the two
// bytes behind them. It returns how many bytes it looked at. Bits behind them are
// zero in their word and the next; what stands in later words is left over.
func (m *Map) Classify(b []byte, at int) int {
	n := min(len(b)-at, Size)
	words := 0
	if whole := (min(len(b)-at-2, Size)) / 64; whole > 0 {
		classify(m, b[at:at+whole*64+2], whole)
		words = whole
	}
	for ; words*64 < n; words++ {
		var pad [66]byte
		copy(pad[:], b[at+words*64:])
		left := min(n-words*64, 64)
		if left < 64 {
			clear(pad[min(left+2, 66):])
		}
		portable(m, pad[:], words, 1)
		if left < 64 {
			mask := uint64(1)<<left - 1
			m.Digits[words] &= mask
			m.Events[words] &= mask
		}
	}
	if words < len(m.Digits) {
		m.Digits[words], m.Events[words] = 0, 0
	}
	return n
}

// Run is how many bytes from i on are digits, at most Size-i.
func (m *Map) Run(i int) int {
	if n := bits.TrailingZeros64(^(m.Digits[i/64] >> (i & 63))); n < 64-i&63 {
		return n
	}
	return m.longRun(i)
}

// longRun is Run for what does not end in its word.
func (m *Map) longRun(start int) int {
	for i := start/64 + 1; i < len(m.Digits); i++ {
		if d := ^m.Digits[i]; d != 0 {
			return i*64 + bits.TrailingZeros64(d) - start
		}
	}
	return Size - start
}
