// Package check tests what was made anonymous from what is written in it alone.
//
// The engines of package anon hold their classes while they cut them. This
// package knows nothing of that: it reads the finished table as its recipient
// would, puts records that look alike together, and counts. A mistake of an
// engine, of the merging of classes or of the writing of a file is found here,
// before the file leaves.
//
// The package is pure.
package check

import (
	"fmt"
	"math"
	"slices"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/table"
)

// Release is a finished table and what it must satisfy.
type Release struct {
	Table  *table.Table
	Quasi  []anon.Attribute // as they were asked for: which column, by which hierarchy
	Models []anon.Model

	// Source is the table that it was made from: Close compares with it.
	Source *table.Table
	// Population is who the records are drawn from, for KMap and Presence.
	Population *table.Table
	// Earlier is what earlier releases showed of the person of each record of
	// Table, for Together; see there.
	Earlier []int32
}

// Finding is a class that does not satisfy a model.
type Finding struct {
	Model  string
	Row    int // of the first record of the class, as a spreadsheet counts
	Size   int // records in the class
	Figure float64
}

func (f Finding) Error() string {
	return fmt.Sprintf("check: %s does not hold for the %d records like row %d: %g", f.Model, f.Size, f.Row, f.Figure)
}

// Test returns every class that does not satisfy a model. It fails with
// *anon.Error NoColumn if a column is missing, and NoModel for a model that it
// cannot test: then nothing is shown.
func (r Release) Test() ([]Finding, error) {
	classes, err := r.classes()
	if err != nil {
		return nil, err
	}
	var found []Finding
	for _, m := range r.Models {
		figure, err := r.figure(m)
		if err != nil {
			return nil, err
		}
		for _, rows := range classes {
			if x, ok := figure(rows); !ok {
				found = append(found, Finding{m.Name(), rows[0] + 2, len(rows), x})
			}
		}
	}
	return found, nil
}

// classes puts together the records that show the same in all identifying columns.
func (r Release) classes() ([][]int, error) {
	var cols []*table.Column
	for _, a := range r.Quasi {
		c := r.Table.Column(a.Column)
		if c == nil {
			return nil, &anon.Error{Code: anon.NoColumn, Column: a.Column}
		}
		cols = append(cols, c)
	}
	at := map[string]int{}
	var classes [][]int
	for row := range r.Table.Rows() {
		key := ""
		for _, c := range cols {
			v := c.Value(row)
			key += fmt.Sprint(len(v)) + ":" + v
		}
		i, known := at[key]
		if !known {
			i = len(classes)
			at[key] = i
			classes = append(classes, nil)
		}
		classes[i] = append(classes[i], row)
	}
	return classes, nil
}

// test says what a model comes to in a class, and whether that will do.
type test func(rows []int) (figure float64, ok bool)

// slack forgives rounding.
const slack = 1e-6

func (r Release) figure(m anon.Model) (test, error) {
	switch m := m.(type) {
	case anon.K:
		return func(rows []int) (float64, bool) { return float64(len(rows)), len(rows) >= int(m) }, nil
	case anon.Distinct:
		return r.values(m.Column, func(counts map[string]int, n int) (float64, bool) {
			return float64(len(counts)), len(counts) >= m.L
		})
	case anon.Entropy:
		return r.values(m.Column, func(counts map[string]int, n int) (float64, bool) {
			x := math.Exp(surprise(counts, n))
			return x, x >= m.L-slack*m.L
		})
	case anon.Recursive:
		return r.values(m.Column, func(counts map[string]int, n int) (float64, bool) {
			most, rest := tail(counts, m.L)
			return float64(most) / float64(max(rest, 1)), float64(most) < m.C*float64(rest)
		})
	case anon.Close:
		if m.Distance != anon.Equal || r.Source == nil {
			return nil, &anon.Error{Code: anon.NoModel, Column: m.Column}
		}
		return r.close(m)
	case anon.KMap:
		crowd, err := r.crowd()
		return func(rows []int) (float64, bool) { n := crowd(rows); return float64(n), n >= int(m) }, err
	case anon.Presence:
		crowd, err := r.crowd()
		return func(rows []int) (float64, bool) {
			share := float64(len(rows)) / float64(max(crowd(rows), len(rows)))
			return share, share <= m.Max+slack // Min need not hold: see anon.Presence
		}, err
	case anon.Together:
		return r.together(m)
	}
	return nil, &anon.Error{Code: anon.NoModel}
}

