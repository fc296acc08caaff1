package person

import (
	"bytes"
	"unicode/utf8"
)

// labels finds names behind the label 姓名.
func (f *Finder) labels(text []byte) {
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte("姓名"))
		if i < 0 {
			return
		}
		at += i + len("姓名")
		start := at
		for start < len(text) {
			r, n := utf8.DecodeRune(text[start:])
			if r != '：' && r != ':' && r != ' ' {
				break
			}
			start += n
		}
		end, count := start, 0
		for start > at && end < len(text) && count < 5 {
			r, n := utf8.DecodeRune(text[end:])
			if r < 0x4e00 || r > 0x9fff {
				break
			}
			end, count = end+n, count+1
		}
		if count >= 2 && count <= 4 {
			f.hits = append(f.hits, hit{int32(start), int32(end), Certain, Label})
			at = end
		}
	}
}
