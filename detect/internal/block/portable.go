package block

import (
	"encoding/binary"
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
			low := v & sevens
			ascii := ^v & tops
			d := within(low, '0', 9) & ascii
			u := within(low, 'A', 25) & ascii
			k := (zero(v^'@'*ones) | zero(v^'*'*ones))
			if e := zero(v ^ 0xef*ones); e != 0 {
				k |= fullwidth(block, i, e)
			}
			digits |= gather(d) << i
			upper |= gather(u) << i
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

// fullwidth keeps the bytes EF of e that begin a full-width digit.
func fullwidth(block []byte, i int, e uint64) uint64 {
	var keep uint64
	for k := range 8 {
		if e>>(8*k+7)&1 != 0 && block[i+k+1] == 0xbc && block[i+k+2]-0x90 <= 9 {
			keep |= 0x80 << (8 * k)
		}
	}
	return keep
}
