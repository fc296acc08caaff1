package block

// Portable fills the map as Classify does, by the portable code alone.
func (m *Map) Portable(b []byte, at int) {
	n := min(len(b)-at, Size)
	pad := append(append([]byte(nil), b[at:at+n]...), make([]byte, Size+2-n)...)
	copy(pad[n:], b[at+n:min(len(b), at+n+2)])
	portable(m, pad, 0, Size/64)
	for i := n; i < Size; i++ {
		m.Digits[i/64] &^= 1 << (i & 63)
		m.Events[i/64] &^= 1 << (i & 63)
	}
}

// Plain runs the portable code without any copy.
func (m *Map) Plain(b []byte) { portable(m, b, 0, (len(b)-2)/64) }

// PlainRead is Read by the portable code alone.
func (t *Text) PlainRead(g *Gates, ascii *Narrow, b []byte, end, i, k int) (int, int) {
	return t.readPlain(g, ascii, b, end, i, k)
}

// PlainMeet is Meet by the portable code alone.
func (t *Text) PlainMeet(p *Pairs, end int) { meetPlain(t, p, end-Edge) }

// PlainWeigh is Weigh by the portable code alone.
func PlainWeigh(table []uint16, hashes, sums []uint32) { weighPlain(table, hashes, sums) }
