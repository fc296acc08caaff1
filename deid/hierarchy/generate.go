package hierarchy

import (
	"cmp"
	"slices"
	"strings"
)

// Kind is a way of making a hierarchy out of values.
type Kind string

// The kinds. A value that is missing (empty, "?", "NA", "无", "不详" …) is a value
// of its own in each, beside all others, and is told or hidden as they are.
const (
	Given      Kind = "given"      // read, not generated
	Categories Kind = "categories" // a value or nothing
	Numbers    Kind = "numbers"    // 17 → 15-19 → 10-19 → 0-19 …
	Dates      Kind = "dates"      // 2016-03-08 → 2016-03 → 2016-Q1 → 2016 → 2015-2019 → 2010-2019
	Regions    Kind = "regions"    // GB/T 2260 and longer codes: 310104 → 3101** → 31****
	Grades     Kind = "grades"     // 三年级2班 → 三年级 → 小学中年级 → 小学 → 义务教育
	Progress   Kind = "progress"   // 37/48 or 77% → 70-79% → 50-99%
)

// Kinds lists what Generate can make, the most particular first.
var Kinds = []Kind{Regions, Dates, Grades, Progress, Numbers, Categories}

// Missing reports whether a value says that there is none.
func Missing(v string) bool {
	switch strings.ToLower(strings.TrimSpace(v)) {
	case "", "?", "-", "--", "/", "na", "n/a", "nan", "nil", "null", "none", "unknown", "无", "不详", "未知", "未填", "空":
		return true
	}
	return false
}

// Guess returns the most particular kind that fits all of the values.
func Guess(values []string) Kind {
	for _, k := range Kinds {
		if _, err := paths(k, values); err == nil && slices.ContainsFunc(values, func(v string) bool { return !Missing(v) }) {
			return k
		}
	}
	return Categories
}

// Nearly finds the kind that fits nine of ten values but not all, and the first
// value that it does not fit: a column of ages with a slip of the pen in it. Guess
// takes such a column for Categories; somebody should look at it first.
func Nearly(values []string) (k Kind, at int, ok bool) {
	for _, k := range Kinds[:len(Kinds)-1] {
		of, fit, all, first := reader(k, values), 0, 0, -1
		for i, v := range values {
			if Missing(v) {
				continue
			}
			all++
			if _, ok := of(v); ok {
				fit++
			} else if first < 0 {
				first = i
			}
		}
		if fit < all && 10*fit >= 9*all {
			return k, first, true
		}
	}
	return "", 0, false
}

// Generate makes a hierarchy of a kind over the different values of a column.
// Levels that would join nothing are left out. It fails with *Error Unfit at the
// first value that is not of that kind, and Empty without values.
func Generate(k Kind, values []string) (*Hierarchy, error) {
	all, err := paths(k, values)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, &Error{Code: Empty}
	}
	slices.SortStableFunc(all, func(a, b path) int {
		return cmp.Or(cmp.Compare(a.order, b.order), cmp.Compare(a.names[0], b.names[0]))
	})
	rows := make([][]string, len(all))
	for i, p := range all {
		rows[i] = p.names
	}
	return build(thinned(rows), k)
}

// path is one value with its names at each level below Top, and its place among
// the others.
type path struct {
	order float64
	names []string
}

const last = 1e300 // where missing values stand

// reader returns what reads one value of a kind.
func reader(k Kind, values []string) func(string) (path, bool) {
	switch k {
	case Numbers:
		return numbers(values)
	case Dates:
		return date
	case Regions:
		return region
	case Grades:
		return grade
	case Progress:
		return progress
	}
	return func(v string) (path, bool) { return path{0, []string{v}}, true }
}

func paths(k Kind, values []string) ([]path, error) {
	of := reader(k, values)
	all := make([]path, len(values))
	depth := 0
	for i, v := range values {
		if Missing(v) {
			continue
		}
		p, ok := of(v)
		if !ok {
			return nil, &Error{Code: Unfit, At: i}
		}
		all[i], depth = p, max(depth, len(p.names))
	}
	depth = max(depth, 1)
	for i, v := range values {
		if Missing(v) {
			all[i] = path{last, slices.Repeat([]string{v}, depth)}
		}
		for len(all[i].names) < depth { // short codes keep their coarsest name
			all[i].names = append(all[i].names, all[i].names[len(all[i].names)-1])
		}
	}
	return all, nil
}

// thinned leaves out levels that join nothing, and all that join everything, for
// Top does that.
func thinned(rows [][]string) [][]string {
	width := len(rows[0])
	keep := []int{0}
	before := distinct(rows, 0)
	for l := 1; l < width; l++ {
		if n := distinct(rows, l); n < before && n > 1 {
			keep, before = append(keep, l), n
		}
	}
	out := make([][]string, len(rows))
	for i, row := range rows {
		for _, l := range keep {
			out[i] = append(out[i], row[l])
		}
		out[i] = append(out[i], Top)
	}
	return out
}

func distinct(rows [][]string, at int) int {
	seen := map[string]bool{}
	for _, r := range rows {
		seen[r[at]] = true
	}
	return len(seen)
}
