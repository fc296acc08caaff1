package detect

import (
	"bytes"
	"cmp"
	"math/bits"
	"slices"

	"github.com/wardfold/wardfold/detect/internal/address"
	"github.com/wardfold/wardfold/detect/internal/person"
)

// beside are the kinds that count beside a person only: a word such as 哮喘 is
// personal information if it is said of somebody.
const beside Kinds = 1<<Age | 1<<Guardian | 1<<School | 1<<Class | 1<<Grade | 1<<Marks | 1<<Rank |
	1<<Health | 1<<Religion | 1<<Biometric | 1<<Difficulty

// anchors are the kinds that name a person.
const anchors Kinds = 1<<PersonName | 1<<ResidentID | 1<<ResidencePermit | 1<<ForeignerPermit | 1<<StudentNumber |
	1<<BirthCertificate | 1<<Passport | 1<<HomePermit

// near is how many bytes may stand between a term and the person it is said of.
const near = 120

func (w *work) emitPerson(start, end int, score int16, why uint32) {
	if start < w.from || start >= w.to {
		return
	}
	r := personWhy(why)
	f := Finding{Start: int64(start), End: int64(end), Kind: PersonName, Score: score, Level: levelOf(score), Why: r}
	if score >= possibleFrom {
		f.Masked = unnamed(w.seeing[start:end])
		w.found = append(w.found, f)
	}
}

// unnamed reports whether 某 stands in a name.
func unnamed(name []byte) bool {
	for i := 0; i+2 < len(name); i++ {
		if name[i] == 0xe6 && name[i+1] == 0x9f && name[i+2] == 0x90 {
			return true
		}
	}
	return false
}

// personReasons are the reasons for each bit of what package person says.
var personReasons = func() (t [32]Reasons) {
	for bit, r := range map[uint32]Reasons{
		person.Label: Label, person.Column: Header, person.Cue: Cue, person.Beside: Linked, person.Surname: Prefix,
		person.Known: Lexicon, person.Repeated: Repeated, person.Pupil: Cue, person.Guardian: Cue, person.Weighed: Model,
		person.Foreign: Shape,
	} {
		t[bits.TrailingZeros32(bit)] = r
	}
	return t
}()

func personWhy(why uint32) (r Reasons) {
	for ; why != 0; why &= why - 1 {
		r |= personReasons[bits.TrailingZeros32(why)&31]
	}
	return r
}

func (w *work) emitPlace(start, end int, score int16, why uint32) {
	if start < w.from || start >= w.to || score < w.floor {
		return
	}
	r := Parts
	if why&(address.Province|address.City|address.District|address.Town) != 0 {
		r |= Gazetteer
	}
	if why&address.Label != 0 {
		r |= Label
	}
	w.found = append(w.found, Finding{
		Start: int64(start), End: int64(end), Kind: Address, Score: score, Level: levelOf(score), Why: r,
		Masked: bytes.HasPrefix(w.seeing[end:], []byte("**")),
	})
}

// fuse makes one list of all that was found: terms beside a person, the better
// of what overlaps, in order.
func (w *work) fuse(b []byte) {
	w.resolve()
	w.link(b)
	if n := len(w.found); len(w.terms) > 0 {
		w.found = append(w.found, w.terms...)
		w.merge(n)
		w.resolve()
	}
	w.ages(b)
	w.wanted()
}

// merge orders found, whose first n are in order already, and the rest too but
// for a few. It moves what stays together as one.
func (w *work) merge(n int) {
	rest := w.found[n:]
	if !ordered(rest) {
		slices.SortFunc(rest, byStart)
	}
	if n == 0 || len(rest) == 0 || !sooner(&rest[0], &w.found[n-1]) {
		return
	}
	k := n - 1
	for k > 0 && sooner(&rest[0], &w.found[k-1]) {
		k--
	}
	w.spare = append(w.spare[:0], w.found[k:n]...)
	first, out := w.spare, w.found[:k]
	for len(first) > 0 {
		i := 0
		for i < len(rest) && sooner(&rest[i], &first[0]) {
			i++
		}
		out, rest = append(out, rest[:i]...), rest[i:] // never overtakes rest: as many of first are still to come
		i = 1
		for i < len(first) && (len(rest) == 0 || !sooner(&rest[0], &first[i])) {
			i++
		}
		out, first = append(out, first[:i]...), first[i:]
	}
}

func ordered(list []Finding) bool {
	for i := 1; i < len(list); i++ {
		if sooner(&list[i], &list[i-1]) {
			return false
		}
	}
	return true
}

