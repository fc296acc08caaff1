package person

import "math/bits"

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
		if h.why&(Label|Column|Cue|Beside|Pupil|Guardian) == 0 {
			h.score -= less
		}
		if h.score > 0 || h.why&Weighed == 0 {
			kept = append(kept, h)
		}
	}
	f.hits = kept
}
