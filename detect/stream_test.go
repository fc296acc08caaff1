package detect_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/wardfold/wardfold/detect"
)

const sampleText = `学生姓名：王小明，身份证号 110105 19491231 002X，手机138-1234-5678，家住朝阳区。
姓名,身份证,电话
李雷,110101201503078036,13912345678
学籍号：G110101201503078036 邮箱li.hua1@qq.com 车牌京A12345 卡号6222 0212 3456 7890 128
出生日期：2012年5月6日，１３８１２３４５６７８，农历二〇一二年四月初八生
`

func read(t *testing.T, s *detect.Scanner, r io.Reader) []detect.Finding {
	t.Helper()
	var out []detect.Finding
	for f, err := range s.Read(r) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, f)
	}
	return out
}

// long places the sample at changing distances from the borders of windows.
func long(r *rand.Rand, size int, lines bool) []byte {
	var b []byte
	fill := []string{"今天下午学校召开家长会。", "the quick brown fox ", "二零二六年的安排，", "12 ", "——"}
	for len(b) < size {
		for range r.IntN(400) {
			b = append(b, fill[r.IntN(len(fill))]...)
		}
		text := sampleText
		if !lines {
			text = strings.ReplaceAll(text, "\n", " ")
		} else {
			text = "\n" + text
		}
		b = append(b, text...)
	}
	return b
}

func TestAStreamSaysWhatTheTextSays(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, s := range []*detect.Scanner{numbers, everything} {
		for _, lines := range []bool{true, false} {
			text := long(r, 700_000, lines)
			want := slices.Collect(s.Text(text))
			if len(want) < 100 {
				t.Fatalf("only %d findings", len(want))
			}
			for name, reader := range map[string]io.Reader{
				"whole": bytes.NewReader(text), "half": iotest.HalfReader(bytes.NewReader(text)),
				"data with its error": iotest.DataErrReader(bytes.NewReader(text)),
			} {
				if got := read(t, s, reader); !slices.Equal(got, want) {
					t.Errorf("%s: %d findings, want %d", name, len(got), len(want))
				}
			}
		}
	}
}

// TestNothingIsLostAtTheBordersOfWindows puts a number at every offset around
// the border of a window in one line without end.
func TestNothingIsLostAtTheBordersOfWindows(t *testing.T) {
	const border = 128 << 10
	for _, value := range []string{"110105 19491231 002X", "１３８１２３４５６７８", "li.hua1@qq.com", "+86 138-1234-5678"} {
		for at := border - 64; at < border+8; at++ {
			text := append(bytes.Repeat([]byte("x"), at-1), "，"...)
			text = append(append(text, value...), bytes.Repeat([]byte("，"), 2000)...)
			got := slices.Collect(numbers.Text(text))
			if len(got) != 1 || got[0].Start != int64(at+2) || got[0].Len() != int64(len(value)) {
				t.Fatalf("%s at %d: got %v", value, at, got)
			}
		}
	}
}

// encode writes text in other encodings; every finding must point at the same
// characters.
var encodings = map[string]func(string) []byte{
	"gb18030": func(s string) []byte {
		b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
		if err != nil {
			panic(err)
		}
		return b
	},
	"utf-16le": func(s string) []byte { return wide(s, 0) },
	"utf-16be": func(s string) []byte { return wide(s, 1) },
}

func wide(s string, big int) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune("\ufeff" + s)) {
		pair := [2]byte{byte(u), byte(u >> 8)}
		b = append(b, pair[big], pair[1-big])
	}
	return b
}

func TestOtherEncodingsAreReadAsTheyAre(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, text := range []string{sampleText, string(long(r, 300_000, true)), string(long(r, 300_000, false))} {
		for name, encode := range encodings {
			raw := encode(text)
			for _, s := range []*detect.Scanner{numbers, everything} {
				want := values(s, []byte(text), func(b []byte) string { return string(b) })
				got := values(s, raw, func(b []byte) string { return decode(name, b) })
				if d := missing(want, got); len(d) > len(want)/100 {
					t.Errorf("%s: %d of %d findings differ, first %s", name, len(d), len(want), d[0])
				}
				if !slices.Equal(read(t, s, bytes.NewReader(raw)), slices.Collect(s.Text(raw))) {
					t.Errorf("%s: a stream says something else", name)
				}
			}
		}
	}
}

