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
	Model                       // the linear model decided
)

// A score is the natural logarithm of the odds that a span is a name, in
// hundredths: 0 is even, 300 is twenty to one.
const (
	Likely  int16 = 100
	Certain int16 = 300
)

// Finder finds names. It keeps buffers between calls, so each goroutine needs
// its own; the zero value is ready.
type Finder struct {
	hits []hit
}

type hit struct {
	start, end int32
	score      int16
	why        uint32
}

// Find calls emit for every name in text, which must be valid UTF-8, in order
// of their starts and without overlap. Offsets are bytes into text.
func (f *Finder) Find(text []byte, emit func(start, end int, score int16, why uint32)) {
	f.hits = f.hits[:0]
	f.labels(text)
	for _, h := range f.hits {
		emit(int(h.start), int(h.end), h.score, h.why)
	}
}

// Find is Finder.Find with buffers of its own.
func Find(text []byte, emit func(start, end int, score int16, why uint32)) {
	var f Finder
	f.Find(text, emit)
}
