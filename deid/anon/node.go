package anon

import (
	"math"
	"slices"
)

// planNode counts the rows of a part under each child of its node, and works out
// what a cut would gain. A node of which one child has all rows is passed on the
// way down for free. alive is false if no child will ever be large enough.
func (s *splitter[C]) planNode(i int, p part, n int) (best plan, alive bool) {
	a, col, rows := s.attrs[i], s.cols[i], p.of(s.rows)
	for {
		m := s.at[i]
		level := int(a.level[m])
		if level == 0 {
			return plan{}, false
		}
		first, end := int(a.kids[m]), int(a.kidEnd[m])
		base := int(a.base[level-1]) + first
		var o outlook
		if end-first <= n {
			kids := s.tally(a.above[level-1], col, rows, first, end)
			for kid, c := range kids {
				s.foresee(&o, a, kid, c, base, a.loss[m], n)
			}
			clear(kids)
		} else {
			kids := s.count[first:end]
			for _, kid := range s.occurring(a.above[level-1], col, rows, first) {
				s.foresee(&o, a, int(kid), kids[kid], base, a.loss[m], n)
				kids[kid] = 0
			}
		}
		if o.most == n && len(s.crowd) == 0 {
			s.at[i] = mark(base + o.at)
			continue
		}
		gain := o.gain
		if lent := s.k - o.rest; o.rest > 0 && lent > 0 && o.ok > 0 {
			if o.most-lent < s.k {
				gain -= o.smallest // the smallest joins the rest instead
			} else {
				gain -= float64(lent) * (a.loss[m] - a.loss[base+o.at])
			}
		}
		return plan{gain: gain / math.Sqrt(o.spread+s.spread(o.rest, n))}, o.most >= s.k
	}
}

// outlook is what a cut would make: parts of the children that can stand alone,
// and of the others a rest that must be lent what it lacks.
type outlook struct {
	most, at, rest, ok     int
	gain, smallest, spread float64
}

// foresee adds a child of a node to an outlook.
func (s *splitter[C]) foresee(o *outlook, a *attr, kid int, c int32, base int, loss float64, n int) {
	switch {
	case c == 0:
		return
	case int(c) < s.k:
		o.rest += int(c)
		return
	}
	o.spread += s.spread(int(c), n)
	g := float64(c) * (loss - a.loss[base+kid])
	if o.gain += g; o.ok == 0 || g < o.smallest {
		o.smallest = g
	}
	if o.ok++; int(c) > o.most {
		o.most, o.at = int(c), kid
	}
}

// spread is what a part of c of n rows adds to the information that a cut gives
// away. A part can be cut only so often until its classes are as small as may be,
// so a cut is judged by its gain in proportion to that: to the square root, for
// half of the time another column is cut along for nothing.
func (s *splitter[C]) spread(c, n int) float64 {
	if c == 0 {
		return 0
	}
	return float64(c) * (log2(n) - log2(c))
}

// logs are the binary logarithms of small numbers, of which a cut asks for many.
var logs = func() (t [1 << 10]float64) {
	for n := range t {
		t[n] = math.Log2(float64(n))
	}
	return t
}()

func log2(n int) float64 {
	if n < len(logs) {
		return logs[n]
	}
	return math.Log2(float64(n))
}

// occurring counts rows as tally does, and returns the nodes that occur, less
// first: for nodes with more children than there are rows.
func (s *splitter[C]) occurring(above []int32, col []C, rows []int32, first int) []int32 {
	s.seen = s.seen[:0]
	for _, r := range rows {
		node := above[col[r]]
		if s.count[node] == 0 {
			s.seen = append(s.seen, node-int32(first))
		}
		s.count[node]++
	}
	return s.seen
}

