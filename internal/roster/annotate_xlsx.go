package roster

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"

	"github.com/wardfold/wardfold/internal/markup"
	"github.com/wardfold/wardfold/internal/sheet"
)

func (b *book) annotate(w io.Writer, at spot, n *notes) error {
	out := zip.NewWriter(w)
	for _, f := range b.zip.File {
		if f == b.sheet {
			part, err := out.CreateHeader(&zip.FileHeader{Name: f.Name, Method: zip.Deflate})
			if err == nil {
				err = b.annotateSheet(part, at, n)
			}
			if err != nil {
				return err
			}
			continue
		}
		if err := out.Copy(f); err != nil {
			return err
		}
	}
	return out.Close()
}

// spans is a hint of a row about its width, which would be wrong afterwards.
var spans = regexp.MustCompile(`\s+spans\s*=\s*("[^"]*"|'[^']*')`)

// scribe copies the markup of a sheet and adds a cell to each row that has a
// note.
type scribe struct {
	t    tokenizer
	out  *bufio.Writer
	at   spot
	n    *notes
	row  int
	col  int
	note string // still to be written in this row
	drop int    // depth of an element that is left out
	data bool   // within sheetData
}

func (b *book) annotateSheet(w io.Writer, at spot, n *notes) error {
	p, err := openPart(b.sheet)
	if err != nil {
		return err
	}
	s := &scribe{t: newTokenizer(p, b.lim.Tags), out: bufio.NewWriterSize(w, window), at: at, n: n}
	for {
		kind, err := s.t.next()
		if err == io.EOF {
			return s.out.Flush()
		}
		if err == nil {
			err = s.token(kind)
		}
		if err != nil {
			return err
		}
	}
}

// token copies one token, or what takes its place.
func (s *scribe) token(kind markup.Token) error {
	if s.drop > 0 {
		switch kind {
		case markup.Start:
			s.drop++
		case markup.End:
			s.drop--
		}
		return nil
	}
	switch {
	case kind == markup.Start && string(s.t.Name) == "dimension":
		s.drop = 1 // optional, and too narrow now
		return nil
	case kind != markup.Text && string(s.t.Name) == "sheetData":
		s.data = kind == markup.Start
	case !s.data:
	case kind == markup.Start && string(s.t.Name) == "row":
		return s.startRow()
	case kind == markup.Start && string(s.t.Name) == "c":
		return s.startCell()
	case kind == markup.End && string(s.t.Name) == "row":
		s.putNote()
	}
	_, err := s.out.Write(s.t.Raw)
	return err
}

func (s *scribe) startRow() (err error) {
	if s.row, err = rowNumber(s.t, s.row); err != nil {
		return err
	}
	s.col, s.note = -1, s.n.line(s.row)
	raw := spans.ReplaceAll(s.t.Raw, nil)
	if s.note != "" && s.t.Alone {
		// A blank row has no problem; only a damaged list of problems says so.
		s.note = ""
	}
	_, err = s.out.Write(raw)
	return err
}

func (s *scribe) startCell() (err error) {
	if s.col, err = columnOf(s.t, s.col); err != nil {
		return err
	}
	if s.col == s.at.column && s.row >= s.at.header {
		s.drop = 1 // the note of an earlier round
		return nil
	}
	if s.col > s.at.column {
		s.putNote()
	}
	_, err = s.out.Write(s.t.Raw)
	return err
}

// putNote writes the note of the row, once, as typed text; errors stay in out.
func (s *scribe) putNote() {
	if s.note == "" {
		return
	}
	fmt.Fprintf(s.out, `<c r="%s%d" t="inlineStr"><is><t xml:space="preserve">`, sheet.Column(s.at.column), s.row)
	_ = xml.EscapeText(s.out, []byte(s.note))
	_, _ = s.out.WriteString(`</t></is></c>`)
	s.note = ""
}
