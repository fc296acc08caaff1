package verify

import (
	"crypto/sha256"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"
)

// emptyRoot is the root of a tree without leaves: SHA-256 of nothing (RFC 6962
// §2.1).
var emptyRoot = Hash(sha256.Sum256(nil))

// Tree computes the RFC 6962 root over leaves that arrive in order, in constant
// memory and without allocating. The zero Tree is empty and ready. A Tree is
// not safe for concurrent use; copying one copies its state.
type Tree struct {
	size  int64
	stack [64]Hash // roots of complete subtrees, largest first
}

// Size is the number of leaves so far.
func (t *Tree) Size() int64 { return t.size }

// Add appends one leaf by its hash.
func (t *Tree) Add(leaf Hash) { t.add(leaf, 0) }

// add appends the root of a complete subtree of 2^height leaves. The size must
// be a multiple of 2^height.
func (t *Tree) add(h Hash, height int) {
	depth := bits.OnesCount64(uint64(t.size))
	// Each trailing one bit, from the height on, is a subtree that h completes.
	for range bits.TrailingZeros64(^(uint64(t.size) >> height)) {
		depth--
		h = node(&t.stack[depth], &h)
	}
	t.stack[depth] = h
	t.size += 1 << height
}

// AddEntry appends one leaf by its content.
func (t *Tree) AddEntry(entry []byte) { t.Add(LeafHash(entry)) }

// Root returns the root over all leaves so far.
func (t *Tree) Root() Hash {
	depth := bits.OnesCount64(uint64(t.size))
	if depth == 0 {
		return emptyRoot
	}
	h := t.stack[depth-1]
	for i := depth - 2; i >= 0; i-- {
		h = node(&t.stack[i], &h)
	}
	return h
}

// LeafHash returns SHA-256(0x00 || entry). Entries of up to 1 KiB do not
// allocate.
func LeafHash(entry []byte) Hash {
	var buf [1 + 1024]byte
	if len(entry) > 1024 {
		return tlog.RecordHash(entry)
	}
	n := copy(buf[1:], entry)
	return sha256.Sum256(buf[:1+n])
}

func node(left, right *Hash) Hash {
	var buf [65]byte
	buf[0] = 1
	copy(buf[1:], left[:])
	copy(buf[33:], right[:])
	return sha256.Sum256(buf[:])
}

// tileRoot folds the 256 hashes of a full tile to their root. It overwrites
// them.
func tileRoot(h *[tileWidth]Hash) Hash {
	for n := tileWidth / 2; n > 0; n /= 2 {
		for i := range n {
			h[i] = node(&h[2*i], &h[2*i+1])
		}
	}
	return h[0]
}