// values counts a sensitive column in a class.
func (r Release) values(column string, judge func(counts map[string]int, n int) (float64, bool)) (test, error) {
	c := r.Table.Column(column)
	if c == nil {
		return nil, &anon.Error{Code: anon.NoColumn, Column: column}
	}
	return func(rows []int) (float64, bool) {
		counts := map[string]int{}
		for _, row := range rows {
			counts[c.Value(row)]++
		}
		return judge(counts, len(rows))
	}, nil
}

// surprise is the entropy of counts, in nats.
func surprise(counts map[string]int, n int) (sum float64) {
	for _, c := range counts {
		p := float64(c) / float64(n)
		sum -= p * math.Log(p)
	}
	return sum
}

// tail returns the highest count, and the sum of those from the l-th on.
func tail(counts map[string]int, l int) (most, rest int) {
	var list []int
	for _, c := range counts {
		list = append(list, c)
	}
	slices.Sort(list)
	slices.Reverse(list)
	for i, c := range list {
		if i == 0 {
			most = c
		}
		if i >= l-1 {
			rest += c
		}
	}
	return most, rest
}

func (r Release) close(m anon.Close) (test, error) {
	source := r.Source.Column(m.Column)
	if source == nil {
		return nil, &anon.Error{Code: anon.NoColumn, Column: m.Column}
	}
	whole := map[string]float64{}
	for code, n := range source.Counts() {
		whole[source.Values[code]] = float64(n) / float64(source.Len())
	}
	return r.values(m.Column, func(counts map[string]int, n int) (float64, bool) {
		apart := 0.0
		for v, share := range whole {
			apart += math.Abs(float64(counts[v])/float64(n)-share) / 2
		}
		for v, c := range counts {
			if _, known := whole[v]; !known {
				apart += float64(c) / float64(n) / 2
			}
		}
		return apart, apart <= m.T+slack
	})
}

func (r Release) together(m anon.Together) (test, error) {
	if len(r.Earlier) != r.Table.Rows() {
		return nil, &anon.Error{Code: anon.NoModel}
	}
	return func(rows []int) (float64, bool) {
		counts := map[int32]int{}
		for _, row := range rows {
			if e := r.Earlier[row]; e >= 0 {
				counts[e]++
			}
		}
		least := len(rows)
		for _, n := range counts {
			least = min(least, n)
		}
		return float64(least), len(counts) == 0 || least >= m.K
	}, nil
}

// crowd counts the people of the population whom an outsider would take to fit a
// class: in every column, their value lies under what the class shows.
func (r Release) crowd() (func(rows []int) int, error) {
	if r.Population == nil {
		return nil, &anon.Error{Code: anon.NoCrowd}
	}
	var told, people []*table.Column
	for _, a := range r.Quasi {
		c := r.Population.Column(a.Column)
		if c == nil {
			return nil, &anon.Error{Code: anon.NoColumn, Column: a.Column}
		}
		told, people = append(told, r.Table.Column(a.Column)), append(people, c)
	}
	covers := make([]map[string]map[string]bool, len(told)) // per column: what is told → the values under it
	for i, a := range r.Quasi {
		covers[i] = map[string]map[string]bool{}
		for _, shown := range told[i].Values {
			covers[i][shown] = under(a.Hierarchy, shown)
		}
	}
	return func(rows []int) (n int) {
		for p := range r.Population.Rows() {
			fits := true
			for i := range told {
				fits = fits && covers[i][told[i].Value(rows[0])][people[i].Value(p)]
			}
			if fits {
				n++
			}
		}
		return n
	}, nil
}

// under lists the values that may stand behind what is shown: those under any
// node of that name, and those of a run "a..b".
func under(h *hierarchy.Hierarchy, shown string) map[string]bool {
	out := map[string]bool{}
	for level := range h.Levels() {
		for node := range h.Nodes(level) {
			if h.Label(level, node) == shown {
				from, to := h.Cover(level, node)
				for leaf := from; leaf < to; leaf++ {
					out[h.Label(0, leaf)] = true
				}
			}
		}
	}
	for i := 1; i+2 < len(shown); i++ {
		if shown[i:i+2] != ".." {
			continue
		}
		from, ok := h.Leaf(shown[:i])
		to, also := h.Leaf(shown[i+2:])
		if ok && also {
			for leaf := from; leaf <= to; leaf++ {
				out[h.Label(0, leaf)] = true
			}
		}
	}
	return out
}
