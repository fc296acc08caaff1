package flow

import "bytes"

// Grid collects a table that stands within a document, and tells a list, whose
// first row heads columns, from a form or a layout, whose cells are read one
// after the other. A list becomes a part of its own, anything else running text.
// The zero Grid is ready; it is for one table at a time.
type Grid struct {
	rows  [][][]byte
	row   [][]byte
	bytes int
	n     int64 // rows so far
	open  bool  // decided to be a list, and being written
}

// gridMax is how much is collected before a decision, in bytes.
const gridMax = 512 << 10

// Cell ends a cell with the given text.
func (g *Grid) Cell(text []byte) {
	text = bytes.TrimSpace(text)
	g.row = append(g.row, bytes.Clone(text))
	g.bytes += len(text) + 48
}

// EndRow ends a row. host is the part that the table stands in, name that of the
// table if it is a list, unit where in the host it begins.
func (g *Grid) EndRow(w *Writer, host *Part, name, unit string) error {
	if len(g.row) > 0 {
		g.rows = append(g.rows, g.row)
	}
	g.row = nil
	if g.bytes < gridMax {
		return nil
	}
	return g.flush(w, name)
}

// EndTable ends the table, and goes back to the host.
func (g *Grid) EndTable(w *Writer, host *Part, name, unit string) error {
	if err := g.EndRow(w, host, name, unit); err != nil {
		return err
	}
	err := g.flush(w, name)
	if err == nil && g.open {
		if err = w.Part(*host); err == nil {
			err = w.Unit(unit)
		}
	}
	*g = Grid{}
	return err
}

func (g *Grid) flush(w *Writer, name string) error {
	if !g.open && g.isList() {
		if err := w.Part(Part{Name: name, Table: true}); err != nil {
			return err
		}
		g.open = true
	}
	for _, row := range g.rows {
		g.n++
		var err error
		if g.open {
			err = w.Row(g.n, row)
		} else {
			err = asText(w, row)
		}
		if err != nil {
			return err
		}
	}
	g.rows, g.bytes = nil, 0
	return nil
}

func asText(w *Writer, row [][]byte) error {
	for i, c := range row {
		if i > 0 {
			if err := w.Break("\t"); err != nil {
				return err
			}
		}
		if err := w.Write(c); err != nil {
			return err
		}
	}
	return w.Break("\n")
}

// isList looks for three rows or more of one width, the first of them without
// figures and without a blank: the heads of columns.
func (g *Grid) isList() bool {
	if len(g.rows) < 3 || len(g.rows[0]) < 2 {
		return false
	}
	for _, head := range g.rows[0] {
		if len(head) == 0 || len(head) > 60 || bytes.ContainsAny(head, "0123456789:") {
			return false
		}
	}
	same := 0
	for _, r := range g.rows {
		if len(r) == len(g.rows[0]) {
			same++
		}
	}
	return same*10 >= len(g.rows)*9
}
