package detect

import (
	"math/bits"

	"github.com/wardfold/wardfold/detect/internal/block"
	"github.com/wardfold/wardfold/detect/internal/number"
)

// numbers finds what begins with an event in b[from:to].
func (w *work) numbers(b []byte, from, to int) {
	m := &w.blocks
	m.Reset(b[:from])
	seen := b[:min(len(b), to+2)]
	for at := from; at < to; at += block.Size {
		n := min(m.Classify(seen, at), to-at)
		for i := range (n + 63) / 64 {
			for events := m.Events[i]; events != 0; events &= events - 1 {
				k := i*64 + bits.TrailingZeros64(events)
				p := at + k
				if p < w.past || k >= n {
					continue
				}
				more := m.Run(k)
				if more != 15 && more != 14 && more != 8 || w.slow || !w.quick(b, p-3, p+more) {
					w.event(b, p, more)
				}
			}
		}
	}
}

// quick takes a run of digits that stands alone between ASCII characters and is
// a resident identity number, or a mobile in a cell of its own. It does what run
// does, for the two that tables are full of.
func (w *work) quick(b []byte, start, end int) bool {
	if start < 2 || end+2 > len(b) || b[start-1] >= 0x80 || class[b[start-1]] != apart {
		return false
	}
	switch end - start {
	case 17:
		if b[end]|0x20 != 'x' {
			return false
		}
		end++
		fallthrough
	case 18:
		if b[end] >= 0x80 || class[b[end]] != apart || b[end] == '@' || b[end] == '<' {
			return false
		}
		p, ok := number.Resident((*[18]byte)(b[start:]), w.today)
		if !ok || p.Scheme != number.Mainland || !p.County || !w.kinds.Has(ResidentID) {
			return false
		}
		f := w.next()
		f.Start, f.End, f.Kind, f.Why = int64(start), int64(end), ResidentID, Checksum|Calendar|Region|Shape
		f.Score, f.Level, f.Born = weighProof, Certain, Date(p.Born)
		if w.on.Year != 0 {
			f.Minor = classAt(p.Born, w.today)
		}
	case 11:
		if c := b[start-1]; c != ',' && c != '\t' && c != '|' || b[start-2]-'0' > 9 || b[end] != ',' && b[end] != '\n' && b[end] != '\t' {
			return false
		}
		if !number.Mobile((*[11]byte)(b[start:])) || !w.kinds.Has(Mobile) || w.floor > scoreMobile {
			return false
		}
		f := w.next()
		f.Start, f.End, f.Kind, f.Why = int64(start), int64(end), Mobile, Prefix|Shape
		f.Score, f.Level = scoreMobile, Likely
	default:
		return false
	}
	w.past = end
	return true
}

// next is a new finding at the end of the list.
func (w *work) next() *Finding {
	n := len(w.found)
	if n == cap(w.found) {
		w.found = append(w.found, Finding{})
	} else {
		w.found = w.found[:n+1]
		w.found[n] = Finding{}
	}
	return &w.found[n]
}

// event looks at one event at b[p]. If it is a digit, more is how many follow in
// the same block, itself included.
func (w *work) event(b []byte, p, more int) {
	switch c := b[p]; {
	case c-'0' <= 9:
		w.run(b, p-3, p+more)
	case c == '@':
		w.email(b, p)
	case c-'A' < 26:
		w.plate(b, p)
	default: // a mask or a full-width digit
		w.token(b, p)
	}
}

// run looks at a run of four or more ASCII digits that begins at start and
// reaches to end at least. What stands alone is judged without folding; this
// gives the same answer as token, sooner.
func (w *work) run(b []byte, start, end int) {
	for end < len(b) && b[end]-'0' <= 9 {
		end++
	}
	n := end - start
	if w.dates && (n == 4 || n == 8) && w.born(b, start, n) {
		return
	}
	if n >= precise && start > 1 && b[start-1] == '.' && b[start-2]-'0' <= 9 && w.kinds.Has(Location) && w.location(b, start) {
		return
	}
	if n == 4 && end+2 < len(b) && b[end] == 0xe5 && b[end+1] == 0xb9 && b[end+2] == 0xb4 { // 年
		return
	}
	if w.slow || !w.apart(b, start, end) && !w.short(b, start, end) {
		w.token(b, start+3)
		return
	}
	var g guess
	switch {
	case n == 17 && end < len(b) && b[end]|0x20 == 'x':
		end++
		g = w.guessResident((*[18]byte)(b[start:]))
	case n == 4 || n > 20:
		return
	case n > 9:
		g = w.guessDigits(b[start:end])
	}
	w.settle(b, start, end, b[start:end], g)
}

// grouped is the least number of digits that are written in groups.
const grouped = 10

