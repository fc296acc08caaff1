package roster

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/wardfold/wardfold/internal/secret"
)

// nameMax is the longest name, in graphemes; textMax that of other text.
const (
	nameMax = 50
	textMax = 200
)

// scripts are those in which names are written in China: Chinese characters,
// Latin for foreigners, and the scripts of GB 18030-2022 with their neighbours.
var scripts = []*unicode.RangeTable{
	unicode.Han, unicode.Latin, unicode.Arabic, unicode.Tibetan, unicode.Mongolian, unicode.Yi,
	unicode.Hangul, unicode.Tai_Le, unicode.New_Tai_Lue, unicode.Lisu, unicode.Phags_Pa, unicode.Tai_Tham,
	unicode.Hiragana, unicode.Katakana, unicode.Cyrillic, unicode.Inherited, newHan,
}

// newHan are the extensions of Unicode 15.1 and 17 (I and J), which the
// standard library's tables do not know yet.
var newHan = &unicode.RangeTable{R32: []unicode.Range32{{Lo: 0x2EBF0, Hi: 0x2EE5D, Stride: 1}, {Lo: 0x323B0, Hi: 0x33479, Stride: 1}}}

// dots are written for the separator of the parts of a name, U+00B7.
const dots = "•‧・･⋅∙᛫●．"

// name judges and normalises a person's name: NFC, one kind of separator, no
// space between Chinese characters ("王 明" is a way to align columns).
func name(c cell) (secret.Text, Problem) {
	if c.kind != cellText {
		return secret.Text{}, Problem{Code: "roster.name_digits"}
	}
	s := joinName(norm.NFC.String(c.text))
	if code := nameFault(s); code != "" {
		return secret.Text{}, Problem{Code: code}
	}
	if graphemes(s) > nameMax {
		return secret.Text{}, Problem{Code: "roster.name_long", Args: []any{nameMax}}
	}
	return secret.NewText(s), Problem{}
}

func nameFault(s string) string {
	letters := false
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			return "roster.name_digits"
		case unicode.Is(unicode.Co, r):
			return "roster.name_private" // a rare character in a font of its own
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return "roster.name_control"
		case unicode.In(r, scripts...) && (unicode.IsLetter(r) || r == '〇' || unicode.Is(newHan, r)):
			letters = true
		case unicode.IsMark(r) && unicode.In(r, scripts...) && r != '\uFE0F' && r != '\u20E3':
			// a vowel or accent of the letter before it, or an ideographic variant
		case r == '·' || r == ' ' || r == '-' || r == '\'' || r == '.' || r == '་':
		default:
			return "roster.name_mark"
		}
	}
	if !letters || strings.HasPrefix(s, "·") || strings.HasSuffix(s, "·") {
		return "roster.name_mark"
	}
	return ""
}

// joinName folds full-width letters and separators and drops spaces that stand
// beside a Chinese character or a separator.
func joinName(s string) string {
	in := []rune(s)
	for i, r := range in {
		switch {
		case strings.ContainsRune(dots, r):
			in[i] = '·'
		case r == '’' || r == '＇':
			in[i] = '\''
		case r >= '！' && r <= '～':
			in[i] = r - '！' + '!'
		case unicode.IsSpace(r) && r != '\n' && r != '\r' && r != '\t':
			in[i] = ' '
		}
	}
	out := make([]rune, 0, len(in))
	for i, r := range in {
		before, after := at(out, len(out)-1), at(in, i+1)
		switch {
		case r == ' ' && (tight(before) || before == ' ' || tight(after)):
		case r == '.' && (unicode.Is(unicode.Han, before) && unicode.Is(unicode.Han, after)):
			out = append(out, '·')
		case r == '·' && before == ' ':
			out[len(out)-1] = '·'
		default:
			out = append(out, r)
		}
	}
	return string(out)
}

func at(s []rune, i int) rune {
	if i < 0 || i >= len(s) {
		return 0
	}
	return s[i]
}

// tight reports whether no space belongs beside r.
func tight(r rune) bool { return r == '·' || unicode.Is(unicode.Han, r) || unicode.Is(newHan, r) }

// graphemes counts user-perceived characters. In the allowed scripts after NFC
// those are the characters that are not marks.
func graphemes(s string) int {
	n := 0
	for _, r := range s {
		if !unicode.IsMark(r) {
			n++
		}
	}
	return n
}

// text200 judges other short text.
func text200(c cell) (secret.Text, Problem) {
	s := norm.NFC.String(c.text)
	for _, r := range s {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return secret.Text{}, Problem{Code: "roster.name_control"}
		}
	}
	if graphemes(s) > textMax {
		return secret.Text{}, Problem{Code: "roster.name_long", Args: []any{textMax}}
	}
	return secret.NewText(s), Problem{}
}
