package scan

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/source"
	"github.com/wardfold/wardfold/internal/source/flow"
)

// exam is one item while it is examined, and its results.
type exam struct {
	r      *run
	seq    int
	item   source.Item
	open   atomic.Int64 // pieces that are not examined yet, and the reading itself
	read   atomic.Int64
	found  atomic.Int64 // so far, before the baseline is asked
	broken atomic.Bool  // ended in the middle: the journal must not know it

	mu       sync.Mutex
	problems []*flow.Problem
	parts    []*part
	byPart   map[*flow.Part]*part
	held     int // findings kept
}

// heldMax is how many findings of one item are listed; the rest is counted.
const heldMax = 200_000

// part is what was found in one part.
type part struct {
	flow  *flow.Part
	name  string // veiled
	found []listed
	kept  map[int]int // of found, by piece
	count map[detect.Kind]Count
	over  map[detect.Kind][detect.Certain + 1]int64

	pieces  int      // so far
	table   *table   // nil of running text
	columns []Column // when all of them are read
	people  *People  // nil if no column tells people apart
}

type listed struct {
	seq int // of the piece
	f   Finding
}

func newExam(r *run, seq int, it source.Item) *exam {
	e := &exam{r: r, seq: seq, item: it, byPart: make(map[*flow.Part]*part)}
	e.open.Store(1)
	return e
}

// finish counts down; the last one hands the item over.
func (e *exam) finish() {
	if e.open.Add(-1) == 0 {
		e.r.results <- e
	}
}

func (e *exam) problem(p *flow.Problem) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if n := len(e.problems); n > 0 && e.problems[n-1].Name == p.Name && e.problems[n-1].Code == p.Code && len(p.Args) == 0 {
		return // it was told
	}
	if len(e.problems) < e.r.most() {
		e.problems = append(e.problems, p)
	}
}

// most is how many findings of a part are listed.
func (r *run) most() int {
	if r.Listed < 0 {
		return math.MaxInt / 4
	}
	return r.Listed
}

// meet makes a task of a piece, in the order of reading.
func (e *exam) meet(seq int, p *flow.Piece) task {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := e.byPart[p.Part]
	if n == nil {
		n = e.newPart(p.Part)
		e.parts, e.byPart[p.Part] = append(e.parts, n), n
	}
	n.pieces++
	return task{e, n, seq, n.pieces - 1, p}
}

func (e *exam) newPart(p *flow.Part) *part {
	n := &part{flow: p, kept: make(map[int]int), count: make(map[detect.Kind]Count), over: make(map[detect.Kind][detect.Certain + 1]int64)}
	var inName []detect.Finding
	whole, unit, keyed := strings.Cut(p.Name, "#/")
	if n.name, inName = veil(e.r.Scanner, whole); keyed {
		n.name += "#" + veilUnit(e.r.Scanner, "/"+unit)
	}
	for _, f := range inName {
		sample := mask(f.Kind, []byte(p.Name[f.Start:f.End]))
		n.found = append(n.found, listed{-1, e.finding(n, f, flow.Place{Unit: "name", At: f.Start}, sample)})
		n.add(f, 1)
	}
	if p.Table {
		n.table = newTable(e.r, p.Header)
	}
	return n
}

func (n *part) add(f detect.Finding, by int64) {
	c := n.count[f.Kind]
	switch {
	case f.Masked:
		c.Masked += by
	case f.Level == detect.Certain:
		c.Certain += by
	case f.Level == detect.Likely:
		c.Likely += by
	default:
		c.Possible += by
	}
	if !f.Masked {
		switch f.Minor {
		case detect.Under14:
			c.Under14 += by
		case detect.From14To17:
			c.From14To17 += by
		case detect.Adult:
			c.Adult += by
		}
	}
	n.count[f.Kind] = c
}

// piece examines one piece: its text, and if it is of a table, its columns.
func (e *exam) piece(t task) {
	defer func() {
		if r := recover(); r != nil { // one piece must not end the scan
			e.problem(&flow.Problem{Name: t.piece.Part.Name, Code: "source.broken", Err: fmt.Errorf("examiner failed: %T", r)})
		}
	}()
	l := e.look(t)
	if t.part.table != nil {
		t.part.table.piece(l, t.nth)
	} else {
		l.text(e.r.Scanner)
	}
	l.end()
}

// room is how many findings of a piece may still be listed, after those of the
// pieces before it: whatever the order in which pieces are examined, the first of
// the text are listed.
func (e *exam) room(n *part, seq int) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	room := e.r.most()
	for before, kept := range n.kept {
		if before < seq {
			room -= kept
		}
	}
	if e.r.Listed > 0 {
		room = min(room, heldMax-e.held)
	}
	return max(room, 0)
}

// keep lists findings of a piece, and lets go of those that come too late in the
// text.
func (n *part) keep(e *exam, seq int, found []listed) {
	if len(found) == 0 {
		return
	}
	n.found, n.kept[seq] = append(n.found, found...), len(found)
	e.held += len(found)
	if most := e.r.most(); len(n.found) > 2*most {
		n.trim(e, most)
	}
}

