package roster

import (
	"io"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/sheet"
)

// header says where each column of the schema stands in the file.
type header struct {
	number  int      // line of the header
	places  []int    // column of each schema column
	titles  []string // the header as written, for each schema column
	width   int      // columns of the header line
	ignored []bool   // by column: the header carries nothing about a person
}

// hints are remarks that people add to a header.
var hints = regexp.MustCompile(`\((必填|必填项|必須|选填|格式|例|例如|如|required|mandatory|yyyy|e\.g|example)[^)]*\)`)

// fold makes two ways to write one header equal.
func fold(s string) string {
	s = strings.ToLower(norm.NFKC.String(s))
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || r == '\u200b' || r == '\ufeff' {
			return -1
		}
		if r == '\u2019' {
			return '\''
		}
		return r
	}, s)
	s = hints.ReplaceAllString(s, "")
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("*:()[]_-/、", r) {
			return -1
		}
		return r
	}, s)
}

// readHeader understands the first line that is not blank. If it cannot, the
// line after it tells why: a title above the header, or a header over two rows.
func readHeader(in lines, s Schema) (header, error) {
	l, err := in.next()
	if err == io.EOF {
		return header{}, fault.New(fault.Invalid, "roster.empty")
	}
	if err != nil {
		return header{}, err
	}
	h, known, err := matchHeader(l, s)
	if err == nil || h.number == 0 || known == len(s.Columns) {
		return h, err
	}
	next, nextErr := in.next()
	if nextErr != nil {
		return header{}, err
	}
	switch _, below, _ := matchHeader(next, s); {
	case below > 0 && known == 0:
		return header{}, fault.New(fault.Invalid, "roster.title_row", l.number, next.number)
	case below > 0:
		return header{}, fault.New(fault.Invalid, "roster.two_row_header", l.number, next.number)
	}
	return header{}, err
}

// matchHeader finds the columns of a schema in a line. known counts them. The
// header is empty when looking at the next line would not help.
func matchHeader(l line, s Schema) (h header, known int, err error) {
	if l.broken != "" {
		return header{}, 0, fault.New(fault.Invalid, l.broken)
	}
	words := s.words()
	h = header{number: l.number, width: len(l.cells), ignored: make([]bool, len(l.cells))}
	h.places, h.titles = make([]int, len(s.Columns)), make([]string, len(s.Columns))
	for i := range h.places {
		h.places[i] = -1
	}
	var extra []string
	for i, c := range l.cells {
		if c.formula {
			return header{}, known, fault.New(fault.Invalid, "roster.formula", l.number, sheet.Column(i))
		}
		word := fold(c.text)
		at, ok := words[word]
		switch {
		case word == "" || (ok && at < 0):
			h.ignored[i] = ok
		case !ok:
			extra = append(extra, label(c, i))
		case h.places[at] >= 0:
			return header{}, known, fault.New(fault.Invalid, "roster.column_twice", sheet.Column(h.places[at]), sheet.Column(i))
		default:
			h.places[at], h.titles[at] = i, strings.TrimSpace(c.text)
			known++
		}
	}
	return h, known, h.judge(s, known, extra)
}

// judge refuses a header that lacks a promised column or brings another one.
func (h header) judge(s Schema, known int, extra []string) error {
	promised := make([]string, len(s.Columns))
	var missing []string
	for i, c := range s.Columns {
		promised[i] = c.Headers[0]
		if h.places[i] < 0 {
			missing = append(missing, c.Headers[0])
		}
	}
	switch {
	case known == 0:
		// The line may be data. What stands in it is not repeated.
		return fault.New(fault.Invalid, "roster.header", h.number, list(promised))
	case len(extra) > 0:
		e := fault.New(fault.Invalid, "roster.columns", len(promised), list(promised), list(extra), len(extra))
		for _, name := range extra {
			e.Fields = append(e.Fields, fault.Field{Path: name, Code: "roster.columns", Args: e.Args})
		}
		return e
	case len(missing) > 0:
		return fault.New(fault.Invalid, "roster.columns_missing", list(missing))
	}
	return nil
}

// words gives the schema column for each folded header, -1 for ignored ones.
func (s Schema) words() map[string]int {
	out := make(map[string]int)
	for _, w := range s.Ignored {
		out[fold(w)] = -1
	}
	for i, c := range s.Columns {
		for _, w := range c.Headers {
			out[fold(w)] = i
		}
	}
	return out
}

var number = regexp.MustCompile(`\d{5}`)

// label names a column that is not promised: by its header, unless that looks
// like data, which must not get into a message; then by its letter.
func label(c cell, column int) string {
	text := strings.Join(strings.Fields(c.text), " ")
	if c.long || c.kind != cellText || len([]rune(text)) > 20 || number.MatchString(norm.NFKC.String(text)) {
		return sheet.Column(column)
	}
	return text
}

// list joins names with the Chinese comma, which reads well in both languages.
func list(names []string) string { return "“" + strings.Join(names, "”、“") + "”" }
