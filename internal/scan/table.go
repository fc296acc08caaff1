package scan

import (
	"slices"
	"unsafe"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/sheet"
	"github.com/wardfold/wardfold/internal/source/flow"
)

func letter(column int) string { return sheet.Column(column) }

// table profiles the columns of a piece. The first piece of a file tells whether
// it has a header; the others wait for that.
func (e *exam) table(n *part, p *flow.Piece) ([]Column, int64) {
	var header []string
	if p.First && n.flow.Header == nil {
		defer close(n.ready)
	} else {
		<-n.ready
		header = n.header
	}
	t := e.r.Scanner.Table(header)
	needed := e.needed(n)
	if needed != nil && !slices.Contains(needed, true) {
		return nil, p.CountRows()
	}
	var cells []string
	var rows int64
	for r := range p.Rows() {
		cells = cells[:0]
		for i, c := range r.Cells {
			if needed != nil && (i >= len(needed) || !needed[i]) {
				c = nil
			}
			cells = append(cells, unsafe.String(unsafe.SliceData(c), len(c))) // a table keeps no reference
		}
		t.Row(cells...)
		rows++
	}
	columns := t.Columns()
	if header == nil {
		n.header = make([]string, len(columns))
		for i, c := range columns {
			if n.header[i] = c.Header; c.Header != "" && i == 0 {
				rows-- // the header is no row
			}
		}
	}
	out := make([]Column, len(columns))
	for i, c := range columns {
		out[i] = Column{Header: e.heading(c.Header), Kind: c.Kind, Level: c.Level, score: c.Score, Filled: c.Filled, Valid: c.Valid,
			Masked: c.Masked, Under14: c.Under14, From14To17: c.From14To17}
		for reason := range c.Why.All() {
			out[i].Reasons = append(out[i].Reasons, reason)
		}
	}
	return out, rows
}

// profiled is how many rows decide what a column is.
const profiled = 20_000

// plenty is how many cells of a column are enough for that.
const plenty = 1000

// needed tells which columns of a large table still have to be read cell by
// cell; nil is all of them. A column of numbers that prove themselves needs no
// more: the text of the table tells where they are, an order of magnitude faster.
// Nor does a column that holds nothing.
func (e *exam) needed(n *part) []bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if n.needed == nil && n.rows >= profiled {
		n.needed = make([]bool, len(n.columns))
		for i := range n.columns {
			c := &n.columns[i]
			n.needed[i] = c.Filled < plenty || c.Kind != detect.None && !detect.Numbers.Has(c.Kind)
			if !n.needed[i] {
				c.Sampled = n.rows
			}
		}
	}
	return n.needed
}

// headingMax is how long the head of a column may be to be one, in bytes.
const headingMax = 120

// heading shows the head of a column unless it is a value itself.
func (e *exam) heading(s string) string {
	if len(s) > headingMax {
		return ""
	}
	shown, _ := veil(e.r.Scanner, s)
	return shown
}

// merge adds the profile of a piece to that of the part. Where pieces differ in
// what a column is, that counts which has more cells.
func (n *part) merge(columns []Column, rows int64) {
	n.rows += rows
	for i, c := range columns {
		if i == len(n.columns) {
			n.columns = append(n.columns, c)
			continue
		}
		if n.columns[i].Sampled > 0 {
			continue
		}
		old := &n.columns[i]
		filled := old.Filled + c.Filled
		switch {
		case c.Kind == old.Kind:
			c.Valid, c.Masked = c.Valid+old.Valid, c.Masked+old.Masked
			c.Under14, c.From14To17 = c.Under14+old.Under14, c.From14To17+old.From14To17
			c.Level, c.score = max(c.Level, old.Level), max(c.score, old.score)
		case old.Kind != detect.None && (c.Kind == detect.None || old.Valid >= c.Valid):
			c = *old
		}
		c.Filled = filled
		n.columns[i] = c
	}
}

// sum adds a part to the figures of its item. What a column and the text of its
// cells both tell is counted once.
func (n *part) sum(d *Done) {
	count := make(map[detect.Kind]Count, len(n.count))
	for k, c := range n.count {
		count[k] = c
	}
	for _, col := range n.columns {
		if col.Kind == detect.None || col.Level == 0 {
			continue
		}
		c, shown := count[col.Kind], col.Valid-col.Masked
		if shown > c.All() {
			c = Count{Masked: c.Masked, Adult: c.Adult}
			switch col.Level {
			case detect.Certain:
				c.Certain = shown
			case detect.Likely:
				c.Likely = shown
			default:
				c.Possible = shown
			}
		}
		c.Masked = max(c.Masked, col.Masked)
		c.Under14, c.From14To17 = max(c.Under14, col.Under14), max(c.From14To17, col.From14To17)
		count[col.Kind] = c
	}
	var young, older int64
	for k, c := range count {
		young, older = max(young, c.Under14), max(older, c.From14To17)
		d.Counts[k] = d.Counts[k].plus(c)
	}
	d.Under14, d.From14To17 = d.Under14+young, d.From14To17+older
}

func (c Count) plus(o Count) Count {
	return Count{c.Certain + o.Certain, c.Likely + o.Likely, c.Possible + o.Possible, c.Masked + o.Masked,
		c.Under14 + o.Under14, c.From14To17 + o.From14To17, c.Adult + o.Adult}
}