// short reports whether the ASCII digits joined to b[start:end] by separators
// are too few for anything that is written in groups, as in 2026-09-01.
func (w *work) short(b []byte, start, end int) bool {
	n := end - start
	for i := start; i > 0; i-- {
		c := b[i-1]
		if c-'0' <= 9 {
			n++
		} else if c >= 0x80 {
			if _, _, kind := foldBefore(b, i); kind != 0 {
				return false
			}
			break
		} else if class[c] == inWord {
			return false
		} else if class[c] == apart {
			break
		}
		if n >= grouped || start-i > reach {
			return false
		}
	}
	for i := end; i < len(b); i++ {
		c := b[i]
		if c-'0' <= 9 {
			n++
		} else if c >= 0x80 {
			if _, _, kind := fold(b, i); kind != 0 {
				return false
			}
			break
		} else if class[c] == inWord || c == '@' || c == '<' {
			return false
		} else if class[c] == apart {
			break
		}
		if n >= grouped || i-end > reach {
			return false
		}
	}
	return n < grouped && !(n == 8 && fourFour(b, start, end))
}

// fourFour reports whether four digits stand beside the four at b[start:end], as
// in 8765-4321.
func fourFour(b []byte, start, end int) bool {
	if end-start != 4 {
		return false
	}
	if end+5 <= len(b) && (b[end] == '-' || b[end] == ' ') && digits(b[end+1:end+5]) == 4 {
		return true
	}
	return start >= 5 && (b[start-1] == '-' || b[start-1] == ' ') && digits(b[start-5:start-1]) == 4
}

// settle adds what stands before b[start:end], whose folded form is s, and keeps
// it if it is likely enough.
func (w *work) settle(b []byte, start, end int, s []byte, g guess) bool {
	if g.score < certainProof && len(s) > 4 {
		c := w.before(b, start)
		if g.kind != None {
			w.weigh(&g, c)
		}
		if c.near && (g.kind == None || g.score < likelyFrom && !g.why.Has(Grouping|Weak)) {
			if l := guessLabelled(s, c.last); masks(s) > 0 {
				g = labelledMask(s, c.last)
			} else if l.kind != None && l.score > g.score {
				g = l
			}
		}
	}
	if g.kind == None || !w.add(start, end, g) {
		return false
	}
	w.past = end
	return true
}

// apart reports whether a run of digits has neighbours that cannot belong to it.
func (w *work) apart(b []byte, start, end int) bool {
	return w.apartBefore(b, start) && w.apartBehind(b, start, end)
}

func (w *work) apartBefore(b []byte, start int) bool {
	if start == 0 {
		return true
	}
	c := b[start-1]
	if c >= 0x80 {
		_, _, kind := foldBefore(b, start)
		return kind == 0
	}
	return class[c] == apart || class[c] == between && (start == 1 || w.alone(b, start-1))
}

func (w *work) apartBehind(b []byte, start, end int) bool {
	if end == len(b) {
		return true
	}
	switch c := b[end]; {
	case c >= 0x80:
		_, _, kind := fold(b, end)
		return kind == 0
	case class[c] == inWord:
		return end-start == 17 && c|0x20 == 'x' && w.apartBehind(b, end+1, end+1)
	case class[c] == between:
		return end+1 == len(b) || b[end+1] < 0x80 && class[b[end+1]] == apart
	case c == '@' || c == '<':
		return false
	}
	return true
}

// alone reports whether nothing of a number ends at b[:i], where a separator
// stands.
func (w *work) alone(b []byte, i int) bool {
	c := b[i-1]
	return c < 0x80 && class[c] == apart
}

// The classes of ASCII characters beside a run of digits.
const (
	apart   = iota // ends a number
	inWord         // belongs to the same word
	between        // separates the words of a number
)

var class = [128]uint8{
	' ': between, '-': between, '.': between, '/': between, '_': between, '+': inWord, '(': between, ')': between, '*': inWord,
}

func init() {
	for c := range class {
		if letter(byte(c)) || byte(c)-'0' <= 9 {
			class[c] = inWord
		}
	}
}

// add keeps a finding if it is wanted and likely enough.
func (w *work) add(start, end int, g guess) bool {
	f := Finding{
		Start: int64(start), End: int64(end), Kind: g.kind, Level: levelOf(g.score), Score: g.score, Why: g.why,
		Masked: g.masked,
	}
	weak := w.linked && g.score < likelyFrom && g.score >= w.floor-weighLinked
	if !weak && (g.score < w.floor || !w.kinds.Has(g.kind) && !(w.linked && anchors.Has(g.kind))) {
		return false
	}
	if !g.born.IsZero() {
		f.Born = Date(g.born)
		if w.on.Year != 0 {
			f.Minor = minorAt(f.Born, w.on)
		}
	}
	if weak { // a person beside it may make it likely
		w.terms = append(w.terms, f)
		return true
	}
	w.found = append(w.found, f)
	return true
}
