package detect

import (
	"io"
	"unicode/utf8"

	"github.com/wardfold/wardfold/detect/internal/address"
	"github.com/wardfold/wardfold/detect/internal/block"
	"github.com/wardfold/wardfold/detect/internal/han"
	"github.com/wardfold/wardfold/detect/internal/number"
	"github.com/wardfold/wardfold/detect/internal/person"
)

const (
	// payload is how much is looked at as one whole: rows, cues and repeated
	// names work within it.
	payload = 128 << 10
	// margin is how much is seen before and behind it. No kind and no cue needs
	// more than half of it.
	margin = 2 << 10
)

// work is the scratch of one scan at a time.
type work struct {
	*Scanner
	today  number.Date // the date of the scan, or the end of time
	words  *lexicon
	floor  int16 // the least score to keep
	dates  bool  // dates of birth are wanted
	linked bool  // something is wanted that stands beside a person

	buf   []byte // of Read
	seen  int64  // what stands before it in the input has been looked at
	past  int    // the same in the window
	last  int64  // where the last finding ended in the input
	found []Finding
	terms []Finding // what counts beside a person only
	spare []Finding

	from, to int // the window without its margins
	seeing   []byte
	blocks   block.Map
	tok      token
	decoded  han.Window
	clean    []byte
	people   person.Finder
	places   address.Finder
	person   func(start, end int, score int16, why uint32)
	place    func(start, end int, score int16, why uint32)
}

func newWork(s *Scanner) *work {
	w := &work{Scanner: s, words: words(), today: number.Date(s.on), floor: s.least, dates: s.kinds.Has(BirthDate)}
	if s.on.Year == 0 {
		w.today = number.Date{Year: 9999, Month: 12, Day: 31}
	}
	w.linked = s.kinds&^(Numbers|Of(QQ)) != 0
	w.person, w.place = w.emitPerson, w.emitPlace
	w.people.Watch = w.words.watch
	return w
}

func (w *work) reset() { w.seen, w.last = 0, 0 }

