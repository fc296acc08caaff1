package detect

import (
	"io"
	"iter"
	"sync"
)

// Options say what to look for. The zero Options look for everything and cannot
// tell ages.
type Options struct {
	// On is the date of the scan. Ages are computed for this day, and dates of
	// birth after it are none. Zero: no age is computed.
	On Date
	// Kinds are the kinds to look for; zero means Every.
	Kinds Kinds
	// Least is the least sure level to report; zero means Possible.
	Least Level
}

// Scanner finds personal information. It is immutable and safe for concurrent
// use; make one with New and keep it.
type Scanner struct {
	kinds Kinds
	on    Date
	least int16 // score
	slow  bool  // for tests: without the short ways
	work  *sync.Pool
}

// New makes a scanner.
func New(o Options) *Scanner {
	s := &Scanner{kinds: o.Kinds & Every, on: o.On, least: possibleFrom}
	if s.kinds == 0 {
		s.kinds = Every
	}
	switch o.Least {
	case Likely:
		s.least = likelyFrom
	case Certain:
		s.least = certainFrom
	}
	s.work = &sync.Pool{New: func() any { return newWork(s) }}
	return s
}

// Kinds are the kinds that the scanner looks for.
func (s *Scanner) Kinds() Kinds { return s.kinds }

// Only is a scanner like s that looks for those of its kinds that are in kinds; if
// there are none it finds nothing.
func (s *Scanner) Only(kinds Kinds) *Scanner {
	c := *s
	c.kinds &= kinds
	c.work = &sync.Pool{New: func() any { return newWork(&c) }}
	return &c
}

// Text yields what is found in text, in order of Start and without overlap. The
// findings are those that Read yields for the same bytes.
func (s *Scanner) Text(text []byte) iter.Seq[Finding] {
	return func(yield func(Finding) bool) { s.text(text, yield) }
}

// Read yields what is found in a stream, in order of Start and without overlap,
// with exact offsets from where r stood. It holds less than a megabyte however
// long the stream or its lines are. An error other than io.EOF is yielded last,
// with a zero Finding, after what was found before it.
func (s *Scanner) Read(r io.Reader) iter.Seq2[Finding, error] {
	return func(yield func(Finding, error) bool) { s.read(r, yield) }
}
