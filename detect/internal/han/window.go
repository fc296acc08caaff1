package han

import (
	"encoding/binary"
	"sort"
	"unicode/utf16"
	"unicode/utf8"
)

// Window is a piece of input as UTF-8, with a way back to the input. It keeps
// its buffers from one Decode to the next.
type Window struct {
	Text []byte // valid UTF-8
	in   []byte
	enc  Encoding
	mark []mark // every 64 characters
}

// mark is a border of characters in the input and in the text.
type mark struct{ in, out int32 }

// Decode fills the window with in, which begins at the border of a character.
// What is cut off at its end is left out.
func (w *Window) Decode(enc Encoding, in []byte) {
	w.Text, w.mark, w.in, w.enc = w.Text[:0], w.mark[:0], in, enc
	for i, k := 0, 0; i < len(in); k++ {
		if k&63 == 0 {
			w.mark = append(w.mark, mark{int32(i), int32(len(w.Text))})
		}
		r, n := decode(enc, in[i:])
		if n == 0 {
			break
		}
		w.Text = utf8.AppendRune(w.Text, r)
		i += n
	}
}

// decode reads one character; n is 0 if b ends within it.
func decode(enc Encoding, b []byte) (r rune, n int) {
	if enc == GB18030 {
		return decodeGB(b)
	}
	if len(b) < 2 {
		return 0, 0
	}
	var order binary.ByteOrder = binary.LittleEndian
	if enc == UTF16BE {
		order = binary.BigEndian
	}
	r = rune(order.Uint16(b))
	if !utf16.IsSurrogate(r) {
		return r, 2
	}
	if len(b) < 4 {
		return utf8.RuneError, 2
	}
	if r = utf16.DecodeRune(r, rune(order.Uint16(b[2:]))); r != utf8.RuneError {
		return r, 4
	}
	return r, 2
}

// In is the offset in the input of the character that begins at out in Text, or
// of the end if there is none.
func (w *Window) In(out int) int {
	k := sort.Search(len(w.mark), func(i int) bool { return int(w.mark[i].out) > out }) - 1
	if k < 0 {
		return 0
	}
	i, o := int(w.mark[k].in), int(w.mark[k].out)
	for o < out && i < len(w.in) {
		r, n := decode(w.enc, w.in[i:])
		if n == 0 {
			break
		}
		i, o = i+n, o+width(r)
	}
	return i
}

// Out is the offset in Text of the first character that begins at in or later.
func (w *Window) Out(in int) int {
	k := sort.Search(len(w.mark), func(i int) bool { return int(w.mark[i].in) > in }) - 1
	if k < 0 {
		return 0
	}
	i, o := int(w.mark[k].in), int(w.mark[k].out)
	for i < in && i < len(w.in) {
		r, n := decode(w.enc, w.in[i:])
		if n == 0 {
			break
		}
		i, o = i+n, o+width(r)
	}
	return min(o, len(w.Text))
}

func width(r rune) int {
	if n := utf8.RuneLen(r); n > 0 {
		return n
	}
	return utf8.RuneLen(utf8.RuneError)
}

// Border is the last border between characters in b at or before limit, and
// behind the last line that ends in its second half if there is one. b begins at
// a border; limit is at most len(b).
func Border(enc Encoding, b []byte, limit int) int {
	if enc == UTF16LE || enc == UTF16BE {
		limit &^= 1
		low := 1
		if enc == UTF16LE {
			low = 0
		}
		for i := limit - 2; i >= limit/2; i -= 2 {
			if b[i+low] == '\n' && b[i+1-low] == 0 {
				return i + 2
			}
		}
		if limit >= 4 && b[limit-1-low]&0xfc == 0xd8 { // between two halves
			limit -= 2
		}
		return limit
	}
	for i := limit - 1; i >= limit/2; i-- {
		if b[i] == '\n' {
			return i + 1
		}
	}
	if enc == UTF8 {
		for i := limit; i > limit-utf8.UTFMax && i > 0; i-- {
			if i == len(b) || utf8.RuneStart(b[i]) {
				return i
			}
		}
		return limit
	}
	i := 0
	for k := limit - 1; k > 0; k-- { // no part of a longer character is below '0'
		if b[k] < '0' {
			i = k + 1
			break
		}
	}
	for i < limit {
		_, n := decodeGB(b[i:])
		if n == 0 || i+n > limit {
			break
		}
		i += n
	}
	if i == 0 {
		return limit
	}
	return i
}

// Border's twin: Resume is the first offset at or behind from-back where a
// character surely begins, at most from, which is a border itself.
func Resume(enc Encoding, b []byte, from, back int) int {
	start := max(0, from-back)
	switch enc {
	case UTF8:
		for start < from && !utf8.RuneStart(b[start]) {
			start++
		}
		return start
	case GB18030:
		if start == 0 {
			return 0
		}
		for ; start < from; start++ {
			if b[start] < '0' {
				return start + 1
			}
		}
		return from
	}
	return from - (from-start)&^1
}
