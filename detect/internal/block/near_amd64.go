//go:build !purego

package block

//go:noescape
func near(table *uint16, mask uint64, places *uint32, count int, shift uint64)

// Near asks for what stands in a table, whose size is a power of two, at some places
// without their lowest bits. It waits for nothing and changes nothing but the time
// that it takes to read there afterwards.
func Near(table []uint16, places []uint32, shift int) {
	if len(places) > 0 {
		near(&table[0], uint64(len(table)-1), &places[0], len(places), uint64(shift))
	}
}
