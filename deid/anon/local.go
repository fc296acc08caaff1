package anon

import (
	"runtime"
	"sync"
)

// Local makes a release by local recoding: each class tells as much as it can,
// so one class shows the year of birth and another only the decade. It leaves out
// no record and loses several times less than Uniform; whoever reads the release
// must cope with values of different exactness in one column.
//
// It starts with one class of everything and cuts classes in two or more, always
// by the column that gains most, as long as every part satisfies the models. Parts
// that would be too small stay together as a rest, which keeps the less exact
// value and may be cut by other columns. What has become small is grouped record
// by record as well, each class of those nearest to each other in all columns, and
// the better of the two ways is kept. In the end every class is told as exactly as
// its records allow.
//
// Time is about n·d·log n for n records and d columns; memory is n·(d+8) bytes
// beside the table, for columns of at most 256 values. It fails with *Error, or
// with what Job.Progress returned. The result is the same for the same job,
// whatever the number of workers.
func Local(j Job) (*Result, error) {
	k, err := j.check()
	if err != nil {
		return nil, err
	}
	most := 0
	for _, a := range j.Quasi {
		most = max(most, a.Hierarchy.Leaves())
	}
	switch {
	case most <= 1<<8:
		return local[uint8](j, k)
	case most <= 1<<16:
		return local[uint16](j, k)
	}
	return local[uint32](j, k)
}

// blockRows is the size of parts that are worked on apart from the rest of the
// table: their columns fit the processor's second-level cache.
const blockRows = 1 << 15

func local[C code](j Job, k int) (*Result, error) {
	s, err := newSplitter[C](j, k)
	if err != nil {
		return nil, err
	}
	n := j.Table.Rows()
	res := &Result{job: j, attrs: s.attrs, Rows: s.rows, K: k}
	all := part{hi: int32(n), phi: int32(len(s.crowd))}
	if !s.fits(all.of(s.rows), int(all.phi)) {
		return nil, &Error{Code: Unreachable}
	}
	marks := make([]mark, len(s.attrs))
	for i, a := range s.attrs {
		marks[i] = a.top()
	}
	s.push(all, marks)
	var blocks []work
	err = s.run(func(p part, m []mark, dead uint64) bool {
		if p.hi-p.lo > blockRows || s.crowd != nil {
			return false
		}
		blocks = append(blocks, work{at: len(s.starts), part: p, marks: append([]mark(nil), m...), dead: dead})
		return true
	})
	if err != nil {
		return nil, err
	}
	if err := s.each(blocks); err != nil {
		return nil, err
	}
	s.gather(res, blocks)
	return res, nil
}

// work is a part that is cut apart from the others.
type work struct {
	part
	marks  []mark
	dead   uint64
	at     int // how many classes stand before it
	starts []int32
	labels []mark
}

// each cuts all blocks, on as many processors as may be used.
func (s *splitter[C]) each(blocks []work) error {
	workers := s.job.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var first error
	next, done := 0, 0
	take := func(finished int) *work {
		mu.Lock()
		defer mu.Unlock()
		done += finished
		if finished > 0 && first == nil && s.job.Progress != nil {
			first = s.job.Progress(done, s.job.Table.Rows())
		}
		if next == len(blocks) || first != nil {
			return nil
		}
		next++
		return &blocks[next-1]
	}
	for range min(workers, len(blocks)) {
		wg.Go(func() {
			t := s.twin()
			finished := 0
			for w := take(0); w != nil; w = take(finished) {
				t.block(s, w)
				finished = int(w.hi - w.lo)
			}
		})
	}
	wg.Wait()
	return first
}

// block cuts one block with columns of its own.
func (s *splitter[C]) block(whole *splitter[C], w *work) {
	n := int(w.hi - w.lo)
	s.orig = append(s.orig[:0], whole.rows[w.lo:w.hi]...)
	s.rows = s.rows[:n]
	for i := range s.rows {
		s.rows[i] = int32(i)
	}
	for a, col := range whole.cols {
		out := s.cols[a][:n]
		for i, r := range s.orig {
			out[i] = col[r]
		}
		s.cols[a] = out
	}
	s.starts, s.labels, s.records = nil, nil, [2]record{}
	s.push(part{hi: int32(n), dead: w.dead}, w.marks)
	_ = s.run(nil) // only the whole table's splitter reports progress
	for i, r := range s.rows {
		whole.rows[int(w.lo)+i] = s.orig[r]
	}
	for i := range s.starts {
		s.starts[i] += w.lo
	}
	w.starts, w.labels = s.starts, s.labels
}

// gather puts the classes of all blocks in order.
func (s *splitter[C]) gather(res *Result, blocks []work) {
	d, from := len(s.attrs), 0
	for _, w := range blocks {
		res.starts = append(append(res.starts, s.starts[from:w.at]...), w.starts...)
		res.marks = append(append(res.marks, s.labels[from*d:w.at*d]...), w.labels...)
		from = w.at
	}
	res.starts = append(append(res.starts, s.starts[from:]...), int32(res.job.Table.Rows()))
	res.marks = append(res.marks, s.labels[from*d:]...)
	res.crowd = s.people // with a population there are no blocks
	res.merge()
}
