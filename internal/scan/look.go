package scan

import (
	"github.com/wardfold/wardfold/deid"
	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/source/flow"
)

// look is what is found in one piece, while it is being examined.
type look struct {
	e     *exam
	n     *part
	seq   int // of the piece
	p     *flow.Piece
	most  int  // findings that may still be listed
	full  bool // nothing may: findings are only counted
	tally tally
	found []listed
}

func (e *exam) look(t task) *look {
	l := &look{e: e, n: t.part, seq: t.seq, p: t.piece, most: e.room(t.part, t.seq)}
	l.full = l.most == 0 && e.r.Planted == nil
	return l
}

// has reports whether a finding belongs to the piece, and not to a neighbour with
// which it shares some text.
func (l *look) has(f detect.Finding) bool { return int(f.Start) >= l.p.From && int(f.Start) < l.p.To }

// text adds what the scanner finds in the text.
func (l *look) text(s *detect.Scanner) {
	for f := range s.Text(l.p.Text) {
		if l.has(f) {
			l.add(f)
		}
	}
}

// add counts a finding, and lists it while there is room.
func (l *look) add(f detect.Finding) {
	l.tally.add(f, 1)
	if l.full {
		l.tally.unlisted(f, 1)
		return
	}
	plant := l.e.r.Planted.match(l.p.Text[f.Start:f.End])
	if plant == "" && len(l.found) >= l.most {
		l.tally.unlisted(f, 1)
		return
	}
	x := l.e.finding(l.n, f, l.p.Where(int(f.Start)), mask(f.Kind, l.p.Value(int(f.Start), int(f.End))))
	x.Planted = plant
	l.found = append(l.found, listed{l.seq, x})
}

// count counts what was found before in the same words, so many times.
func (l *look) count(f detect.Finding, times int64) {
	l.tally.add(f, times)
	l.tally.unlisted(f, times)
}

// end hands everything over to the part.
func (l *look) end() {
	l.e.r.Planted.phrasesIn(l.p, func(name string, from, to int) {
		f := detect.Finding{Start: int64(from), End: int64(to), Level: detect.Certain}
		x := l.e.finding(l.n, f, l.p.Where(from), deid.Star)
		x.Planted = name
		l.found = append(l.found, listed{l.seq, x})
	})
	l.e.mu.Lock()
	defer l.e.mu.Unlock()
	l.tally.into(l.n)
	l.e.found.Add(l.tally.shown(l.e.r.Least))
	l.n.keep(l.e, l.seq, l.found)
}

// tally counts without a map, for the many findings of one piece.
type tally struct {
	n    [64][detect.Certain + 1][4][2]int64 // kind, level, minor, masked
	over [64][detect.Certain + 1]int64
	used [64]bool
}

func (t *tally) add(f detect.Finding, by int64) {
	masked := 0
	if f.Masked {
		masked = 1
	}
	t.used[f.Kind&63] = true
	t.n[f.Kind&63][f.Level&3][f.Minor&3][masked] += by
}

// unlisted counts a finding that is not listed.
func (t *tally) unlisted(f detect.Finding, by int64) {
	if !f.Masked {
		t.over[f.Kind&63][f.Level&3] += by
	}
}

// shown is how much was counted from a level on that is not masked.
func (t *tally) shown(least detect.Level) (n int64) {
	for k := range t.used {
		if t.used[k] {
			for level := least; level <= detect.Certain; level++ {
				for minor := range t.n[k][level] {
					n += t.n[k][level][minor][0]
				}
			}
		}
	}
	return n
}

func (t *tally) into(n *part) {
	for k := range t.used {
		if !t.used[k] {
			continue
		}
		for level := range t.n[k] {
			for minor := range t.n[k][level] {
				for masked, by := range t.n[k][level][minor] {
					if by > 0 {
						n.add(detect.Finding{Kind: detect.Kind(k), Level: detect.Level(level), Minor: detect.Minor(minor), Masked: masked == 1}, by)
					}
				}
			}
		}
		o := n.over[detect.Kind(k)]
		for level, by := range t.over[k] {
			o[level] += by
		}
		n.over[detect.Kind(k)] = o
	}
}
