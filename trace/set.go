package trace

import (
	"iter"
	"math/bits"
	"slices"
)

// Set is a set of items, compressed: of each 65,536 neighbouring numbers it
// keeps either the sorted low halves of those that are in it (two bytes each)
// or, from 4,096 on, a bit for every number (eight kilobytes). So a class of
// twenty takes a hundred bytes and a city of a million 128 kilobytes. The zero
// Set is empty. A Set does not change, so any goroutine may read it.
type Set struct {
	boxes []box
	n     int
}

// box holds the items with the same upper half.
type box struct {
	key  uint16
	low  []uint16 // sorted; nil if bits is set
	bits []uint64 // 1,024 words; nil if low is set
}

// dense is the count from which bits are smaller than low halves.
const dense = 4096

// NewSet returns the set of the items, in any order and possibly repeated. It
// sorts its argument and keeps nothing of it.
func NewSet(items []uint32) Set {
	if !slices.IsSorted(items) {
		slices.Sort(items)
	}
	items = slices.Compact(items)
	s := Set{n: len(items)}
	for i := 0; i < len(items); {
		j := i
		for j < len(items) && items[j]>>16 == items[i]>>16 {
			j++
		}
		s.boxes = append(s.boxes, newBox(items[i:j]))
		i = j
	}
	return s
}

func newBox(items []uint32) box {
	b := box{key: uint16(items[0] >> 16)}
	if len(items) < dense {
		b.low = make([]uint16, len(items))
		for i, x := range items {
			b.low[i] = uint16(x)
		}
		return b
	}
	b.bits = make([]uint64, 1<<16/64)
	for _, x := range items {
		b.bits[uint16(x)/64] |= 1 << (x % 64)
	}
	return b
}

// Len returns how many items are in the set.
func (s Set) Len() int { return s.n }

// Contains reports whether an item is in the set.
func (s Set) Contains(item uint32) bool {
	i, found := slices.BinarySearchFunc(s.boxes, uint16(item>>16), func(b box, k uint16) int { return int(b.key) - int(k) })
	if !found {
		return false
	}
	if b := s.boxes[i]; b.bits != nil {
		return b.bits[uint16(item)/64]>>(item%64)&1 == 1
	}
	_, found = slices.BinarySearch(s.boxes[i].low, uint16(item))
	return found
}

// All yields the items in order.
func (s Set) All() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for _, b := range s.boxes {
			high := uint32(b.key) << 16
			for _, x := range b.low {
				if !yield(high | uint32(x)) {
					return
				}
			}
			for w, word := range b.bits {
				for ; word != 0; word &= word - 1 {
					if !yield(high | uint32(w*64+bits.TrailingZeros64(word))) {
						return
					}
				}
			}
		}
	}
}

// Equal reports whether two sets have the same items.
func (s Set) Equal(o Set) bool {
	return s.n == o.n && slices.EqualFunc(s.boxes, o.boxes, func(a, b box) bool {
		return a.key == b.key && slices.Equal(a.low, b.low) && slices.Equal(a.bits, b.bits)
	})
}

// mask is a set as one bit for every number, to intersect many sets with.
type mask []uint64

func (m mask) has(x uint32) bool { return x/64 < uint32(len(m)) && m[x/64]>>(x%64)&1 == 1 }

func (m mask) set(x uint32) { m[x/64] |= 1 << (x % 64) }

// meet calls fn for every item that is in both, in order.
func (s Set) meet(m mask, fn func(uint32)) {
	for _, b := range s.boxes {
		high := uint32(b.key) << 16
		if int(high/64) >= len(m) {
			return
		}
		part := m[high/64 : min(len(m), int(high/64)+1<<16/64)]
		for _, x := range b.low {
			if w := int(x / 64); w < len(part) && part[w]>>(x%64)&1 == 1 {
				fn(high | uint32(x))
			}
		}
		if b.bits == nil {
			continue
		}
		for w := range part {
			for word := b.bits[w] & part[w]; word != 0; word &= word - 1 {
				fn(high | uint32(w*64+bits.TrailingZeros64(word)))
			}
		}
	}
}
