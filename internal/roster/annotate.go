package roster

import (
	"cmp"
	"io"
	"iter"
	"strings"
)

// Words give the text for a message key; lang.Printer is one.
type Words interface {
	T(key string, args ...any) string
}

// Annotate writes the file back with one more column, 问题, that says in words
// what is wrong in each line: xlsx for xlsx, CSV for CSV in the same charset.
// Problems must come in the order of the lines, as Rows gives them. A column of
// that name from an earlier round is written over; every other cell stays, with
// one exception: a CSV line of more than 32 KiB comes back cut.
//
// In an xlsx the words are typed text, which is never computed, and all other
// parts are copied byte by byte. In a CSV a quote is put before every cell that
// a spreadsheet program would compute; reading takes it away again (ASVS
// 1.2.10). The output holds the personal information of the input: it goes to
// the person who brought the file, and to nobody else.
func Annotate(w io.Writer, src io.ReaderAt, size int64, problems iter.Seq[Problem], words Words) error {
	f, err := open(src, size, DefaultLimits)
	if err != nil {
		return err
	}
	at, err := place(f)
	if err != nil {
		return err
	}
	next, stop := iter.Pull(problems)
	defer stop()
	n := &notes{next: next, words: words, header: at.header}
	n.advance()
	switch f := f.(type) {
	case *book:
		return f.annotate(w, at, n)
	case *text:
		return f.annotate(w, at, n)
	}
	return nil
}

// spot is where the column of problems goes.
type spot struct {
	header int // line of the column names
	column int
}

// place finds the column 问题 in the header, or the first column after all
// cells of all lines.
func place(f file) (spot, error) {
	in, err := f.lines()
	if err != nil {
		return spot{}, err
	}
	var s spot
	for {
		l, err := in.next()
		if err == io.EOF {
			return s, nil
		}
		if err != nil {
			return s, err
		}
		if s.header == 0 {
			s.header = l.number
			for i, c := range l.cells {
				if word := fold(c.text); word == "问题" || word == "problems" {
					return spot{l.number, i}, nil
				}
			}
		}
		s.column = max(s.column, len(l.cells))
	}
}

// notes gives the words for each line, reading the problems as they are needed.
type notes struct {
	next   func() (Problem, bool)
	words  Words
	header int
	held   Problem
	more   bool
}

func (n *notes) advance() { n.held, n.more = n.next() }

// line returns the words for a line, "" if there is nothing to say.
func (n *notes) line(number int) string {
	if number == n.header {
		return n.words.T("roster.problems")
	}
	var all []string
	for n.more && cmp.Compare(n.held.Row, number) <= 0 {
		if n.held.Row == number {
			all = append(all, Describe(n.held, n.words))
		}
		n.advance()
	}
	return safe(strings.Join(all, " "))
}

// Describe says a problem in words, beginning with its column.
func Describe(p Problem, words Words) string {
	said := words.T("fault."+p.Code, p.Args...)
	if p.Column == "" {
		return said
	}
	return words.T("roster.at_column", strings.Join(strings.Fields(p.Column), " "), said)
}
