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
// it has a header; the others wait for that. known tells that the cells are all
// as the columns made expect, so that of the text only its numbers are news.
func (e *exam) table(n *part, p *flow.Piece) (columns []Column, rows int64, known bool) {
	var header []string
	if p.First && n.flow.Header == nil {
		defer close(n.ready)
	} else {
		<-n.ready
		header = n.header
	}
	t := e.r.Scanner.Table(header)
	needed, longest := e.needed(n)
	if longest == nil && needed != nil && !slices.Contains(needed, true) {
		return nil, p.CountRows(), false
	}
	known = longest != nil
	var cells []string
	var size []int64
	for r := range p.Rows() {
		cells = cells[:0]
		known = known && len(r.Cells) <= len(longest)
		for i, c := range r.Cells {
			if i == len(size) {
				size = append(size, 0)
			}
			size[i] += int64(len(c))
			known = known && len(c) <= longest[i]
			if needed != nil && (i >= len(needed) || !needed[i]) {
				c = nil
			}
			cells = append(cells, unsafe.String(unsafe.SliceData(c), len(c))) // a table keeps no reference
		}
		t.Row(cells...)
		rows++
	}
	profile := t.Columns()
	if header == nil {
		n.header = make([]string, len(profile))
		for i, c := range profile {
			if n.header[i] = c.Header; c.Header != "" && i == 0 {
				rows-- // the header is no row
			}
		}
	}
	columns = make([]Column, len(profile))
	for i, c := range profile {
		columns[i] = Column{Header: e.heading(c.Header), Kind: c.Kind, Level: c.Level, score: c.Score, Filled: c.Filled, Valid: c.Valid,
			Masked: c.Masked, Under14: c.Under14, From14To17: c.From14To17}
		if i < len(size) {
			columns[i].bytes = size[i]
		}
		for reason := range c.Why.All() {
			columns[i].Reasons = append(columns[i].Reasons, reason)
		}
	}
	return columns, rows, known
}

// profiled is how many rows decide what a column is.
const profiled = 20_000

// plenty is how many cells of a column are enough for that.
const plenty = 1000

// needed tells which columns of a large table still have to be read cell by
// cell; nil is all of them. A column of numbers that prove themselves needs no
// more: the text of the table tells where they are, an order of magnitude faster.
// Nor does a column that holds nothing.
//
// Where every column is of one kind or holds little, longest is how long its cells
// may be to be as the others were; nil where a column holds text of any kind.
func (e *exam) needed(n *part) (needed []bool, longest []int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if n.needed == nil && n.rows >= profiled {
		n.needed = make([]bool, len(n.columns))
		n.longest = make([]int, len(n.columns))
		for i := range n.columns {
			c := &n.columns[i]
			n.needed[i] = c.Filled < plenty || c.Kind != detect.None && !detect.Numbers.Has(c.Kind)
			if !n.needed[i] {
				c.Sampled = n.rows
			}
			n.longest[i] = c.longest()
		}
		if slices.Contains(n.longest, 0) {
			n.longest = nil
		}
	}
	return n.needed, n.longest
}

// longest is how long a cell of the column may be to be like those before; 0 if
// they are not alike.
func (c *Column) longest() int {
	mean := c.bytes / max(c.Filled, 1)
	switch {
	case c.Kind != detect.None && c.Valid*100 >= c.Filled*98:
		return int(3*mean + quiet)
	case c.Filled == 0 || c.Kind == detect.None && mean <= quiet:
		return quiet
	}
	return 0
}

// quiet is up to how many bytes a cell that is of no kind says nothing: a name with
// what is said of it needs more.
const quiet = 12

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
		c.Filled, c.bytes = filled, old.bytes+c.bytes
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
