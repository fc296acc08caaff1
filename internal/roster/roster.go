// Package roster reads a list of learners that an institution already has, as
// an xlsx or CSV file, and checks it line by line before anything is stored.
//
// It refuses what could hurt: archives that unpack to more than they promise,
// macros, links to other files, pictures, encrypted files, formulas. It refuses
// what was not promised: a column outside the schema refuses the whole file by
// the column's name (I7, S0-01). And it explains what is wrong in a line: the
// row, the column and a code, never the value.
//
// Files are read as a stream: memory does not grow with the number of rows,
// except for the shared strings of an xlsx (bounded by Limits) and 24 bytes a
// row that find duplicates. Rows are addressed by the number that the
// spreadsheet program shows, so an interrupted import can go on after any row.
//
// The package opens no file and knows no database: bytes come in through an
// io.ReaderAt, rows go out as secrets.
package roster

import (
	"io"
	"iter"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/secret"
)

// Options say what a roster may hold and how it is judged.
type Options struct {
	Schema Schema
	Today  time.Time                                // in the institution's time zone; births after its month are refused
	Phone  func(number string) (secret.Text, error) // normalises a telephone number; a fault's code becomes the problem's
	Limits Limits                                   // zero means DefaultLimits
}

// Row is one line of the roster.
type Row struct {
	Number   int           // as the spreadsheet program shows it; the first line is 1
	Values   []secret.Text // one for each column of the schema, normalised; empty where a problem stands
	Problems []Problem     // in the order of the schema
	Done     float64       // share of the file that was read, 0 to 1
}

// OK reports whether the row may be imported: it has no problem but notices.
func (r Row) OK() bool {
	for _, p := range r.Problems {
		if !p.Notice {
			return false
		}
	}
	return true
}

// Problem says what is wrong in one line. It never holds a value of the line.
type Problem struct {
	Row    int
	Column string // the header as written in the file, "" when the whole line is meant
	Code   string // stable; words in lang under "fault."+Code
	Args   []any  // for the words: row numbers, counts, column letters
	Notice bool   // the row is fine, but the reader should know
}

// Sheet is an opened roster whose header was understood.
type Sheet struct {
	opt    Options
	file   file
	header header
}

// file is a roster format: where the lines come from and how they go back.
type file interface {
	lines() (lines, error) // from the first line; may be called more than once
	format() string
	others() int // visible sheets that are not read
}

// lines yields the non-blank lines of a file in order; io.EOF ends them.
// The cells are valid until the next call.
type lines interface {
	next() (line, error)
	done() float64 // share of the file that was read, 0 to 1
}

// line is one line of a file before its cells are understood.
type line struct {
	number int
	cells  []cell // by column, without trailing blank ones
	broken string // code of a problem with the line itself, or ""
}

// cell is one cell as the file holds it.
type cell struct {
	text     string
	kind     cellKind
	formula  bool // computed by the spreadsheet; the text is a cached result
	long     bool // the text is cut: there was more than a cell can hold
	day      bool // a date that the sheet shows with its day
	from1904 bool // a day count would start in 1904
}

type cellKind uint8

const (
	cellText   cellKind = iota
	cellNumber          // the text is the number as stored
	cellDate            // the text is yyyy-mm-dd
	cellBad             // an error value or a truth value
)

func (c cell) blank() bool { return c.text == "" && !c.formula && !c.long }

// Open checks the file, finds its first sheet and understands its header. It
// reads only as far as the header. Faults are Invalid with a code of
// fault-roster.txt, each of which says what the person can do.
func Open(src io.ReaderAt, size int64, o Options) (*Sheet, error) {
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits
	}
	f, err := open(src, size, o.Limits)
	if err != nil {
		return nil, err
	}
	in, err := f.lines()
	if err != nil {
		return nil, err
	}
	h, err := readHeader(in, o.Schema)
	if err != nil {
		return nil, err
	}
	return &Sheet{o, f, h}, nil
}

// Format is "xlsx" or "csv".
func (s *Sheet) Format() string { return s.file.format() }

// Others counts the visible sheets of a workbook after the first, which are not
// read; the person should be told.
func (s *Sheet) Others() int { return s.file.others() }

// Header is the number of the line that holds the column names.
func (s *Sheet) Header() int { return s.header.number }

// Rows yields the lines after line number after (0 for all) in order, checked.
// Earlier lines are read again, because a later one may repeat them, but not
// yielded. Blank lines are passed over. An error ends the sequence: the file
// itself is damaged or exceeds a limit, and what was read must not be kept.
func (s *Sheet) Rows(after int) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		in, err := s.file.lines()
		if err != nil {
			yield(Row{}, err)
			return
		}
		check := newChecker(s.opt, s.header)
		for count := 0; ; {
			l, err := in.next()
			if err == io.EOF {
				return
			}
			if count++; err == nil && count > s.opt.Limits.Rows {
				err = fault.New(fault.Invalid, "roster.rows", s.opt.Limits.Rows)
			}
			if err != nil {
				yield(Row{}, err)
				return
			}
			if l.number <= s.header.number {
				continue
			}
			row, blank := check.row(l)
			if blank || l.number <= after {
				continue
			}
			row.Done = in.done()
			if !yield(row, nil) {
				return
			}
		}
	}
}
