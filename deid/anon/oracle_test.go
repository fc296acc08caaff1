package anon_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/table"
)

// The checker below was written without a look at the engine. It sees nothing but
// the released file, the original rows and the hierarchies as lists of names, and
// counts in the most naive way there is.

// world is a small random table with its hierarchies and a population.
type world struct {
	names     []string // of the identifying columns; the last column is the sensitive one
	rows      [][]string
	people    [][]string
	trees     [][][]string // per column: rows of value, name, name, …
	sensitive string
	order     []string // of the sensitive values
	branch    [][]string
	known     map[[2]string][]string
}

func invent(r *rand.Rand) world {
	w := world{known: map[[2]string][]string{}, sensitive: "kind", order: []string{"s0", "s1", "s2", "s3", "s4", "s5"}}
	for i, s := range w.order {
		w.branch = append(w.branch, []string{s, fmt.Sprint("g", i/2), "*"})
	}
	for c := range 1 + r.IntN(4) {
		w.names = append(w.names, fmt.Sprint("c", c))
		w.trees = append(w.trees, tree(r, c))
	}
	row := func() []string {
		var out []string
		for _, t := range w.trees {
			out = append(out, t[min(r.IntN(len(t)), r.IntN(len(t)))][0])
		}
		return append(out, w.order[min(r.IntN(6), r.IntN(6))])
	}
	for range 6 + r.IntN(70) {
		x := row()
		w.rows = append(w.rows, x)
		for range 1 + r.IntN(4) { // the table is drawn from the population
			w.people = append(w.people, x)
		}
	}
	for range r.IntN(100) {
		w.people = append(w.people, row())
	}
	return w
}

// tree invents a hierarchy: every name is used once.
func tree(r *rand.Rand, column int) [][]string {
	n := 1 + r.IntN(9)
	levels := r.IntN(3)
	group := make([]int, n)
	var out [][]string
	for i := range n {
		group[i] = i
		out = append(out, []string{fmt.Sprintf("v%d.%d", column, i)})
	}
	for l := range levels {
		by := 1 + r.IntN(3)
		for i := range out {
			group[i] /= by
			out[i] = append(out[i], fmt.Sprintf("n%d.%d.%d", column, l, group[i]))
		}
	}
	for i := range out {
		out[i] = append(out[i], "*")
	}
	return out
}

func (w world) job(t testing.TB, models ...anon.Model) anon.Job {
	t.Helper()
	header := append(slices.Clone(w.names), w.sensitive)
	data, err := table.From(header, w.rows)
	if err != nil {
		t.Fatal(err)
	}
	people, err := table.From(header, w.people)
	if err != nil {
		t.Fatal(err)
	}
	j := anon.Job{Table: data, Models: models, Population: people}
	for i, name := range w.names {
		h, err := hierarchy.New(w.trees[i])
		if err != nil {
			t.Fatal(err)
		}
		j.Quasi = append(j.Quasi, anon.Attribute{Column: name, Hierarchy: h})
	}
	return j
}

// means lists the values that a name stands for.
func (w world) means(column int, name string) (values []string) {
	key := [2]string{w.names[column], name}
	if v, ok := w.known[key]; ok {
		return v
	}
	defer func() { w.known[key] = values }()
	for _, row := range w.trees[column] {
		if slices.Contains(row, name) {
			values = append(values, row[0])
		}
	}
	return values
}

