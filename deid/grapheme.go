package deid

import (
	"unicode"
	"unicode/utf8"
)

// class is the property that decides where a grapheme cluster ends.
type class uint8

const (
	other class = iota
	control
	extend // marks, variation selectors, emoji modifiers, ZWNJ, tags
	joiner // ZERO WIDTH JOINER
	prepend
	regional
	hangulL
	hangulV
	hangulT
	hangulLV
	hangulLVT
)

const (
	zwnj = '\u200c'
	zwj  = '\u200d'
)

// graphemes splits s into extended grapheme clusters by Unicode Standard Annex
// #29, rules GB3 to GB13, with two simplifications that only ever join more: a
// ZERO WIDTH JOINER joins whatever follows (GB11 asks for a pictograph), and
// every spacing mark extends. GB9c (conjuncts of Indian scripts) is not applied.
// s must be valid UTF-8.
func graphemes(s string) []string {
	out := make([]string, 0, 4)
	start, flags := 0, 0
	prev := control
	for i, r := range s {
		c := classify(r)
		if i > 0 && ends(prev, c, flags) {
			out = append(out, s[start:i])
			start = i
		}
		if c == regional {
			flags++
		} else {
			flags = 0
		}
		prev = c
	}
	if start < len(s) {
		out = append(out, s[start:])
	}
	return out
}

// ends reports whether a cluster ends between two code points. flags counts the
// regional indicators in a row up to the left one: they pair up from the start
// of the run (GB12, GB13).
func ends(left, right class, flags int) bool {
	switch {
	case left == control || right == control: // GB4, GB5; CR LF are two, which no name contains
		return true
	case right == extend || right == joiner || left == prepend || left == joiner: // GB9, GB9a, GB9b, GB11
		return false
	case left == hangulL: // GB6
		return right != hangulL && right != hangulV && right != hangulLV && right != hangulLVT
	case left == hangulLV || left == hangulV: // GB7
		return right != hangulV && right != hangulT
	case left == hangulLVT || left == hangulT: // GB8
		return right != hangulT
	case left == regional && right == regional:
		return flags%2 == 0
	}
	return true // GB999
}

func classify(r rune) class {
	switch {
	case r < 0x300:
		if unicode.IsControl(r) || r == '\u00ad' {
			return control
		}
		return other
	case r >= 0x4e00 && r <= 0x9fff:
		return other
	case r == zwj:
		return joiner
	case r >= 0x1100 && r <= 0xd7ff:
		if c := hangul(r); c != other {
			return c
		}
	case r >= 0x1f1e6 && r <= 0x1f1ff:
		return regional
	case r >= 0x1f3fb && r <= 0x1f3ff: // skin tones
		return extend
	}
	switch {
	case r == zwnj, unicode.In(r, unicode.Mn, unicode.Me, unicode.Mc, unicode.Other_Grapheme_Extend):
		return extend
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r):
		return prepend
	case r != utf8.RuneError && unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp):
		return control
	}
	return other
}

// hangul classifies conjoining jamo and precomposed syllables.
func hangul(r rune) class {
	switch {
	case r <= 0x115f, r >= 0xa960 && r <= 0xa97c:
		return hangulL
	case r <= 0x11a7, r >= 0xd7b0 && r <= 0xd7c6:
		return hangulV
	case r <= 0x11ff, r >= 0xd7cb && r <= 0xd7fb:
		return hangulT
	case r >= 0xac00 && r <= 0xd7a3:
		if (r-0xac00)%28 == 0 {
			return hangulLV
		}
		return hangulLVT
	}
	return other
}
