package detect

// token is what may belong to a number around an event, with full-width forms
// folded to ASCII and masks to '*'. Separators stand between its words.
type token struct {
	c    [maxToken]byte // digits, letters, '*'; ' ' for any separator
	sep  [maxToken]byte // which separator, folded to ASCII
	at   [maxToken + 1]int32
	end  [maxToken]int32
	n    int
	word [maxWords]span // runs of digits, letters and '*'
	k    int
	hit  int // the word of the event
}

// span is a part of a token.
type span struct{ from, to int8 }

func (s span) len() int { return int(s.to - s.from) }

const (
	maxToken = 64
	maxWords = 24
	reach    = 34 // characters to the left of an event
)

// fold reads one character of a number at b[i]. kind is 0 if it cannot be part
// of one, 1 for a digit or letter or mask, 2 for a separator.
func fold(b []byte, i int) (c byte, n int, kind uint8) {
	switch c = b[i]; {
	case c-'0' <= 9 || letter(c) || c == '*':
		return c, 1, 1
	case c == ' ' || c == '-' || c == '.' || c == '/' || c == '_' || c == '+' || c == '(' || c == ')':
		return c, 1, 2
	case c < 0x80:
		return 0, 0, 0
	case c == 0xc2 && i+1 < len(b):
		switch b[i+1] {
		case 0xa0:
			return ' ', 2, 2
		case 0xb7: // ·
			return '.', 2, 2
		}
	case c == 0xc3 && i+1 < len(b) && b[i+1] == 0x97: // ×
		return 'X', 2, 1
	case i+2 < len(b):
		return foldWide(b[i], b[i+1], b[i+2])
	}
	return 0, 0, 0
}

func foldWide(x, y, z byte) (c byte, n int, kind uint8) {
	switch {
	case x == 0xef && y == 0xbc:
		c = z - 0x80 + 0x20 - 0x00 // U+FF00+k is ASCII 0x20+k
		switch {
		case c-'0' <= 9 || c-'A' < 26 || c == '*':
			return c, 3, 1
		case c == '-' || c == '.' || c == '/' || c == '(' || c == ')' || c == '+':
			return c, 3, 2
		}
	case x == 0xef && y == 0xbd:
		if c = z - 0x80 + 0x60; c-'a' < 26 {
			return c, 3, 1
		}
	case x == 0xe2 && y == 0x80 && z-0x90 <= 5: // dashes
		return '-', 3, 2
	case x == 0xe3 && y == 0x80 && z == 0x80: // ideographic space
		return ' ', 3, 2
	case x == 0xe2 && y == 0x97 && z == 0x8f, x == 0xe2 && y == 0x80 && z == 0xa2: // ● •
		return '*', 3, 1
	}
	return 0, 0, 0
}

// foldBefore reads the character that ends at b[:i].
func foldBefore(b []byte, i int) (c byte, n int, kind uint8) {
	if b[i-1] < 0x80 {
		return fold(b, i-1)
	}
	for n = 2; n <= 3 && n <= i; n++ {
		if b[i-n] >= 0xc0 {
			if c, m, kind := fold(b, i-n); m == n {
				return c, n, kind
			}
			return 0, 0, 0
		}
	}
	return 0, 0, 0
}

// gather fills the token around b[p], which is a digit or a mask, going no
// further left than floor.
func (t *token) gather(b []byte, p, floor int) {
	var left [reach]struct {
		c    byte
		n    uint8
		kind uint8
	}
	k, seps := 0, 0
	start := p
	for k < reach && start > floor {
		c, n, kind := foldBefore(b, start)
		if kind == 0 || start-n < floor {
			break
		}
		if kind == 2 {
			if seps++; seps > 2 {
				break
			}
		} else {
			seps = 0
		}
		left[k].c, left[k].n, left[k].kind = c, uint8(n), kind
		k++
		start -= n
	}
	t.n = 0
	for at := start; k > 0; k-- {
		l := left[k-1]
		t.push(at, int(l.n), l.c, l.kind)
		at += int(l.n)
	}
	hit := t.n
	seps = 0
	for p < len(b) && t.n < maxToken {
		c, n, kind := fold(b, p)
		if kind == 0 {
			break
		}
		if kind == 2 {
			if seps++; seps > 2 {
				break
			}
		} else {
			seps = 0
		}
		t.push(p, n, c, kind)
		p += n
	}
	t.at[t.n] = int32(p)
	t.split(hit)
}

func (t *token) push(at, n int, c byte, kind uint8) {
	i := t.n
	t.at[i], t.end[i] = int32(at), int32(at+n)
	t.sep[i] = 0
	if kind == 2 {
		t.sep[i], c = c, ' '
	}
	t.c[i] = c
	t.n++
}

// split finds the words.
func (t *token) split(hit int) {
	t.k, t.hit = 0, 0
	for i := 0; i < t.n && t.k < maxWords; {
		if t.c[i] == ' ' {
			i++
			continue
		}
		from := i
		for i < t.n && t.c[i] != ' ' {
			i++
		}
		if from <= hit && hit < i {
			t.hit = t.k
		}
		t.word[t.k] = span{int8(from), int8(i)}
		t.k++
	}
}

// join copies the words i..j without separators into buf and returns it, or nil
// if they do not fit or are not joined by one separator each.
func (t *token) join(buf *[24]byte, i, j int) []byte {
	n := 0
	for k := i; k <= j; k++ {
		s := t.word[k]
		if n+s.len() > len(buf) || k > i && s.from-t.word[k-1].to != 1 {
			return nil
		}
		n += copy(buf[n:], t.c[s.from:s.to])
	}
	return buf[:n]
}

// even reports whether the separators between the words i..j are the same.
func (t *token) even(i, j int) bool {
	for k := i + 1; k < j; k++ {
		if t.sep[t.word[k].to] != t.sep[t.word[k-1].to] {
			return false
		}
	}
	return true
}

// digits counts the leading digits of s.
func digits(s []byte) int {
	for i, c := range s {
		if c-'0' > 9 {
			return i
		}
	}
	return len(s)
}
