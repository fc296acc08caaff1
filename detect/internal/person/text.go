package person

import (
	"bytes"
	"unicode/utf8"
)

func isHan(r rune) bool { return uint32(r-hanFirst) < hanSize }

// lines calls f for every line of text, cut where a long line allows it; plain
// says that it has no character above ASCII.
func lines(text []byte, f func(from, to int, plain bool)) {
	for from := 0; from < len(text); {
		to, next := lineAt(text, from)
		f(from, to, !wide(text[from:to]))
		from = next
	}
}

// lineAt is where the line that begins at from ends, or a piece of a long one, and
// where the next begins: at to if this one was cut.
func lineAt(text []byte, from int) (to, next int) {
	to = bytes.IndexByte(text[from:], '\n') + from
	if to < from {
		to = len(text)
	}
	if to-from > lineMax {
		to = cut(text, from)
		return to, to
	}
	return to, to + 1
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
