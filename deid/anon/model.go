package anon

import (
	"math"

	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/table"
)

// Model is a condition on every class of a release. Classes that satisfy a model
// satisfy it together too, so joining classes never does harm.
type Model interface {
	// Name is a short name with its parameters, for reports: "k=5".
	Name() string
	check(j Job, quasi map[string]bool) (least int, err error)
	prepare(j Job) criterion
}

// class is what a criterion judges: records, and people of the population, by
// row.
type class struct {
	rows  []int32
	crowd int // people of the population who fit
}

// criterion is a model made ready for one table. It is used by one goroutine;
// twin makes one for another.
type criterion interface {
	holds(class) bool
	twin() criterion
}

// sized is the criterion of models that ask for no more than a number of records.
type sized struct{}

func (sized) holds(class) bool  { return true }
func (s sized) twin() criterion { return s }

// K is k-anonymity: every record looks like at least K-1 others.
// Source: Samarati and Sweeney 1998.
type K int

// Name is "k=5".
func (k K) Name() string { return named("k", float64(k)) }

func (k K) check(Job, map[string]bool) (int, error) {
	if k < 1 {
		return 0, &Error{Code: NoModel}
	}
	return int(k), nil
}

func (k K) prepare(Job) criterion { return sized{} }

// KMap is k-map: every record looks like at least KMap people of the population,
// however few of them are in the table.
type KMap int

// Name is "k-map=5".
func (k KMap) Name() string { return named("k-map", float64(k)) }

func (k KMap) check(j Job, _ map[string]bool) (int, error) {
	if k < 1 {
		return 0, &Error{Code: NoModel}
	}
	return 1, crowded(j)
}

func (k KMap) prepare(Job) criterion { return kMap(k) }

type kMap int

func (k kMap) holds(c class) bool { return c.crowd >= int(k) }
func (k kMap) twin() criterion    { return k }

// Presence is δ-presence: of the people of the population who look like a record,
// the share that is in the table lies between Min and Max, so that nobody can
// tell that a known person is in it, or is not. Where being in the table is the
// secret itself, as with children in difficulty, this is the model to ask for.
//
// In a release by Local, people whom the same cuts would put elsewhere may fit a
// class too. That lowers the share that an outsider works out: Max holds for them
// all the more, Min need not.
// Source: Nergiz, Atzori, Clifton 2007.
type Presence struct{ Min, Max float64 }

// Name is "δ=0..0.05".
func (p Presence) Name() string { return "δ=" + figure(p.Min) + ".." + figure(p.Max) }

func (p Presence) check(j Job, _ map[string]bool) (int, error) {
	if !(p.Min >= 0 && p.Min <= p.Max && p.Max <= 1) {
		return 0, &Error{Code: NoModel}
	}
	return 1, crowded(j)
}

func (p Presence) prepare(Job) criterion { return presence(p) }

type presence Presence

func (p presence) holds(c class) bool {
	// A record is of the population even if a careless register lacks it.
	share := float64(len(c.rows)) / float64(max(c.crowd, len(c.rows), 1))
	return share >= p.Min-tiny && share <= p.Max+tiny
}
func (p presence) twin() criterion { return p }

func crowded(j Job) error {
	if j.Population == nil {
		return &Error{Code: NoCrowd}
	}
	for _, a := range j.Quasi {
		if j.Population.Column(a.Column) == nil {
			return &Error{Code: NoColumn, Column: a.Column}
		}
	}
	return nil
}

// tiny forgives rounding in sums of shares.
const tiny = 1e-9

// sensitive finds the column that a model protects.
func sensitive(j Job, name string, quasi map[string]bool) error {
	if j.Table.Column(name) == nil {
		return &Error{Code: NoColumn, Column: name}
	}
	if quasi[name] {
		return &Error{Code: TwiceUsed, Column: name}
	}
	return nil
}

// Distinct is distinct l-diversity: a class has at least L different values of
// the sensitive column.
// Source: Machanavajjhala, Kifer, Gehrke, Venkitasubramaniam 2007, as the two below.
type Distinct struct {
	Column string
	L      int
}

