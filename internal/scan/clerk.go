package scan

import (
	"hash/maphash"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/source/flow"
)

// clerk counts pieces of a long table by its plan. It is for one worker at a time.
type clerk struct {
	r     *run
	seed  maphash.Seed
	plan  *plan
	table *detect.Table // of what is judged cell by cell
	sums  []sums        // of what the text tells, by column
	said  [][]int64     // how often a value stood in the piece, by column, value and class of age

	found []detect.Finding
	spare []detect.Finding
	at    int // how far found is dealt with
	news  []news
	row   entry
	sweep sweep
}

// news is a row in which something is new, and what is found of it in its numbers.
type news struct {
	flow.Span
	first, end int
}

func (t *table) newClerk() *clerk {
	n := len(t.plan.columns)
	c := &clerk{r: t.r, seed: t.seed, plan: t.plan, table: t.profile.Fork(), sums: make([]sums, n), said: make([][]int64, n)}
	for i, x := range t.plan.columns {
		c.said[i] = make([]int64, 4*len(x.values))
	}
	return c
}

// piece counts a piece and returns its rows.
func (c *clerk) piece(l *look) (rows int) {
	if c.plan.alone {
		if rows, ok := c.tidy(l); ok {
			return rows
		}
	}
	scanner := c.r.numbers
	if c.plan.text {
		scanner = c.r.Scanner
	}
	c.at, c.news = 0, c.news[:0]
	c.found = c.search(c.found[:0], scanner, l, 0, len(l.p.Text))
	for r := range l.p.Rows() {
		rows++
		c.count(&r, l)
	}
	if len(c.news)*4 > rows { // not worth the trouble
		c.forget()
		c.found = c.search(c.found[:0], c.r.Scanner, l, 0, len(l.p.Text))
	} else {
		c.read(l)
	}
	for _, f := range c.found {
		l.add(f)
	}
	c.tell(l)
	return rows
}

// search adds what is found in a stretch of a piece.
func (c *clerk) search(list []detect.Finding, s *detect.Scanner, l *look, from, to int) []detect.Finding {
	for f := range s.Text(l.p.Text[from:to]) {
		f.Start, f.End = f.Start+int64(from), f.End+int64(from)
		if l.has(f) {
			list = append(list, f)
		}
	}
	return list
}

// count counts the cells of a row.
func (c *clerk) count(r *flow.Row, l *look) {
	for c.at < len(c.found) && int(c.found[c.at].Start) < r.From {
		c.at++
	}
	first := c.at
	c.row.clear()
	for i, cell := range r.Cells {
		switch {
		case len(cell) == 0:
		case i < len(c.plan.columns):
			c.cell(i, cell, r.Spans[i])
		default:
			c.row.new = true
			c.table.Cell(i, loan(cell))
		}
	}
	c.table.End()
	for c.at < len(c.found) && int(c.found[c.at].Start) < r.To {
		c.at++
	}
	switch {
	case c.plan.text || c.plan.alone: // the text engine has said everything
	case c.row.new:
		c.news = append(c.news, news{flow.Span{From: r.From, To: r.To}, first, c.at})
	default:
		c.row.settle(c.found[first:c.at], l)
	}
}

// cell counts a cell of a column.
func (c *clerk) cell(i int, cell []byte, at flow.Span) {
	x := &c.plan.columns[i]
	c.row.new = c.row.new || len(cell) > x.longest
	if x.numbers != detect.None && c.number(i, x, cell, at) {
		return
	}
	c.row.new = c.row.new || x.recall && !c.recalls(i, x, cell)
	if x.numbers == detect.None && !x.judged {
		return
	}
	switch kind, minor := c.table.Cell(i, loan(cell)); {
	case x.told == detect.None:
	case kind == x.told:
		c.row.told = append(c.row.told, detect.Finding{Kind: kind, Level: x.level, Minor: minor})
	default: // 张三（转学） is no name, and has one
		c.row.new = true
	}
}

// recalls reports whether the text said before what it says of a cell.
func (c *clerk) recalls(i int, x *planned, cell []byte) bool {
	if figures(cell) {
		return true
	}
	v := x.known[maphash.Bytes(c.seed, cell)]
	if v == nil || v.mixed {
		return false
	}
	if v.what.Kind != detect.None {
		c.row.heard = append(c.row.heard, heard{v.what, (*[4]int64)(c.said[i][4*v.nth:])})
	}
	return true
}

// number counts a cell of a column of numbers that is a finding as a whole.
func (c *clerk) number(i int, x *planned, cell []byte, at flow.Span) bool {
	for c.at < len(c.found) && int(c.found[c.at].Start) < at.From {
		c.at++
	}
	if c.at == len(c.found) {
		return false
	}
	f := &c.found[c.at]
	if int(f.Start) != at.From || int(f.End) != at.To || f.Kind != x.numbers || f.Masked {
		return false
	}
	c.sums[i].take(f.Minor, 1)
	c.table.Tell(f.Kind, f.Minor, loan(cell))
	return true
}

// read looks through the rows in which something is new for everything.
func (c *clerk) read(l *look) {
	if len(c.news) == 0 {
		return
	}
	done, out := 0, c.spare[:0]
	for _, n := range c.news {
		out = c.search(append(out, c.found[done:n.first]...), c.r.Scanner, l, n.From, n.To)
		done = n.end
	}
	c.found, c.spare = append(out, c.found[done:]...), c.found
}

// forget drops what values are known to say: the text is asked.
func (c *clerk) forget() {
	for _, said := range c.said {
		clear(said)
	}
}

// tell counts what known values said.
func (c *clerk) tell(l *look) {
	for i, said := range c.said {
		for k, times := range said {
			if times > 0 {
				f := c.plan.columns[i].values[k/4].what
				f.Minor = detect.Minor(k & 3)
				l.count(f, times)
			}
		}
	}
	c.forget()
}

// sums are figures of a column.
type sums struct{ valid, under14, from14To17 int64 }

func (s *sums) take(m detect.Minor, times int64) {
	s.valid += times
	switch m {
	case detect.Under14:
		s.under14 += times
	case detect.From14To17:
		s.from14To17 += times
	}
}

func (s *sums) add(o sums) {
	s.valid, s.under14, s.from14To17 = s.valid+o.valid, s.under14+o.under14, s.from14To17+o.from14To17
}

// into adds the figures to those that the table has of the column.
func (s *sums) into(c *Column) {
	c.Filled, c.Valid, c.Under14, c.From14To17 = c.Filled+s.valid, c.Valid+s.valid, c.Under14+s.under14, c.From14To17+s.from14To17
}
