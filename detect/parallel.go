package detect

import (
	"io"
	"iter"
	"runtime"
	"sync"
)

// batch is about how much one worker takes at a time: some pieces.
const batch = 8 * payload

// Parallel yields what Read yields for the size bytes of r, finding for finding,
// with as many workers as given; 0 means one for each processor. The workers read
// in turns, each a few pieces of which it cuts the borders as Read does; a piece
// whose beginning depends on what was found before it is looked at again. Memory
// is about 4 MiB for each worker. The first error of r is yielded last, after what
// was found before it.
func (s *Scanner) Parallel(r io.ReaderAt, size int64, workers int) iter.Seq2[Finding, error] {
	return func(yield func(Finding, error) bool) {
		if workers <= 0 {
			workers = runtime.GOMAXPROCS(0)
		}
		if workers == 1 || size <= batch {
			s.read(io.NewSectionReader(r, 0, size), yield)
			return
		}
		s.parallel(r, size, workers, yield)
	}
}

// part is some pieces in work.
type part struct {
	buf      []byte
	base     int64 // offset of buf[0]
	n        int   // how much of buf is filled
	from, to int   // the pieces
	end      bool  // the input ends with buf[:n]
	err      error // of r
	found    []Finding
	seen     int64 // as of work, behind the last piece
	last     int64
	done     chan struct{}
}

// queue is what the workers share.
type queue struct {
	*Scanner
	r     io.ReaderAt
	size  int64
	free  chan *part
	order chan *part // as they stand in the input
	quit  chan struct{}

	mu   sync.Mutex
	next int64 // where the next part begins
	over bool
}

func (s *Scanner) parallel(r io.ReaderAt, size int64, workers int, yield func(Finding, error) bool) {
	parts := workers + 2
	q := &queue{Scanner: s, r: r, size: size, free: make(chan *part, parts), order: make(chan *part, parts), quit: make(chan struct{})}
	for range parts {
		q.free <- &part{done: make(chan struct{}, 1)}
	}
	var all sync.WaitGroup
	defer all.Wait()
	defer close(q.quit)
	for range workers {
		all.Go(q.worker)
	}
	w := s.work.Get().(*work)
	defer s.work.Put(w)
	w.reset()
	for p := range q.order {
		<-p.done
		if p.depends(w.seen, w.last) {
			p.scan(w, w.seen, w.last)
		}
		for i := range p.found {
			if !yield(p.found[i], nil) {
				return
			}
		}
		if p.err != nil {
			yield(Finding{}, p.err)
			return
		}
		w.seen, w.last = p.seen, max(p.last, w.last)
		q.free <- p
	}
}

// worker takes parts until there are no more.
func (q *queue) worker() {
	w := q.Scanner.work.Get().(*work)
	defer q.Scanner.work.Put(w)
	for {
		var p *part
		select {
		case p = <-q.free:
		case <-q.quit:
			return
		}
		if !q.take(w, p) {
			return
		}
		p.scan(w, 0, 0)
		p.done <- struct{}{}
	}
}

// take fills p with the next part. It reports whether there was one.
func (q *queue) take(w *work, p *part) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.over {
		return false
	}
	if p.buf == nil {
		p.buf = make([]byte, batch+2*margin)
	}
	p.base = max(0, q.next-margin)
	p.from, p.err = int(q.next-p.base), nil
	p.n, p.err = q.r.ReadAt(p.buf[:min(q.size-p.base, int64(len(p.buf)))], p.base)
	whole := p.base+int64(p.n) == q.size
	if whole {
		p.err = nil
	} else if p.err == io.EOF {
		p.err = io.ErrUnexpectedEOF
	}
	p.end = whole || p.err != nil
	p.to = p.from
	for p.to < p.n && (p.end || p.to+payload+margin <= p.n) {
		lo, hi, last := p.piece(p.to)
		_, to, _ := w.cut(p.buf[lo:hi], p.to-lo, p.base+int64(lo), last)
		p.to = lo + to
	}
	q.next = p.base + int64(p.to)
	q.order <- p
	if q.over = p.end; q.over {
		close(q.order)
	}
	return true
}

// piece is what work.piece sees of the part for the piece that begins at from.
func (p *part) piece(from int) (lo, hi int, last bool) {
	lo, hi = max(0, from-margin), min(p.n, from+payload+margin)
	return lo, hi, p.end && hi == p.n
}

// scan looks at the pieces; seen and last are as of work.
func (p *part) scan(w *work, seen, last int64) {
	w.seen, w.last = seen, last
	p.found = p.found[:0]
	for from := p.from; from < p.to; {
		lo, hi, last := p.piece(from)
		from = lo + w.piece(p.buf[lo:hi], from-lo, p.base+int64(lo), last)
		p.found = append(p.found, w.found...)
	}
	p.seen, p.last = w.seen, w.last
}

// depends reports whether what was found before the part may change what is found
// in it: a number reaches into it, or may reach up to it where no line ends
// before, or a finding ends behind where the first of the part begins.
func (p *part) depends(seen, last int64) bool {
	start := p.base + int64(p.from)
	if seen > start || len(p.found) > 0 && last > p.found[0].Start {
		return true
	}
	line := p.from > 0 && p.buf[p.from-1] == '\n'
	return !line && seen > start-margin
}
