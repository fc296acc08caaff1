package block

// Weigh adds up what a table of weights says of hashes. The size of the table is a
// power of two; the hash without its lowest byte tells the slot, and a slot is a weight
// (-128 to 127) over a tag, which is the lowest byte of the hash that it weighs. A hash
// with another tag weighs nothing. sums[i] becomes what hashes[:i+1] weigh; what stands
// behind them, up to the next multiple of eight, is left undefined in both. There is
// room for that in the arrays.
func Weigh(table []uint16, hashes, sums []uint32, n int) {
	n = (n + 7) &^ 7
	weigh(table, hashes[:n], sums[:n])
}

// weighPlain is weigh, one by one.
func weighPlain(table []uint16, hashes, sums []uint32) {
	s, mask := uint32(0), uint32(len(table)-1)
	sums = sums[:len(hashes)]
	for i, h := range hashes {
		v := uint32(table[h>>8&mask])
		same := uint32(int32((v^h)&0xff-1) >> 31) // all ones if the tags are equal
		s += uint32(int8(v>>8)) & same
		sums[i] = s
	}
}
