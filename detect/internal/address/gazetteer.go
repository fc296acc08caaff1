package address

import (
	_ "embed" // the register
)

// The register of divisions: a line of magic, a bitmap of the pairs of characters
// that begin a name, another of those that begin one that is not of a town alone,
// then an open hash table of names with their levels. It is made from the codes of
// GB/T 2260, current and past (data_location, MIT), and the list of towns
// (Administrative-divisions-of-China, WTFPL) by the training program.
//
//go:embed regions.bin
var register string

const magic = "wardfold regions"

const pairBytes = 1 << 15

var (
	pairs      = register[len(magic):][:pairBytes]
	largePairs = register[len(magic)+pairBytes:][:pairBytes]
	slots      = register[len(magic)+2*pairBytes:]
)

// pairBit is the place of a pair of characters in the bitmap.
func pairBit(a, b rune) uint32 {
	return (uint32(a)*0x9e3779b1 + uint32(b)*0x85ebca6b) >> 8 & (8*pairBytes - 1)
}

const golden = 0x9e3779b97f4a7c15

func mix(h uint64, r rune) uint64 {
	h = (h + uint64(r)) * golden
	return h ^ h>>32
}

// Entry is the hash of a name and the slot value that stands for it at a level.
func Entry(name string, level uint32) (hash uint64, value uint32) {
	for _, r := range name {
		hash = mix(hash, r)
	}
	return hash, tag(hash)<<8 | level
}

// Encode makes a register of n slots, a power of two, from names of two and more
// characters and their levels.
func Encode(names map[string]uint32, order []string, n int) []byte {
	out := append([]byte(magic), make([]byte, 2*pairBytes+4*n)...)
	begins, large, table := out[len(magic):][:pairBytes], out[len(magic)+pairBytes:][:pairBytes], out[len(magic)+2*pairBytes:]
	for _, name := range order {
		r := []rune(name)
		bit := pairBit(r[0], r[1])
		begins[bit>>3] |= 1 << (bit & 7)
		if names[name] != Town {
			large[bit>>3] |= 1 << (bit & 7)
		}
		h, v := Entry(name, names[name])
		i := int(h) & (n - 1)
		for table[4*i] != 0 {
			i = (i + 1) & (n - 1)
		}
		table[4*i], table[4*i+1], table[4*i+2], table[4*i+3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
	}
	return out
}

func tag(h uint64) uint32 { return uint32(h>>40) & 0xffffff }

// lookup is the level of a name, 0 if it is none.
func lookup(h uint64) uint32 {
	mask := len(slots)/4 - 1
	for i := int(h) & mask; ; i = (i + 1) & mask {
		s := slots[4*i : 4*i+4]
		v := uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24
		if v == 0 {
			return 0
		}
		if v>>8 == tag(h) {
			return v & 0xff
		}
	}
}
