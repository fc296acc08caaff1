package anon

// part is a set of records that may still be cut: rows[lo:hi] of its splitter,
// and the people of the population at crowd[plo:phi].
type part struct {
	lo, hi, plo, phi int32
	dead             uint64 // columns by which no part of it can be cut any more
}

func (p part) of(rows []int32) []int32 { return rows[p.lo:p.hi] }

// splitter cuts parts until no cut gains anything.
type splitter[C code] struct {
	job      Job
	k        int
	attrs    []*attr
	cols     [][]C   // leaf of each row, per attribute
	rows     []int32 // the order of rows; parts are stretches of it
	orig     []int32 // of a block: the table's row for each of its own
	criteria []criterion

	crowdCols [][]C // the same of the population
	crowd     []int32

	stack  []part
	marks  []mark // d for each part of the stack
	starts []int32
	labels []mark // d for each class
	people []int32

	count  []int32 // per node of one level, zero between uses
	other  []int32 // the same once more
	slot   []int32 // where the next row of a child goes
	into   []int32 // whose place a child's rows take; 0: that of the rest, and between uses
	spare  []int32
	fork   fork
	global []int32
	at     []mark
	plans  []plan

	seen    []int32 // nodes of a column that occur in a part
	grouped []int   // the sizes of parts that are grouped too, from the largest
	grouper grouper[C]
	ways    [2]way
	records [2]record // of the block at hand
}

func newSplitter[C code](j Job, k int) (*splitter[C], error) {
	s := &splitter[C]{job: j, k: k}
	width := 0
	for _, a := range j.Quasi {
		p := prepare(a)
		s.attrs = append(s.attrs, p)
		col, err := leaves[C](p, j.Table.Column(a.Column), NotCovered)
		if err != nil {
			return nil, err
		}
		s.cols = append(s.cols, col)
		if j.Population != nil {
			if col, err = leaves[C](p, j.Population.Column(a.Column), NotInCrowd); err != nil {
				return nil, err
			}
			s.crowdCols = append(s.crowdCols, col)
		}
		width = max(width, a.Hierarchy.Leaves())
	}
	for _, m := range j.Models {
		if c := m.prepare(j); c != (sized{}) {
			s.criteria = append(s.criteria, c)
		}
	}
	s.rows = upTo(j.Table.Rows())
	if j.Population != nil {
		s.crowd = upTo(j.Population.Rows())
	}
	s.room(len(s.rows)+len(s.crowd), width)
	s.grouped = s.groupedAt()
	return s, nil
}

func (s *splitter[C]) room(rows, width int) {
	s.other = make([]int32, width+1)
	s.count, s.into = make([]int32, width+1), make([]int32, width+1)
	s.spare = make([]int32, rows)
	s.at = make([]mark, len(s.attrs))
}

func upTo(n int) []int32 {
	rows := make([]int32, n)
	for i := range rows {
		rows[i] = int32(i)
	}
	return rows
}

// twin makes a splitter for blocks of the same table.
func (s *splitter[C]) twin() *splitter[C] {
	n := min(blockRows, len(s.rows))
	t := &splitter[C]{job: s.job, k: s.k, attrs: s.attrs, grouped: s.grouped, rows: make([]int32, n)}
	t.job.Progress = nil
	for range s.attrs {
		t.cols = append(t.cols, make([]C, n))
	}
	for _, c := range s.criteria {
		t.criteria = append(t.criteria, c.twin())
	}
	t.room(n, len(s.count)-1)
	return t
}

func (s *splitter[C]) push(p part, marks []mark) {
	s.stack = append(s.stack, p)
	s.marks = append(s.marks, marks...)
}

// run cuts until the stack is empty. What aside takes is left alone.
func (s *splitter[C]) run(aside func(part, []mark, uint64) bool) error {
	done := 0
	for len(s.stack) > 0 {
		p := s.pop()
		if aside != nil && aside(p, s.at, p.dead) {
			continue
		}
		n := int(p.hi - p.lo)
		if !s.settled(p, n, 0) {
			continue
		}
		if done += n; s.job.Progress != nil && (done>>16) != (done-n)>>16 {
			if err := s.job.Progress(done, len(s.rows)); err != nil {
				return err
			}
		}
	}
	return nil
}

// pop takes the part on top of the stack, and its marks into s.at.
func (s *splitter[C]) pop() part {
	p := s.stack[len(s.stack)-1]
	s.stack = s.stack[:len(s.stack)-1]
	top := len(s.marks) - len(s.attrs)
	copy(s.at, s.marks[top:])
	s.marks = s.marks[:top]
	return p
}

// settled makes classes of a part, or cuts it; depth is how many of the sizes at
// which parts are grouped it has been under.
func (s *splitter[C]) settled(p part, n, depth int) bool {
	switch {
	case n < 2*s.k:
		s.emit(p)
	case depth < len(s.grouped) && n <= s.grouped[depth]:
		s.finish(p, depth)
	case s.cut(&p, n):
		return false
	default:
		s.emit(p)
	}
	return true
}

// plan is a way of cutting a part: by an attribute, with what is gained.
type plan struct {
	attr int
	gain float64
	at   int // where to cut a run
}

// cut cuts a part by the column that gains most. It reports false if no cut
// gains anything.
func (s *splitter[C]) cut(p *part, n int) bool {
	s.plans = s.plans[:0]
	for i, a := range s.attrs {
		if p.dead>>i&1 != 0 {
			continue
		}
		var best plan
		var alive bool
		if a.cut {
			best, alive = s.planRun(i, *p)
		} else {
			best, alive = s.planNode(i, *p, n)
		}
		switch best.attr = i; {
		case !alive:
			p.dead |= 1 << i
		case best.gain > 0:
			s.plans = append(s.plans, best)
		}
	}
	for len(s.plans) > 0 {
		best := 0
		for i, x := range s.plans {
			if x.gain > s.plans[best].gain {
				best = i
			}
		}
		x := s.plans[best]
		if s.attrs[x.attr].cut && s.cutRun(x, *p) || !s.attrs[x.attr].cut && s.cutNode(x, *p) {
			return true
		}
		s.plans = append(s.plans[:best], s.plans[best+1:]...)
	}
	return false
}

// fits reports whether a class of these rows and so many of the population
// satisfies all models but k.
func (s *splitter[C]) fits(rows []int32, crowd int) bool {
	if len(s.criteria) == 0 {
		return true
	}
	if s.orig != nil {
		s.global = s.global[:0]
		for _, r := range rows {
			s.global = append(s.global, s.orig[r])
		}
		rows = s.global
	}
	for _, c := range s.criteria {
		if !c.holds(class{rows, crowd}) {
			return false
		}
	}
	return true
}

// emit makes a class of a part, told as exactly as its rows allow.
func (s *splitter[C]) emit(p part) {
	s.starts = append(s.starts, p.lo)
	if s.crowd != nil {
		s.people = append(s.people, p.phi-p.plo)
	}
	for i, a := range s.attrs {
		col := s.cols[i]
		rows := p.of(s.rows)
		lo := col[rows[0]]
		hi := lo
		for _, r := range rows[1:] {
			lo, hi = min(lo, col[r]), max(hi, col[r])
		}
		for _, r := range s.crowd[p.plo:p.phi] {
			lo, hi = min(lo, s.crowdCols[i][r]), max(hi, s.crowdCols[i][r])
		}
		s.labels = append(s.labels, a.join(int(lo), int(hi)))
	}
}
