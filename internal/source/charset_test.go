package source_test

import (
	"encoding/binary"
	"strings"
	"testing"
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

// TestAFileOfTwoEncodingsSaysSo: what is read is found, what is not is told, once,
// with its line; zero bytes alone are nothing to tell.
func TestAFileOfTwoEncodingsSaysSo(t *testing.T) {
	const first, second = "联系电话 13800138000\n", "备用电话 13900139000\n"
	for name, c := range map[string]struct {
		middle string
		told   bool
	}{
		"UTF-16 in between": {utf16le("phone 13700137000\r\n"), true},
		"the other way":     {"\x00" + utf16le("phone 13700137000\r\n"), true},
		"zeros":             {strings.Repeat("\x00", 999) + "\n", false},
		"words and zeros":   {"a\x00bc\x00d\x00efgh\x00\n", false},
	} {
		t.Run(name, func(t *testing.T) {
			text := first + strings.Repeat("一行说明文字。\n", 200) + c.middle + c.middle + second
			h := hear(t, write(t, map[string]string{"mixed.txt": text}), plain)
			h.want(t, "mixed.txt", first, second)
			switch {
			case !c.told && len(h.told) > 0:
				t.Errorf("told %v", h.told)
			case c.told && (len(h.told) != 1 || h.told[0].Code != "source.mixed" || h.told[0].Args[0] != int64(202)):
				t.Errorf("told %v, want source.mixed of line 202, once", h.told)
			}
		})
	}
}
