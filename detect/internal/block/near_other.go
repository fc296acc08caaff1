//go:build !amd64 || purego

package block

// Near does nothing where there is no way to ask for memory ahead.
func Near([]uint16, []uint32, int) {}
