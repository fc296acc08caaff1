package block_test

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"github.com/wardfold/wardfold/detect/internal/block"
)

// sameSums weighs both ways.
func sameSums(t *testing.T, table []uint16, hashes []uint32) {
	t.Helper()
	n := len(hashes)
	room := append(hashes, make([]uint32, 7)...)
	got, want := make([]uint32, n+7), make([]uint32, n)
	block.Weigh(table, room, got, n)
	block.PlainWeigh(table, hashes, want)
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%d slots, %d hashes: sum %d is %d, want %d", len(table), n, i, int32(got[i]), int32(want[i]))
		}
	}
}

// weights have a slot for each of some hashes, and others.
func weights(r *rand.Rand, size int, hashes []uint32) []uint16 {
	table := make([]uint16, size)
	for i := range table {
		table[i] = uint16(r.Uint32())
	}
	for _, h := range hashes {
		if r.IntN(2) == 0 {
			table[h>>8&uint32(size-1)] = uint16(r.Uint32())<<8 | uint16(h&0xff)
		}
	}
	return table
}

func TestHashesWeighTheSameFastAndPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for n := range 300 {
		hashes := make([]uint32, n)
		for i := range hashes {
			hashes[i] = r.Uint32()
		}
		sameSums(t, weights(r, 2<<r.IntN(18), hashes), hashes)
	}
}

func FuzzWeigh(f *testing.F) {
	f.Add([]byte("0123456789012345678901234567890123456789"), uint64(1))
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		var hashes []uint32
		for ; len(data) >= 4; data = data[4:] {
			hashes = append(hashes, binary.LittleEndian.Uint32(data))
		}
		r := rand.New(rand.NewPCG(seed, 11))
		sameSums(t, weights(r, 1<<r.IntN(13), hashes), hashes)
	})
}
