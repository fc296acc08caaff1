package anon

import (
	"slices"

	"github.com/wardfold/wardfold/deid/table"
)

// Combination is a few columns, and how many records they tell apart from all
// others.
type Combination struct {
	Columns []string
	Alone   int // records that no other record equals in these columns
	Below   int // records in groups smaller than asked for
}

// Combinations counts, for every combination of at most size of the columns, the
// records that are alone in it and those in groups below k: what a table gives
// away before anything is done to it. The worst come first. Columns that are not
// in the table are left out of account.
func Combinations(t *table.Table, columns []string, size, k int) []Combination {
	var cols []*table.Column
	for _, name := range columns {
		if c := t.Column(name); c != nil {
			cols = append(cols, c)
		}
	}
	var out []Combination
	var slots counter
	group := make([]int32, t.Rows())
	var grow func(from int, names []string, group []int32)
	grow = func(from int, names []string, group []int32) {
		for i := from; i < len(cols); i++ {
			next := make([]int32, len(group))
			var sizes []int32
			slots.reset(len(group))
			for r, g := range group {
				c := slots.index(uint64(g)<<32 | uint64(cols[i].Code(r)))
				if int(c) == len(sizes) {
					sizes = append(sizes, 0)
				}
				sizes[c]++
				next[r] = c
			}
			x := Combination{Columns: append(slices.Clone(names), cols[i].Name)}
			for _, n := range sizes {
				if n == 1 {
					x.Alone++
				}
				if int(n) < k {
					x.Below += int(n)
				}
			}
			out = append(out, x)
			if len(x.Columns) < size {
				grow(i+1, x.Columns, next)
			}
		}
	}
	if size > 0 {
		grow(0, nil, group)
	}
	slices.SortStableFunc(out, func(a, b Combination) int { return b.Below - a.Below })
	return out
}
