package scan

import (
	"hash/maphash"
	"slices"
	"sync"
	"unsafe"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/sheet"
	"github.com/wardfold/wardfold/internal/source/flow"
)

func letter(column int) string { return sheet.Column(column) }

// A table is profiled row by row, in the order of the text, until so many rows or
// pieces tell what its columns are. What comes after that is counted by a plan,
// by several workers at once.
const (
	profiledRows   = 20_000
	profiledPieces = 8
)

// table is what is known of the columns of a part.
type table struct {
	r    *run
	seed maphash.Seed

	mu      sync.Mutex
	turn    sync.Cond
	next    int // the piece whose turn it is
	profile *detect.Table
	seen    []values // by column; nothing if only numbers are wanted
	wide    int      // columns
	plan    *plan    // nil as long as the table is profiled
	rows    int64
	clerks  []*clerk // those that have nothing to do
}

func newTable(r *run, header []string) *table {
	t := &table{r: r, seed: maphash.MakeSeed(), profile: r.Scanner.Table(header)}
	t.turn.L = &t.mu
	return t
}

// piece examines the nth piece of the table.
func (t *table) piece(l *look, nth int) {
	t.mu.Lock()
	for t.plan == nil && t.next != nth {
		t.turn.Wait()
	}
	profiling := t.plan == nil
	t.mu.Unlock()
	if profiling {
		defer t.pass()
		t.read(l)
		return
	}
	c := t.clerk()
	rows := c.piece(l)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows += int64(rows)
	t.clerks = append(t.clerks, c)
}

// pass lets the next piece have its turn, or makes the plan.
func (t *table) pass() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next++
	t.rows = t.profile.Summary().Rows
	if t.rows >= profiledRows || t.next >= profiledPieces {
		t.plan = t.planned()
	}
	t.turn.Broadcast()
}

// read profiles the rows of a piece, and remembers what its text said of their
// values.
func (t *table) read(l *look) {
	var found []detect.Finding
	for f := range t.r.Scanner.Text(l.p.Text) {
		if l.has(f) {
			l.add(f)
			found = append(found, f)
		}
	}
	var cells []string
	for r := range l.p.Rows() {
		cells = cells[:0]
		for _, c := range r.Cells {
			cells = append(cells, loan(c))
		}
		t.wide = max(t.wide, len(cells))
		if !t.r.alone {
			found = t.see(&r, found)
		}
		t.profile.Row(cells...)
	}
}

// see remembers what the text said of the values of a row.
func (t *table) see(r *flow.Row, found []detect.Finding) (rest []detect.Finding) {
	var row, here []detect.Finding
	rest, row = within(found, flow.Span{From: r.From, To: r.To})
	own := row
	for i, c := range r.Cells {
		if i == len(t.seen) {
			t.seen = append(t.seen, values{})
		}
		own, here = within(own, r.Spans[i])
		t.seen[i].see(t.seed, c, here, row)
	}
	return rest
}

// loan lends bytes as a string to those who keep no reference.
func loan(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// within splits off the findings that begin in a span; those before it are
// dropped.
func within(found []detect.Finding, s flow.Span) (rest, here []detect.Finding) {
	for len(found) > 0 && int(found[0].Start) < s.From {
		found = found[1:]
	}
	n := 0
	for n < len(found) && int(found[n].Start) < s.To {
		n++
	}
	return found[n:], found[:n]
}

// clerk gives somebody who has nothing to do, or somebody new.
func (t *table) clerk() *clerk {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n := len(t.clerks); n > 0 {
		c := t.clerks[n-1]
		t.clerks = t.clerks[:n-1]
		return c
	}
	return t.newClerk()
}

// end is the columns and the people when everything is read.
func (t *table) end(e *exam) ([]Column, *People) {
	var sum []sums
	for _, c := range t.clerks {
		t.profile.Add(c.table)
		sum = append(sum, make([]sums, len(c.sums)-len(sum))...)
		for i := range c.sums {
			sum[i].add(c.sums[i])
		}
	}
	t.clerks = nil
	var out []Column
	for i, c := range t.profile.Columns() {
		x := Column{Header: e.heading(c.Header), Kind: c.Kind, Level: c.Level, Reasons: slices.Collect(c.Why.All()), Filled: c.Filled, Valid: c.Valid,
			Masked: c.Masked, Under14: c.Under14, From14To17: c.From14To17}
		if i < len(sum) {
			sum[i].into(&x)
		}
		out = append(out, x)
	}
	s := t.profile.Summary()
	if s.By == detect.None || s.Persons == 0 {
		return out, nil
	}
	return out, &People{Heads: Heads{s.Persons, s.Under14, s.From14To17, s.About}, By: s.By, Rows: t.rows}
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
			c.Certain, c.Likely, c.Possible = 0, 0, 0
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
