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

	line     line
	spans    []span
	features []uint64
	lefts    side
	rights   [16]side
	picks    []pick
	hits     []hit
}

// pick is a candidate with its score, in sixteenths.
type pick struct {
	span
	score int
}

type hit struct {
	start, end int32
	score      int16
	why        uint32
}

// Find calls emit for every name in text, which must be valid UTF-8, in order
// of their starts and without overlap. Offsets are bytes into text.
func (f *Finder) Find(text []byte, emit func(start, end int, score int16, why uint32)) {
	m := f.Model
	if m == nil {
		m = builtin
	}
	f.hits = f.hits[:0]
	lines(text, func(from, to int) {
		f.line.read(text, from, to)
		f.weigh(m)
	})
	for _, h := range f.hits {
		emit(int(h.start), int(h.end), h.score, h.why)
	}
}

// weigh scores the candidates of a line and keeps the best that do not overlap.
func (f *Finder) weigh(m *Model) {
	rs := f.line.runes
	f.forget()
	f.picks = f.picks[:0]
	for i := pad; i < f.line.n; i++ {
		if !isHan(rs[i]) {
			continue
		}
		f.candidates(m, rs, i)
		for _, c := range f.spans {
			if c.j > f.line.n {
				continue
			}
			if s, ok := f.score(m, rs, c); ok && s > 0 {
				f.pick(c, s)
			}
		}
	}
	for _, p := range f.picks {
		f.hits = append(f.hits, hit{f.line.at[p.i], f.line.at[p.j], int16(p.score * 100 / 16), f.why(p)})
	}
}

// score adds the weights of a candidate; ok is false if it stopped early.
func (f *Finder) score(m *Model, rs []rune, c span) (sum int, ok bool) {
	f.features = f.features[:0]
	f.inner(m, rs, c)
	for _, x := range f.features {
		sum += m.weight(x)
	}
	if sum < m.floor {
		return sum, false
	}
	f.features = f.features[:0]
	f.outer(rs, c)
	for _, x := range f.features {
		sum += m.weight(x)
	}
	return sum, true
}

// pick keeps a candidate unless a better one overlaps it.
func (f *Finder) pick(c span, score int) {
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
	f.picks = append(f.picks, pick{c, score})
}

func (f *Finder) why(p pick) uint32 {
	why := Weighed
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

// Visit calls visit for every candidate of text with its span in bytes and its
// features, of which the first inner are those of the early exit. It is how the
// model is trained.
func (f *Finder) Visit(text []byte, visit func(start, end, inner int, features []uint64)) {
	lines(text, func(from, to int) {
		f.line.read(text, from, to)
		rs := f.line.runes
		f.forget()
		for i := pad; i < f.line.n; i++ {
			if !isHan(rs[i]) {
				continue
			}
			f.candidates(f.Model, rs, i)
			for _, c := range f.spans {
				if c.j > f.line.n {
					continue
				}
				f.features = f.features[:0]
				f.inner(f.Model, rs, c)
				n := len(f.features)
				f.outer(rs, c)
				visit(int(f.line.at[c.i]), int(f.line.at[c.j]), n, f.features)
			}
		}
	})
}

// Find is Finder.Find with buffers of its own.
func Find(text []byte, emit func(start, end int, score int16, why uint32)) {
	var f Finder
	f.Find(text, emit)
}