// tally counts rows by the node over their leaf, for nodes from first to end. The
// result must be cleared after use.
func (s *splitter[C]) tally(above []int32, col []C, rows []int32, first, end int) []int32 {
	count, other := s.count, s.other
	if len(rows) > 2*(end-first) {
		// Rows that follow each other are often under one child, and a counter that was
		// just written must be waited for: so two count by turns.
		for ; len(rows) > 1; rows = rows[2:] {
			count[above[col[rows[0]]]]++
			other[above[col[rows[1]]]]++
		}
		for kid := first; kid < end; kid++ {
			count[kid] += other[kid]
			other[kid] = 0
		}
	}
	for _, r := range rows {
		count[above[col[r]]]++
	}
	return count[first:end]
}

// fork is a cut in the making: the children of a part's node that have enough rows,
// and which of them stand alone.
type fork struct {
	attr, level, first int
	nodes              []int32 // each of them, less first, in their order
	kids, crowd        []int32 // rows and people under each
	lone, strangers    int32   // rows and people under other children
	alone              []bool
	largest            int
	rest, people       int32 // rows and people of the rest
	ends               []stretch
}

// stretch is a part that a cut would make: where its rows and its people end.
type stretch struct {
	kid         int // -1: the rest
	end, people int32
}

// cutNode cuts a part by a column's node: each child that can stand alone becomes
// a part, the others together stay as they are. Children that do not satisfy the
// models join the rest; if the rest does not, the smallest joins it. It reports
// false, with nothing changed but the order of rows, if nothing can stand alone.
func (s *splitter[C]) cutNode(chosen plan, p part) bool {
	f := &s.fork
	f.attr = chosen.attr
	s.children(p)
	for f.plan(int32(s.k)) {
		s.deal(f.kids, s.cols[f.attr], p.of(s.rows))
		if s.satisfied(p) {
			s.commit(p)
			return true
		}
	}
	return false
}

// children finds those with enough rows.
func (s *splitter[C]) children(p part) {
	f, a, rows := &s.fork, s.attrs[s.fork.attr], p.of(s.rows)
	m := s.at[f.attr]
	f.level, f.first = int(a.level[m])-1, int(a.kids[m])
	above, end := a.above[f.level], int(a.kidEnd[m])
	f.nodes, f.kids, f.crowd, f.alone = f.nodes[:0], f.kids[:0], f.crowd[:0], f.alone[:0]
	count := s.count[f.first:end]
	if len(count) <= len(rows) {
		for kid, c := range s.tally(above, s.cols[f.attr], rows, f.first, end) {
			if int(c) >= s.k {
				f.nodes = append(f.nodes, int32(kid))
			}
		}
	} else {
		for _, kid := range s.occurring(above, s.cols[f.attr], rows, f.first) {
			if int(count[kid]) >= s.k {
				f.nodes = append(f.nodes, kid)
			}
		}
		slices.Sort(f.nodes)
	}
	f.lone, f.strangers = int32(len(rows)), p.phi-p.plo
	for _, kid := range f.nodes {
		f.kids, f.crowd, f.alone = append(f.kids, count[kid]), append(f.crowd, 0), append(f.alone, true)
		f.lone -= count[kid]
	}
	if len(count) <= len(rows) {
		clear(count)
	} else {
		for _, kid := range s.seen {
			count[kid] = 0
		}
	}
	if len(s.crowd) == 0 {
		return
	}
	crowd := s.tally(above, s.crowdCols[f.attr], s.crowd[p.plo:p.phi], f.first, end)
	for i, kid := range f.nodes {
		f.crowd[i] = crowd[kid]
		f.strangers -= crowd[kid]
	}
	clear(crowd)
}

