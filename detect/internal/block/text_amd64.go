//go:build !purego

package block

//go:noescape
func readAVX2(gates, ascii *uint64, b *byte, n, end int, runes *rune, at *int32, out *uint64, offset int) (count, used int)

//go:noescape
func meetAVX2(gates *uint64, runes *rune, meets, a, b, c *uint64, pairs *uint32, count int)

// shuffle brings four characters of three bytes each into words, the last byte
// first.
//
//lint:ignore U1000 the assembly reads it
var shuffle = [16]byte{2, 1, 0, 0xff, 5, 4, 3, 0xff, 8, 7, 6, 0xff, 11, 10, 9, 0xff}

// words are the constants of readAVX2 and meetAVX2.
//
//lint:ignore U1000 the assembly reads it
var words = [...]uint32{0x3f, 0xfc0, 0xf000, 0xf00000, 0xe00000, 24, pairA, pairB, 1<<13 - 1, 31, ^uint32(reach), reach}

//lint:ignore U1000 the assembly reads it
var threes = [8]uint32{0, 3, 6, 9, 12, 15, 18, 21}

// read reads what it can read eight at a time, and ASCII between.
func read(t *Text, g *Gates, ascii *Narrow, b []byte, end, i, k int) (int, int) {
	if !fast || k < 0 || i < 0 || len(b)-i < WideBytes || end <= i {
		return i, k
	}
	_, _ = t.Runes[k+len(b)-i+8], b[end-1]
	n, used := readAVX2(&g[0], &ascii[0], &b[i], len(b)-i, end-i, &t.Runes[k], &t.At[k], &t.Gates[k], i)
	return i + used, k + n
}

// meet looks at eight runes at a time, at some behind the last as well.
func meet(t *Text, p *Pairs, n int) {
	if !fast {
		meetPlain(t, p, n)
		return
	}
	if n > 0 {
		_ = t.Runes[Edge+n+8]
		meetAVX2(&t.Gates[Edge], &t.Runes[Edge], &t.Meets[0], &t.A[0], &t.B[0], &t.C[0], &p[0], (n+7)/8)
	}
}
