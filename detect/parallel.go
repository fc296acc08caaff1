package detect

import (
	"bytes"
	"io"
	"iter"
	"runtime"
	"unicode/utf8"

	"github.com/wardfold/wardfold/detect/internal/han"
)

const (
	// segment is what one worker takes at a time.
	segment = 1 << 20
	// seek is how far behind a multiple of segment a line may end that begins
	// the next one.
	seek = 32 << 10
)

// Parallel yields what is found in the size bytes of r, in order of Start and
// without overlap, with as many workers as given; 0 means one for each
// processor. It reads segments of 1 MiB that begin with a line where lines are
// not longer than 32 KiB, so cues, rows and repeated names do not reach from one
// to the next; numbers are found as Read finds them. Text in UTF-16 is read by
// one worker. Memory is about 4 MiB for each worker. The first error of r is
// yielded last, after what was found before it.
func (s *Scanner) Parallel(r io.ReaderAt, size int64, workers int) iter.Seq2[Finding, error] {
	return func(yield func(Finding, error) bool) {
		if workers <= 0 {
			workers = runtime.GOMAXPROCS(0)
		}
		var head [4096]byte
		n, err := r.ReadAt(head[:min(size, int64(len(head)))], 0)
		if enc := han.Sniff(head[:n], true); workers == 1 || size <= segment || enc == han.UTF16LE || enc == han.UTF16BE || err != nil && err != io.EOF {
			s.read(io.NewSectionReader(r, 0, size), yield)
			return
		}
		s.segments(r, size, workers, yield)
	}
}

// part is one segment in work.
type part struct {
	index int64
	buf   []byte
	found []Finding
	err   error
	done  chan struct{}
}

func (s *Scanner) segments(r io.ReaderAt, size int64, workers int, yield func(Finding, error) bool) {
	count := (size + segment - 1) / segment
	ring := make([]*part, workers+2)
	jobs := make(chan *part, len(ring))
	defer close(jobs)
	for range workers {
		go func() {
			for p := range jobs {
				s.part(r, size, p)
				p.done <- struct{}{}
			}
		}()
	}
	for i := range ring {
		ring[i] = &part{done: make(chan struct{}, 1)}
	}
	sent := int64(0)
	for i := range count {
		for ; sent < count && sent < i+int64(len(ring)); sent++ {
			p := ring[sent%int64(len(ring))]
			p.index = sent
			jobs <- p
		}
		p := ring[i%int64(len(ring))]
		<-p.done
		for k := range p.found {
			if !yield(p.found[k], nil) {
				return
			}
		}
		if p.err != nil {
			yield(Finding{}, p.err)
			return
		}
	}
}

// part scans one segment.
func (s *Scanner) part(r io.ReaderAt, size int64, p *part) {
	if p.buf == nil {
		p.buf = make([]byte, segment+seek+2*margin)
	}
	begin := p.index * segment
	base := max(0, begin-margin)
	end := min(size, begin+segment)
	n, err := r.ReadAt(p.buf[:min(size, end+seek+margin)-base], base)
	p.found, p.err = p.found[:0], nil
	if err != nil && !(err == io.EOF && base+int64(n) == min(size, end+seek+margin)) {
		if p.err = err; err == io.EOF {
			p.err = io.ErrUnexpectedEOF
		}
	}
	raw := p.buf[:n]
	last := base+int64(n) == size
	from, to := lineAt(raw, begin, base), lineAt(raw, end, base)
	if end == size {
		to = n
	}
	w := s.work.Get().(*work)
	defer s.work.Put(w)
	w.reset()
	first, behind := base+int64(from), base+int64(to)
	for from < to {
		lo := max(0, from-margin)
		hi := min(n, from+payload+margin, to+margin)
		// The piece ends with the segment, as it would at the end of the input.
		next := lo + w.piece(raw[lo:hi], from-lo, base+int64(lo), hi == n && last || hi == to+margin || hi == n)
		found := w.found
		for len(found) > 0 && found[0].Start < first {
			found = found[1:]
		}
		for len(found) > 0 && found[len(found)-1].Start >= behind {
			found = found[:len(found)-1]
		}
		p.found = append(p.found, found...)
		from = next
	}
}

// lineAt is where in raw, which begins at base, the first line begins at or
// behind the offset at; without one nearby it is the border of a character.
func lineAt(raw []byte, at, base int64) int {
	i := int(at - base)
	if at == 0 || i >= len(raw) {
		return min(i, len(raw))
	}
	if raw[i-1] == '\n' {
		return i
	}
	if k := bytes.IndexByte(raw[i:min(len(raw), i+seek)], '\n'); k >= 0 {
		return i + k + 1
	}
	for i < len(raw) && !utf8.RuneStart(raw[i]) {
		i++
	}
	return i
}
