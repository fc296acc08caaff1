package list

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold brings a cell to one form: compatibility characters (full-width digits
// and letters among them) in their plain form, no invisible characters, and one
// space between words (Unicode NFKC, UAX #15).
func Fold(s string) string {
	s = norm.NFKC.String(s)
	var b strings.Builder
	space := false
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Cf, unicode.Cc) && r != '\t' && r != '\n':
		case unicode.IsSpace(r):
			space = b.Len() > 0
		default:
			if space {
				b.WriteByte(' ')
				space = false
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}

// pairs are characters of names in their traditional form, each followed by its
// simplified one. Only characters with one simplified form are among them.
// Source: 简化字总表 (1986), which lists these pairs.
//
//go:embed pairs.txt
var pairs string

var simple = sync.OnceValue(func() map[rune]rune {
	m := make(map[rune]rune)
	for word := range strings.FieldsSeq(pairs) {
		if r := []rune(word); len(r) == 2 {
			m[r[0]] = r[1]
		}
	}
	return m
})

// Simplify writes the characters of a name in their simplified form.
func Simplify(s string) string {
	table := simple()
	return strings.Map(func(r rune) rune {
		if to, ok := table[r]; ok {
			return to
		}
		return r
	}, s)
}