// trim keeps the first findings of the text, and counts the rest.
func (n *part) trim(e *exam, most int) {
	slices.SortStableFunc(n.found, func(a, b listed) int { return cmp.Compare(a.seq, b.seq) })
	kept := n.found[:min(most, len(n.found))]
	for _, l := range n.found[len(kept):] {
		if l.f.Planted != "" {
			kept = append(kept, l)
			continue
		}
		e.held--
		if l.seq >= 0 {
			n.kept[l.seq]--
		}
		if !l.f.Masked {
			o := n.over[l.f.Kind]
			o[l.f.Level]++
			n.over[l.f.Kind] = o
		}
	}
	n.found = kept
}

func (e *exam) finding(n *part, f detect.Finding, at flow.Place, sample string) Finding {
	unit := veilUnit(e.r.Scanner, at.Unit)
	return Finding{Target: e.r.Source.Name, Location: located(n.name, unit), Part: n.name, Unit: unit, Kind: f.Kind, Level: f.Level,
		Start: at.At, End: at.At + f.Len(), Reasons: slices.Collect(f.Why.All()), Minor: f.Minor.String(), Masked: f.Masked, Sample: sample}
}

// located is a part and a unit as one.
func located(part, unit string) string {
	switch {
	case unit == "":
		return part
	case strings.Contains(part, "#"):
		return part + "/" + strings.TrimPrefix(unit, "/")
	}
	return part + "#" + unit
}

// lines are the results of the item for the journal.
func (e *exam) lines() []Line {
	var out []Line
	done := &Done{Target: e.r.Source.Name, Stamp: e.item.Stamp, Bytes: max(e.item.Size, 0), Counts: make(map[detect.Kind]Count)}
	done.Name, _ = veil(e.r.Scanner, e.item.Name)
	for _, p := range e.problems {
		out = append(out, e.problemLine(p))
	}
	ids := make(map[string]int)
	for _, n := range e.parts {
		n.trim(e, e.r.most())
		if n.table != nil {
			n.columns, n.people = n.table.end(e)
			if n.sampled() {
				done.Sampled++
			}
		}
		out = append(out, n.lines(e.r.Source.Name, ids)...)
		n.sum(done)
	}
	return append(out, Line{Done: done})
}

func (e *exam) problemLine(p *flow.Problem) Line {
	name, _ := veil(e.r.Scanner, p.Name)
	if how, ok := strings.CutPrefix(p.Code, "source.party."); ok && len(p.Args) == 1 {
		host, _ := p.Args[0].(string)
		return Line{Party: &Party{e.r.Source.Name, name, printable(host), how, slices.Contains(e.r.Known, host)}}
	}
	return Line{Problem: &Problem{e.r.Source.Name, name, p.Code, p.Skipped, p.Args}}
}

// lines are the people, the columns, then the findings in the order of the text, then what
// is only counted.
func (n *part) lines(target string, ids map[string]int) (out []Line) {
	if n.people != nil {
		n.people.Target, n.people.Location = target, n.name
		out = append(out, Line{People: n.people})
	}
	for i := range n.columns {
		c := n.columns[i]
		if c.Kind == detect.None || c.Level == 0 {
			continue
		}
		c.Target, c.Part, c.Column, c.Rows, c.Extent = target, n.name, letter(i), n.table.rows, n.flow.Extent
		c.Sample = n.sampled()
		c.Location, c.Alone = located(n.name, c.Column), n.count[c.Kind].All() == 0
		c.ID = fingerprint(ids, "column", n.name, c.Column+c.Header, c.Kind.String())
		out = append(out, Line{Column: &c})
	}
	for i := range n.found {
		f := &n.found[i].f
		f.ID = fingerprint(ids, "finding", n.name, f.Sample, f.Kind.String())
		out = append(out, Line{Finding: f})
	}
	for k := detect.Kind(0); k < 64; k++ {
		for level, by := range n.over[k] {
			if by > 0 {
				o := &Over{Target: target, Location: n.name, Kind: k, Level: detect.Level(level), Count: by}
				o.ID = fingerprint(ids, "over", n.name, strconv.FormatInt(by, 10), k.String()+o.Level.String())
				out = append(out, Line{Over: o})
			}
		}
	}
	return out
}

// sampled reports whether not all rows of the table were read.
func (n *part) sampled() bool {
	return n.flow.Sample > 0 && n.table.rows >= n.flow.Sample
}

// fingerprint names a result without its value: equal ones are numbered. It
// stays the same when a file moves on the disk above what was scanned, and when
// lines are added before it.
func fingerprint(ids map[string]int, what ...string) string {
	key := strings.Join(what, "\x00")
	ids[key]++
	sum := sha256.Sum256([]byte(key + "\x00" + strconv.Itoa(ids[key])))
	return hex.EncodeToString(sum[:12])
}
