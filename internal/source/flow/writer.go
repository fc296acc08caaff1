package flow

import (
	"bytes"
	"iter"
	"sort"
	"strconv"
	"unicode/utf8"

	"github.com/wardfold/wardfold/internal/sheet"
)

// Writer cuts what a reader finds into pieces. It is for one goroutine. All
// methods return ErrStop once nobody wants more.
type Writer struct {
	yield func(*Piece, error) bool
	read  func() int64
	done  bool

	part  *Part
	cur   *Piece
	first bool
	unit  string
	off   int64 // within the unit
}

// NewWriter writes to the consumer of a Seq; read tells how many bytes of the
// item have been read so far, and may be nil.
func NewWriter(yield func(*Piece, error) bool, read func() int64) *Writer {
	if read == nil {
		read = func() int64 { return 0 }
	}
	return &Writer{yield: yield, read: read}
}

// Problem reports something that is not examined.
func (w *Writer) Problem(p *Problem) error {
	if w.done || !w.yield(nil, p) {
		w.done = true
		return ErrStop
	}
	return nil
}

// Report hands err on if it is a Problem or the file's own fault, and returns
// what must end the reading: ErrStop, or nil.
func (w *Writer) Report(name string, err error) error {
	switch {
	case err == nil || w.done:
		return stopped(w.done)
	case err == ErrStop:
		return err
	}
	return w.Problem(Broken(name, err).(*Problem))
}

func stopped(done bool) error {
	if done {
		return ErrStop
	}
	return nil
}

// Part begins a part and ends the one before.
func (w *Writer) Part(p Part) error {
	if err := w.End(); err != nil {
		return err
	}
	w.part, w.first, w.unit, w.off = &p, true, "", 0
	return nil
}

// End ends the part.
func (w *Writer) End() error {
	if w.part == nil || w.done {
		return stopped(w.done)
	}
	if w.cur == nil && !w.first {
		w.begin() // an empty piece that says Last
	}
	err := w.cut(true)
	w.part = nil
	return err
}

func (w *Writer) begin() {
	w.cur = &Piece{Part: w.part, Text: newText(), First: w.first}
	w.first = false
	if w.part.Table {
		w.cur.rows, w.cur.place = heldRows, byHeldCell
		return
	}
	w.cur.place = byMark
	w.cur.marks = append(w.cur.marks, mark{0, w.unit, w.off})
}

// cut hands the current piece over.
func (w *Writer) cut(last bool) error {
	p := w.cur
	if p == nil {
		return nil
	}
	w.cur = nil
	if p.To == 0 {
		p.To = len(p.Text)
	}
	p.Last, p.Read = last, w.read()
	return w.Send(p)
}

// Send hands over a piece that was made elsewhere.
func (w *Writer) Send(p *Piece) error {
	if w.done || !w.yield(p, nil) {
		w.done = true
		return ErrStop
	}
	return nil
}

// Unit says that what is written from here on lies in another unit, a paragraph
// for instance. Units are good places to cut.
func (w *Writer) Unit(name string) error {
	w.unit, w.off = name, 0
	if w.cur == nil {
		return nil
	}
	if len(w.cur.Text) >= ample {
		return w.cut(false)
	}
	w.cur.marks = append(w.cur.marks, mark{len(w.cur.Text), name, 0})
	return nil
}

// At says where in the unit the next byte lies, for texts whose bytes do not
// follow each other in the file.
func (w *Writer) At(off int64) {
	if w.off == off {
		return
	}
	if w.off = off; w.cur != nil {
		w.cur.marks = append(w.cur.marks, mark{len(w.cur.Text), w.unit, off})
	}
}

// Break writes bytes that do not stand in the file, such as the line end after a
// paragraph.
func (w *Writer) Break(s string) error {
	off := w.off
	err := w.WriteString(s)
	w.off = off
	if w.cur != nil {
		w.cur.marks = append(w.cur.marks, mark{len(w.cur.Text), w.unit, off})
	}
	return err
}

// WriteString is Write for strings.
func (w *Writer) WriteString(s string) error { return w.Write([]byte(s)) }

// Write adds text to the part.
func (w *Writer) Write(b []byte) error {
	for len(b) > 0 {
		if w.done {
			return ErrStop
		}
		if w.cur == nil {
			w.begin()
		}
		n := min(len(b), Size-len(w.cur.Text))
		w.cur.Text = append(w.cur.Text, b[:n]...)
		w.off += int64(n)
		b = b[n:]
		if len(w.cur.Text) == Size {
			if err := w.hardCut(); err != nil {
				return err
			}
		} else if len(w.cur.Text) >= ample && w.cur.Text[len(w.cur.Text)-1] == '\n' {
			if err := w.cut(false); err != nil {
				return err
			}
		}
	}
	return nil
}

