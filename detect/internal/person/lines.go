package person

import (
	"bytes"

	"github.com/wardfold/wardfold/detect/internal/block"
)

// Lines are read together, so that what one candidate waits for does not keep the
// next from beginning: as many as make some thousand bytes.
const (
	together  = 6 << 10
	linesMost = 256
)

// some finds the names of a line, or of some lines, that begin at from. It returns
// where the next begins.
func (f *Finder) some(text []byte, from int) (next int) {
	to, next := lineAt(text, from)
	plain := !wide(text[from:to])
	if f.table.n > 0 || plain && from < to || next == to {
		f.one(text, from, to, plain)
		f.newline(text, to)
		return next
	}
	first, l := len(f.hits), &f.line
	to = l.readSome(f.watch, text, from, to, f.many)
	f.sort()
	last, named := f.weigh(text)
	if f.many = min(2*f.many, f.most); named { // a table may begin here, which is read line by line
		if last < len(l.borders) {
			to, l.n = l.borders[last].to, l.borders[last].k
			f.forget(to)
		}
		if last > 0 {
			from = l.borders[last-1].to + 1
		}
		f.head(text[from:to])
		f.many = 1
	}
	f.runes += l.n - pad - last*len(rim)
	f.settle(first)
	f.newline(text, to)
	return to + 1
}

// forget drops what was noted of text[to:].
func (f *Finder) forget(to int) {
	for _, list := range [...]*[]int32{&f.Words, &f.Places} {
		n := len(*list)
		for n > 0 && int((*list)[n-1]) >= to {
			n--
		}
		*list = (*list)[:n]
	}
}

// one finds the names of one line: those of its labels and columns first, then
// those that the model weighs.
func (f *Finder) one(text []byte, from, to int, plain bool) {
	if plain && f.table.n == 0 && !bytes.Contains(text[from:to], []byte("ame")) {
		f.skim(text, from, to)
		return
	}
	first := len(f.hits)
	f.line.read(f.watch, text, from, to)
	f.sort()
	f.runes += f.line.n - pad
	if plain && f.head(text[from:to]) {
		return
	}
	if f.table.n > 0 && !f.row(f.model, from, to, text) {
		f.table.n = 0
	}
	if _, named := f.weigh(text); named && f.table.n == 0 {
		f.head(text[from:to])
	}
	f.settle(first)
}

// readSome decodes text[from:to], a line, and at most many in all with those
// behind it, but none that is all ASCII or has to be cut. It returns where the last
// ends.
func (l *line) readSome(w *Watch, text []byte, from, to, many int) (end int) {
	l.begin()
	l.add(w, text, from, to)
	for start := from; many > 1 && to-start < together && to+1 < len(text); many-- {
		from = to + 1
		end, next := lineAt(text, from)
		if next == end || from < end && !wide(text[from:end]) || l.n+end-from > block.Room-4*pad {
			break
		}
		l.border(to)
		l.add(w, text, from, end)
		to = end
	}
	l.end(w)
	return to
}
