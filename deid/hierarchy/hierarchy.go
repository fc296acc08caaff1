// Package hierarchy says how a value may be told less exactly: 三年级 is 小学低年级
// or 小学, 2016-03-08 is March 2016 or 2016 or 2010-2019, 310104 is 3101** or 31****.
//
// A hierarchy is a tree. Its leaves are values (level 0); each level above joins
// them into fewer nodes; the highest level has one node, "*", which tells nothing.
// Parse reads one from a CSV file in the form that ARX uses: a line for each
// value, the value first, then its name at each level. Generate makes one for
// numbers, dates, regions, grades, progress or categories out of the values that
// a column has.
//
// Leaves are numbered so that every node covers a run of them. What an engine asks
// of a hierarchy is then arithmetic: the leaves under a node are an interval, the
// children of a node are neighbours, and what two values have in common is found
// by climbing.
//
// The package is pure; a Hierarchy does not change and is safe for concurrent use.
package hierarchy

import (
	"fmt"
	"io"
	"slices"

	"github.com/wardfold/wardfold/deid/table"
)

// Top is the name of the node that tells nothing.
const Top = "*"

// Hierarchy is a tree over values.
type Hierarchy struct {
	index  map[string]int32
	levels []level
	kind   Kind
}

// level is one level: of[leaf] is the node that covers the leaf, and node n covers
// the leaves first[n] to first[n+1], without the latter.
type level struct {
	of    []int32
	first []int32
	label []string
}

// Levels is the number of levels, at least 2.
func (h *Hierarchy) Levels() int { return len(h.levels) }

// Leaves is the number of values.
func (h *Hierarchy) Leaves() int { return len(h.levels[0].label) }

// Nodes is the number of nodes of a level.
func (h *Hierarchy) Nodes(level int) int { return len(h.levels[level].label) }

// Label is the name of a node.
func (h *Hierarchy) Label(level, node int) string { return h.levels[level].label[node] }

// Cover returns the leaves under a node: from the first up to, and not including,
// the second.
func (h *Hierarchy) Cover(level, node int) (from, to int) {
	first := h.levels[level].first
	return int(first[node]), int(first[node+1])
}

// Above returns, for each leaf, its node at a level. The result must not be
// changed.
func (h *Hierarchy) Above(level int) []int32 { return h.levels[level].of }

// Leaf finds a value; false if the hierarchy does not cover it.
func (h *Hierarchy) Leaf(value string) (int, bool) {
	i, ok := h.index[value]
	return int(i), ok
}

// Kind says how the hierarchy was made; Given if it was read.
func (h *Hierarchy) Kind() Kind { return h.kind }

// Ordered reports whether the leaves stand in an order that means something, such
// as ages or dates, so that a run of them is worth a name of its own.
func (h *Hierarchy) Ordered() bool { return h.kind == Numbers || h.kind == Dates || h.kind == Progress }

// Error says what is wrong with a hierarchy or with the values for one. It holds
// no value.
type Error struct {
	Code Code
	Row  int // of a hierarchy's file, from 1
	At   int // which of the values given to Generate, from 0
}

// Code says what is wrong.
type Code string

// The codes.
const (
	Empty  Code = "empty"  // no lines
	Ragged Code = "ragged" // Row has another number of levels than the first
	Twice  Code = "twice"  // Row names a value again, with other levels
	Unfit  Code = "unfit"  // the value At is not of the kind asked for
)

func (e *Error) Error() string {
	if e.Code == Unfit {
		return fmt.Sprintf("hierarchy: value %d does not fit", e.At)
	}
	return fmt.Sprintf("hierarchy: %s at row %d", e.Code, e.Row)
}

// Parse reads a hierarchy from a CSV file without a header. Errors: *Error with
// Empty, Ragged or Twice; *table.Error for what is not CSV.
func Parse(r io.Reader) (*Hierarchy, error) {
	rows, err := table.ReadRows(r)
	if err != nil {
		return nil, err
	}
	return New(rows)
}

// New makes a hierarchy of one row for each value: the value, then its name at
// each level. If the last level has several names, a level Top is put above it. A
// name that stands under two different names of the next level is two nodes.
//
// Errors: *Error with Empty, Ragged or Twice.
func New(rows [][]string) (*Hierarchy, error) { return build(rows, Given) }

func build(rows [][]string, kind Kind) (*Hierarchy, error) {
	if len(rows) == 0 || len(rows[0]) == 0 {
		return nil, &Error{Code: Empty}
	}
	seen := map[string]int{}
	var once [][]string
	for i, row := range rows {
		if len(row) != len(rows[0]) {
			return nil, &Error{Code: Ragged, Row: i + 1}
		}
		if at, again := seen[row[0]]; again {
			if !slices.Equal(rows[at], row) {
				return nil, &Error{Code: Twice, Row: i + 1}
			}
			continue
		}
		seen[row[0]] = i
		once = append(once, row)
	}
	if top := len(rows[0]) - 1; top == 0 || slices.ContainsFunc(once, func(r []string) bool { return r[top] != once[0][top] }) {
		for i, row := range once {
			once[i] = append(slices.Clone(row), Top)
		}
	}
	return plant(once, kind), nil
}

// branch is a node while the tree is made.
type branch struct {
	label    string
	children []*branch
	byLabel  map[string]*branch
}

func (b *branch) child(label string) *branch {
	if c := b.byLabel[label]; c != nil {
		return c
	}
	if b.byLabel == nil {
		b.byLabel = map[string]*branch{}
	}
	c := &branch{label: label}
	b.byLabel[label] = c
	b.children = append(b.children, c)
	return c
}

// plant makes the tree of rows that are all of one length and end in one name.
func plant(rows [][]string, kind Kind) *Hierarchy {
	top := len(rows[0]) - 1
	root := &branch{label: rows[0][top]}
	for _, row := range rows {
		b := root
		for i := top - 1; i >= 0; i-- {
			b = b.child(row[i])
		}
	}
	h := &Hierarchy{kind: kind, levels: make([]level, top+1), index: make(map[string]int32, len(rows))}
	h.walk(root, top)
	for i := range h.levels {
		h.levels[i].first = append(h.levels[i].first, int32(len(rows)))
	}
	for i, v := range h.levels[0].label {
		h.index[v] = int32(i)
	}
	return h
}

// walk numbers nodes and leaves depth first.
func (h *Hierarchy) walk(b *branch, at int) {
	l := &h.levels[at]
	l.first = append(l.first, int32(len(h.levels[0].label)))
	l.label = append(l.label, b.label)
	if at == 0 {
		for i := range h.levels {
			h.levels[i].of = append(h.levels[i].of, int32(len(h.levels[i].label)-1))
		}
		return
	}
	for _, c := range b.children {
		h.walk(c, at-1)
	}
}