// Name is "distinct l=3 (column)".
func (d Distinct) Name() string { return named("distinct l", float64(d.L)) + " (" + d.Column + ")" }

func (d Distinct) check(j Job, q map[string]bool) (int, error) {
	if d.L < 1 {
		return 0, &Error{Code: NoModel}
	}
	return d.L, sensitive(j, d.Column, q)
}

func (d Distinct) prepare(j Job) criterion {
	l := d.L
	return newHistogram(j.Table.Column(d.Column), func(h *histogram, n int) bool { return len(h.seen) >= l })
}

// Entropy is entropy l-diversity: the entropy of the sensitive column in a class
// is at least log L.
type Entropy struct {
	Column string
	L      float64
}

// Name is "entropy l=3 (column)".
func (e Entropy) Name() string { return named("entropy l", e.L) + " (" + e.Column + ")" }

func (e Entropy) check(j Job, q map[string]bool) (int, error) {
	if !(e.L >= 1 && e.L < math.MaxInt32) {
		return 0, &Error{Code: NoModel}
	}
	return int(math.Ceil(e.L)), sensitive(j, e.Column, q)
}

func (e Entropy) prepare(j Job) criterion {
	least := math.Log(e.L)
	return newHistogram(j.Table.Column(e.Column), func(h *histogram, n int) bool {
		sum := 0.0
		for _, v := range h.seen {
			sum += xlogx(float64(h.count[v]))
		}
		return math.Log(float64(n))-sum/float64(n) >= least-tiny
	})
}

// Recursive is recursive (c, l)-diversity: the most frequent value of the
// sensitive column in a class occurs less often than C times as often as all
// from the L-th most frequent on together.
type Recursive struct {
	Column string
	C      float64
	L      int
}

// Name is "recursive c=2 l=3 (column)".
func (r Recursive) Name() string {
	return named("recursive c", r.C) + named(" l", float64(r.L)) + " (" + r.Column + ")"
}

func (r Recursive) check(j Job, q map[string]bool) (int, error) {
	if r.L < 1 || !(r.C > 0) {
		return 0, &Error{Code: NoModel}
	}
	return r.L, sensitive(j, r.Column, q)
}

func (r Recursive) prepare(j Job) criterion {
	return newHistogram(j.Table.Column(r.Column), func(h *histogram, n int) bool {
		most, before := h.largest(r.L - 1)
		return float64(most) < r.C*float64(n-before)
	})
}

// Distance is how far two values of a sensitive column are from each other.
type Distance int

// The distances.
const (
	Equal  Distance = iota // any two values are as far apart as any others
	Order                  // by their places in the order of Hierarchy
	Branch                 // by how high in Hierarchy they meet
)

// Close is t-closeness: in each class the sensitive column is distributed as in
// the whole table, up to an earth mover's distance of T.
// Source: Li, Li, Venkatasubramanian 2007.
type Close struct {
	Column    string
	T         float64
	Distance  Distance
	Hierarchy *hierarchy.Hierarchy // for Order and Branch
}

// Name is "t=0.2 (column)".
func (c Close) Name() string { return named("t", c.T) + " (" + c.Column + ")" }

func (c Close) check(j Job, q map[string]bool) (int, error) {
	if !(c.T > 0 && c.T <= 1) || c.Distance != Equal && c.Hierarchy == nil {
		return 0, &Error{Code: NoModel}
	}
	if err := sensitive(j, c.Column, q); err != nil {
		return 0, err
	}
	return 1, coveredBy(c.Hierarchy, j.Table.Column(c.Column))
}

func coveredBy(h *hierarchy.Hierarchy, c *table.Column) error {
	if h == nil {
		return nil
	}
	for i, v := range c.Values {
		if _, ok := h.Leaf(v); !ok {
			return &Error{Code: NotCovered, Row: int(c.First[i]) + 2, Column: c.Name}
		}
	}
	return nil
}
