// Package invariants holds one proof for each invariant of the design, I1 to
// I11, on a whole real house, and the faults that the house must survive: disks
// that fail, files that were cut, clocks that jump.
//
// Where a room proves more of an invariant than can be seen from here, the test
// says which.
package invariants
