package block

import (
	"encoding/binary"
	"math/bits"
)

const (
	ones   = 0x0101010101010101
	tops   = 0x8080808080808080
	sevens = 0x7f7f7f7f7f7f7f7f
)

// portable handles count blocks of 64 bytes from the start of b, and fills the
// words from first on. b has two bytes more.
func portable(m *Map, b []byte, first, count int) {
	st := m.state
	for w := range count {
		block := b[w*64 : w*64+66 : w*64+66]
		var digits, marks, upper, high uint64
		for i := 0; i < 64; i += 8 {
			v := binary.LittleEndian.Uint64(block[i:])
			if e := zero(v ^ 0xef*ones); e != 0 {
				marks |= fullwidth(block, i, e)
			}
			ascii := ^v & tops
			if ascii == 0 { // ideographs only
				high |= 0xff << i
				continue
			}
			low := v & sevens
			k := zero(v^'@'*ones) | zero(v^'*'*ones)
			digits |= gather(within(low, '0', 9)&ascii) << i
			upper |= gather(within(low, 'A', 25)&ascii) << i
			marks |= gather(k) << i
			high |= gather(v&tops) << i
		}
		two := digits & (digits<<1 | st.digits>>63)
		twoBefore := st.digits & (st.digits << 1)
		four := two & (two<<2 | twoBefore>>62)
		m.Digits[first+w] = digits
		m.Events[first+w] = four&^(four<<1|st.runs>>63) | marks | upper&(high<<1|st.high>>63)
		st = state{digits, four, high}
	}
	m.state = st
}

// within sets the top bit of each byte of v, all below 128, that is from..from+span.
func within(v, from, span uint64) uint64 {
	return (v + (128-from)*ones) &^ (v + (127-from-span)*ones) & tops
}

// zero sets the top bit of each byte of v that is zero, and of no other.
func zero(v uint64) uint64 { return ^(v&sevens + sevens | v | sevens) }

// gather moves the top bits of eight bytes into the low byte.
func gather(v uint64) uint64 { return v >> 7 * 0x0102040810204080 >> 56 }

// fullwidth is the bits of the bytes EF, marked in e, that begin a full-width
// digit.
func fullwidth(block []byte, i int, e uint64) (bit uint64) {
	for ; e != 0; e &= e - 1 {
		if k := i + bits.TrailingZeros64(e)/8; block[k+1] == 0xbc && block[k+2]-0x90 <= 9 {
			bit |= 1 << k
		}
	}
	return bit
}
