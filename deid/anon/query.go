package anon

import (
	"io"
	"slices"
)

// QueryError is how far off counts are that somebody takes from the release
// instead of from the table: the median relative error of many counts such as "age
// 15 to 24 and county X", each over two columns and a node of each, drawn by
// chance. Classes are taken to be spread evenly over what they show. Counts below
// one in a thousand of the records are set off against that.
//
// It looks at about a million records at most, and fails with what rand returned.
// Source: LeFevre et al. 2006; Zhang et al. 2007.
func (r *Result) QueryError(queries int, rand io.Reader) (float64, error) {
	d := &dice{r: rand}
	know, err := r.knowledge(r.job.Table)
	if err != nil {
		return 0, err
	}
	step := 1 + len(r.Rows)>>20
	var off []float64
	for range queries {
		q := r.query(d)
		if d.err != nil {
			return 0, d.err
		}
		actual, guess, n := 0, 0.0, 0
		for c := 0; c < r.Classes(); c += step {
			share := 1.0
			for _, x := range q {
				share *= x.share(r.attrs[x.attr], r.label(c)[x.attr])
			}
			n += r.Size(c)
			guess += share * float64(r.Size(c))
			for _, row := range r.Class(c) {
				if !slices.ContainsFunc(q, func(x span) bool { return !x.has(know.leaf(x.attr, row)) }) {
					actual++
				}
			}
		}
		err := guess - float64(actual)
		off = append(off, max(err, -err)/max(float64(actual), float64(n)/1000, 1))
	}
	if len(off) == 0 {
		return 0, nil
	}
	slices.Sort(off)
	return off[len(off)/2], nil
}

// span is a condition on one column: a leaf from from to to, without to.
type span struct{ attr, from, to int }

func (s span) has(leaf int) bool { return leaf >= s.from && leaf < s.to }

// share is the part of what a mark covers that fulfils the condition.
func (s span) share(a *attr, m mark) float64 {
	from, to := a.cover(m)
	return float64(max(0, min(to, s.to)-max(from, s.from))) / float64(to-from)
}

// query draws two columns, or one if there is no more, and a node of each that
// is not the top.
func (r *Result) query(d *dice) []span {
	first := int(d.below(uint64(len(r.attrs))))
	which := []int{first}
	if len(r.attrs) > 1 {
		which = append(which, (first+1+int(d.below(uint64(len(r.attrs)-1))))%len(r.attrs))
	}
	var q []span
	for _, i := range which {
		h := r.attrs[i].h
		l := int(d.below(uint64(h.Levels() - 1)))
		from, to := h.Cover(l, int(d.below(uint64(h.Nodes(l)))))
		q = append(q, span{i, from, to})
	}
	return q
}
