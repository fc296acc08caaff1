// Package flow is what the readers of files, sites and databases hand to a scan:
// a stream of pieces, each a stretch of text or some rows of a table, small
// enough to hold, that knows the exact place of every byte in it.
//
// A reader writes into a Writer; the Writer cuts. Memory stays bounded whatever
// the reader meets: text is cut after at most Size bytes, at a line end where
// there is one. Where there is none (a line of four gigabytes) neighbouring
// pieces overlap, and From and To say which piece a finding belongs to, so that
// nothing is seen twice and nothing is cut in two.
//
// What a reader cannot examine it reports as a Problem and goes on.
package flow

import (
	"bytes"
	"errors"
	"iter"
	"sync"
	"unicode/utf8"
)

// Sizes in bytes.
const (
	Size    = 1 << 20   // of a piece, at most
	ample   = 256 << 10 // a piece of this size is cut at the next good place
	overlap = 4 << 10   // of context on each side of a hard cut
	cellMax = 1 << 20   // of one cell
	rowMax  = 8 << 20   // of one row
)

// ErrStop ends the reading: nobody wants more. Readers pass it up unchanged.
var ErrStop = errors.New("no more is wanted")

// Part is what has a name of its own: a file, a member of an archive, a sheet, a
// database table.
type Part struct {
	// Name is the path of the part, nested with "!/": "lists.zip!/2024/a.xlsx#Sheet1".
	Name string
	// Table tells rows from running text.
	Table bool
	// Header names the columns of a table if something outside the rows does, as
	// a database does. A file's first row is a row.
	Header []string
	// Sample is how many rows at least are read of a table that has more; 0 if
	// all are.
	Sample int64
	// Extent is about how many rows a table has of which a sample is read, 0 if
	// the reader does not know.
	Extent int64
}

// Row is one row of a table. Cells are valid until the next row.
type Row struct {
	// Number counts from 1, as people count: it is the row of a sheet, the line
	// on which a record of a CSV file starts, or the order of a database row.
	Number int64
	Cells  [][]byte
	// Spans are where the cells stand in the text of the piece, without quotes
	// around them. What stands there is the cell but for quotes written twice and
	// for another charset.
	Spans []Span
	// From and To are where the row stands, its end included.
	From, To int
}

// Span is a stretch of the text of a piece.
type Span struct{ From, To int }

// Place is where a position of a piece lies.
type Place struct {
	// Unit is the smallest thing that people can find: "L12" is line 12, "p3" a
	// paragraph, "page2", "B12" the second cell of row 12 of any table,
	// "/pupils/3/phone" a JSON pointer. It is empty if the part itself is.
	Unit string
	// At is the offset in bytes within the file, or, where a document has no such
	// offsets, within the text of the unit.
	At int64
}

// Piece is a stretch of one part.
type Piece struct {
	Part *Part
	// Text is the stretch; of a table it is the record as it stands in the file,
	// or else the cells, with a tab or a line end after each.
	Text []byte
	// From and To bound where a finding that belongs to this piece may start.
	From, To int
	// First is set on the first piece of a part, Last on the last.
	First, Last bool
	// Read is how many bytes of the item have been read when the piece was cut.
	Read int64

	place func(p *Piece, at int) Place
	rows  func(p *Piece) iter.Seq[Row]
	base  int64
	line  int64 // of the first byte, counted from 1
	marks []mark
	ends  []int // of the cells, in Text
	nums  []int64
	width []int // cells of each row

	at, lines     int // cursor of lineAt
	rowAt, cellAt int // cursor of rowOf

	charset Charset
	comma   byte
	quotes  bool // of a table's piece: there are some
}

type mark struct {
	at   int // in Text
	unit string
	off  int64 // offset of this position within the unit
}

// Where tells the place of a position in Text.
func (p *Piece) Where(at int) Place { return p.place(p, at) }

// Value is a stretch of Text in UTF-8.
func (p *Piece) Value(from, to int) []byte {
	b := p.Text[from:to]
	if p.charset == GB18030 && !utf8.Valid(b) {
		return GB18030.Decode(b)
	}
	return b
}

// Rows gives the rows of a table's piece.
func (p *Piece) Rows() iter.Seq[Row] {
	if p.rows == nil {
		return func(func(Row) bool) {}
	}
	return p.rows(p)
}

// Lines tells a piece of a table whose rows are its lines and whose cells are what
// stands between commas, as they are: there is no quote.
func (p *Piece) Lines() (comma byte, ok bool) { return p.comma, p.comma != 0 && !p.quotes }

// lineAt counts lines up to at. Findings come in order, so it goes on from the
// last position.
func (p *Piece) lineAt(at int) int64 {
	if at < p.at {
		p.at, p.lines = 0, 0
	}
	p.lines += bytes.Count(p.Text[p.at:at], []byte{'\n'})
	p.at = at
	return p.line + int64(p.lines)
}

var buffers = sync.Pool{New: func() any { b := make([]byte, 0, Size); return &b }}

func newText() []byte { return (*buffers.Get().(*[]byte))[:0] }

// Release gives the memory of the piece back. Nothing of it may be used after.
func (p *Piece) Release() {
	if cap(p.Text) >= ample && cap(p.Text) <= Size {
		b := p.Text[:0]
		buffers.Put(&b)
	}
	p.Text = nil
}

// Seq is the stream of one item: pieces, and Problems as errors between them.
// Reading goes on after a Problem; any other error is the last.
type Seq = iter.Seq2[*Piece, error]
