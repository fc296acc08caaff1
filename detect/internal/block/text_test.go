package block_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/wardfold/wardfold/detect/internal/block"
)

// gates are of all sorts, with some that are odd.
func gates(r *rand.Rand) (*block.Gates, *block.Pairs) {
	g, p := new(block.Gates), new(block.Pairs)
	for i := range g {
		g[i] = r.Uint64() & r.Uint64() & 0x7f7f7f7f_7f7f7fff &^ 0x808080_00
		if r.IntN(4) == 0 {
			g[i] |= block.FlagA | (block.FlagB|block.FlagC)&r.Uint64()
		}
		if r.IntN(50) == 0 {
			g[i] |= block.Odd
		}
	}
	for range 20_000 {
		p.Meet(rune(0x4e00+r.IntN(2000)), rune(0x4e00+r.IntN(2000)))
		p.AddB(rune(0x4e00+r.IntN(2000)), rune(0x4e00+r.IntN(2000)))
	}
	return g, p
}

// narrow is of all sorts.
var narrow = func() *block.Narrow {
	r, n := rand.New(rand.NewPCG(14, 15)), new(block.Narrow)
	for i := range n {
		n[i] = r.Uint64()&block.NarrowFlags | uint64(r.IntN(1<<21))<<block.NarrowRune
	}
	return n
}()

// sameText reads text both ways and compares all that comes of it.
func sameText(t *testing.T, g *block.Gates, p *block.Pairs, text string) {
	t.Helper()
	var a, b block.Text
	if len(text) > block.Room/2 || !utf8.ValidString(text) {
		return
	}
	for i := 0; i <= len(text); i++ {
		if i == len(text) || !utf8.RuneStart(text[i]) {
			continue
		}
		end := len(text)
		if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
			end = i + n
		}
		i1, k1 := a.Read(g, narrow, []byte(text), end, i, block.Edge)
		i2, k2 := b.PlainRead(g, narrow, []byte(text), end, i, block.Edge)
		if i1 != i2 || k1 != k2 {
			t.Fatalf("%q from %d: read to %d, %d runes; want %d, %d", text, i, i1, k1, i2, k2)
		}
		for k := block.Edge; k < k2; k++ {
			if a.Runes[k] != b.Runes[k] || a.At[k] != b.At[k] || a.Gates[k] != b.Gates[k] {
				t.Fatalf("%q from %d: rune %d is %q at %d, want %q at %d", text, i, k, a.Runes[k], a.At[k], b.Runes[k], b.At[k])
			}
		}
		a.Runes[k1], b.Runes[k1], a.Gates[k1], b.Gates[k1] = 3, 3, 0, 0
		a.Meet(p, k1)
		b.PlainMeet(p, k2)
		for w := range (k2 - block.Edge + 63) / 64 {
			if a.Meets[w] != b.Meets[w] || a.A[w] != b.A[w] || a.B[w] != b.B[w] || a.C[w] != b.C[w] {
				t.Fatalf("%q from %d: %x %x %x %x, want %x %x %x %x", text, i, a.Meets[w], a.A[w], a.B[w], a.C[w], b.Meets[w], b.A[w], b.B[w], b.C[w])
			}
		}
		i = max(i, i2-20)
	}
}

func TestTextIsReadTheSameFastAndPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	g, p := gates(r)
	parts := []string{"a", "2026-11-23", "é", "𠮷", "，", "。", "“", "０", "\n"}
	for range 300 {
		var b strings.Builder
		for range 1 + r.IntN(120) {
			if r.IntN(12) == 0 {
				b.WriteString(parts[r.IntN(len(parts))])
			} else {
				b.WriteRune(rune(0x4e00 + r.IntN(2000)))
			}
		}
		sameText(t, g, p, b.String())
	}
}

func FuzzText(f *testing.F) {
	f.Add("护童在校园里，今天下午开家长会；2026年9月1日开学。")
	g, p := gates(rand.New(rand.NewPCG(7, 8)))
	f.Fuzz(func(t *testing.T, text string) { sameText(t, g, p, text) })
}
