package compartment

import (
	"crypto/sha256"
	"crypto/subtle"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/note"
	"github.com/wardfold/wardfold/internal/secret"
)

// Bounds of the number of a case, in runes.
const (
	minCase = 4
	MaxCase = 64
)

// brackets are written in many ways and mean the same.
var brackets = strings.NewReplacer("〔", "(", "〕", ")", "[", "(", "]", ")", "【", "(", "】", ")", "《", "(", "》", ")")

// CleanCase brings the number of a case, such as (2026)沪0105刑初12号, to its one form:
// half-width, capitals, one kind of bracket, no spaces. Invalid compartment.case for
// what is none; note.personal for a number of a person in it.
func CleanCase(typed secret.Text) (secret.Text, error) {
	s := strings.ToUpper(brackets.Replace(norm.NFKC.String(typed.Expose())))
	s = strings.Join(strings.Fields(s), "")
	n := utf8.RuneCountInString(s)
	odd := func(r rune) bool {
		return !(r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || unicode.Is(unicode.Han, r) || strings.ContainsRune("()-/.", r))
	}
	if n < minCase || n > MaxCase || strings.ContainsFunc(s, odd) || !strings.ContainsAny(s, "0123456789") {
		return secret.Text{}, fault.At("case", "compartment.case")
	}
	if err := note.Check("case", s); err != nil {
		return secret.Text{}, err
	}
	return secret.NewText(s), nil
}

// same compares two clean numbers in a time that does not tell how far they agree.
func same(a, b secret.Text) bool {
	x, y := sha256.Sum256([]byte(a.Expose())), sha256.Sum256([]byte(b.Expose()))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
