package phone

import (
	"strings"

	"github.com/wardfold/wardfold/internal/secret"
)

// Shortest and longest mainland number of a fixed line, area code included,
// without the 0 or the country code before it.
const (
	minFixed = 9
	maxFixed = 11
)

// Desk returns the number of a telephone at work in E.164: a fixed line with its
// area code, such as 010-8888 0000, or whatever Normalise takes. Faults: those of
// Normalise; phone.length for a fixed line without its area code.
func Desk(raw secret.Text) (secret.Text, error) {
	digits, plus, err := read(raw)
	if err != nil {
		return secret.Text{}, err
	}
	rest, fixed := strings.CutPrefix(digits, "0")
	if plus {
		rest, fixed = strings.CutPrefix(digits, mainland)
		fixed = fixed && !(len(rest) == mobile && rest[0] == '1' && rest[1] > '2')
	}
	if !fixed || strings.HasPrefix(rest, "0") {
		return Normalise(raw)
	}
	if len(rest) < minFixed || len(rest) > maxFixed {
		return secret.Text{}, bad("phone.length")
	}
	return secret.NewText("+" + mainland + rest), nil
}
