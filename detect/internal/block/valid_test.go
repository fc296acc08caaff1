package block_test

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wardfold/wardfold/detect/internal/block"
)

func sameValid(t *testing.T, b []byte) {
	t.Helper()
	if got, want := block.Valid(b), utf8.Valid(b); got != want {
		t.Fatalf("%d bytes % x: got %v, want %v", len(b), b, got, want)
	}
}

func TestValidSaysWhatTheLibrarySays(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	parts := []string{"a", "中", "é", "𠮷", "\U0010ffff", "\ufffd", "\xff", "\x80", "\xc0\x80", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80", "\xf5", "\xe4\xb8", "\xf0\xa0\xae"}
	for n := range 400 {
		for _, part := range parts { // one wrong thing at every place of a lane
			text := []byte(strings.Repeat("护", 100) + strings.Repeat("x", n%40))
			at := n % (len(text) / 3) * 3
			sameValid(t, append(append(append([]byte(nil), text[:at]...), part...), text[at:]...))
			sameValid(t, append(bytes.Repeat([]byte("x"), 128+n%64), part...))
		}
	}
	for range 20_000 {
		var b []byte
		for range 40 + r.IntN(80) {
			b = append(b, parts[r.IntN(6+r.IntN(2)*(len(parts)-6))]...)
		}
		sameValid(t, b)
	}
	for a := range 256 { // every pair of bytes, at the seam of two lanes
		for c := range 256 {
			b := bytes.Repeat([]byte("x"), 192)
			b[95], b[96] = byte(a), byte(c)
			sameValid(t, b)
			b[97], b[98] = 0x80, 0x80
			sameValid(t, b)
			b[98] = 'x'
			sameValid(t, b)
		}
	}
}

func FuzzValid(f *testing.F) {
	f.Add(bytes.Repeat([]byte("护童\xf0\xa0\xae\xb7"), 20))
	f.Add(append(bytes.Repeat([]byte("a"), 130), 0xe4, 0xb8))
	f.Fuzz(func(t *testing.T, b []byte) { sameValid(t, b) })
}

func BenchmarkValid(b *testing.B) {
	text := bytes.Repeat([]byte("今天下午，学校召开家长会，讨论了2026年的安排。"), 2000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		block.Valid(text)
	}
}
