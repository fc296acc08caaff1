package anon

import (
	"io"
	"slices"

	"github.com/wardfold/wardfold/deid/table"
)

// HoldBack draws n records by chance and takes them out of a table: the people
// whom the attacker of a trial looks for in vain. rows says which records of t the
// rest are. It fails with what rand returned.
func HoldBack(t *table.Table, n int, rand io.Reader) (rest, held *table.Table, rows []int32, err error) {
	d := &dice{r: rand}
	all := upTo(t.Rows())
	n = min(max(n, 0), len(all))
	for i := range n { // the first n of a shuffle
		j := i + int(d.below(uint64(len(all)-i)))
		all[i], all[j] = all[j], all[i]
	}
	if d.err != nil {
		return nil, nil, nil, d.err
	}
	out, rows := all[:n:n], all[n:]
	slices.Sort(rows)
	slices.Sort(out)
	return t.Pick(rows), t.Pick(out), rows, nil
}
