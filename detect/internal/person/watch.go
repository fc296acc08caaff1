package person

import (
	"math/bits"
	"slices"
	"strings"
	"sync"

	"github.com/wardfold/wardfold/detect/internal/block"
)

// Watch is what the finder looks for when it reads a text: its own stops, and what
// two others want to look at. To read a text costs more than to see in the same
// pass what any of them needs.
type Watch struct {
	gates block.Gates
	pairs block.Pairs  // that begin listed names meet; those of Words are of B
	words wordPairs    // those of Words once more
	ascii block.Narrow // as marked gives it, with flags
}

// What gates say besides, and where marked has what a mark is folded to.
const (
	telling = block.FlagA // of Places
	opening = block.FlagC // of Places: what the others count beside only
	lone    = block.FlagB // of Words
	flags   = block.NarrowFlags

	foldAt   = block.NarrowRune
	foldMask = 1<<21 - 1
)

// NewWatch adds to the stops of names the characters of Places that isTelling
// names: some that isOpening names as well, digits, and marks that part clauses. And
// those of Words: the ones in words, and those that two characters of pairs begin
// with. Of two or four bytes it takes notice of none.
func NewWatch(isTelling, isOpening func(rune) bool, words string, pairs func(add func(a, b rune))) *Watch {
	w := builtin().watch()
	add := func(g *uint64, r rune) {
		if isTelling(r) {
			*g |= telling
		}
		if isOpening(r) {
			*g |= opening
		}
		if strings.ContainsRune(words, r) {
			*g |= lone
		}
	}
	for i := range w.ascii {
		add(&w.ascii[i], rune(i))
	}
	for r := rune(0x800); r < rune(len(w.gates)); r++ {
		add(&w.gates[r], r)
	}
	pairs(func(a, b rune) {
		w.pairs.AddB(a, b)
		at, bit := w.words.slot(a, b)
		w.words[at] |= bit
	})
	return w
}

// wordPairs is a set of pairs that now and then has one too many, others than
// block.Pairs: five of nine of those are in that set for nothing.
type wordPairs [1 << 10]uint64

func (p *wordPairs) slot(a, b rune) (at uint32, bit uint64) {
	h := (uint32(a)*0x85ebca6b ^ uint32(b)*0xc2b2ae35) >> 16
	return h >> 6, 1 << (h & 63)
}

// watch is what names alone need.
func (m *Model) watch() *Watch {
	w := new(Watch)
	for r := range rune(len(w.gates)) {
		if isHan(r) {
			w.gates[r] = m.chars[m.ranks[r-hanFirst]].gate()
		} else {
			w.gates[r] = marked(r) & flags
			if fold(r) != r {
				w.gates[r] |= block.Odd
			}
		}
	}
	for _, r := range stopRunes {
		w.gates[r] |= always
	}
	for i := range m.pairs {
		w.pairs[i>>2] |= uint32(m.pairs[i]) << (i & 3 * 8)
	}
	for i := range w.ascii {
		w.ascii[i] = marked(rune(i))
	}
	return w
}

// odd is marked for a rune that Wide does not read.
func (w *Watch) odd(r rune) uint64 {
	if r < rune(len(w.gates)) {
		return marked(r) | w.gates[r]&flags
	}
	return marked(r)
}

// marked is what a mark is folded to; a value may stand behind some.
func marked(r rune) uint64 {
	r = fold(r)
	v := uint64(r) << foldAt
	if r == '：' || r == '=' {
		v |= always
	}
	return v
}

// names is the watch of the model that comes with the package.
var names = sync.OnceValue(func() *Watch { return builtin().watch() })

// begin makes the finder ready for a text.
func (f *Finder) begin() {
	m := f.Model
	if m == nil {
		m = builtin()
	}
	switch {
	case f.Watch != nil:
		f.watch = f.Watch
	case f.Model == nil:
		f.watch = names()
	case f.model != m:
		f.watch = m.watch()
	}
	f.model, f.Words, f.Places = m, f.Words[:0], f.Places[:0]
}

// Read fills Words and Places for a text, and finds nothing.
func (f *Finder) Read(text []byte) {
	f.begin()
	lines(text, func(from, to int, plain bool) {
		if plain {
			f.skim(text, from, to)
		} else {
			f.line.read(f.watch, text, from, to)
			f.sort()
		}
		f.newline(text, to)
	})
}

// newline notes the end of a line.
func (f *Finder) newline(text []byte, at int) {
	if f.watch.ascii['\n']&telling != 0 && at < len(text) && text[at] == '\n' {
		f.Places = append(f.Places, int32(at))
	}
}

// skim notes what Words and Places want of a line in ASCII. Of a whole line Places
// gets nothing: no part of an address is in it.
func (f *Finder) skim(text []byte, from, to int) {
	whole := (from == 0 || text[from-1] == '\n') && (to == len(text) || text[to] == '\n')
	t := &f.watch.ascii
	for i, c := range text[from:to] {
		v := t[c&0x7f]
		if v&lone != 0 {
			f.Words = append(f.Words, int32(from+i))
		}
		if v&telling != 0 && !whole {
			f.Places = append(f.Places, int32(from+i))
		}
	}
}

// sort makes stops, Words and Places of what was seen in a line.
func (f *Finder) sort() {
	o, size := f.line.room, f.line.n-pad
	n := 0
	for i := range (size + 63) / 64 {
		for spots := o.Meets[i&(block.Room/64-1)]; spots != 0; spots &= spots - 1 {
			o.stops[n&lineMask] = int32(i*64 + bits.TrailingZeros64(spots) + pad)
			n++
		}
	}
	f.line.stops = o.stops[:n]
	f.Words, f.Places = o.offsets(f.Words, &f.watch.words, size), o.places(f.Places, size)
}

// offsets appends the offsets of what Words is to know of the first runes of a line.
func (o *room) offsets(list []int32, pairs *wordPairs, size int) []int32 {
	n := len(list)
	list = slices.Grow(list, size)[:n+size]
	for i := range (size + 63) / 64 {
		for s := o.B[i&(block.Room/64-1)]; s != 0 && n < len(list); s &= s - 1 {
			k := i*64 + bits.TrailingZeros64(s) + pad
			list[n] = o.At[k&lineMask]
			at, set := pairs.slot(o.Runes[k&lineMask], o.Runes[(k+1)&lineMask])
			n += bit(o.Gates[k&lineMask]&lone|pairs[at&1023]&set != 0)
		}
	}
	return list[:n]
}
