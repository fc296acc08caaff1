package anon

import "math"

// planRun finds where a cut of a run of leaves gains most: both sides shrink to
// the values they have.
func (s *splitter[C]) planRun(i int, p part) (best plan, alive bool) {
	a, col, rows := s.attrs[i], s.cols[i], p.of(s.rows)
	lo, hi := col[rows[0]], col[rows[0]]
	for _, r := range rows {
		lo, hi = min(lo, col[r]), max(hi, col[r])
	}
	if len(s.crowd) == 0 {
		s.at[i] = run(int(lo), int(hi))
	}
	if lo == hi {
		return plan{}, false
	}
	count := s.count[:int(hi-lo)+1]
	for _, r := range rows {
		count[col[r]-lo]++
	}
	n, whole := int32(len(rows)), float64(hi-lo)
	left, last, side := int32(0), 0, 0
	for at, c := range count {
		if c == 0 {
			continue
		}
		if int(left) >= s.k && int(n-left) >= s.k {
			gain := float64(left)*(whole-float64(last)) + float64(n-left)*float64(at)
			if gain *= a.scale; gain > best.gain {
				best, side = plan{gain: gain, at: int(lo) + at}, int(left)
			}
		}
		left += c
		last = at
	}
	clear(count)
	if side > 0 {
		best.gain /= math.Sqrt(s.spread(side, len(rows)) + s.spread(len(rows)-side, len(rows)))
	}
	return best, true
}

// cutRun cuts a part in two: leaves below chosen.at, and the others.
func (s *splitter[C]) cutRun(chosen plan, p part) bool {
	i := chosen.attr
	below := func(col []C, rows []int32) int32 {
		n, m := 0, 0
		for _, r := range rows {
			if int(col[r]) < chosen.at {
				rows[n] = r
				n++
			} else {
				s.spare[m] = r
				m++
			}
		}
		copy(rows[n:], s.spare[:m])
		return int32(n)
	}
	mid := p.lo + below(s.cols[i], p.of(s.rows))
	pmid := p.plo
	if len(s.crowd) > 0 {
		pmid += below(s.crowdCols[i], s.crowd[p.plo:p.phi])
	}
	one, two := part{p.lo, mid, p.plo, pmid, p.dead}, part{mid, p.hi, pmid, p.phi, p.dead}
	if !s.fits(one.of(s.rows), int(pmid-p.plo)) || !s.fits(two.of(s.rows), int(p.phi-pmid)) {
		return false
	}
	kept := s.at[i]
	s.at[i] = run(chosen.at, kept.hi())
	s.push(two, s.at)
	s.at[i] = run(kept.lo(), chosen.at-1)
	s.push(one, s.at)
	return true
}
