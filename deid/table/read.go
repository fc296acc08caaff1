package table

import (
	"bytes"
	"errors"
	"io"
	"math"
	"unicode/utf8"
)

// Options say how a file is written. The zero value finds out.
type Options struct {
	Comma    byte                   // what separates cells; 0: whichever of , ; tab | the header has most of
	Keep     func(name string) bool // which columns to take in; nil: all. The others cost no memory
	Progress func(bytes int64)      // called after every block, if not nil
}

const (
	block  = 1 << 20
	maxRow = 16 << 20
)

// Read takes in a CSV file (RFC 4180: cells may be quoted, a quoted cell may
// have line breaks) with a header. Blanks around a cell do not count. The file
// is read once from start to end and its text is not kept, only its values.
//
// Errors: *Error as its codes say; what r reports.
func Read(r io.Reader, o Options) (*Table, error) {
	s := &scanner{r: r, o: o, buf: make([]byte, 0, 2*block)}
	if err := s.header(); err != nil {
		return nil, err
	}
	for {
		if err := s.rows(); err != nil {
			return nil, err
		}
		if s.eof {
			break
		}
		if err := s.fill(); err != nil {
			return nil, err
		}
	}
	if s.t.rows == 0 {
		return nil, &Error{Code: Empty, Row: 2}
	}
	return s.t, s.t.settle()
}

// scanner reads a file block by block. buf[pos:] is what has been read and not
// been taken in; only whole rows are taken in.
type scanner struct {
	r     io.Reader
	o     Options
	buf   []byte
	pos   int
	eof   bool
	read  int64
	comma byte
	t     *Table
	into  []*Column // column of each cell; nil for those that are not kept
	cell  []byte    // a quoted cell without its quotation marks
}

// fill reads another block behind what is left.
func (s *scanner) fill() error {
	if s.pos > 0 {
		s.buf = s.buf[:copy(s.buf, s.buf[s.pos:])]
		s.pos = 0
	}
	if len(s.buf) > maxRow {
		return &Error{Code: LongRow, Row: s.row()}
	}
	if cap(s.buf)-len(s.buf) < block {
		s.buf = append(make([]byte, 0, 2*cap(s.buf)), s.buf...)
	}
	n, err := io.ReadFull(s.r, s.buf[len(s.buf):len(s.buf)+block])
	s.buf = s.buf[:len(s.buf)+n]
	s.read += int64(n)
	if s.o.Progress != nil {
		s.o.Progress(s.read)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		s.eof = true
		if len(s.buf) > 0 && s.buf[len(s.buf)-1] != '\n' {
			s.buf = append(s.buf, '\n') // every row ends
		}
		return nil
	}
	return err
}

// row is the number of the next row.
func (s *scanner) row() int {
	if s.t == nil {
		return 1
	}
	return s.t.rows + 2
}

func (s *scanner) header() error {
	for len(s.buf) == 0 || bytes.IndexByte(s.buf, '\n') < 0 {
		if s.eof {
			return &Error{Code: Empty, Row: 1}
		}
		if err := s.fill(); err != nil {
			return err
		}
	}
	if foreign(s.buf) {
		return &Error{Code: NotText}
	}
	s.buf = bytes.TrimPrefix(s.buf, bom)
	s.comma = s.o.Comma
	if s.comma == 0 {
		s.comma = separator(s.buf[:bytes.IndexByte(s.buf, '\n')])
	}
	var names []string
	gb := mostlyForeign(s.buf)
	for {
		v, last, ok := s.next()
		if !ok {
			if s.eof {
				return &Error{Code: Quote, Row: 1}
			}
			if err := s.fill(); err != nil {
				return err
			}
			s.pos, names = 0, nil
			continue
		}
		name, ok := heading(v, gb)
		if !ok {
			return &Error{Code: Encoding, Row: 1, Column: len(names) + 1}
		}
		names = append(names, name)
		if last {
			break
		}
	}
	return s.open(names, gb)
}

var bom = []byte("\xef\xbb\xbf")

// foreign reports whether a file begins like a workbook, an archive, UTF-16 or PDF.
func foreign(b []byte) bool {
	for _, magic := range []string{"PK\x03\x04", "\xff\xfe", "\xfe\xff", "\xd0\xcf\x11\xe0", "\x1f\x8b", "%PDF"} {
		if bytes.HasPrefix(b, []byte(magic)) {
			return true
		}
	}
	return false
}

// mostlyForeign reports whether of the lines beyond ASCII more are not UTF-8 than
// are. A file is judged as a whole, for single words deceive: 学校 in GB 18030 is two
// letters of another alphabet in UTF-8.
func mostlyForeign(block []byte) bool {
	utf, other := 0, 0
	for line := range bytes.Lines(block) {
		switch {
		case isASCII(line):
		case utf8.Valid(line):
			if !ambiguous(line) {
				utf++
			}
		case line[len(line)-1] == '\n': // the last one may be cut
			other++
		}
	}
	return other > utf
}

// ambiguous reports whether valid UTF-8 may as well be GB 18030: Chinese has three
// bytes a character in UTF-8, and pairs of bytes only in GB 18030.
func ambiguous(v []byte) bool {
	return bytes.IndexFunc(v, func(r rune) bool { return r >= 0x800 }) < 0
}

// heading is the text of a cell of the header.
func heading(v []byte, gb bool) (string, bool) {
	if gb && !isASCII(v) {
		return decoded(string(v))
	}
	return text(v)
}

