package detect

import (
	"math/bits"

	"github.com/wardfold/wardfold/detect/internal/block"
)

// numbers finds what begins with an event in b[from:to].
func (w *work) numbers(b []byte, from, to int) {
	m := &w.blocks
	m.Reset(b[:from])
	for at := from; at < to; at += block.Size {
		m.Classify(b[:min(len(b), to+2)], at)
		for i, events := range m.Events {
			for ; events != 0; events &= events - 1 {
				if p := at + i*64 + bits.TrailingZeros64(events); p >= w.past {
					w.event(b, p)
				}
			}
		}
	}
}

// event looks at one event.
func (w *work) event(b []byte, p int) {
	switch c := b[p]; {
	case c-'0' <= 9:
		w.run(b, p)
	case c == '@':
		w.email(b, p)
	case c-'A' < 26:
		w.plate(b, p)
	default: // a mask or a full-width digit
		w.token(b, p)
	}
}

// run looks at a run of ASCII digits whose fourth is b[p]. What stands alone is
// judged without folding; this gives the same answer as token, sooner.
func (w *work) run(b []byte, p int) {
	start, end := p-3, p+1
	for end < len(b) && b[end]-'0' <= 9 {
		end++
	}
	if n := end - start; w.dates && (n == 4 || n == 8) && w.birth(b, start) {
		return
	}
	if !w.apart(b, start, end) {
		w.token(b, p)
		return
	}
	s := b[start:end]
	var g guess
	switch n := len(s); {
	case n == 17 && end < len(b) && b[end]|0x20 == 'x':
		end++
		g = w.guessResident((*[18]byte)(b[start:]))
	case n > 4 && n < 20:
		g = w.guessDigits(s)
	}
	w.settle(b, start, end, b[start:end], g)
}

// settle adds what stands before b[start:end], whose folded form is s, and keeps
// it if it is likely enough.
func (w *work) settle(b []byte, start, end int, s []byte, g guess) bool {
	if g.score < certainProof && len(s) > 4 {
		c := w.before(b, start)
		if g.kind != None {
			w.weigh(&g, c)
		}
		if c.near && (g.kind == None || g.score < likelyFrom) {
			if l := guessLabelled(s, c.last); l.kind != None && l.score > g.score {
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
	if start > 0 {
		if c := b[start-1]; c >= 0x80 {
			if _, _, kind := foldBefore(b, start); kind != 0 {
				return false
			}
		} else if class[c] == inWord || class[c] == between && start > 1 && !w.alone(b, start-1) {
			return false
		}
	}
	if end < len(b) {
		switch c := b[end]; {
		case c >= 0x80:
			if _, _, kind := fold(b, end); kind != 0 {
				return false
			}
		case class[c] == inWord:
			return end-start == 17 && c|0x20 == 'x' && (end+1 == len(b) || w.apart(b, end+1, end+1))
		case class[c] == between:
			return end+1 == len(b) || b[end+1] < 0x80 && class[b[end+1]] == apart
		case c == '@' || c == '<':
			return false
		}
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
