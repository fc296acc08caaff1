//go:build !purego

package block

//go:noescape
func weighAVX2(table *uint16, mask uint64, hashes, sums *uint32, count int)

// weigh looks at eight hashes at a time.
func weigh(table []uint16, hashes, sums []uint32) {
	if !fast || len(table) < 2 {
		weighPlain(table, hashes, sums)
		return
	}
	if len(hashes) > 0 {
		weighAVX2(&table[0], uint64(len(table)/2-1), &hashes[0], &sums[:len(hashes)][0], len(hashes)/8)
	}
}
