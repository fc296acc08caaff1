package detect

import (
	"bytes"
	"io"
	"unicode/utf8"

	"github.com/wardfold/wardfold/detect/internal/block"
	"github.com/wardfold/wardfold/detect/internal/number"
)

const (
	// payload is how much is looked at as one whole: cues, rows and repeated
	// names work within it.
	payload = 128 << 10
	// margin is how much is seen before and behind it. No kind and no cue needs
	// more than half of it.
	margin = 2 << 10
)

// work is the scratch of one scan at a time.
type work struct {
	*Scanner
	buf   []byte
	found []Finding
	past  int // what stands before it in the window has been looked at
	today number.Date
	floor int16 // the least score to keep
	dates bool  // dates of birth are wanted
	words *lexicon

	blocks block.Map
	tok    token
}

func newWork(s *Scanner) *work {
	w := &work{Scanner: s, words: words(), today: number.Date(s.on), floor: s.least, dates: s.kinds.Has(BirthDate)}
	if s.on.Year == 0 {
		w.today = number.Date{Year: 9999, Month: 12, Day: 31}
	}
	return w
}

func (s *Scanner) text(text []byte, yield func(Finding) bool) {
	w := s.work.Get().(*work)
	defer s.work.Put(w)
	w.past = 0
	for from := 0; from < len(text); {
		to := cut(text, from, true)
		lo, hi := max(0, from-margin), min(len(text), to+margin)
		w.past -= lo
		if !w.window(text[lo:hi], from-lo, to-lo) {
			return
		}
		w.past += lo
		for i := range w.found {
			w.found[i].Start += int64(lo)
			w.found[i].End += int64(lo)
			if !yield(w.found[i]) {
				return
			}
		}
		from = to
	}
}

func (s *Scanner) read(r io.Reader, yield func(Finding, error) bool) {
	w := s.work.Get().(*work)
	defer s.work.Put(w)
	if w.buf == nil {
		w.buf = make([]byte, payload+2*margin)
	}
	w.past = 0
	var base int64 // offset of buf[0]
	var err error
	from, n := 0, 0
	for {
		for n < len(w.buf) && err == nil {
			var k int
			k, err = r.Read(w.buf[n:])
			n += k
		}
		if from == n {
			break
		}
		to := cut(w.buf[:n], from, err != nil)
		w.window(w.buf[:min(n, to+margin)], from, to)
		for _, f := range w.found {
			f.Start += base
			f.End += base
			if !yield(f, nil) {
				return
			}
		}
		drop := max(0, to-margin)
		n = copy(w.buf, w.buf[drop:n])
		from, base, w.past = to-drop, base+int64(drop), w.past-drop
	}
	if err != io.EOF {
		yield(Finding{}, err)
	}
}

// cut says where the window that begins at from ends: behind the last line that
// is whole, or else between two characters.
func cut(b []byte, from int, last bool) int {
	if last && len(b)-from <= payload {
		return len(b)
	}
	to := from + payload
	if i := bytes.LastIndexByte(b[from+payload/2:to], '\n'); i >= 0 {
		return from + payload/2 + i + 1
	}
	for i := to; i > to-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			return i
		}
	}
	return to
}

// window finds what begins in b[from:to] and puts it into w.found.
func (w *work) window(b []byte, from, to int) bool {
	w.found = w.found[:0]
	w.numbers(b, from, to)
	return true
}