// sooner reports whether a comes before b: it begins sooner, or both begin at once
// and it is longer.
func sooner(a, b *Finding) bool {
	return a.Start < b.Start || a.Start == b.Start && a.End > b.End
}

func byStart(a, b Finding) int {
	if c := cmp.Compare(a.Start, b.Start); c != 0 {
		return c
	}
	return cmp.Compare(b.End, a.End)
}

// resolve keeps the better of two findings that overlap.
func (w *work) resolve() {
	n := 0
	for i := range w.found {
		f, keep := &w.found[i], true
		for n > 0 && w.found[n-1].End > f.Start {
			if better(&w.found[n-1], f) {
				keep = false
				break
			}
			n--
		}
		if keep {
			if n != i {
				w.found[n] = *f
			}
			n++
		}
	}
	w.found = w.found[:n]
}

// better tells whether a is to stay rather than b. What has a check digit stays;
// then what is longer, unless it is much less sure.
func better(a, b *Finding) bool {
	if p, q := a.Why.Has(Checksum), b.Why.Has(Checksum); p != q {
		return p
	}
	return int64(a.Score)+10*a.Len() >= int64(b.Score)+10*b.Len()
}

// link keeps the terms that stand beside a person in their line. A term that has
// a label of its own, as 过敏史：, needs no person.
func (w *work) link(b []byte) {
	if !ordered(w.terms) { // weak numbers come before all words
		slices.SortFunc(w.terms, byStart)
	}
	n, i := 0, 0
	for k := range w.terms {
		t := &w.terms[k]
		for i < len(w.found) && w.found[i].End <= t.Start {
			i++
		}
		if a := w.anchor(b, t, i); a >= 0 {
			t.Score += weighLinked
			t.Why |= Linked
			if t.Minor == Unknown {
				t.Minor = w.found[a].Minor
			}
		}
		if t.Score >= w.floor && w.kinds.Has(t.Kind) {
			t.Level = levelOf(t.Score)
			if n != k {
				w.terms[n] = *t
			}
			n++
		}
	}
	w.terms = w.terms[:n]
}

// anchor is the nearest finding around found[i] that names a person beside t, or
// -1.
func (w *work) anchor(b []byte, t *Finding, i int) int {
	best, distance := -1, int64(near)
	for k := i - 1; k >= 0 && t.Start-w.found[k].End <= distance && k > i-8; k-- {
		if f := &w.found[k]; anchors.Has(f.Kind) && f.Score >= likelyFrom && !newline(b, f.End, t.Start) {
			best, distance = k, t.Start-f.End
			break
		}
	}
	for k := i; k < len(w.found) && w.found[k].Start-t.End <= distance && k < i+8; k++ {
		if f := &w.found[k]; anchors.Has(f.Kind) && f.Score >= likelyFrom && !newline(b, t.End, f.Start) {
			return k
		}
	}
	return best
}

func newline(b []byte, from, to int64) bool {
	return from < to && bytes.IndexByte(b[from:to], '\n') >= 0
}

// ages gives what stands in a line the class of the one person whose age the
// line tells. A line that tells of several classes tells nothing.
func (w *work) ages(b []byte) {
	i := 0
	for i < len(w.found) && w.found[i].Minor == Unknown {
		i++
	}
	if w.on.Year == 0 || i == len(w.found) {
		return
	}
	for i = w.lineOf(b, i); i < len(w.found); {
		minor, mixed := w.found[i].Minor, false
		j := i + 1
		for ; j < len(w.found) && !newline(b, w.found[j-1].End, w.found[j].Start); j++ {
			switch m := w.found[j].Minor; {
			case m == Unknown:
			case minor == Unknown:
				minor = m
			case minor != m:
				mixed = true
			}
		}
		for k := i; k < j && !mixed && j-i < 64; k++ {
			if w.found[k].Minor == Unknown {
				w.found[k].Minor = minor
			}
		}
		i = j
	}
}

// lineOf is the first finding in the line of found[i].
func (w *work) lineOf(b []byte, i int) int {
	for i > 0 && !newline(b, w.found[i-1].End, w.found[i].Start) {
		i--
	}
	return i
}

// wanted drops what was found only to judge the rest.
func (w *work) wanted() {
	n := 0
	for i := range w.found {
		if f := &w.found[i]; w.kinds.Has(f.Kind) && f.Score >= w.floor {
			if n != i {
				w.found[n] = *f
			}
			n++
		}
	}
	w.found = w.found[:n]
}
