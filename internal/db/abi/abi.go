// Package abi is how Go speaks to SQLite's C once that is compiled to Go: memory is
// an address, and a function in a table is the address of its code. Package lite and
// the file layers, walfile and faultfs, stand on it.
package abi

import "unsafe"

// At turns an address of C memory into a pointer.
func At(p uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&p)) }

// Bytes returns n bytes of C memory as a slice, which is good for as long as the
// memory is.
func Bytes(p uintptr, n int) []byte { return unsafe.Slice((*byte)(At(p)), n) }

// Address returns what SQLite needs to call the top-level function f.
func Address(f any) uintptr { return (*[2]uintptr)(unsafe.Pointer(&f))[1] }

// Call turns such an address back into a function of type F.
func Call[F any](p uintptr) F { return *(*F)(unsafe.Pointer(&struct{ uintptr }{p})) }
