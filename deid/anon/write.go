package anon

import (
	"cmp"
	"slices"

	"github.com/wardfold/wardfold/deid/table"
)

// Write writes the release: the identifying columns as their classes tell them
// and the columns named in keep as they are, in the order of the table. All
// others do not leave.
//
// Records come in the order of what is shown, never in the order in which they
// came: a list that is sorted by number gives away who is who by its order alone.
// It fails with NoColumn or TwiceUsed before anything is written; an error of the
// writer is for the caller to ask of it.
func (r *Result) Write(w *table.Writer, keep []string) error {
	if err := r.mayKeep(keep); err != nil {
		return err
	}
	cells := r.cells(keep)
	for _, c := range cells {
		w.Cell(c.name)
	}
	w.End()
	told := make([]string, len(cells))
	var rows []int32
	for class := range r.Classes() {
		for i, c := range cells {
			if c.attr >= 0 {
				told[i] = c.quoted(r.attrs[c.attr], r.label(class)[c.attr])
			}
		}
		rows = append(rows[:0], r.Class(class)...)
		if len(keep) > 0 {
			slices.SortFunc(rows, func(a, b int32) int { return compare(cells, a, b) })
		}
		for _, row := range rows {
			for i, c := range cells {
				if c.attr >= 0 {
					w.Raw(told[i])
				} else {
					w.Raw(c.values[c.col.Code(int(row))])
				}
			}
			w.End()
		}
		if r.job.Progress != nil && (class&0xffff == 0) {
			if err := r.job.Progress(int(r.starts[class+1]), len(r.Rows)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *Result) mayKeep(keep []string) error {
	for i, name := range keep {
		if r.job.Table.Column(name) == nil {
			return &Error{Code: NoColumn, Column: name}
		}
		if slices.Contains(keep[:i], name) || slices.ContainsFunc(r.attrs, func(a *attr) bool { return a.Column == name }) {
			return &Error{Code: TwiceUsed, Column: name}
		}
	}
	return nil
}

// cell is a column of the release.
type cell struct {
	name   string
	attr   int // -1: kept as it is
	marks  map[mark]string
	col    *table.Column
	values []string // quoted
	rank   []int32  // of each value, in the order of the values
}

func (r *Result) cells(keep []string) []*cell {
	var out []*cell
	for _, col := range r.job.Table.Columns {
		i := slices.IndexFunc(r.attrs, func(a *attr) bool { return a.Column == col.Name })
		c := &cell{name: col.Name, attr: i, col: col}
		switch {
		case i >= 0:
			c.marks = map[mark]string{}
		case slices.Contains(keep, col.Name):
			for _, v := range col.Values {
				c.values = append(c.values, table.Quoted(v))
			}
			order := upTo(len(col.Values))
			slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(col.Values[a], col.Values[b]) })
			c.rank = make([]int32, len(order))
			for n, v := range order {
				c.rank[v] = int32(n)
			}
		default:
			continue
		}
		out = append(out, c)
	}
	return out
}

func (c *cell) quoted(a *attr, m mark) string {
	s, ok := c.marks[m]
	if !ok {
		s = table.Quoted(a.text(m))
		c.marks[m] = s
	}
	return s
}

// compare orders two records by what is kept of them.
func compare(cells []*cell, a, b int32) int {
	for _, c := range cells {
		if c.attr >= 0 {
			continue
		}
		if d := c.rank[c.col.Code(int(a))] - c.rank[c.col.Code(int(b))]; d != 0 {
			return int(d)
		}
	}
	return 0
}
