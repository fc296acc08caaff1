package anon

import "math"

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

// record is what the two ways have lost so far in parts of one size, and what was
// lost by taking the better one each time.
type record struct {
	parts            int
	cut, group, best float64
}

// A way is left out, after so many parts, where the other alone loses hardly more
// than the better of both; now and then both are tried again.
const (
	warmUp, recheck = 24, 8
	hardly          = 0.0015
)

// needed says which ways are worth their time in the next part.
func (r record) needed() (cut, group bool) {
	if r.parts < warmUp || r.parts%recheck == 0 {
		return true, true
	}
	enough := r.best * (1 + hardly)
	cut = r.group > enough
	return cut, !cut || r.cut > enough
}

// finish makes classes of a small part in two ways, by cutting on and by grouping,
// and keeps those that lose less.
func (s *splitter[C]) finish(p part, depth int) {
	r, from := &s.records[depth], len(s.starts)
	cut, group := r.needed()
	r.parts++
	w := &s.ways[depth]
	w.before = append(w.before[:0], p.of(s.rows)...)
	if !cut {
		if s.gathered(p) {
			return
		}
		s.forget(p, from, w.before)
		group = false // it breaks the models
	}
	lost := s.cutOn(p, depth)
	if !group {
		return
	}
	d := len(s.attrs)
	w.rows, w.starts, w.labels = append(w.rows[:0], p.of(s.rows)...), append(w.starts[:0], s.starts[from:]...), append(w.labels[:0], s.labels[from*d:]...)
	s.forget(p, from, w.before)
	other := math.Inf(1) // of what may not be
	if s.gathered(p) {
		other = s.lost(from, p.hi)
	}
	r.cut, r.group, r.best = r.cut+lost, r.group+other, r.best+min(lost, other)
	if other > lost {
		s.forget(p, from, w.rows)
		s.starts, s.labels = append(s.starts, w.starts...), append(s.labels, w.labels...)
	}
}

// forget takes back the classes from a number on, and puts the rows of their part
// into another order.
func (s *splitter[C]) forget(p part, from int, rows []int32) {
	copy(p.of(s.rows), rows)
	s.starts, s.labels = s.starts[:from], s.labels[:from*len(s.attrs)]
}

// cutOn makes classes of a part by cutting it on, and returns what they lose.
func (s *splitter[C]) cutOn(p part, depth int) float64 {
	from, base := len(s.starts), len(s.stack)
	s.push(p, s.at)
	for len(s.stack) > base {
		q := s.pop()
		s.settled(q, int(q.hi-q.lo), depth+1)
	}
	return s.lost(from, p.hi)
}

// gathered makes classes of a part by grouping it, and reports whether they satisfy
// the models.
func (s *splitter[C]) gathered(p part) bool {
	good, at := true, p.lo
	for _, end := range s.group(p.of(s.rows)) {
		q := part{lo: at, hi: p.lo + end}
		s.emit(q)
		good, at = good && s.fits(q.of(s.rows), 0), q.hi
	}
	return good
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
