package web

import (
	"encoding/hex"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/lang"
)

// dayOr writes a day, or the words of a key when there is none.
func dayOr(p lang.Printer, t time.Time, otherwise string) string {
	if t.IsZero() {
		return p.T(otherwise)
	}
	return p.Day(t)
}

// compact writes a day as the eight digits that a form takes.
func compact(t time.Time) string { return strings.ReplaceAll(civil.DateOf(t).String(), "-", "") }

// digitsOf keeps the digits of what was typed, full-width ones folded.
func digitsOf(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= '０' && r <= '９' {
			r -= '０' - '0'
		}
		if r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// shortHash is enough of a hash to compare two papers by eye.
func shortHash(h [32]byte) string { return hex.EncodeToString(h[:8]) }

// trimSlash turns a JSON pointer of one step into the name of a form field.
func trimSlash(pointer string) string { return strings.TrimPrefix(pointer, "/") }

// dashed makes a dotted code fit to be an element's id.
func dashed(code string) string { return strings.NewReplacer(".", "-", "_", "-").Replace(code) }
