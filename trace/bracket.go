package trace

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Span is while a value was current: from From until before To. A zero To means
// that it still is.
type Span struct {
	From, To time.Time
}

// Bracket is when a list was current.
type Bracket struct {
	From, To   time.Time // To is exclusive; zero: up to now
	Valid      int       // rows that were current at the best instant
	Rows       int       // rows with a span
	Contiguous bool      // false: there are several periods, so lists of different dates were merged
}

// wrong is the share of rows whose span may be wrong: typed wrongly, or recorded
// late.
const wrong = 0.01

// Date finds when a list with these spans was current: all instants whose
// likelihood is within the 95 % region of the best, at one wrong row in a
// hundred. Reports false if there are no rows.
//
// The width is about 2/(rows × changes per row and day): six days for 1,000 rows
// of which 1 % change in a month.
func Date(spans []Span) (Bracket, bool) {
	edges := edgesOf(spans)
	if len(edges) == 0 {
		return Bracket{}, false
	}
	b := Bracket{Rows: len(spans)}
	valid := make([]int, len(edges))
	n := 0
	for i, e := range edges {
		n += e.change
		valid[i] = n
		b.Valid = max(b.Valid, n)
	}
	// ln L(t) falls by ln((1−wrong)/wrong) for every row that was not current; the
	// region reaches to half of the 95 % quantile of χ²(1).
	slack := int(1.92 / math.Log((1-wrong)/wrong))
	first, last, runs, in := -1, -1, 0, false
	for i, v := range valid {
		ok := v >= b.Valid-slack
		if ok && !in {
			runs++
		}
		if ok {
			if first < 0 {
				first = i
			}
			last = i
		}
		in = ok
	}
	b.From, b.Contiguous = edges[first].at, runs == 1
	if last+1 < len(edges) {
		b.To = edges[last+1].at
	}
	return b, true
}

// edge is an instant at which as many more rows become current as change says.
type edge struct {
	at     time.Time
	change int
}

func edgesOf(spans []Span) []edge {
	var all []edge
	for _, s := range spans {
		all = append(all, edge{s.From, 1})
		if !s.To.IsZero() {
			all = append(all, edge{s.To, -1})
		}
	}
	slices.SortFunc(all, func(a, b edge) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.change, b.change)) })
	var merged []edge
	for _, e := range all {
		if n := len(merged); n > 0 && merged[n-1].at.Equal(e.at) {
			merged[n-1].change += e.change
			continue
		}
		merged = append(merged, e)
	}
	return merged
}
