package slab

import (
	"golang.org/x/sys/unix"

	"github.com/wardfold/wardfold/internal/db/abi"
)

// reserve returns the beginning of n bytes of addresses without memory, at a
// multiple of step.
func reserve(n uintptr) (uintptr, error) {
	p, err := unix.MmapPtr(-1, 0, nil, n+step, unix.PROT_NONE, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_NORESERVE)
	return (uintptr(p) + step - 1) &^ (step - 1), err
}

// equip puts memory behind n bytes of them, large pages if the system has any.
func equip(at, n uintptr) error {
	b := abi.Bytes(at, int(n))
	if err := unix.Mprotect(b, unix.PROT_READ|unix.PROT_WRITE); err != nil {
		return err
	}
	_ = unix.Madvise(b, unix.MADV_HUGEPAGE) // a wish, not a need
	return nil
}
