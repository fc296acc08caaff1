package block_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/wardfold/wardfold/detect/internal/block"
)

// naive says byte by byte what the package comment says.
func naive(b []byte, i int) (digit, event bool) {
	is := func(k int) bool { return k >= 0 && b[k] >= '0' && b[k] <= '9' }
	digit = is(i)
	four := digit && is(i-1) && is(i-2) && is(i-3) && !is(i-4)
	wide := i+2 < len(b) && b[i] == 0xef && b[i+1] == 0xbc && b[i+2] >= 0x90 && b[i+2] <= 0x99
	capital := b[i] >= 'A' && b[i] <= 'Z' && i > 0 && b[i-1] >= 0x80
	return digit, four || wide || capital || b[i] == '@' || b[i] == '*'
}

func compare(t *testing.T, b []byte, from int) {
	t.Helper()
	var fast, slow block.Map
	fast.Reset(b[:from])
	slow.Reset(b[:from])
	for at := from; at < len(b); at += block.Size {
		n := fast.Classify(b, at)
		slow.Portable(b, at)
		for i := range n {
			digit, event := naive(b, at+i)
			d, e := fast.Digits[i/64]>>(i%64)&1 != 0, fast.Events[i/64]>>(i%64)&1 != 0
			if d != digit || e != event {
				t.Fatalf("byte %d of %d from %d: got digit %v event %v, want %v %v", at+i, len(b), from, d, e, digit, event)
			}
		}
		if k := (n + 63) / 64; !slices.Equal(fast.Digits[:k], slow.Digits[:k]) || !slices.Equal(fast.Events[:k], slow.Events[:k]) {
			t.Fatalf("the portable code differs at %d of %d from %d", at, len(b), from)
		}
	}
}

// mixture is bytes that are often part of an event.
func mixture(r *rand.Rand, n int) []byte {
	parts := []string{"0", "12", "345", "6789", "0123456789", "@", "*", "，", "０", "９", "：", "\uff1a", "京A", "A", "z", "x", "\xef", "\xbc",
		"\x95", "\xef\xbc", "中文", "\n", ",", " ", "/"}
	var b []byte
	for len(b) < n {
		b = append(b, parts[r.IntN(len(parts))]...)
	}
	return b[:n]
}

func TestEveryImplementationSaysWhatTheDefinitionSays(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for n := range 200 {
		compare(t, mixture(r, n), n/3)
	}
	for range 20 {
		n := 4000 + r.IntN(9000)
		compare(t, mixture(r, n), r.IntN(200))
	}
}

func TestTheBordersOfBlocksDoNotMatter(t *testing.T) {
	for pad := range 140 {
		b := append(bytes.Repeat([]byte{'-'}, pad), "1234567，８京B@**12"...)
		compare(t, b, 0)
		for from := range b {
			compare(t, b, from)
		}
	}
}

func FuzzImplementationsAgree(f *testing.F) {
	f.Add([]byte("身份证110101201503078036，电话１３８"), 3)
	f.Add(bytes.Repeat([]byte("12345"), 40), 64)
	f.Fuzz(func(t *testing.T, b []byte, from int) {
		if from < 0 || from > len(b) {
			from = 0
		}
		compare(t, b, from)
	})
}

func BenchmarkClassify(b *testing.B) {
	text := bytes.Repeat([]byte("今天下午，学校召开家长会，讨论了2026年的安排。"), 4096*16/60)
	var m block.Map
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		for at := 0; at < len(text); at += block.Size {
			m.Classify(text, at)
		}
	}
}

func BenchmarkPortable(b *testing.B) {
	text := bytes.Repeat([]byte("今天下午，学校召开家长会，讨论了2026年的安排。"), 4096/60)
	text = text[:4096-64]
	var m block.Map
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		m.Plain(text)
	}
}
