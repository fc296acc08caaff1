package main

import "runtime/debug"

// Collecting garbage less often buys a tenth of the speed; the limit keeps the
// process within what a small machine has, databases of any size included.
const (
	heapGrowth = 200      // percent of the live heap before a collection
	heapLimit  = 96 << 20 // bytes; beyond it collections come as often as they must
	scanGrowth = 60       // a scan leaves little garbage behind, and is to be small beside what it scans
)

func tuneMemory() {
	debug.SetGCPercent(heapGrowth)
	debug.SetMemoryLimit(heapLimit)
}

func spareMemory() { debug.SetGCPercent(scanGrowth) }
