package decoy

import (
	"math"
	"slices"
)

// part is how often each value of one part of a row occurs in an export.
type part struct {
	count map[string]int
	by    map[int][]string // values by how often they occur, sorted
}

func newPart(values []string) part {
	p := part{make(map[string]int), make(map[int][]string)}
	for _, v := range values {
		if v != "" {
			p.count[v]++
		}
	}
	for v, n := range p.count {
		p.by[n] = append(p.by[n], v)
	}
	for _, list := range p.by {
		slices.Sort(list)
	}
	return p
}

// few is the count up to which one more shows.
const few = 8

// like draws a value that will occur in the marked export as often as the model
// does, once it is in it more times: one that occurs that much less in the rows,
// or a new one if the model occurs no more often. Drawn in proportion from the
// rows, no decoy would ever be the only one of its kind, and that gives decoys
// away. The model itself, if it is rare, is the last choice: it would
// then occur too often.
func (p part) like(s *stream, model string, more int, fresh func() string) string {
	n := p.count[model]
	if n <= more && fresh != nil {
		for range redraws {
			if v := fresh(); v != "" && p.count[v] == 0 {
				return v
			}
		}
	}
	for d := range n + 1 {
		near := slices.Concat(p.by[n-more-d], p.by[n-more+d])
		near = slices.DeleteFunc(near, func(v string) bool { return v == model && n <= few })
		if len(near) > 0 {
			return pick(s, near)
		}
	}
	return model
}

// distance is the squared logarithm of how much rarer one value will be than the
// other is.
func (p part) distance(value, model string, more int) float64 {
	d := math.Log(float64(p.count[value]+more) / float64(max(1, p.count[model])))
	return d * d
}
