package detect

import (
	"math/bits"

	"github.com/wardfold/wardfold/detect/internal/han"
)

// cues is what stands before a value in its clause.
type cues struct {
	set  categories // all categories
	last category   // the nearest
	near bool       // the nearest is a label: only wrappers stand between
	gap  int        // bytes between the nearest and the value or its wrappers
}

// clause is how many bytes before a value may speak for it.
const clause = 72

// before looks at what stands before b[at].
func (w *work) before(b []byte, at int) cues {
	end, crossed := unwrap(b, at)
	if end == 0 {
		return cues{}
	}
	if end > 3 && letter(b[end-4]) && (back(b, end) == '号' || back(b, end) == '码') { // QQ号, VIN码
		end -= 3
	}
	if letter(b[end-1]) {
		if last := w.label(b, end); last != noCategory {
			return cues{set: last.set(), last: last, near: true}
		}
	}
	if crossed {
		if b[end-1] < 0x80 || end < 6 || !w.words.ends(back(b, end-3), back(b, end)) {
			return cues{}
		}
		return w.cell(b, end)
	}
	start := clauseStart(b, end)
	var c cues
	lastEnd := 0
	for i := start; i < end; {
		if _, ok := han.Rune(b, i); !ok {
			i++
			continue
		}
		if w.words.trie.May(b, i) {
			if e, v := w.words.trie.Longest(b[:end], i); v != 0 {
				if i != lastEnd || !tailWord(b[i:e]) { // 通行证 before 号码 stays 通行证
					c.set |= category(v).set()
					c.last = category(v)
				}
				i, lastEnd = e, e
				continue
			}
		}
		i += 3
	}
	c.gap = end - lastEnd
	c.near = c.last != noCategory && c.gap <= 3
	if c.last == noCategory {
		c = w.latin(b, start, end)
	}
	return c
}

// tailWord reports whether s adds nothing to the word before it.
func tailWord(s []byte) bool {
	switch string(s) {
	case "号码", "编号", "账号", "卡号":
		return true
	}
	return false
}

// cell looks whether the cell that ends at end is a label as a whole or by its
// end: what stands in another cell speaks only then.
func (w *work) cell(b []byte, end int) cues {
	for i := max(0, end-24); i < end; {
		if _, ok := han.Rune(b, i); !ok {
			i++
			continue
		}
		if w.words.trie.May(b, i) {
			if e, v := w.words.trie.Longest(b[:end], i); v != 0 && e == end {
				return cues{set: category(v).set(), last: category(v), near: true}
			}
		}
		i += 3
	}
	return cues{}
}

// latin looks for a label in Latin letters that ends some words before end.
func (w *work) latin(b []byte, start, end int) cues {
	for i := end; i > start; i-- {
		if letter(b[i-1]) && (i == len(b) || !letter(b[i])) {
			if c := w.label(b[:end], i); c != noCategory {
				return cues{set: c.set(), last: c, gap: end - i}
			}
		}
	}
	return cues{}
}

// unwrap goes back over what stands between a label and its value. crossed tells
// that it went over the border of a cell or a line.
func unwrap(b []byte, at int) (end int, crossed bool) {
	for end = at; end > 0 && at-end < 16; {
		switch c := b[end-1]; c {
		case ' ', '"', '\'', ':', '=', '(', '[', '{', '>', '#', '*', '`', '-':
			end--
		case ',', '\t', '|', '\n', '\r':
			crossed = true
			end--
		case 0x9a, 0x88, 0x9c, 0x80, 0x8c, 0x90, 0xaf, 0xba, 0x98, 0x84, 0xa0, 0x8d:
			n := wrapper(b[:end])
			if n == 0 {
				return end, crossed
			}
			crossed = crossed || b[end-1] == 0x8c && b[end-2] == 0xbc
			end -= n
		default:
			return end, crossed
		}
	}
	return end, crossed
}

// wrapper is the length of the wrapper that b ends with: ：（“ ideographic space
// ，「『【 是 为 NBSP.
func wrapper(b []byte) int {
	if len(b) >= 3 {
		switch string(b[len(b)-3:]) {
		case "：", "（", "“", "　", "，", "「", "『", "【", "是", "为", "、", "－":
			return 3
		}
	}
	if len(b) >= 2 && b[len(b)-2] == 0xc2 && b[len(b)-1] == 0xa0 {
		return 2
	}
	return 0
}

// clauseStart is where the clause that ends at end begins.
func clauseStart(b []byte, end int) int {
	i := end
	for i > 0 && end-i < clause {
		switch c := b[i-1]; {
		case c == '\n' || c == ',' || c == '\t' || c == '|' || c == ';' || c == '}':
			return i
		case c >= 0x80 && i >= 3 && stops(b[i-3:i]):
			return i
		}
		i--
	}
	for i < end && b[i]&0xc0 == 0x80 {
		i++
	}
	return i
}

// stops reports whether three bytes are 。 ， ； ！ ？.
func stops(b []byte) bool {
	switch b[2] {
	case 0x82:
		return b[0] == 0xe3 && b[1] == 0x80
	case 0x8c, 0x9b, 0x81, 0x9f:
		return b[0] == 0xef && b[1] == 0xbc
	}
	return false
}

func letter(c byte) bool { return c|0x20-'a' < 26 }

// label reads the name in Latin letters that ends at end, as studentPhone or
// "Phone number", and says what it names.
func (w *work) label(b []byte, end int) category {
	var name [32]byte // lower case, filled from its end
	var starts uint32 // bit i: a word begins at name[i]
	n, i := len(name), end
	for i > 0 && n > 0 && end-i < 40 {
		c := b[i-1]
		switch {
		case letter(c):
			n--
			name[n] = c | 0x20
			if i < 2 || !letter(b[i-2]) || c&0x20 == 0 && b[i-2]&0x20 != 0 {
				starts |= 1 << n
			}
		case (c == '_' || c == '-' || c == ' ' || c == '.') && n < len(name) && i > 1 && letter(b[i-2]):
		default:
			i = 1
		}
		i--
	}
	tail := len(name)
	if c := w.words.suffix(name[n:tail], starts>>n); c != noCategory {
		return c
	}
	for _, generic := range genericTails {
		if k := tail - len(generic); k > n && string(name[k:tail]) == generic && starts>>k&1 != 0 {
			return w.words.suffix(name[n:k], starts>>n)
		}
	}
	return noCategory
}

// suffix looks up the longest end of a name that begins a word of it.
func (l *lexicon) suffix(name []byte, starts uint32) category {
	for ; starts != 0; starts &= starts - 1 {
		k := bits.TrailingZeros32(starts)
		if k >= len(name) {
			break
		}
		if c, ok := l.labels[string(name[k:])]; ok {
			return c
		}
	}
	return noCategory
}

// genericTails are words behind the name of a number that add nothing.
var genericTails = [...]string{"number", "num", "no", "is", "code", "value", "text", "str"}
