package han

import (
	_ "embed"
	"encoding/binary"
	"sort"
	"unicode/utf8"
)

// Encoding is how text is written in bytes.
type Encoding uint8

// The encodings. Anything that is none of the others is read as UTF-8, where
// bytes that are no character stand for themselves.
const (
	UTF8 Encoding = iota
	GB18030
	UTF16LE
	UTF16BE
)

// String names the encoding as IANA does.
func (e Encoding) String() string { return [...]string{"utf-8", "gb18030", "utf-16le", "utf-16be"}[e] }

// sample is how many bytes Sniff looks at.
const sample = 2048

// Sniff guesses the encoding of text from its first bytes that are not ASCII.
// even tells that b begins at an even offset of the input, as UTF-16 must.
func Sniff(b []byte, even bool) Encoding {
	if len(b) >= 2 && even {
		switch {
		case b[0] == 0xff && b[1] == 0xfe:
			return UTF16LE
		case b[0] == 0xfe && b[1] == 0xff:
			return UTF16BE
		}
	}
	i := 0
	for i+8 <= len(b) && i < 8*sample && plain(binary.LittleEndian.Uint64(b[i:])) {
		i += 8
	}
	for i < len(b) && i < 8*sample && b[i] != 0 && b[i] < 0x80 {
		i++
	}
	if i == len(b) || i == 8*sample {
		return UTF8
	}
	s := b[i&^1 : min(len(b), i+sample)]
	whole := len(s) == len(b)-i&^1
	high := b[i:min(len(b), i+sample)]
	if b[i] != 0 && utf8.Valid(high[:Untorn(high)]) {
		return UTF8
	}
	best, share := UTF8, utf8Share(high, whole)
	try := func(e Encoding, n int) {
		if n > 850 && n > share {
			best, share = e, n
		}
	}
	if b[i] != 0 {
		try(GB18030, gbShare(high))
	}
	if even {
		try(UTF16LE, utf16Share(s, binary.LittleEndian))
		try(UTF16BE, utf16Share(s, binary.BigEndian))
	}
	return best
}

// plain reports whether eight bytes are ASCII and none is zero.
func plain(v uint64) bool {
	return (v|(v-0x0101010101010101))&0x8080808080808080 == 0
}

// Untorn is the length of b without a character that its end may have torn.
func Untorn(b []byte) int {
	for n := len(b) - 1; n >= 0 && n > len(b)-utf8.UTFMax; n-- {
		if utf8.RuneStart(b[n]) {
			if !utf8.FullRune(b[n:]) {
				return n
			}
			break
		}
	}
	return len(b)
}

// utf8Share is how many of 1000 bytes that are not ASCII are characters; 1000 is
// all. A character that the sample cuts counts.
func utf8Share(b []byte, whole bool) int {
	good, bad := 0, 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r != utf8.RuneError || n > 1:
			if n > 1 {
				good += n
			}
		case !whole && !utf8.FullRune(b):
			good += len(b)
			n = len(b)
		default:
			bad++
		}
		b = b[n:]
	}
	if good+bad == 0 {
		return 1000
	}
	return 1000 * good / (good + bad)
}

// gbShare is how many of 1000 bytes that are not ASCII are common characters.
func gbShare(b []byte) int {
	good, all := 0, 0
	for i := 0; i < len(b); {
		if b[i] < 0x80 {
			if b[i] == 0 {
				return 0
			}
			i++
			continue
		}
		r, n := decodeGB(b[i:])
		if n == 0 {
			break
		}
		all += n
		if common(r) {
			good += n
		}
		i += n
	}
	if all == 0 {
		return 0
	}
	return 1000 * good / all
}

// utf16Share is how many of 1000 code units are common characters.
func utf16Share(b []byte, order binary.ByteOrder) int {
	good, all := 0, len(b)/2
	for i := 0; i+1 < len(b); i += 2 {
		r := rune(order.Uint16(b[i:]))
		if common(r) || r == '\n' || r == '\r' || r == '\t' || r >= ' ' && r < 0x7f {
			good++
		}
	}
	if all == 0 {
		return 0
	}
	return 1000 * good / all
}

// common reports whether r is an ideograph or a sign that Chinese text uses.
func common(r rune) bool {
	return r >= 0x4e00 && r <= 0x9fa5 || r >= 0x3000 && r <= 0x30ff || r >= 0xff01 && r <= 0xff5e || r >= 0x2010 && r <= 0x2026 || r == '·' || r == '×'
}

//go:embed gbk.bin
var gbkData []byte // runes of the pairs 81–FE × 40–FE without 7F, two bytes each

//go:embed gb4.bin
var rangeData []byte // ranges of the four-byte area in the basic plane: number and rune of the first

// fourByte is character k of the four-byte area in the basic plane, or 0.
func fourByte(k int) rune {
	n := sort.Search(len(rangeData)/4, func(i int) bool { return int(binary.LittleEndian.Uint16(rangeData[4*i:])) > k })
	if n == 0 {
		return 0
	}
	from := binary.LittleEndian.Uint16(rangeData[4*n-4:])
	r := binary.LittleEndian.Uint16(rangeData[4*n-2:])
	if r == 0 {
		return 0
	}
	return rune(int(r) + k - int(from))
}

// decodeGB reads one character. n is 0 if b ends within it; a byte that begins
// none is U+FFFD with n 1.
func decodeGB(b []byte) (r rune, n int) {
	c := b[0]
	switch {
	case c < 0x80:
		return rune(c), 1
	case c == 0x80 || c == 0xff:
		return utf8.RuneError, 1
	case len(b) < 2:
		return 0, 0
	}
	d := b[1]
	switch {
	case d >= 0x40 && d != 0x7f && d != 0xff:
		k := int(c-0x81)*190 + int(d-0x40)
		if d > 0x7f {
			k--
		}
		if r := binary.LittleEndian.Uint16(gbkData[2*k:]); r != 0 {
			return rune(r), 2
		}
		return utf8.RuneError, 1
	case d < 0x30 || d > 0x39:
		return utf8.RuneError, 1
	case len(b) < 4:
		return 0, 0
	case b[2] < 0x81 || b[2] == 0xff || b[3] < 0x30 || b[3] > 0x39:
		return utf8.RuneError, 1
	}
	k := ((int(c-0x81)*10+int(d-0x30))*126+int(b[2]-0x81))*10 + int(b[3]-0x30)
	if k < 39_420 {
		if r := fourByte(k); r != 0 {
			return r, 4
		}
		return utf8.RuneError, 1
	}
	if k -= 189_000; k >= 0 && k <= 0xfffff {
		return rune(0x10000 + k), 4
	}
	return utf8.RuneError, 1
}
