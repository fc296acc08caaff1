package flow

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Charset is how the characters of a file are written.
type Charset uint8

// The charsets. UTF8 stands for ASCII, too, and for text whose bytes are wrong
// here and there.
const (
	UTF8 Charset = iota
	GB18030
	UTF16LE
	UTF16BE
)

// Sniff tells the charset from the start of a file, and the length of its byte
// order mark. Without a mark: UTF-16 has zero bytes on one side of every Latin
// character; well-formed UTF-8 is UTF-8; the rest is GB18030, which Chinese
// systems write. A few stray bytes in text that is otherwise UTF-8 do not make
// it GB18030: Chinese text of the one is hardly ever valid in the other.
func Sniff(head []byte) (Charset, int) {
	switch {
	case bytes.HasPrefix(head, []byte("\xEF\xBB\xBF")):
		return UTF8, 3
	case bytes.HasPrefix(head, []byte("\xFF\xFE")):
		return UTF16LE, 2
	case bytes.HasPrefix(head, []byte("\xFE\xFF")):
		return UTF16BE, 2
	}
	var zeros [2]int
	for i, b := range head {
		if b == 0 {
			zeros[i&1]++
		}
	}
	if n := len(head); n >= 8 {
		switch {
		case zeros[1] > n/8 && zeros[0] < n/64:
			return UTF16LE, 0
		case zeros[0] > n/8 && zeros[1] < n/64:
			return UTF16BE, 0
		}
	}
	good, bad := 0, 0
	for len(head) > 0 && utf8.FullRune(head) {
		r, n := utf8.DecodeRune(head)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		head = head[n:]
	}
	if bad*20 <= good {
		return UTF8, 0
	}
	return GB18030, 0
}

// Binary reports that the start of a file is no text in any charset: too many of
// its bytes are control characters. Zero bytes alone do not make it so.
func Binary(head []byte) bool {
	charset, _ := Sniff(head)
	if charset == UTF16LE || charset == UTF16BE {
		return false
	}
	odd, bad := 0, 0
	for rest := head; utf8.FullRune(rest); { // the last character may be cut
		r, n := utf8.DecodeRune(rest)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case r < ' ' && r != '\n' && r != '\r' && r != '\t' && r != '\f' && r != 0x1b && r != 0, r == 0x7f:
			odd++
		}
		rest = rest[n:]
	}
	if odd > len(head)/50+1 {
		return true
	}
	return bad > len(head)/20 && !likeGB18030(head)
}

// likeGB18030 reports whether what is beyond ASCII comes in pairs of the common
// rows of the Chinese character set, or in UTF-8: logs that several programs write
// hold both.
func likeGB18030(head []byte) bool {
	pairs, other := 0, 0
	for i := 0; i < len(head); {
		b := head[i]
		switch _, n := utf8.DecodeRune(head[i:]); {
		case b < 0x80:
			i++
		case n == 3:
			pairs++
			i += 3
		case i+1 < len(head) && b >= 0xA1 && b <= 0xF7 && head[i+1] >= 0xA1 && head[i+1] != 0xFF:
			pairs++
			i += 2
		case i+1 < len(head) && b >= 0x81 && b != 0xFF && head[i+1] >= 0x40 && head[i+1] != 0x7F && head[i+1] != 0xFF:
			other++
			i += 2
		default:
			other += 2
			i++
		}
	}
	return pairs > 4*other
}

// Decode gives text in UTF-8; what has no meaning becomes U+FFFD.
func (c Charset) Decode(text []byte) []byte {
	switch c {
	case GB18030:
		out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(text)
		if err != nil {
			return text
		}
		return out
	case UTF16LE, UTF16BE:
		return c.decode16(nil, text)
	}
	return text
}

func (c Charset) unit(b []byte) rune {
	if c == UTF16BE {
		return rune(b[0])<<8 | rune(b[1])
	}
	return rune(b[1])<<8 | rune(b[0])
}

func (c Charset) decode16(dst, text []byte) []byte {
	for len(text) >= 2 {
		r := c.unit(text)
		text = text[2:]
		if utf16.IsSurrogate(r) && len(text) >= 2 {
			if both := utf16.DecodeRune(r, c.unit(text)); both != utf8.RuneError {
				r, text = both, text[2:]
			}
		}
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// width16 is the length in UTF-16 of text in UTF-8, in bytes.
func width16(text []byte) (n int64) {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if n += 2; r > 0xFFFF {
			n += 2
		}
		text = text[size:]
	}
	return n
}