// hardCut cuts a full piece at its last line end, or else anywhere, with the
// context of the cut on both sides.
func (w *Writer) hardCut() error {
	p := w.cur
	text, marks := p.Text, p.marks
	var seam, from int // where findings pass to the next piece; where that begins
	if nl := bytes.LastIndexByte(text, '\n'); nl >= len(text)/2 {
		seam, from = nl+1, nl+1
	} else {
		seam = boundary(text, len(text)-overlap)
		from = boundary(text, seam-overlap)
	}
	next := &Piece{Part: p.Part, Text: append(newText(), text[from:]...), place: byMark, From: seam - from}
	next.marks = append(next.marks, at(marks, from))
	for _, m := range marks {
		if m.at > from {
			next.marks = append(next.marks, mark{m.at - from, m.unit, m.off})
		}
	}
	if p.To = seam; seam == from {
		p.Text = text[:seam]
	}
	if err := w.cut(false); err != nil {
		return err
	}
	w.cur = next
	return nil
}

// boundary moves a position back to where a character starts.
func boundary(text []byte, i int) int {
	for j := i; j > i-utf8.UTFMax && j > 0; j-- {
		if utf8.RuneStart(text[j]) {
			return j
		}
	}
	return i
}

// at is the mark that holds at a position.
func at(marks []mark, pos int) mark {
	lo, hi := 0, len(marks)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; marks[mid].at <= pos {
			lo = mid
		} else {
			hi = mid
		}
	}
	m := marks[lo]
	return mark{0, m.unit, m.off + int64(pos-m.at)}
}

func byMark(p *Piece, pos int) Place {
	m := at(p.marks, pos)
	return Place{m.unit, m.off}
}

// Row adds a row to a table; number as in Row. Cells longer than a megabyte, and
// what a row has beyond eight, are cut, which is reported.
func (w *Writer) Row(number int64, cells [][]byte) error {
	total := 0
	for i, c := range cells {
		if room := min(cellMax, rowMax-total); len(c) > room {
			if err := w.Problem(&Problem{Name: w.part.Name + "#" + cellName(number, i), Code: "source.cell", Args: []any{cellMax >> 20}}); err != nil {
				return err
			}
			cells[i] = c[:room]
		}
		total += len(cells[i]) + 1
	}
	if w.cur != nil && len(w.cur.Text)+total > ample {
		if err := w.cut(false); err != nil {
			return err
		}
	}
	if w.cur == nil {
		w.begin()
	}
	p := w.cur
	for i, c := range cells {
		p.Text = append(p.Text, c...)
		p.ends = append(p.ends, len(p.Text))
		end := byte('\t') // so that the text of the piece can be read as such
		if i == len(cells)-1 {
			end = '\n'
		}
		p.Text = append(p.Text, end)
	}
	p.nums, p.width = append(p.nums, number), append(p.width, len(cells))
	if len(p.nums) >= 1<<14 {
		return w.cut(false)
	}
	return stopped(w.done)
}

func heldRows(p *Piece) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		var cells [][]byte
		var spans []Span
		from, next := 0, 0
		for i, n := range p.nums {
			cells, spans = cells[:0], spans[:0]
			row := Row{Number: n, From: from}
			for range p.width[i] {
				to := p.ends[next]
				cells, spans = append(cells, p.Text[from:to:to]), append(spans, Span{from, to})
				from = to + 1
				next++
			}
			row.Cells, row.Spans, row.To = cells, spans, from
			if !yield(row) {
				return
			}
		}
	}
}

// byHeldCell finds the cell that holds a position.
func byHeldCell(p *Piece, pos int) Place {
	i := sort.SearchInts(p.ends, pos)
	if i == len(p.ends) {
		return Place{}
	}
	from := 0
	if i > 0 {
		from = p.ends[i-1] + 1
	}
	row, first := p.rowOf(i)
	return Place{cellName(p.nums[row], i-first), int64(pos - from)}
}

// rowOf finds the row of a cell, and its first cell. Positions come in order, so
// it goes on from the last one.
func (p *Piece) rowOf(cell int) (row, first int) {
	if cell < p.cellAt {
		p.rowAt, p.cellAt = 0, 0
	}
	for p.rowAt < len(p.width) && cell >= p.cellAt+p.width[p.rowAt] {
		p.cellAt += p.width[p.rowAt]
		p.rowAt++
	}
	return p.rowAt, p.cellAt
}

// cellName is what spreadsheet programs call a cell: B12.
func cellName(row int64, column int) string {
	return sheet.Column(column) + strconv.FormatInt(row, 10)
}
