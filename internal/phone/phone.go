// Package phone brings a telephone number, as people type and paste it, to the
// one form that is stored, indexed and dialled: E.164, such as "+8613800000000"
// (ITU-T E.164 §6; a made-up number).
//
// People type full-width digits, spaces, hyphens and brackets; they write 86,
// +86 or 0086 in front; a number copied from an address book brings invisible
// direction marks along. All of these are one number, and must be one number
// for every counter and every index: a limit that can be walked around by a
// space is no limit.
//
// The package is pure, and its errors never carry any part of the input.
package phone

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
)

const (
	maxInput  = 64 // bytes; longer input is not a number, whatever it holds
	minDigits = 8  // shortest number with country code that we accept
	maxDigits = 15 // Source: ITU-T E.164 §6.1
	mainland  = "86"
	mobile    = 11 // digits of a mainland mobile number, without country code
)

// Normalise returns raw in E.164. A number without country code is a mainland
// mobile number, and so must one with country code 86 be: codes and class
// notices go to it as short messages. Any other country's number needs its + or
// 00.
//
// Faults, all of kind Invalid about the field "phone": phone.empty,
// phone.letters (something that is neither digit nor separator), phone.length,
// phone.prefix (no such mobile prefix or country code).
func Normalise(raw secret.Text) (secret.Text, error) {
	digits, plus, err := read(raw)
	if err != nil {
		return secret.Text{}, err
	}
	if !plus {
		digits, plus = cutInternational(digits)
	}
	if !plus {
		return national(digits)
	}
	if rest, ok := strings.CutPrefix(digits, mainland); ok {
		return national(rest)
	}
	switch {
	case len(digits) < minDigits || len(digits) > maxDigits:
		return secret.Text{}, bad("phone.length")
	case digits[0] == '0': // no country code begins with 0 (ITU-T E.164.1)
		return secret.Text{}, bad("phone.prefix")
	}
	return secret.NewText("+" + digits), nil
}

func bad(code string) error { return fault.At("phone", code) }

// read keeps the digits of what was typed, in ASCII, and reports a leading plus
// sign.
func read(raw secret.Text) (digits string, plus bool, err error) {
	s := raw.Expose()
	if len(s) > maxInput {
		return "", false, bad("phone.length")
	}
	if !utf8.ValidString(s) {
		return "", false, bad("phone.letters")
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= '０' && r <= '９':
			b.WriteRune(r - '０' + '0')
		case (r == '+' || r == '＋') && !plus && b.Len() == 0:
			plus = true
		case !ignorable(r):
			return "", false, bad("phone.letters")
		}
	}
	if b.Len() == 0 {
		return "", false, bad("phone.empty")
	}
	return b.String(), plus, nil
}

// ignorable reports whether r stands between digits without meaning: spaces,
// dashes, brackets, dots, and the invisible marks that address books wrap
// around a number.
func ignorable(r rune) bool {
	return unicode.In(r, unicode.Zs, unicode.Pd, unicode.Cf) || r == '\t' ||
		strings.ContainsRune("()（）.．·−", r)
}

// cutInternational removes a written-out country code: 00 as dialled from the
// mainland, or a bare 86 before a mobile number, which has 13 digits in all and
// so cannot be confused with a mobile number itself.
func cutInternational(digits string) (string, bool) {
	if rest, ok := strings.CutPrefix(digits, "00"); ok && rest != "" {
		return rest, true
	}
	if len(digits) == len(mainland)+mobile && strings.HasPrefix(digits, mainland+"1") {
		return digits, true
	}
	return digits, false
}

// national checks a mainland mobile number: 11 digits, first 1, second 3 to 9.
func national(digits string) (secret.Text, error) {
	switch {
	case len(digits) != mobile:
		return secret.Text{}, bad("phone.length")
	case digits[0] != '1' || digits[1] < '3':
		return secret.Text{}, bad("phone.prefix")
	}
	return secret.NewText("+" + mainland + digits), nil
}
