package person

import (
	"math/bits"
	"slices"
	"unicode/utf8"
)

// A text that holds few names for certain holds few in all: what is weak there is
// taken for something else. Below one certain name in usual runes the scores of
// the weak ones fall by the logarithm of how much rarer they are.
const (
	usual      = 300
	sparse     = 2000 // runes; below it a text tells nothing
	mostSifted = 250  // hundredths of a natural logarithm
)

// sift lowers the scores of what stands in a text of few names with nothing
// beside it, and drops what is left without any.
func (f *Finder) sift() {
	if f.runes < sparse || len(f.hits) == 0 {
		return
	}
	strong := 1
	for _, h := range f.hits {
		if h.score >= Certain {
			strong++
		}
	}
	rarer := uint(f.runes * 64 / (usual * strong)) // in sixty-fourths
	if rarer <= 64 {
		return
	}
	twos := bits.Len(rarer) - 7
	less := int16(min(69*twos+69*int(rarer>>twos-64)/64, mostSifted))
	kept := f.hits[:0]
	for _, h := range f.hits {
		if h.why&personal == 0 {
			h.score -= less
		}
		if h.score > 0 || h.why&personal != 0 {
			kept = append(kept, h)
		}
	}
	f.hits = kept
}

// mostFirms is how many names of companies a window may have.
const mostFirms = 512

// lessFirm is what a name loses that stands in the name of a company elsewhere.
const lessFirm = 200

// firm notes that runes[i:j] stand in the name of a company.
func (f *Finder) firm(i, j int) {
	if rs := f.line.runes[i:j]; len(f.firms) < mostFirms {
		f.firms = append(f.firms, Hash(rs))
		f.firmEnds[rs[len(rs)-1]>>6&63] |= 1 << (rs[len(rs)-1] & 63)
	}
}

// lastRune is utf8.DecodeLastRune of valid text.
func lastRune(b []byte) rune {
	if n := len(b); n > 2 && b[n-3]>>4 == 0xe {
		return rune(b[n-3]&15)<<12 | rune(b[n-2]&63)<<6 | rune(b[n-1]&63)
	}
	r, _ := utf8.DecodeLastRune(b)
	return r
}

// inFirm reports whether a name stands in the name of a company.
func (f *Finder) inFirm(name []byte) bool {
	r := lastRune(name)
	if f.firmEnds[r>>6&63]>>(r&63)&1 == 0 {
		return false
	}
	var x uint64
	for len(name) > 0 {
		r, n := utf8.DecodeRune(name)
		x, name = Mix(x, r), name[n:]
	}
	_, ok := slices.BinarySearch(f.firms, x)
	return ok
}

// unfirm lowers the scores of what stands in the name of a company elsewhere in
// the window and has nothing of a person beside it.
func (f *Finder) unfirm(text []byte) {
	if len(f.firms) == 0 {
		return
	}
	slices.Sort(f.firms)
	kept := f.hits[:0]
	for _, h := range f.hits {
		if h.why&personal == 0 && f.inFirm(text[h.start:h.end]) {
			h.score -= lessFirm
		}
		if h.score > 0 || h.why&personal != 0 {
			kept = append(kept, h)
		}
	}
	f.hits = kept
}

// personal are the reasons that speak for a person whatever the text is like.
const personal = Label | Column | Cue | Beside | Pupil | Guardian
