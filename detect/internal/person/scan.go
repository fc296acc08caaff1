package person

import (
	"unicode/utf8"
)

// A line is read into runes with some room on both sides, so that the features
// of its first and last runes need no bounds.
const (
	pad     = 16
	lineMax = 4096
	before  = rune(2) // stands before the line
	behind  = rune(3) // stands behind it
)

// line is one line of the text, or a piece of a long one.
type line struct {
	runes []rune   // pad, the runes, pad; punctuation, digits and letters folded
	at    []int32  // the byte offset of each
	words []uint64 // what is known of the words that begin at each; zero is not yet looked up
	stops []int32  // where a closer look is worth it
	n     int      // the runes of the text are runes[pad:n]
}

// read decodes text[from:to] and marks the stops: where two characters may begin
// a name by what is known of each, where a pair begins a listed name, where a
// mark or a character stands that cues need.
func (l *line) read(m *Model, text []byte, from, to int) {
	l.grow(to - from + 2*pad)
	runes, at, stops := l.runes, l.at[:len(l.runes)], l.stops[:len(l.runes)]
	for k := range pad {
		runes[k], at[k] = before, int32(from)
	}
	k, n := pad, 0
	gate, last := uint64(0), before // of the rune before
	for i := from; i < to; k++ {
		at[k] = int32(i)
		c := text[i]
		if c >= 0xe4 && c <= 0xe9 && i+2 < to {
			r := rune(c&0xf)<<12 | rune(text[i+1]&0x3f)<<6 | rune(text[i+2]&0x3f)
			i += 3
			g := m.gate(r)
			runes[k], stops[n] = r, int32(k-1)
			bit := pairBit(last, r) & (pairBits - 1)
			if stop(gate, g)|uint32(m.pairs[bit>>3]>>(bit&7)&1) != 0 {
				n++
			}
			gate, last = g, r
			continue
		}
		r := folded[c&0x7f]
		if c < utf8.RuneSelf {
			i++
		} else {
			var size int
			r, size = utf8.DecodeRune(text[i:to])
			r = fold(r)
			i += size
		}
		stops[n] = int32(k - 1)
		if stop(gate, 0) != 0 {
			n++
		}
		runes[k], stops[n] = r, int32(k)
		if r == '：' || r == '=' {
			n++
		}
		gate, last = m.gate(r), r
	}
	stops[n] = int32(k - 1)
	if stop(gate, 0) != 0 {
		n++
	}
	l.n = k
	for range pad {
		runes[k], at[k] = behind, int32(to)
		k++
	}
	l.runes, l.at, l.stops = runes[:k], at[:k], stops[:n]
	l.words = l.words[:k]
	clear(l.words)
}

// grow makes room for n runes.
func (l *line) grow(n int) {
	if cap(l.runes) < n {
		n = max(n, lineMax+2*pad)
		l.runes, l.at, l.stops, l.words = make([]rune, n), make([]int32, n), make([]int32, n), make([]uint64, n)
	}
	n = cap(l.runes)
	l.runes, l.at, l.stops = l.runes[:n], l.at[:n], l.stops[:n]
}
