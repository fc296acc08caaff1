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
	if !l.full {
		l.tally.unlisted(f, times)
	}
}

// end hands everything over to the part.
func (l *look) end() {
	if l.full { // nothing of it is listed
		l.tally.each(l.tally.unlisted)
	}
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

// tally counts without a map, for the many findings of one piece: by kind, level,
// class of age and mask.
type tally struct {
	n    [64 * perKind]int64
	over [64 * 4]int64 // of what is not listed, by kind and level
}

const perKind = 4 * 4 * 2

func (t *tally) add(f detect.Finding, by int64) { t.n[place(&f)] += by }

// place is where a finding is counted.
func place(f *detect.Finding) int {
	i := int(f.Kind&63)*perKind + int(f.Level&3)*8 + int(f.Minor&3)*2
	if f.Masked {
		i++
	}
	return i
}

// unlisted counts a finding that is not listed.
func (t *tally) unlisted(f detect.Finding, by int64) {
	if !f.Masked {
		t.over[int(f.Kind&63)*4+int(f.Level&3)] += by
	}
}

// each yields what was counted.
func (t *tally) each(fn func(f detect.Finding, by int64)) {
	for i, by := range t.n {
		if by > 0 {
			fn(detect.Finding{Kind: detect.Kind(i / perKind), Level: detect.Level(i / 8 % 4), Minor: detect.Minor(i / 2 % 4), Masked: i&1 == 1}, by)
		}
	}
}

// shown is how much was counted from a level on that is not masked.
func (t *tally) shown(least detect.Level) (n int64) {
	t.each(func(f detect.Finding, by int64) {
		if f.Level >= least && !f.Masked {
			n += by
		}
	})
	return n
}

// into adds what was counted to a part.
func (t *tally) into(n *part) {
	t.each(n.add)
	for i, by := range t.over {
		if by > 0 {
			o := n.over[detect.Kind(i/4)]
			o[i%4] += by
			n.over[detect.Kind(i/4)] = o
		}
	}
}
