//go:build !amd64 || purego

package block

// classify handles count blocks from the start of b, which has two bytes more.
func classify(m *Map, b []byte, count int) { portable(m, b, 0, count) }

// Implementation names what classify uses.
func Implementation() string { return "portable" }
