package source_test

import (
	"encoding/binary"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"
)

func gb18030(s string) string {
	out, err := simplifiedchinese.GB18030.NewEncoder().String(s)
	if err != nil {
		panic(err)
	}
	return out
}

func utf16le(s string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}
