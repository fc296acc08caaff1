package roster

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/markup"
	"github.com/wardfold/wardfold/internal/sheet"
)

// sheetLines reads the rows of a worksheet part. Source: ECMA-376 part 1, 18.3.
type sheetLines struct {
	b     *book
	p     *part
	t     tokenizer
	at    int // number of the current row
	cells []cell
	text  collector
	over  bool
}

func (b *book) lines() (lines, error) {
	p, err := openPart(b.sheet)
	if err != nil {
		return nil, err
	}
	return &sheetLines{b: b, p: p, t: newTokenizer(p, b.lim.Tags)}, nil
}

func (s *sheetLines) done() float64 { return s.p.done() }

// next returns the next row that is not blank.
func (s *sheetLines) next() (line, error) {
	for !s.over {
		kind, err := s.t.next()
		if err != nil {
			return line{}, cut(err)
		}
		switch {
		case kind == markup.Start && string(s.t.Name) == "row":
			l, err := s.row()
			if err != nil || len(l.cells) > 0 {
				return l, err
			}
		case kind == markup.End && string(s.t.Name) == "sheetData":
			s.over = true // drawings, links and validations follow; none is read
		}
	}
	return line{}, io.EOF
}

// rowNumber reads the number of a row tag after row number last. Numbers may
// be left out, but never go back: otherwise a file could name one row twice.
func rowNumber(t tokenizer, last int) (int, error) {
	n, err := last+1, error(nil)
	if attr := t.Attr("r"); attr != nil {
		n, err = strconv.Atoi(string(attr))
	}
	if err != nil || n <= last || n > maxRow {
		return 0, fault.New(fault.Invalid, "roster.damaged").Because(errors.New("row numbers out of order"))
	}
	return n, nil
}

// columnOf reads the column of a cell tag after column last, counted from 0.
func columnOf(t tokenizer, last int) (int, error) {
	attr := t.Attr("r")
	if attr == nil && last+1 < maxColumn {
		return last + 1, nil
	}
	n := 0
	for _, c := range attr {
		if c < 'A' || c > 'Z' {
			break
		}
		if n = n*26 + int(c-'A') + 1; n > maxColumn {
			break
		}
	}
	if n--; n <= last || n >= maxColumn {
		return 0, fault.New(fault.Invalid, "roster.damaged").Because(errors.New("cells out of order"))
	}
	return n, nil
}

// row reads up to the end of the row whose start tag is the current token.
func (s *sheetLines) row() (line, error) {
	n, err := rowNumber(s.t, s.at)
	if err != nil {
		return line{}, err
	}
	s.at, s.cells = n, s.cells[:0]
	for column := -1; ; {
		kind, err := s.t.next()
		if err != nil {
			return line{}, cut(err)
		}
		switch {
		case kind == markup.End && string(s.t.Name) == "row":
			return line{number: n, cells: s.cells}, nil
		case kind == markup.Start && string(s.t.Name) == "c":
			if column, err = columnOf(s.t, column); err != nil {
				return line{}, err
			}
			c, err := s.cell()
			if err != nil {
				return line{}, err
			}
			if c.blank() {
				continue
			}
			if column >= s.b.lim.Columns {
				return line{}, fault.New(fault.Invalid, "roster.wide", n, sheet.Column(column), s.b.lim.Columns)
			}
			for len(s.cells) < column {
				s.cells = append(s.cells, cell{})
			}
			s.cells = append(s.cells, c)
		}
	}
}

// cut turns the end of the stream before the end of the data into a fault.
func cut(err error) error {
	if err == io.EOF {
		return errMarkup
	}
	return err
}

// cell reads up to the end of the cell whose start tag is the current token.
func (s *sheetLines) cell() (cell, error) {
	kind := cellType(s.t.Attr("t"))
	format, _ := strconv.Atoi(string(s.t.Attr("s"))) // absent means 0
	var c cell
	s.text.reset()
	for {
		k, err := s.t.next()
		if err != nil {
			return c, cut(err)
		}
		switch {
		case k == markup.End && string(s.t.Name) == "c":
			return s.understand(c, kind, format)
		case k == markup.Start && string(s.t.Name) == "f":
			c.formula = true
		case k == markup.Start && string(s.t.Name) == "v":
			s.text.inside = true
		case k == markup.End && string(s.t.Name) == "v":
			s.text.inside = false
		default:
			if err := s.text.take(s.t, k, "c"); err != nil {
				return c, err
			}
		}
	}
}

// cellType copies the type of a cell out of the window without allocating.
func cellType(attr []byte) string {
	for _, known := range []string{"s", "inlineStr", "str", "n", "d", "b", "e"} {
		if string(attr) == known {
			return known
		}
	}
	return ""
}

// understand turns the stored value into what a person sees in the cell.
// Source: ECMA-376 part 1, 18.18.11 (cell types).
func (s *sheetLines) understand(c cell, kind string, format int) (cell, error) {
	value := bytes.TrimSpace(s.text.value)
	c.long = s.text.cut
	switch kind {
	case "s":
		if len(value) == 0 {
			return c, nil
		}
		i, err := strconv.Atoi(string(value))
		text, long, ok := s.b.strings.get(i)
		if err != nil || !ok {
			return c, fault.New(fault.Invalid, "roster.damaged").Because(errors.New("a shared string that is not there"))
		}
		c.text, c.long = text, long
	case "inlineStr", "str":
		c.text = string(s.text.value)
	case "e", "b":
		c.text, c.kind = string(value), cellBad
	case "d":
		c.text, c.kind, c.day = string(value[:min(len(value), 10)]), cellDate, true
	default:
		s.number(&c, string(value), format)
	}
	return c, nil
}

// number tells dates from numbers, as only the cell's format does.
func (s *sheetLines) number(c *cell, value string, format int) {
	c.text = value
	if value == "" {
		return
	}
	c.kind, c.from1904 = cellNumber, s.b.date1904
	if format < 0 || format >= len(s.b.styles) || !s.b.styles[format].Date {
		return
	}
	f, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return
	}
	if at, ok := sheet.Day(f, s.b.date1904); ok {
		c.text, c.kind = at.Format(time.DateOnly), cellDate
		c.day = s.b.styles[format].Day || at.Day() != 1
	}
}
