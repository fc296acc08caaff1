//go:build !amd64 || purego

package block

func weigh(table []uint16, hashes, sums []uint32) { weighPlain(table, hashes, sums) }
