// Package person finds the names of people in Chinese and mixed text.
//
// Names come from three sources, the surest first: structure (a label such as
// 学生姓名, a column of a table), cues (a title or a form of address beside the
// name) and free text, where a small linear model weighs what stands inside and
// around a candidate. A name that is certain once is found again wherever it is
// repeated in the same window.
//
// The package is pure: bytes in, spans out, no allocation once a Finder has
// grown to the size of its windows.
package person

import (
	"cmp"
	"slices"
)

// Why says what speaks for a finding, as a set of bits.
const (
	Label    uint32 = 1 << iota // a label stands before it: 姓名：, name:
	Column                      // the head of its column says so
	Cue                         // a title, a form of address, 我叫 …
	Beside                      // an identity or mobile number stands beside it
	Surname                     // it begins with a surname of the register
	Foreign                     // a name in transliteration or in Latin letters
	Known                       // it stands in a public list of names
	Repeated                    // the same name is certain elsewhere in the window
	Pupil                       // a cue says that it is a learner: 同学, 学生姓名
	Guardian                    // a cue says that it is a parent or guardian
	Weighed                     // the linear model decided
)

// A score is the natural logarithm of the odds that a span is a name, in
// hundredths: 0 is even, 300 is twenty to one.
const (
	Likely  int16 = 100
	Certain int16 = 300
)

// Finder finds names. It keeps buffers between calls, so each goroutine needs
// its own; the zero value is ready and uses the model of the package.
type Finder struct {
	Model *Model
	Watch *Watch // nil: for names alone

	// What else Watch was to see in the last text: offsets, in order. Places has none
	// of lines that are all ASCII, but for their ends, and of clauses without a
	// character that opens only what parts them from the others.
	Words, Places []int32

	model    *Model
	watch    *Watch
	line     line
	spans    []span
	stop     stop     // the one at hand
	most     int      // how many lines to read together, if not linesMost
	many     int      // the same for what comes next
	live     []int32  // the spans that are still weighed
	features features // of the candidates at hand
	picks    []pick
	hits     []hit
	maybes   []maybe
	certain  []certain
	initials [64]uint64 // what certain names begin with
	runes    int        // of the window so far
	firms    []uint64   // what stands in names of companies, by its hash
	firmEnds [64]uint64 // the last runes of it
	table    table      // the table that the lines are in
	boost    int        // where a name begins that a label announces
	boostWhy uint32     // what the label says
}

// pick is a candidate with its score, in sixteenths.
type pick struct {
	i, j  int
	score int
	why   uint32
	shape Shape
}

type hit struct {
	start, end int32
	score      int16
	why        uint32
}

// Find calls emit for every name in text, which must be valid UTF-8, in order
// of their starts and without overlap. Offsets are bytes into text.
func (f *Finder) Find(text []byte, emit func(start, end int, score int16, why uint32)) {
	f.begin()
	f.hits, f.maybes, f.firms, f.table.n, f.runes = f.hits[:0], f.maybes[:0], f.firms[:0], 0, 0
	f.firmEnds = [64]uint64{}
	if f.most == 0 {
		f.most = linesMost
	}
	f.many = f.most
	for from := 0; from < len(text); {
		from = f.some(text, from)
	}
	f.unfirm(text)
	f.sift()
	f.repeat(text)
	for _, h := range f.hits {
		emit(int(h.start), int(h.end), h.score, h.why)
	}
}

// settle orders the hits of some lines; where two overlap, what structure says stays,
// then what is surer.
func (f *Finder) settle(first int) {
	h := f.hits[first:]
	if apart(h) {
		return
	}
	slices.SortStableFunc(h, func(a, b hit) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.rank(), a.rank())) })
	kept := h[:0]
	for _, x := range h {
		n := len(kept)
		if n == 0 || kept[n-1].end <= x.start {
			kept = append(kept, x)
			continue
		}
		if last := &kept[n-1]; last.rank() >= x.rank() {
			if last.start == x.start && last.end == x.end {
				last.why |= x.why
				last.score = max(last.score, x.score)
			} else {
				last.why |= x.why & (Pupil | Guardian)
			}
			continue
		}
		for ; n > 0 && kept[n-1].end > x.start; n-- {
			kept = kept[:n-1]
		}
		kept = append(kept, x)
	}
	f.hits = f.hits[:first+len(kept)]
}

// apart reports whether hits are in order and do not overlap.
func apart(h []hit) bool {
	for i := 1; i < len(h); i++ {
		if h[i].start < h[i-1].end {
			return false
		}
	}
	return true
}

// rank orders hits that overlap.
func (h hit) rank() int {
	if h.why&(Label|Column) != 0 && h.why&Weighed == 0 {
		return int(h.score) + 10000
	}
	return int(h.score)
}

// cueAt handles the characters that cues need; it reports whether 姓名 ends at i.
func (f *Finder) cueAt(m *Model, text []byte, i int) bool {
	rs := f.line.runes
	if rs[i] != '名' {
		f.entry(m, text, i)
		return false
	}
	if rs[i-1] != '姓' {
		if rs[i-1] == '文' && rs[i-2] == '中' && rs[i-3] == '（' { // Emily Watson（中文名：…
			f.latinBefore(text, i-3)
		}
		return false
	}
	f.bare(m, i+1)
	return true
}

// bare handles 姓名 without a colon behind it: 姓名 王小明, 姓名王小明.
func (f *Finder) bare(m *Model, i int) {
	rs, k := f.line.runes, i
	for k < i+3 && (rs[k] == ' ' || rs[k] == '|') {
		k++
	}
	j := k
	for j < f.line.n && (isHan(rs[j]) || rs[j] == '·') {
		j++
	}
	if k > i && f.shapeOf(m, k, j, 0) {
		if _, label := hanLabel(rs, j); !label {
			f.sure(k, j, 0)
			return
		}
	}
	if f.char(k).surname() > 0 {
		f.boost, f.boostWhy = k, 0
	}
}

// try picks a candidate if it is more likely a name than not.
func (f *Finder) try(rs []rune, c *span) {
	s := c.sum
	if c.given {
		f.pick(c, s, c.why)
		return
	}
	if s < -bonusMost && !c.boosted || s < -bonusLabel {
		return
	}
	if c.done || f.cued(rs, c) {
		b := f.beside(c)
		if s += b.bonus; s > leasts[c.shape] {
			f.pick(c, s, b.why)
			return
		}
	}
	if s > repeatFloor && c.shape != shapeAlone {
		f.maybes = append(f.maybes, maybe{f.line.at[c.i], f.line.at[c.j], int16(s)})
	}
}

// pick keeps a candidate unless a better one overlaps it.
func (f *Finder) pick(c *span, score int, why uint32) {
	for n := len(f.picks); n > 0; n-- {
		p := f.picks[n-1]
		if p.j <= c.i {
			break
		}
		if p.score >= score {
			return
		}
	}
	for n := len(f.picks); n > 0 && f.picks[n-1].j > c.i; n-- {
		f.picks = f.picks[:n-1]
	}
	f.picks = append(f.picks, pick{c.i, c.j, score, why, c.shape})
}

func (f *Finder) why(p pick) uint32 {
	why := p.why | Weighed
	switch p.shape {
	case shapeOne, shapeTwo, shapeThree, shapeLong:
		why |= Surname
	case shapeForeign, shapeDotted, shapeJapan:
		why |= Foreign
	case shapeKnown:
		why |= Known
	}
	return why
}

// Find is Finder.Find with buffers of its own.
func Find(text []byte, emit func(start, end int, score int16, why uint32)) {
	var f Finder
	f.Find(text, emit)
}