func (s *Scanner) text(text []byte, yield func(Finding) bool) {
	w := s.work.Get().(*work)
	defer s.work.Put(w)
	w.reset()
	for from := 0; from < len(text); {
		lo := max(0, from-margin)
		hi := min(len(text), from+payload+margin)
		to := w.piece(text[lo:hi], from-lo, int64(lo), hi == len(text)) + lo
		for i := range w.found {
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
	w.reset()
	if w.buf == nil {
		w.buf = make([]byte, payload+2*margin)
	}
	var base int64 // offset of buf[0]
	var err error
	for from, n := 0, 0; ; {
		for empty := 0; n < from+payload+margin && err == nil; {
			var k int
			k, err = r.Read(w.buf[n : from+payload+margin])
			n += k
			if empty++; k > 0 {
				empty = 0
			} else if empty == 100 && err == nil {
				err = io.ErrNoProgress
			}
		}
		if from == n {
			break
		}
		to := w.piece(w.buf[:n], from, base, err != nil)
		for i := range w.found {
			if !yield(w.found[i], nil) {
				return
			}
		}
		drop := max(0, to-margin)
		n = copy(w.buf, w.buf[drop:n])
		from, base = to-drop, base+int64(drop)
	}
	if err != io.EOF {
		yield(Finding{}, err)
	}
}

// piece takes the next piece from raw[from:], where raw begins at offset base of
// the input, fills found with offsets in the input, and returns the end of the
// piece. last tells that the input ends with raw.
func (w *work) piece(raw []byte, from int, base int64, last bool) (to int) {
	enc, to, valid := w.cut(raw, from, base, last)
	lo := han.Resume(enc, raw, from, margin)
	hi := min(len(raw), to+margin)
	w.found, w.terms = w.found[:0], w.terms[:0]
	if enc == han.UTF8 {
		w.plain(raw, lo, from, to, hi, base, valid)
	} else {
		w.decoded.Decode(enc, raw[lo:hi])
		w.past = w.decoded.Out(int(max(w.seen-base-int64(lo), 0)))
		w.window(w.decoded.Text, w.decoded.Out(from-lo), w.decoded.Out(to-lo))
		for i := range w.found {
			f := &w.found[i]
			f.Start = base + int64(lo+w.decoded.In(int(f.Start)))
			f.End = base + int64(lo+w.decoded.In(int(f.End)))
		}
		w.seen = base + int64(lo+w.decoded.In(w.past))
	}
	w.once()
	return to
}

// cut tells the encoding of the piece that begins at raw[from], and where it ends.
// Where UTF-8 has to be valid, the first line that is not ends the piece, so that
// the next may be read in another encoding; valid tells that nothing is wrong with
// the piece and its margins.
func (w *work) cut(raw []byte, from int, base int64, last bool) (enc han.Encoding, to int, valid bool) {
	enc = han.Sniff(raw[from:], (base+int64(from))&1 == 0)
	to = min(len(raw), from+payload)
	if !last || to < len(raw) {
		to = from + han.Border(enc, raw[from:], to-from)
	}
	if enc == han.UTF8 && w.linked {
		lo := han.Resume(enc, raw, from, margin)
		hi := min(len(raw), to+margin)
		if hi = max(to, lo+han.Untorn(raw[lo:hi])); block.Valid(raw[lo:hi]) {
			return enc, to, true
		}
		to = w.valid(raw, from, to)
	}
	return enc, to, false
}

// plain handles a piece of UTF-8. Where only numbers are wanted it need not be
// valid; else bytes that are no character are blotted out, unless valid tells that
// there are none.
func (w *work) plain(raw []byte, lo, from, to, hi int, base int64, valid bool) {
	hi = max(to, lo+han.Untorn(raw[lo:hi])) // the margin may end within a character
	text := raw[lo:hi]
	if w.linked && !valid && !block.Valid(text) {
		text = w.blot(text)
	}
	w.past = int(max(w.seen-base-int64(lo), 0))
	w.window(text, from-lo, to-lo)
	for i := range w.found {
		w.found[i].Start += base + int64(lo)
		w.found[i].End += base + int64(lo)
	}
	w.seen = base + int64(lo+w.past)
}

// valid is where the lines of raw[from:to] end that are valid UTF-8; it is to if
// the first is not or what follows is not in another encoding.
func (w *work) valid(raw []byte, from, to int) int {
	line := from
	for i := from; i < to; {
		r, n := utf8.DecodeRune(raw[i:])
		if r == utf8.RuneError && n == 1 {
			if line > from && han.Sniff(raw[line:], false) != han.UTF8 {
				return line
			}
			return to
		}
		if r == '\n' {
			line = i + 1
		}
		i += n
	}
	return to
}

// blot copies b with a NUL for each byte that is no character.
func (w *work) blot(b []byte) []byte {
	w.clean = append(w.clean[:0], b...)
	for i := 0; i < len(w.clean); {
		r, n := utf8.DecodeRune(w.clean[i:])
		if r == utf8.RuneError && n == 1 {
			w.clean[i] = 0
		}
		i += n
	}
	return w.clean
}

// once drops what begins within the last finding of the piece before.
func (w *work) once() {
	n := 0
	for n < len(w.found) && w.found[n].Start < w.last {
		n++
	}
	if n > 0 {
		w.found = w.found[:copy(w.found, w.found[n:])]
	}
	if k := len(w.found); k > 0 {
		w.last = w.found[k-1].End
	}
}

// window finds what begins in b[from:to].
func (w *work) window(b []byte, from, to int) {
	w.from, w.to, w.seeing = from, to, b
	w.numbers(b, from, to)
	if !w.linked {
		return
	}
	if w.kinds.Has(PersonName) || w.kinds&beside != 0 {
		n := len(w.found)
		w.people.Find(b, w.person)
		w.merge(n)
	} else {
		w.people.Read(b)
	}
	if w.kinds.Has(Address) {
		n := len(w.found)
		w.places.Find(b, w.people.Places, w.place)
		w.merge(n)
	}
	n := len(w.found)
	w.describe(b, from, to, w.people.Words)
	w.merge(n)
	w.fuse(b)
}