// released writes a release and reads it back as a stranger would.
func released(t testing.TB, res *anon.Result, keep ...string) [][]string {
	t.Helper()
	var b bytes.Buffer
	w := table.NewWriter(&b, false)
	if err := res.Write(w, keep); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// group is what the checker calls a class: rows that look alike.
type group struct {
	shown []string
	kinds []string
}

func groups(rows [][]string) map[string]*group {
	out := map[string]*group{}
	for _, r := range rows {
		shown := r[:len(r)-1]
		key := strings.Join(shown, "\x00")
		if out[key] == nil {
			out[key] = &group{shown: shown}
		}
		out[key].kinds = append(out[key].kinds, r[len(r)-1])
	}
	return out
}

// fit counts the people whom a class may be about.
func (w world) fit(g *group) (n int) {
	for _, p := range w.people {
		all := true
		for c, name := range g.shown {
			all = all && slices.Contains(w.means(c, name), p[c])
		}
		if all {
			n++
		}
	}
	return n
}

func shares(values, order []string) []float64 {
	out := make([]float64, len(order))
	for _, v := range values {
		out[slices.Index(order, v)] += 1 / float64(len(values))
	}
	return out
}

// check is one condition in the naive way.
type check struct {
	name  string
	model func(w world) anon.Model
	holds func(w world, g *group) bool
}

// all returns the sensitive values of the whole table that occur, in their order.
func (w world) all() (values, occur []string) {
	for _, r := range w.rows {
		values = append(values, r[len(r)-1])
	}
	for _, s := range w.order {
		if slices.Contains(values, s) {
			occur = append(occur, s)
		}
	}
	return values, occur
}

func close1(a, b float64) bool { return a <= b+1e-9 }

var checks = []check{
	{"k-anonymity", func(world) anon.Model { return anon.K(4) },
		func(_ world, g *group) bool { return len(g.kinds) >= 4 }},
	{"distinct l-diversity", func(w world) anon.Model { return anon.Distinct{Column: w.sensitive, L: 3} },
		func(_ world, g *group) bool {
			slices.Sort(g.kinds)
			return len(slices.Compact(slices.Clone(g.kinds))) >= 3
		}},
	{"entropy l-diversity", func(w world) anon.Model { return anon.Entropy{Column: w.sensitive, L: 2.2} },
		func(w world, g *group) bool {
			h := 0.0
			for _, p := range shares(g.kinds, w.order) {
				if p > 0 {
					h -= p * math.Log(p)
				}
			}
			return close1(math.Log(2.2), h)
		}},
	{"recursive (c,l)-diversity", func(w world) anon.Model { return anon.Recursive{Column: w.sensitive, C: 1.5, L: 2} },
		func(w world, g *group) bool {
			most, all := 0, len(g.kinds)
			for _, kind := range w.order {
				n := 0
				for _, x := range g.kinds {
					if x == kind {
						n++
					}
				}
				most = max(most, n)
			}
			return 2*most < 3*(all-most)
		}},
	{"t-closeness, equal distance", func(w world) anon.Model { return anon.Close{Column: w.sensitive, T: 0.3} },
		func(w world, g *group) bool {
			all, _ := w.all()
			p, q, d := shares(g.kinds, w.order), shares(all, w.order), 0.0
			for i := range p {
				d += math.Abs(p[i]-q[i]) / 2
			}
			return close1(d, 0.3)
		}},
	{"t-closeness, ordered distance", func(w world) anon.Model {
		return anon.Close{Column: w.sensitive, T: 0.2, Distance: anon.Order, Hierarchy: w.kinds()}
	}, func(w world, g *group) bool {
		all, occur := w.all()
		p, q := shares(g.kinds, occur), shares(all, occur)
		cost := transport(p, q, func(i, j int) float64 { return math.Abs(float64(i-j)) / math.Max(float64(len(p)-1), 1) })
		return close1(cost, 0.2)
	}},
	{"t-closeness, hierarchical distance", func(w world) anon.Model {
		return anon.Close{Column: w.sensitive, T: 0.25, Distance: anon.Branch, Hierarchy: w.kinds()}
	}, func(w world, g *group) bool {
		all, _ := w.all()
		p, q := shares(g.kinds, w.order), shares(all, w.order)
		cost := transport(p, q, func(i, j int) float64 {
			switch {
			case i == j:
				return 0
			case i/2 == j/2:
				return 0.5
			}
			return 1
		})
		return close1(cost, 0.25)
	}},
	{"k-map", func(world) anon.Model { return anon.KMap(7) },
		func(w world, g *group) bool { return w.fit(g) >= 7 }},
	{"δ-presence", func(world) anon.Model { return anon.Presence{Max: 0.6} },
		func(w world, g *group) bool {
			return close1(float64(len(g.kinds))/math.Max(float64(w.fit(g)), float64(len(g.kinds))), 0.6)
		}},
}

func (w world) kinds() *hierarchy.Hierarchy {
	h, err := hierarchy.New(w.branch)
	if err != nil {
		panic(err)
	}
	return h
}