// plan decides who stands alone and where each part ends: the largest last before
// the rest, so that what it lends is next to it. It reports false if nobody is left.
func (f *fork) plan(k int32) bool {
	for {
		least := -1
		f.largest, f.rest, f.people = -1, f.lone, f.strangers
		for kid, c := range f.kids {
			switch {
			case !f.alone[kid]:
				f.rest += c
				f.people += f.crowd[kid]
				continue
			case f.largest < 0 || c > f.kids[f.largest]:
				f.largest = kid
			}
			if least < 0 || c <= f.kids[least] {
				least = kid
			}
		}
		if f.largest < 0 {
			return false
		}
		if f.rest == 0 || f.rest >= k || f.kids[f.largest]-(k-f.rest) >= k {
			break
		}
		f.alone[least] = false
	}
	f.ends = f.ends[:0]
	var at stretch
	put := func(kid int) {
		at = stretch{kid, at.end + f.kids[kid], at.people + f.crowd[kid]}
		f.ends = append(f.ends, at)
	}
	for kid, alone := range f.alone {
		if alone && kid != f.largest {
			put(kid)
		}
	}
	put(f.largest)
	if f.rest > 0 {
		f.ends = append(f.ends, stretch{-1, at.end + f.rest, at.people + f.people})
		f.ends[len(f.ends)-2].end -= max(0, k-f.rest)
	}
	return true
}

// absorb lets the smallest part join the rest.
func (f *fork) absorb() {
	least := -1
	for kid, alone := range f.alone {
		if alone && (least < 0 || f.kids[kid] < f.kids[least]) {
			least = kid
		}
	}
	f.alone[least] = false
}

// deal puts rows in the order of the parts, those of one part in the order they
// had. sizes are the numbers of rows of each child.
func (s *splitter[C]) deal(sizes []int32, col []C, rows []int32) {
	f := &s.fork
	s.slot = resized(s.slot, len(sizes)+1)
	at := int32(0)
	for _, e := range f.ends {
		if e.kid >= 0 {
			s.into[f.nodes[e.kid]] = int32(e.kid) + 1
			s.slot[e.kid+1] = at
			at += sizes[e.kid]
		}
	}
	s.slot[0] = at // of the rest, whose children have no place of their own
	above := s.attrs[f.attr].above[f.level]
	spare, first := s.spare[:len(rows)], int32(f.first)
	for _, r := range rows {
		to := s.into[above[col[r]]-first]
		spare[s.slot[to]] = r
		s.slot[to]++
	}
	copy(rows, spare)
	for _, node := range f.nodes {
		s.into[node] = 0
	}
}

// satisfied reports whether all parts satisfy the models, and otherwise changes
// who stands alone.
func (s *splitter[C]) satisfied(p part) bool {
	if len(s.criteria) == 0 {
		return true
	}
	f, good := &s.fork, true
	rows := p.of(s.rows)
	from := stretch{}
	for _, e := range f.ends {
		if e.kid >= 0 && !s.fits(rows[from.end:e.end], int(e.people-from.people)) {
			f.alone[e.kid] = false
			good = false
		}
		from = e
	}
	last := f.ends[len(f.ends)-1]
	if !good || last.kid >= 0 {
		return good
	}
	before := stretch{}
	if len(f.ends) > 1 {
		before = f.ends[len(f.ends)-2]
	}
	if s.fits(rows[before.end:last.end], int(last.people-before.people)) {
		return true
	}
	f.absorb()
	return false
}

// commit makes parts of a cut, the first on top of the stack: classes come out in
// the order of their rows.
func (s *splitter[C]) commit(p part) {
	f := &s.fork
	a := s.attrs[f.attr]
	if len(s.crowd) > 0 {
		s.deal(f.crowd, s.crowdCols[f.attr], s.crowd[p.plo:p.phi])
	}
	kept := s.at[f.attr]
	for i, e := range slices.Backward(f.ends) {
		from := stretch{}
		if i > 0 {
			from = f.ends[i-1]
		}
		q := part{p.lo + from.end, p.lo + e.end, p.plo + from.people, p.plo + e.people, p.dead}
		if e.kid < 0 {
			q.dead |= 1 << f.attr
			s.at[f.attr] = kept
		} else {
			s.at[f.attr] = mark(int(a.base[f.level]) + f.first + int(f.nodes[e.kid]))
		}
		s.push(q, s.at)
	}
}
