package anon

// Parts are grouped record by record when they are this small, in K. A larger part
// gives each record more neighbours to choose from and takes longer for each
// record, so it is for tables of many columns, and how large it may be depends on
// the table.
const (
	smallPart, largestPart = 12, 32
	groupedCells           = 30_000_000 // records times columns times the size of a part in K
	manyColumns            = 12
	largestGrouped         = 100 // K: a class is chosen in a time that grows with its square
)

// groupedAt are the sizes of parts that are grouped too, from the largest. With a
// population there are none: its people belong to the parts of cuts.
func (s *splitter[C]) groupedAt() []int {
	if s.crowd != nil || s.k > largestGrouped {
		return nil
	}
	large := groupedCells / max(len(s.rows)*len(s.attrs), 1)
	if large <= smallPart || len(s.attrs) <= manyColumns {
		return []int{smallPart * s.k}
	}
	return []int{min(large, largestPart) * s.k, smallPart * s.k}
}

// way is the classes that were made of a part in one way.
type way struct {
	before, rows, starts []int32
	labels               []mark
}

// finish makes classes of a small part in two ways, by cutting on and by grouping,
// and keeps those that lose less.
func (s *splitter[C]) finish(p part, depth int) {
	rows, from, base, d := p.of(s.rows), len(s.starts), len(s.stack), len(s.attrs)
	w := &s.ways[depth]
	w.before = append(w.before[:0], rows...)
	s.push(p, s.at)
	for len(s.stack) > base {
		q := s.pop()
		s.settled(q, int(q.hi-q.lo), depth+1)
	}
	lost := s.lost(from, p.hi)
	w.rows, w.starts, w.labels = append(w.rows[:0], rows...), append(w.starts[:0], s.starts[from:]...), append(w.labels[:0], s.labels[from*d:]...)
	copy(rows, w.before)
	s.starts, s.labels = s.starts[:from], s.labels[:from*d]
	good, at := true, p.lo
	for _, end := range s.group(rows) {
		q := part{lo: at, hi: p.lo + end}
		s.emit(q)
		good, at = good && s.fits(q.of(s.rows), 0), q.hi
	}
	if good && s.lost(from, p.hi) <= lost {
		return
	}
	copy(rows, w.rows)
	s.starts, s.labels = append(s.starts[:from], w.starts...), append(s.labels[:from*d], w.labels...)
}

// lost is what the classes from a number on lose, the last of which ends at hi.
func (s *splitter[C]) lost(from int, hi int32) (sum float64) {
	d := len(s.attrs)
	for c := from; c < len(s.starts); c++ {
		end := hi
		if c+1 < len(s.starts) {
			end = s.starts[c+1]
		}
		one := 0.0
		for i, a := range s.attrs {
			one += a.lossOf(s.labels[c*d+i])
		}
		sum += one * float64(end-s.starts[c])
	}
	return sum
}
