package person

import (
	"unicode/utf8"

	"github.com/wardfold/wardfold/detect/internal/block"
)

// A line is read into runes with some room on both sides, so that the features
// of its first and last runes need no bounds.
const (
	pad     = block.Edge
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
	block.Text
	stops [block.Room]int32
	words [block.Room]uint64 // what is known of the words that begin at each; zero is not yet looked up
}

func newRoom() *room {
	o := new(room)
	for k := range pad {
		o.Runes[k] = before
	}
	return o
}

const lineMask = block.Room - 1

// read decodes text[from:to] and marks what is worth a look.
func (l *line) read(w *Watch, text []byte, from, to int) {
	if l.room == nil {
		l.room = newRoom()
	}
	o, k, b := l.room, pad, text[:to]
	if to+block.WideBytes < len(text) && text[to] == '\n' { // Wide stops there, and may look further
		b = text[:to+block.WideBytes]
	}
	for i := from; i < to; {
		if b[i]>>4 == 0xe {
			if i, k = o.Wide(&w.gates, b, i, k); i == to {
				break
			}
		}
		if c := b[i]; c < utf8.RuneSelf {
			o.set(k, w.ascii[c], i)
			i, k = i+1, k+1
		} else {
			r, n := utf8.DecodeRune(b[i:])
			o.set(k, w.odd(r), i)
			i, k = i+n, k+1
		}
	}
	l.n, o.At[k], o.Gates[k] = k, int32(to), 0
	copy(o.Runes[k:], ending[:])
	o.Meet(&w.pairs, k)
	k += pad
	l.runes, l.at = o.Runes[:k], o.At[:k]
	clear(o.words[:k])
}

// set makes rune k what is known of the mark that stands at an offset.
func (o *room) set(k int, v uint64, at int) {
	o.Runes[k&lineMask], o.At[k&lineMask], o.Gates[k&lineMask] = rune(v>>foldAt&foldMask), int32(at), v&flags
}

var ending = [pad]rune{behind, behind, behind, behind, behind, behind, behind, behind,
	behind, behind, behind, behind, behind, behind, behind, behind}
