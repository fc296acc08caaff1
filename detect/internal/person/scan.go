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
	*room
	runes []rune  // pad, the runes, pad; punctuation, digits and letters folded
	at    []int32 // the byte offset of each, and of the end
	stops []int32 // where a closer look is worth it
	n     int     // the runes of the text are runes[pad:n]
}

// room is where lines are kept. Its arrays are longer than any line, so that a
// masked index needs no check.
type room struct {
	k, n  int    // runes and stops so far
	gate  uint64 // of the rune before
	last  rune   // the rune before
	runes [lineRoom]rune
	at    [lineRoom]int32
	stops [lineRoom]int32
	words [lineRoom]uint64 // what is known of the words that begin at each; zero is not yet looked up
}

func newRoom() *room {
	o := new(room)
	for k := range pad {
		o.runes[k] = before
	}
	return o
}

const (
	lineRoom = 2 * lineMax
	lineMask = lineRoom - 1
)

// read decodes text[from:to] and marks the stops: where two characters may begin
// a name by what is known of each, where a pair begins a listed name, where a
// mark or a character stands that cues need.
func (l *line) read(m *Model, text []byte, from, to int) {
	if l.room == nil {
		l.room = newRoom()
	}
	o := l.room
	o.k, o.n, o.gate, o.last = pad, 0, 0, before
	for i := from; i < to; {
		if i = o.run(m, text[i:to], i); i < to {
			i += o.other(m, text[i:to], i)
		}
	}
	k := o.k
	o.stops[o.n&lineMask] = int32(k - 1)
	if stop(o.gate, 0) != 0 {
		o.n++
	}
	l.n, o.at[k] = k, int32(to)
	copy(o.runes[k:], ending[:])
	k += pad
	l.runes, l.at, l.stops = o.runes[:k], o.at[:k], o.stops[:o.n]
	clear(o.words[:k])
}

var ending = [pad]rune{behind, behind, behind, behind, behind, behind, behind, behind,
	behind, behind, behind, behind, behind, behind, behind, behind}

// run reads Han characters and common marks from b, which begins at an offset, as
// long as there are any, and returns where they end. All text goes through its
// inner loop.
func (o *room) run(m *Model, b []byte, at int) int {
	i, k, n, gate, last := 0, o.k, o.n, o.gate, uint32(o.last)
	for i >= 0 && i < len(b)-3 {
		w := uint32(b[i]) | uint32(b[i+1])<<8 | uint32(b[i+2])<<16 | uint32(b[i+3])<<24
		r := w&0xf<<12 | w>>2&0xfc0 | w>>16&0x3f
		if w&0xf0 == 0xe0 && r-hanFirst < hanSize {
			next := m.gates[r-hanFirst]
			o.runes[k&lineMask], o.at[k&lineMask], o.stops[n&lineMask] = rune(r), int32(at+i), int32(k-1)
			if stop(gate, next)|m.listed(last, r) != 0 {
				n++
			}
			gate, last = next, r
			k++
			i += 3
			continue
		}
		r, size := common(w)
		if size == 0 {
			break
		}
		o.runes[k&lineMask], o.at[k&lineMask], o.stops[n&lineMask] = rune(r&^stopMark), int32(at+i), int32(k-1)
		if stop(gate, 0) != 0 {
			n++
		}
		gate, last = uint64(r&stopMark)<<8, r&^stopMark
		k++
		i += size
	}
	o.k, o.n, o.gate, o.last = k, n, gate, rune(last)
	return at + i
}

// common gives the mark that begins w and its size, 0 if it is none of the common
// ones.
func common(w uint32) (r uint32, size int) {
	if w&0x80 == 0 {
		return ascii[w&0x7f], 1
	}
	switch w & 0xfff0 {
	case 0x80e0: // U+3000
		if w&0xf == 3 {
			return cjk[w>>16&0x3f], 3
		}
	case 0xbce0, 0xbde0: // U+FF00, U+FF40
		if w&0xf == 0xf {
			return full[w>>2&0x40|w>>16&0x3f], 3
		}
	}
	return 0, 0
}

// other reads any rune and returns its size.
func (o *room) other(m *Model, b []byte, at int) int {
	r, size := utf8.DecodeRune(b)
	gate := uint64(0)
	if isHan(r) {
		gate = m.gates[r-hanFirst]
	} else {
		v := marked(fold(r))
		gate, r = uint64(v&stopMark)<<8, rune(v&^stopMark)
	}
	k := o.k
	o.stops[o.n&lineMask] = int32(k - 1)
	if stop(o.gate, gate)|m.listed(uint32(o.last), uint32(r)) != 0 {
		o.n++
	}
	o.runes[k&lineMask], o.at[k&lineMask] = r, int32(at)
	o.k, o.gate, o.last = k+1, gate, r
	return size
}
