package person

import (
	"bytes"
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
	runes []rune // pad, the runes, pad; punctuation, digits and letters folded
	gates []uint64
	at    []int32 // the byte offset of each
	n     int     // the runes of the text are runes[pad:n]
}

// read decodes text[from:to].
func (l *line) read(m *Model, text []byte, from, to int) {
	l.grow(to - from + 2*pad)
	runes, gates, at := l.runes, l.gates[:len(l.runes)], l.at[:len(l.runes)]
	for k := range pad {
		runes[k], gates[k], at[k] = before, 0, int32(from)
	}
	k := pad
	for i := from; i < to; k++ {
		at[k] = int32(i)
		c := text[i]
		if c >= 0xe4 && c <= 0xe9 && i+2 < to {
			r := rune(c&0xf)<<12 | rune(text[i+1]&0x3f)<<6 | rune(text[i+2]&0x3f)
			runes[k], gates[k] = r, m.gate(r)
			i += 3
			continue
		}
		gates[k] = 0
		if c < utf8.RuneSelf {
			runes[k] = folded[c]
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:to])
		runes[k], gates[k] = fold(r), m.gate(r)
		i += size
	}
	l.n = k
	for range pad {
		runes[k], gates[k], at[k] = behind, 0, int32(to)
		k++
	}
	l.runes, l.gates, l.at = runes[:k], gates[:k], at[:k]
}

// grow makes room for n runes.
func (l *line) grow(n int) {
	if cap(l.runes) < n {
		n = max(n, lineMax+2*pad)
		l.runes, l.gates, l.at = make([]rune, n), make([]uint64, n), make([]int32, n)
	}
	n = cap(l.runes)
	l.runes, l.gates, l.at = l.runes[:n], l.gates[:n], l.at[:n]
}

// folded maps ASCII to what the features see: one digit, one letter, one form of
// each mark of punctuation.
var folded = func() (t [utf8.RuneSelf]rune) {
	for r := range t {
		switch {
		case r >= '0' && r <= '9':
			t[r] = '0'
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			t[r] = 'A'
		case r == '\t':
			t[r] = ' '
		default:
			t[r] = rune(r)
		}
	}
	for i, r := range []byte(`(),:;!?"'[]<>~-`) {
		t[r] = []rune(`（），：；！？“”【】《》～—`)[i]
	}
	return t
}()

func fold(r rune) rune {
	switch {
	case r >= '０' && r <= '９':
		return '0'
	case r >= 'Ａ' && r <= 'Ｚ' || r >= 'ａ' && r <= 'ｚ':
		return 'A'
	}
	switch r {
	case '•', '・', '‧', '∙', '●':
		return '·'
	case '\u3000', '\u00a0':
		return ' '
	case '‘', '「', '『':
		return '“'
	case '’', '」', '』':
		return '”'
	}
	return r
}

func isHan(r rune) bool { return uint32(r-hanFirst) < hanSize }

// lines calls f for every line of text, cut where a long line allows it; plain
// says that it has no character above ASCII.
func lines(text []byte, f func(from, to int, plain bool)) {
	for from := 0; from < len(text); {
		to := bytes.IndexByte(text[from:], '\n') + from
		if to < from {
			to = len(text)
		}
		next := to + 1
		if to-from > lineMax {
			to = cut(text, from)
			next = to
		}
		f(from, to, !wide(text[from:to]))
		from = next
	}
}

// cut finds the end of a piece of a long line: behind a mark of punctuation if
// there is one in its second half, else between two runes.
func cut(text []byte, from int) int {
	to := from + lineMax
	for !utf8.RuneStart(text[to]) {
		to--
	}
	for i := to; i > from+lineMax/2; {
		r, n := utf8.DecodeLastRune(text[from:i])
		switch r {
		case '，', '。', '；', '！', '？', ',', ';', '|', '\t', '"', '<':
			return i
		}
		i -= n
	}
	return to
}

func wide(b []byte) bool {
	for len(b) >= 8 {
		v := uint64(b[0]) | uint64(b[1])<<8 | uint64(b[2])<<16 | uint64(b[3])<<24 |
			uint64(b[4])<<32 | uint64(b[5])<<40 | uint64(b[6])<<48 | uint64(b[7])<<56
		if v&0x8080808080808080 != 0 {
			return true
		}
		b = b[8:]
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return true
		}
	}
	return false
}
