package person

import "github.com/wardfold/wardfold/detect/internal/block"

// places appends the offsets of what Places is to know of the first runes: clauses
// with a character that opens, from there to the mark that ends them, and the mark
// before. What the lines begin and end with is there whatever it is, for they may be
// pieces of a longer one.
func (o *room) places(list []int32, size int) []int32 {
	done := 0 // what stands before it is there
	put := func(k int) {
		list = append(list, o.At[(k+pad)&lineMask])
		done = k + 1
	}
	clause := func(k int) {
		for ; k < size; k = o.A.Next(k+1, size) {
			if put(k); o.parts(k) {
				return
			}
		}
	}
	clause(o.A.Next(0, size))
	for c := o.C.Next(done, size); c < size; c = o.C.Next(done, size) {
		if e := o.border(c-1, done); e >= done {
			put(e)
		}
		clause(c)
	}
	if e := o.border(size-1, done); e >= done {
		put(e)
	}
	return list
}

// border is the last mark up to k that parts clauses, or less than first.
func (o *room) border(k, first int) int {
	for k = o.A.Last(k); k >= first && !o.parts(k); {
		k = o.A.Last(k - 1)
	}
	return k
}

// parts reports whether what Places wants at k is neither a digit nor opens.
func (o *room) parts(k int) bool {
	return o.Runes[(k+pad)&lineMask] != '0' && o.C[k>>6&(block.Room/64-1)]>>(k&63)&1 == 0
}
