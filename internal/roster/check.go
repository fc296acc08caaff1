package roster

import (
	"strings"
	"unicode"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/sheet"
)

// checker judges the lines of one pass over a file.
type checker struct {
	opt    Options
	header header
	seen   map[[16]byte]int32 // digest of the key columns → line
}

func newChecker(o Options, h header) *checker {
	return &checker{o, h, make(map[[16]byte]int32)}
}

// row judges one line. blank reports that nothing is in it but white space.
func (k *checker) row(l line) (r Row, blank bool) {
	r.Number = l.number
	if isBlank(l.cells) {
		return r, true
	}
	columns := k.opt.Schema.Columns
	r.Values = make([]secret.Text, len(columns))
	if l.broken != "" {
		r.Problems = []Problem{{Row: l.number, Code: l.broken}}
		return r, false
	}
	k.strays(&r, l)
	for i, c := range columns {
		var in cell
		if at := k.header.places[i]; at < len(l.cells) {
			in = l.cells[at]
		}
		value, p := k.cell(c, in, k.header.places[i])
		if p.Code != "" {
			p.Row, p.Column = l.number, k.header.titles[i]
			r.Problems = append(r.Problems, p)
		}
		r.Values[i] = value
	}
	if r.OK() {
		k.twice(&r)
	}
	return r, false
}

func isBlank(cells []cell) bool {
	for _, c := range cells {
		if c.formula || c.long || trim(c.text) != "" {
			return false
		}
	}
	return true
}

// strays finds content outside the promised columns: under no header.
func (k *checker) strays(r *Row, l line) {
	for i, c := range l.cells {
		if trim(c.text) == "" && !c.formula && !c.long {
			continue
		}
		if i < k.header.width && (k.header.ignored[i] || k.promised(i)) {
			continue
		}
		r.Problems = append(r.Problems, Problem{Row: l.number, Code: "roster.stray", Args: []any{sheet.Column(i)}})
		return
	}
}

func (k *checker) promised(column int) bool {
	for _, at := range k.header.places {
		if at == column {
			return true
		}
	}
	return false
}

// cell judges one cell and gives its normalised value.
func (k *checker) cell(want Column, c cell, column int) (secret.Text, Problem) {
	switch {
	case c.formula:
		return secret.Text{}, Problem{Code: "roster.formula_cell", Args: []any{sheet.Column(column)}}
	case c.long:
		return secret.Text{}, Problem{Code: "roster.long"}
	case c.kind == cellBad:
		return secret.Text{}, Problem{Code: "roster.cell_error"}
	}
	c.text = trim(c.text)
	switch {
	case c.text == "":
		return secret.Text{}, Problem{Code: "roster.missing"}
	case strings.ContainsRune(c.text, unicode.ReplacementChar):
		return secret.Text{}, Problem{Code: "roster.garbled"}
	case want.Check == CheckName && c.text == want.Example:
		return secret.Text{}, Problem{Code: "roster.example"}
	}
	switch want.Check {
	case CheckName:
		return name(c)
	case CheckMonth:
		return month(c, k.opt.Today)
	case CheckPhone:
		return k.phone(c)
	}
	return text200(c)
}

// phone judges a telephone number. Spreadsheet programs turn long numbers into
// powers of ten; what they cut off is not guessed.
func (k *checker) phone(c cell) (secret.Text, Problem) {
	number, ok := plainNumber(c.text)
	if !ok {
		return secret.Text{}, Problem{Code: "roster.phone_rounded"}
	}
	value, err := k.opt.Phone(number)
	if err == nil {
		return value, Problem{}
	}
	if code := fault.CodeOf(err); code != "" {
		return secret.Text{}, Problem{Code: code}
	}
	return secret.Text{}, Problem{Code: "roster.phone"}
}

// trim removes white space and the invisible characters that come with copied
// text from both ends.
func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff'
	})
}
