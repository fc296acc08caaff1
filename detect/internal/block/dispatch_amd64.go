//go:build !purego

package block

//go:noescape
func classifyAVX2(b *byte, count int, digits, events *uint64, st *state)

func cpuid(leaf, sub uint32) (a, b, c, d uint32)

func xgetbv() uint32

// broadcast are the constants of classifyAVX2.
//
//lint:ignore U1000 the assembly reads it
var broadcast = [16]byte{'0', 9, 'A', 25, '@', '*', 0xef, 0xbc, 0x90}

// fast tells whether the processor and the system have AVX2.
var fast = func() bool {
	const osxsave, avx, avx2 = 1 << 27, 1 << 28, 1 << 5
	most, _, _, _ := cpuid(0, 0)
	_, _, c, _ := cpuid(1, 0)
	if most < 7 || c&osxsave == 0 || c&avx == 0 || xgetbv()&6 != 6 {
		return false
	}
	_, b, _, _ := cpuid(7, 0)
	return b&avx2 != 0
}()

// classify handles count blocks from the start of b, which has two bytes more.
func classify(m *Map, b []byte, count int) {
	if !fast {
		portable(m, b, 0, count)
		return
	}
	_ = b[count*64+1]
	_, _ = m.Digits[count-1], m.Events[count-1]
	classifyAVX2(&b[0], count, &m.Digits[0], &m.Events[0], &m.state)
}

// Implementation names what classify uses.
func Implementation() string {
	if fast {
		return "avx2"
	}
	return "portable"
}
