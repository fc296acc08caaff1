package main

import (
	"bufio"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/table"
)

// made is a table that is invented: for sizes of which there is no public table,
// and in the place of sets that may not be passed on. Values are whole numbers.
type made struct {
	name    string
	rows    int
	columns []madeColumn
	seed    uint64
	draw    func(r *rand.Rand, out []int) // one record
}

// madeColumn is a column whose hierarchy joins the values of one stretch of so
// many, then of a wider one, and so on.
type madeColumn struct{ widths []int }

// register is a district's register of people: nine columns of the sizes of Adult.
func register(rows int) made {
	sizes := []int{2, 74, 5, 7, 16, 41, 8, 14, 2}
	return made{"register", rows, []madeColumn{{}, {[]int{5, 10, 20}}, {}, {[]int{3}}, {[]int{4, 8}}, {[]int{8}}, {[]int{3}}, {[]int{5}}, {}}, 1,
		func(r *rand.Rand, out []int) {
			kind := r.IntN(12) // leans every column its way
			for i, n := range sizes {
				switch home := (kind*31 + i*17) % n; {
				case i < 2:
					out[i] = r.IntN(n)
				case r.IntN(3) > 0: // near home
					out[i] = (home + min(r.IntN(n), r.IntN(n), r.IntN(n))) % n
				default:
					out[i] = min(r.IntN(n), r.IntN(n))
				}
			}
		}}
}

// write writes the table as CSV.
func (m made) write(w io.Writer) error {
	r := rand.New(rand.NewPCG(m.seed, 77))
	b := bufio.NewWriterSize(w, 1<<20)
	line := make([]byte, 0, 256)
	for i := range m.columns {
		line = append(append(line, m.column(i)...), ',')
	}
	line[len(line)-1] = '\n'
	_, _ = b.Write(line) // bufio keeps the error for Flush
	out := make([]int, len(m.columns))
	for range m.rows {
		line = line[:0]
		m.draw(r, out)
		for _, v := range out {
			line = append(strconv.AppendInt(line, int64(v), 10), ',')
		}
		line[len(line)-1] = '\n'
		_, _ = b.Write(line)
	}
	return b.Flush()
}

func (m made) column(i int) string { return string(rune('a'+i%26)) + "col" }

// levels makes the hierarchy of a column over the values that occur.
func (c madeColumn) levels(t *table.Column) (*hierarchy.Hierarchy, error) {
	var values []int
	for _, v := range t.Values {
		n, err := strconv.Atoi(v)
		if err != nil {
			return nil, err
		}
		values = append(values, n)
	}
	slices.Sort(values)
	var rows [][]string
	for _, v := range values {
		row := []string{strconv.Itoa(v)}
		for l, width := range c.widths {
			row = append(row, strconv.Itoa(l)+"."+strconv.Itoa((v+1<<30/width*width)/width))
		}
		rows = append(rows, append(row, hierarchy.Top))
	}
	return hierarchy.New(rows)
}