func decode(name string, b []byte) string {
	if name == "gb18030" {
		out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b)
		if err != nil {
			return err.Error()
		}
		return string(out)
	}
	var u []uint16
	for i := 0; i+1 < len(b); i += 2 {
		lo, hi := b[i], b[i+1]
		if name == "utf-16be" {
			lo, hi = hi, lo
		}
		u = append(u, uint16(lo)|uint16(hi)<<8)
	}
	return string(utf16.Decode(u))
}

func values(s *detect.Scanner, b []byte, text func([]byte) string) []string {
	var out []string
	for f := range s.Text(b) {
		out = append(out, f.Kind.String()+":"+text(b[f.Start:f.End]))
	}
	return out
}

// missing lists what is in only one of two lists, whose windows differ.
func missing(a, b []string) (out []string) {
	count := make(map[string]int)
	for _, s := range a {
		count[s]++
	}
	for _, s := range b {
		count[s]--
	}
	for s, n := range count {
		for range max(n, -n) {
			out = append(out, s)
		}
	}
	return out
}

func TestAReaderThatFailsEndsWithItsError(t *testing.T) {
	broken := errors.New("broken")
	r := io.MultiReader(strings.NewReader("电话13812345678，"), iotest.ErrReader(broken))
	n := 0
	var last error
	for f, err := range numbers.Read(r) {
		if last = err; err == nil && f.Kind == detect.Mobile {
			n++
		}
	}
	if n != 1 || last != broken {
		t.Errorf("%d findings, then %v", n, last)
	}
	for _, err := range numbers.Read(stuck{}) {
		if err != io.ErrNoProgress {
			t.Errorf("got %v", err)
		}
	}
}

type stuck struct{}

func (stuck) Read([]byte) (int, error) { return 0, nil }

func TestACallerMayStopEarly(t *testing.T) {
	for range everything.Text([]byte(sampleText)) {
		break
	}
	for range everything.Read(strings.NewReader(sampleText)) {
		break
	}
}

func TestManyWorkersFindWhatOneFinds(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for _, lines := range []bool{true, false} {
		text := long(r, 5<<20, lines)
		want := slices.Collect(numbers.Text(text))
		for _, workers := range []int{0, 1, 2, 3} {
			var got []detect.Finding
			for f, err := range numbers.Parallel(bytes.NewReader(text), int64(len(text)), workers) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, f)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d workers: %d findings, want %d", workers, len(got), len(want))
			}
		}
	}
	for _, err := range numbers.Parallel(bytes.NewReader(make([]byte, 3<<20)), 5<<20, 2) {
		if err != io.ErrUnexpectedEOF {
			t.Errorf("a file that is shorter than told: %v", err)
		}
	}
	for range numbers.Parallel(bytes.NewReader(long(r, 3<<20, true)), 3<<20, 2) {
		break
	}
}

// endless is one line of a given size without end, made as it is read.
type endless struct {
	left int64
	unit []byte
	at   int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && int64(n) < e.left {
		k := copy(p[n:], e.unit[e.at:])
		if int64(n+k) > e.left {
			k = int(e.left) - n
		}
		n, e.at = n+k, (e.at+k)%len(e.unit)
	}
	e.left -= int64(n)
	return n, nil
}

// TestALineWithoutEndIsReadInBoundedMemory reads one line of 1 GB (64 MB with
// -short) and finds what stands at its far end.
func TestALineWithoutEndIsReadInBoundedMemory(t *testing.T) {
	size := int64(1 << 30)
	if testing.Short() {
		size = 64 << 20
	}
	unit := append(bytes.Repeat([]byte("x"), 1<<20), "，电话13812345678，"...)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	n, last := int64(0), detect.Finding{}
	for f, err := range numbers.Read(&endless{left: size, unit: unit}) {
		if err != nil {
			t.Fatal(err)
		}
		n, last = n+1, f
	}
	runtime.ReadMemStats(&after)
	if want := size / int64(len(unit)); n != want || last.Start < size-int64(len(unit)) {
		t.Errorf("%d findings, want %d; the last at %d", n, want, last.Start)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
		t.Errorf("%d bytes allocated", used)
	}
}
