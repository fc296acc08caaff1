package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"

	"github.com/wardfold/wardfold/deid/hierarchy"
)

// made is a table that is invented, of a given shape: for sizes of which there
// is no public table, and for sets that may not be passed on. Columns hang
// together as in life: a hidden kind of person leans every column its way.
type made struct {
	name    string
	rows    int
	columns []madeColumn
	seed    uint64
}

// madeColumn is a column of so many values, with a hierarchy of joins of so many.
type madeColumn struct {
	values int
	joins  []int
	flat   bool // every value as frequent as any other
}

// register is a district's register of people: nine columns of the sizes of Adult.
func register(rows int) made {
	return made{"register", rows, []madeColumn{{2, nil, true}, {74, []int{5, 2, 2}, true}, {5, nil, false}, {7, []int{3}, false},
		{16, []int{4, 2}, false}, {41, []int{8}, false}, {8, []int{3}, false}, {14, []int{5}, false}, {2, nil, false}}, 1}
}

// bills is of the shape of a bank's table: 24 columns, half of them amounts that
// hang together.
func bills(rows int) made {
	m := made{name: "bills", rows: rows, seed: 2}
	for _, n := range []int{2, 7, 4, 56, 11, 11, 11, 11, 11, 11} {
		m.columns = append(m.columns, madeColumn{n, joinsFor(n), false})
	}
	for range 14 {
		m.columns = append(m.columns, madeColumn{100, []int{5, 2, 5}, false})
	}
	return m
}

// survey is of the shape of a health survey: 16 columns of few values.
func survey(rows int) made {
	m := made{name: "survey", rows: rows, seed: 3}
	for _, n := range []int{2, 18, 6, 9, 33, 5, 4, 12, 3, 7, 2, 2, 52, 8, 5, 3} {
		m.columns = append(m.columns, madeColumn{n, joinsFor(n), n > 15})
	}
	return m
}

func joinsFor(n int) (joins []int) {
	for n > 8 {
		joins = append(joins, 3)
		n = (n + 2) / 3
	}
	return joins
}

// write writes the table as CSV.
func (m made) write(w io.Writer) error {
	r := rand.New(rand.NewPCG(m.seed, 77))
	b := bufio.NewWriterSize(w, 1<<20)
	for i := range m.columns {
		if i > 0 {
			_ = b.WriteByte(',') // bufio keeps the error for Flush
		}
		_, _ = b.WriteString(m.column(i))
	}
	_ = b.WriteByte('\n')
	line := make([]byte, 0, 256)
	for range m.rows {
		line = line[:0]
		kind := r.IntN(12)
		for i, c := range m.columns {
			if i > 0 {
				line = append(line, ',')
			}
			line = append(line, m.column(i)...)
			line = append(line, '-')
			line = strconv.AppendInt(line, int64(c.draw(r, kind, i)), 10)
		}
		line = append(line, '\n')
		_, _ = b.Write(line)
	}
	return b.Flush()
}

func (m made) column(i int) string { return string(rune('a'+i%26)) + "col" }

func (c madeColumn) draw(r *rand.Rand, kind, i int) int {
	if c.flat {
		return r.IntN(c.values)
	}
	home := (kind*31 + i*17) % c.values
	if r.IntN(3) > 0 { // near home
		return (home + min(r.IntN(c.values), r.IntN(c.values), r.IntN(c.values))) % c.values
	}
	return min(r.IntN(c.values), r.IntN(c.values))
}

// hierarchy returns the rows of a column's hierarchy.
func (m made) hierarchy(i int) (*hierarchy.Hierarchy, error) {
	c := m.columns[i]
	var rows [][]string
	for v := range c.values {
		row := []string{fmt.Sprintf("%s-%d", m.column(i), v)}
		at := v
		for l, by := range c.joins {
			at /= by
			row = append(row, fmt.Sprintf("%d.%d", l, at))
		}
		rows = append(rows, append(row, hierarchy.Top))
	}
	return hierarchy.New(rows)
}
