package office

import (
	"archive/zip"
	"bytes"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/markup"
	"github.com/wardfold/wardfold/internal/sheet"
	"github.com/wardfold/wardfold/internal/source/flow"
)

// Bounds of a sheet. Source: ECMA-376 part 1, 18.3.1.73.
const (
	maxRow    = 1 << 20
	maxColumn = 1 << 14
	maxStyles = 1 << 16
)

var besides = regexp.MustCompile(`^xl/(comments\d*|drawings/drawing\d*|threadedcomments/threadedcomment\d*|persons/person\d*)\.xml$`)

// workbook reads all sheets, hidden ones too: what is hidden is passed on all
// the same when the file is.
func workbook(d *Document, w *flow.Writer) error {
	b := &book{Document: d, w: w}
	rels, err := b.relations("xl/workbook.xml")
	if err != nil {
		return err
	}
	type tab struct{ name, id string }
	var tabs []tab
	err = d.walk(d.part("xl/workbook.xml"), func(t *markup.Tokenizer, kind markup.Token) error {
		if kind != markup.Start {
			return nil
		}
		switch string(t.Name) {
		case "workbookPr":
			v := string(t.Attr("date1904"))
			b.from1904 = v == "1" || v == "true"
		case "sheet":
			name, err := markup.Unescape(nil, t.Attr("name"))
			tabs = append(tabs, tab{string(name), string(t.Attr("id"))})
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := b.readStyles(d.part("xl/styles.xml")); err != nil {
		return err
	}
	list := d.part("xl/sharedStrings.xml")
	if b.strings, err = d.readShared(list, w); err != nil {
		if err := d.report(w, d.Name+"#sharedStrings", err); err != nil {
			return err
		}
	}
	for _, t := range tabs {
		name := d.Name + "#" + t.name
		if err := d.report(w, name, b.sheet(d.part(rels[t.id]), name)); err != nil {
			return err
		}
	}
	for _, f := range d.matching(besides) {
		name := d.Name + "#" + strings.TrimSuffix(path.Base(f.Name), ".xml")
		if err := d.report(w, name, d.prose(w, f, name, "p", "t text")); err != nil {
			return err
		}
	}
	return d.rest(w)
}

type book struct {
	*Document
	w        *flow.Writer
	strings  *shared
	styles   []sheet.Style
	from1904 bool
}

// relations maps the ids that a part uses to the names of parts.
func (d *Document) relations(name string) (map[string]string, error) {
	dir, file := path.Split(name)
	out := make(map[string]string)
	err := d.walk(d.part(dir+"_rels/"+file+".rels"), func(t *markup.Tokenizer, kind markup.Token) error {
		if kind != markup.Start || string(t.Name) != "Relationship" {
			return nil
		}
		target, err := markup.Unescape(nil, t.Attr("Target"))
		if to := string(target); strings.HasPrefix(to, "/") {
			out[string(t.Attr("Id"))] = path.Clean(to)[1:]
		} else {
			out[string(t.Attr("Id"))] = path.Clean(dir + to)
		}
		return err
	})
	return out, err
}

// readStyles learns which number formats are dates.
func (b *book) readStyles(f *zip.File) error {
	formats := make(map[int]sheet.Style)
	list := false
	return b.walk(f, func(t *markup.Tokenizer, kind markup.Token) error {
		if kind != markup.Start {
			return nil
		}
		switch string(t.Name) {
		case "numFmt":
			code, err := markup.Unescape(nil, t.Attr("formatCode"))
			if err != nil {
				return err
			}
			if id, err := strconv.Atoi(string(t.Attr("numFmtId"))); err == nil && len(formats) < maxStyles {
				formats[id] = sheet.StyleOf(string(code))
			}
		case "cellXfs":
			list = true
		case "cellStyleXfs", "cellStyles", "dxfs":
			list = false
		case "xf":
			if !list || len(b.styles) >= maxStyles {
				return nil
			}
			id, _ := strconv.Atoi(string(t.Attr("numFmtId"))) // absent means 0, General
			s, ok := formats[id]
			if !ok {
				s = sheet.Builtin[id]
			}
			b.styles = append(b.styles, s)
		}
		return nil
	})
}

// sheet reads the rows of a worksheet part. Source: ECMA-376 part 1, 18.3.
func (b *book) sheet(f *zip.File, name string) error {
	if err := b.w.Part(flow.Part{Name: name, Table: true}); err != nil {
		return err
	}
	s := &rows{b: b}
	return b.walk(f, s.take)
}

type rows struct {
	b      *book
	row    int64
	column int
	cells  [][]byte
	kind   string
	style  int
	value  []byte
	text   collector
	in     bool // within v
	over   bool
}

func (s *rows) take(t *markup.Tokenizer, kind markup.Token) error {
	if s.over {
		return nil
	}
	name := t.Name
	switch {
	case kind == markup.Text && s.in:
		if len(s.value)+len(t.Text) <= stringMax {
			s.value = append(s.value, t.Text...)
		}
		return nil
	case kind == markup.Text:
		return s.text.take(t, kind, "is")
	case kind == markup.Start:
		return s.start(t, string(name))
	case kind == markup.End:
		return s.end(t, string(name))
	}
	return nil
}

func (s *rows) start(t *markup.Tokenizer, name string) error {
	switch name {
	case "row":
		s.row++
		if n, err := strconv.ParseInt(string(t.Attr("r")), 10, 64); err == nil && n > 0 && n <= maxRow {
			s.row = n
		}
		s.cells, s.column = s.cells[:0], -1
	case "c":
		s.column = columnOf(t.Attr("r"), s.column)
		s.kind, s.value = string(t.Attr("t")), s.value[:0]
		s.style, _ = strconv.Atoi(string(t.Attr("s"))) // absent means 0
		s.text.reset()
	case "v":
		s.in = true
	default:
		return s.text.take(t, markup.Start, "is")
	}
	return nil
}

func (s *rows) end(t *markup.Tokenizer, name string) error {
	switch name {
	case "v":
		s.in = false
	case "c":
		if v := s.understand(); len(v) > 0 && s.column < maxColumn {
			for len(s.cells) <= s.column {
				s.cells = append(s.cells, nil)
			}
			s.cells[s.column] = v
		}
	case "row":
		if len(s.cells) > 0 {
			return s.b.w.Row(s.row, s.cells)
		}
	case "sheetData":
		s.over = true
	default:
		if name != "is" { // its end must not clear the text before the cell ends
			return s.text.take(t, markup.End, "is")
		}
	}
	return nil
}

// columnOf reads the column of a cell, counted from 0; cells may leave it out.
func columnOf(ref []byte, last int) int {
	n := 0
	for _, c := range ref {
		if c < 'A' || c > 'Z' || n > maxColumn {
			break
		}
		n = n*26 + int(c-'A') + 1
	}
	if n == 0 {
		return last + 1
	}
	return n - 1
}

// understand gives what a person sees in the cell, as a slice of its own.
// Source: ECMA-376 part 1, 18.18.11 (cell types).
func (s *rows) understand() []byte {
	v := bytes.TrimSpace(s.value)
	switch s.kind {
	case "s":
		i, err := strconv.Atoi(string(v))
		if err != nil {
			return nil
		}
		return s.b.strings.get(i)
	case "inlineStr":
		return bytes.Clone(s.text.value)
	case "str":
		text, err := markup.Unescape(nil, v)
		if err != nil {
			return bytes.Clone(v)
		}
		return text
	case "e", "b":
		return nil
	}
	return s.number(v)
}

// number tells dates from numbers by the format of the cell, and writes out what
// spreadsheets store in scientific notation, as long numbers typed as figures are.
func (s *rows) number(v []byte) []byte {
	text := string(v)
	if s.style >= 0 && s.style < len(s.b.styles) && s.b.styles[s.style].Date {
		if f, err := strconv.ParseFloat(text, 64); err == nil {
			if day, ok := sheet.Day(f, s.b.from1904); ok {
				return []byte(day.Format(time.DateOnly))
			}
		}
	}
	if strings.ContainsAny(text, "eE") {
		if f, err := strconv.ParseFloat(text, 64); err == nil && f >= 1e9 && f < 1e19 {
			return strconv.AppendFloat(nil, f, 'f', -1, 64)
		}
	}
	return []byte(text)
}
