//go:build linux

package db_test

import (
	"syscall"
	"testing"
)

// small mounts a file system of the given size on dir.
func small(t *testing.T, dir, size string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("NOT TESTED ON A REALLY FULL DISK: mounting takes root: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
}