func text(v []byte) (string, bool) {
	if utf8.Valid(v) {
		return string(v), true
	}
	return decoded(string(v))
}

func (s *scanner) open(names []string, gb bool) error {
	t, err := New(names...)
	if err != nil {
		return err
	}
	s.t, s.into = &Table{gb: gb}, make([]*Column, len(names))
	for i, c := range t.Columns {
		if s.o.Keep == nil || s.o.Keep(c.Name) {
			s.into[i] = c
			s.t.Columns = append(s.t.Columns, c)
		}
	}
	return nil
}

// separator is whichever of the usual ones a header has most of.
func separator(line []byte) byte {
	best, most := byte(','), 0
	for _, c := range []byte(",;\t|") {
		if n := bytes.Count(line, []byte{c}); n > most {
			best, most = c, n
		}
	}
	return best
}

// rows takes in all whole rows of the buffer.
func (s *scanner) rows() error {
	for s.pos < len(s.buf) {
		whole, err := s.oneRow()
		if err != nil {
			return err
		}
		if !whole {
			if s.eof {
				return &Error{Code: Quote, Row: s.row()}
			}
			return nil
		}
	}
	return nil
}

// oneRow takes in one row, or nothing if its end is not in the buffer.
func (s *scanner) oneRow() (whole bool, err error) {
	start := s.pos
	if blank(s.buf[start:]) {
		return s.skipLine(), nil
	}
	if end := bytes.IndexByte(s.buf[start:], '\n'); end < 0 {
		return false, nil
	} else if bytes.IndexByte(s.buf[start:start+end], '"') < 0 {
		return true, s.plain(s.buf[start:start+end], start+end+1)
	}
	cells := 0
	for last := false; !last; cells++ {
		var v []byte
		var ok bool
		if v, last, ok = s.next(); !ok {
			s.undo(cells)
			s.pos = start
			return false, nil
		}
		if cells >= len(s.into) {
			return false, &Error{Code: Ragged, Row: s.row(), Column: cells + 1}
		}
		if c := s.into[cells]; c != nil {
			c.add(v)
		}
	}
	return true, s.ended(cells)
}

// plain takes in a row without quotation marks.
func (s *scanner) plain(line []byte, next int) error {
	if n := len(line); n > 0 && line[n-1] == '\r' {
		line = line[:n-1]
	}
	cells, from, comma, row := 0, 0, s.comma, s.t.rows
	for i := 0; i <= len(line); i++ {
		if i < len(line) && line[i] != comma {
			continue
		}
		if cells < len(s.into) {
			if c := s.into[cells]; c != nil {
				v := line[from:i]
				if len(v) > 0 && (v[0] <= ' ' || v[len(v)-1] <= ' ') {
					v = bytes.Trim(v, " \t")
				}
				c.push(c.dict.code(v, row))
			}
		}
		cells++
		from = i + 1
	}
	s.pos = next
	return s.ended(cells)
}

func (s *scanner) ended(cells int) error {
	if cells != len(s.into) {
		return &Error{Code: Ragged, Row: s.row(), Column: cells}
	}
	if s.t.rows++; s.t.rows == math.MaxInt32 {
		return &Error{Code: TooMany}
	}
	return nil
}

// undo takes back the first cells of a row whose end is not there yet.
func (s *scanner) undo(cells int) {
	for _, c := range s.into[:cells] {
		if c != nil {
			c.pop()
		}
	}
}

func (c *Column) pop() {
	switch n := c.Len() - 1; {
	case c.narrow != nil:
		c.narrow = c.narrow[:n]
	case c.middle != nil:
		c.middle = c.middle[:n]
	default:
		c.wide = c.wide[:n]
	}
}

func blank(b []byte) bool {
	return b[0] == '\n' || b[0] == '\r' && (len(b) == 1 || b[1] == '\n')
}

func (s *scanner) skipLine() bool {
	i := bytes.IndexByte(s.buf[s.pos:], '\n')
	if i < 0 {
		return false
	}
	s.pos += i + 1
	return true
}

// next returns the next cell; last if the row ends after it. It is not ok if the
// cell's end is not in the buffer.
func (s *scanner) next() (v []byte, last, ok bool) {
	b := s.buf[s.pos:]
	i := 0
	for i < len(b) && b[i] == ' ' {
		i++
	}
	if i < len(b) && b[i] == '"' {
		return s.quoted(b, i+1)
	}
	for j := i; j < len(b); j++ {
		if b[j] == s.comma || b[j] == '\n' {
			s.pos += j + 1
			return bytes.Trim(b[i:j], " \t\r"), b[j] == '\n', true
		}
	}
	return nil, false, false
}

// quoted reads a cell whose opening mark is before b[i].
func (s *scanner) quoted(b []byte, i int) (v []byte, last, ok bool) {
	s.cell = s.cell[:0]
	for {
		j := bytes.IndexByte(b[i:], '"')
		if j < 0 || i+j+1 >= len(b) {
			return nil, false, false
		}
		s.cell = append(s.cell, b[i:i+j]...)
		i += j + 1
		if b[i] != '"' {
			break
		}
		s.cell = append(s.cell, '"')
		i++
	}
	for ; i < len(b); i++ { // what stands between the closing mark and the separator belongs to the cell
		if b[i] == s.comma || b[i] == '\n' {
			s.pos += i + 1
			return bytes.Trim(s.cell, " \t"), b[i] == '\n', true
		}
		if b[i] != '\r' && b[i] != ' ' {
			s.cell = append(s.cell, b[i])
		}
	}
	return nil, false, false
}
