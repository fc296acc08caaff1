package han_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/wardfold/wardfold/detect/internal/han"
)

// TestGB18030IsReadAsTheStandardSays compares every character with the table of
// golang.org/x/text, but for the private use area, which editions of the standard
// assign differently.
func TestGB18030IsReadAsTheStandardSays(t *testing.T) {
	enc := simplifiedchinese.GB18030.NewEncoder()
	var w han.Window
	for r := rune(1); r <= utf8.MaxRune; r++ {
		if !utf8.ValidRune(r) || r >= 0xe000 && r <= 0xf8ff || r > 0x10000 && r%251 != 0 {
			continue
		}
		raw, err := enc.Bytes([]byte(string(r)))
		if err != nil {
			continue
		}
		w.Decode(han.GB18030, raw)
		if got := string(w.Text); got != string(r) {
			t.Fatalf("%U is read as %U", r, []rune(got))
		}
	}
}

func TestOffsetsLeadBackToTheInput(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	alphabet := []rune("a1 ，中文王㐀𠀀é\n１")
	for range 200 {
		var runes []rune
		for range r.IntN(400) {
			runes = append(runes, alphabet[r.IntN(len(alphabet))])
		}
		for enc, raw := range encoded(t, runes) {
			var w han.Window
			w.Decode(enc, raw)
			if string(w.Text) != string(runes) {
				t.Fatalf("%v: wrong text", enc)
			}
			out := 0
			for i, ch := range runes {
				in := len(encoded(t, runes[:i])[enc])
				if w.In(out) != in || w.Out(in) != out {
					t.Fatalf("%v, character %d: %d ↔ %d, want %d ↔ %d", enc, i, w.In(out), w.Out(in), in, out)
				}
				out += utf8.RuneLen(ch)
			}
			if w.In(out) != len(raw) || w.Out(len(raw)) != out {
				t.Fatalf("%v: the end is lost", enc)
			}
		}
	}
}

func encoded(t *testing.T, runes []rune) map[han.Encoding][]byte {
	gb, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(string(runes)))
	if err != nil {
		t.Fatal(err)
	}
	var le, be []byte
	for _, u := range utf16.Encode(runes) {
		le, be = binary.LittleEndian.AppendUint16(le, u), binary.BigEndian.AppendUint16(be, u)
	}
	return map[han.Encoding][]byte{han.GB18030: gb, han.UTF16LE: le, han.UTF16BE: be}
}

func TestEncodingsAreToldApart(t *testing.T) {
	text := strings.Repeat("学生王小明，身份证110101，联系电话一三八。\n", 30)
	for enc, raw := range encoded(t, []rune(text)) {
		if got := han.Sniff(raw, true); got != enc {
			t.Errorf("%v is taken for %v", enc, got)
		}
	}
	for _, s := range []string{text, "", "plain ASCII", text[:len(text)-1], "\xef\xbb\xbf姓名", string(bytes.Repeat([]byte{0x80, 1, 2, 0xff}, 300))} {
		if got := han.Sniff([]byte(s), true); got != han.UTF8 {
			t.Errorf("%.20q is taken for %v", s, got)
		}
	}
	if han.Sniff([]byte("\xff\xfeA\x00"), true) != han.UTF16LE || han.Sniff([]byte("\xfe\xff\x00A"), true) != han.UTF16BE {
		t.Error("a byte order mark is not seen")
	}
}

func TestTheLongestKeywordWins(t *testing.T) {
	trie := han.NewTrie()
	for i, word := range []string{"身份", "身份证", "身份证号码", "电话"} {
		if !trie.Add(word, uint16(i+1)) {
			t.Fatalf("%s is not taken", word)
		}
	}
	if trie.Add("一", 9) || trie.Add("ab", 9) || trie.Add("电话", 9) != true {
		t.Error("what is too short or ASCII is taken, or a word twice is refused")
	}
	b := []byte("的身份证号是电话")
	if end, v := trie.Longest(b, 3); v != 2 || end != 12 {
		t.Errorf("got %d to %d", v, end)
	}
	if _, v := trie.Longest(b, len("的身份证号是")); v != 4 {
		t.Errorf("got %d", v)
	}
	if !trie.May(b, 3) || trie.May(b, 0) {
		t.Error("the gate is wrong")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("\xd0\xd5\xc3\xfb\x81\x30\x81\x30\x90\x30\x81\x30"), uint8(1))
	f.Add([]byte("\x00\xd8\x00\xdc\x00\xd8a"), uint8(2))
	f.Fuzz(func(t *testing.T, raw []byte, which uint8) {
		enc := han.Encoding(which%3) + han.GB18030
		var w han.Window
		w.Decode(enc, raw)
		if !utf8.Valid(w.Text) {
			t.Fatal("the text is not valid")
		}
		last := 0
		for i := range string(w.Text) {
			in := w.In(i)
			if in < last || in > len(raw) || w.Out(in) != i {
				t.Fatalf("offset %d leads to %d and back to %d", i, in, w.Out(in))
			}
			last = in
		}
		han.Sniff(raw, which%2 == 0)
		for _, e := range []han.Encoding{han.UTF8, enc} {
			for limit := 1; limit <= len(raw); limit++ {
				if k := han.Border(e, raw, limit); k < 0 || k > limit || k == 0 && limit > 3 {
					t.Fatalf("%v: border of %d is %d", e, limit, k)
				}
				if k := han.Resume(e, raw, limit, 8); k < 0 || k > limit {
					t.Fatalf("%v: resume %d", e, k)
				}
			}
		}
	})
}
