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

// line is some lines of the text, or a piece of a long one.
type line struct {
	*room
	runes   []rune   // pad, the runes, pad; punctuation, digits and letters folded
	at      []int32  // the byte offset of each, and of the end
	stops   []int32  // where a closer look is worth it
	borders []border // between lines
	starts  []start  // the stops that are left behind the look at them
	n       int      // the runes of the text are runes[pad:n]
}

// border is what stands between two lines: marks of the end of one and of the
// beginning of the next, as many as anybody looks ahead or back.
type border struct {
	k  int // the first of them
	to int // where the line ends in the text
}

// rim are the runes of a border.
var rim = [...]rune{behind, behind, behind, before, before}

// room is where lines are kept. Its arrays are longer than any line, so that a
// masked index needs no check.
type room struct {
	block.Text
	stops   [block.Room]int32
	starts  [block.Room]start
	words   [block.Room]uint64 // what is known of the words that begin at each; zero is not yet looked up
	wants   [block.Room]int32  // where words are to be looked up
	hashes  [block.Room]uint64 // of what is looked up
	wanted  int
	touched uint32 // keeps what is read ahead from being left out
}

func newRoom() *room {
	o := new(room)
	for k := range pad {
		o.Runes[k] = before
	}
	return o
}

const lineMask = block.Room - 1

// from is the runes from k on.
func (l *line) from(k int) *[5]rune { return (*[5]rune)(l.room.Runes[k&lineMask:]) }

// read decodes text[from:to] and marks what is worth a look.
func (l *line) read(w *Watch, text []byte, from, to int) {
	l.begin()
	l.add(w, text, from, to)
	l.end(w)
}

func (l *line) begin() {
	if l.room == nil {
		l.room = newRoom()
	}
	l.n, l.borders = pad, l.borders[:0]
}

// border ends a line at an offset, so that another one can be added.
func (l *line) border(to int) {
	l.borders = append(l.borders, border{l.n, to})
	for i, r := range rim {
		l.set(l.n+i, uint64(r)<<foldAt, to)
	}
	l.n += len(rim)
}

// add decodes text[from:to].
func (l *line) add(w *Watch, text []byte, from, to int) {
	o, k, b := l.room, l.n, text[:to]
	if to+block.WideBytes < len(text) && text[to] == '\n' { // Read stops there, and may look further
		b = text[:to+block.WideBytes]
	}
	for i := from; ; {
		if i, k = o.Read(&w.gates, &w.ascii, b, to, i, k); i == to {
			break
		}
		r, n := utf8.DecodeRune(b[i:])
		o.set(k, w.odd(r), i)
		i, k = i+n, k+1
	}
	l.n, o.At[k], o.Gates[k] = k, int32(to), 0
}

// end marks what is worth a look. Nothing in a border is, but that Places wants the
// end of a line.
func (l *line) end(w *Watch) {
	o, k := l.room, l.n
	copy(o.Runes[k:], ending[:])
	o.Meet(&w.pairs, k)
	for _, b := range l.borders {
		i := b.k - pad
		o.Meets.Drop(i, len(rim))
		o.B.Drop(i, len(rim))
		o.A.Drop(i, len(rim))
		if w.ascii['\n']&telling != 0 {
			o.A[i>>6&(block.Room/64-1)] |= 1 << (i & 63)
		}
	}
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
