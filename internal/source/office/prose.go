package office

import (
	"archive/zip"
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/internal/markup"
	"github.com/wardfold/wardfold/internal/source/flow"
)

var (
	wordParts  = regexp.MustCompile(`^word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml$`)
	slideParts = regexp.MustCompile(`^ppt/(slides/slide|notesslides/notesslide|comments/comment)\d*\.xml$`)
	partName   = regexp.MustCompile(`([a-z]+)(\d*)\.xml$`)
)

// words reads a text document: paragraphs, tables, headers, notes, comments.
func words(d *Document, w *flow.Writer) error {
	for _, f := range d.matching(wordParts) {
		name := d.Name
		if base := partName.FindStringSubmatch(strings.ToLower(f.Name)); base != nil && base[1] != "document" {
			name += "#" + base[1] + base[2]
		}
		if err := d.report(w, name, d.prose(w, f, name, "p", "")); err != nil {
			return err
		}
	}
	return d.rest(w)
}

// slides reads a presentation; each slide is a part.
func slides(d *Document, w *flow.Writer) error {
	for _, f := range d.matching(slideParts) {
		base := partName.FindStringSubmatch(strings.ToLower(f.Name))
		name := d.Name + "#" + base[1] + base[2]
		if err := d.report(w, name, d.prose(w, f, name, "p", "")); err != nil {
			return err
		}
	}
	return d.rest(w)
}

// open reads the text of an OpenDocument file. Its spreadsheets are tables in
// the same markup.
func open(d *Document, w *flow.Writer) error {
	for _, name := range []string{"content.xml", "styles.xml"} {
		if f := d.part(name); f != nil {
			if err := d.report(w, d.Name, d.prose(w, f, d.Name, "p", "p h")); err != nil {
				return err
			}
		}
	}
	return d.rest(w)
}

// prose writes the running text of a part. Paragraphs are units, called with the
// given letter and a number; holders names the elements whose text counts, ""
// for those of ECMA-376.
func (d *Document) prose(w *flow.Writer, f *zip.File, name, letter, holders string) error {
	p := &prose{w: w, host: &flow.Part{Name: name}, letter: letter, holders: map[string]bool{"t": true, "delText": true, "instrText": true}}
	if holders != "" {
		p.holders = make(map[string]bool)
		for _, h := range strings.Fields(holders) {
			p.holders[h] = true
		}
		p.own = true
	}
	if err := w.Part(*p.host); err != nil {
		return err
	}
	if err := d.walk(f, p.take); err != nil {
		return err
	}
	return p.endTable()
}

type prose struct {
	w       *flow.Writer
	host    *flow.Part
	letter  string
	holders map[string]bool
	own     bool // an element that holds text is a paragraph itself
	inside  int
	n       int // of the paragraph
	tables  int
	deep    int // tables within tables
	grid    *flow.Grid
	cell    []byte
}

func (p *prose) take(t *markup.Tokenizer, kind markup.Token) error {
	if kind == markup.Text {
		if p.inside == 0 {
			return nil
		}
		return p.text(t)
	}
	name, start := string(t.Name), kind == markup.Start
	if kind == markup.None {
		return nil
	}
	if p.holders[name] {
		if start {
			p.inside++
		} else if p.inside > 0 {
			p.inside--
		}
		if p.own && (name != "p" && name != "h" || !start) {
			return p.paragraph(start)
		}
		if !p.own {
			return nil
		}
	}
	return p.structure(name, start)
}

func (p *prose) structure(name string, start bool) error {
	switch name {
	case "p", "h":
		return p.paragraph(start)
	case "tab", "s":
		if start {
			return p.gap("\t")
		}
	case "br", "cr", "line-break":
		if start {
			return p.gap("\n")
		}
	case "tbl", "table":
		return p.table(start)
	case "tr", "table-row":
		if !start && p.grid != nil && p.deep == 1 {
			p.endCell()
			return p.grid.EndRow(p.w, p.host, p.tableName(), p.unit())
		}
	case "tc", "table-cell":
		if !start && p.grid != nil && p.deep == 1 {
			p.grid.Cell(p.cell)
			p.cell = p.cell[:0]
		}
	}
	return nil
}

func (p *prose) text(t *markup.Tokenizer) (err error) {
	b := t.Text
	if !t.CDATA && bytes.IndexByte(b, '&') >= 0 {
		if b, err = markup.Unescape(nil, b); err != nil {
			return err
		}
	}
	if p.grid != nil {
		p.cell = append(p.cell, b...)
		return nil
	}
	return p.w.Write(b)
}

func (p *prose) gap(s string) error {
	if p.grid != nil {
		p.cell = append(p.cell, s...)
		return nil
	}
	return p.w.WriteString(s)
}

func (p *prose) unit() string {
	if p.letter == "" {
		return ""
	}
	return p.letter + strconv.Itoa(p.n)
}

func (p *prose) paragraph(start bool) error {
	if start {
		p.n++
		if p.grid != nil {
			return nil
		}
		return p.w.Unit(p.unit())
	}
	if p.grid != nil {
		p.cell = append(p.cell, '\n')
		return nil
	}
	return p.w.Break("\n")
}

func (p *prose) table(start bool) error {
	if start {
		if p.deep++; p.deep == 1 {
			p.grid, p.cell = &flow.Grid{}, p.cell[:0]
			p.tables++
		}
		return nil
	}
	if p.deep--; p.deep > 0 {
		return nil
	}
	return p.endTable()
}

func (p *prose) endCell() {
	if len(bytes.TrimSpace(p.cell)) > 0 {
		p.grid.Cell(p.cell)
	}
	p.cell = p.cell[:0]
}

func (p *prose) tableName() string { return p.host.Name + "#table" + strconv.Itoa(p.tables) }

func (p *prose) endTable() error {
	p.deep = 0
	if p.grid == nil {
		return nil
	}
	p.endCell()
	g := p.grid
	p.grid = nil
	if err := p.w.Unit(p.unit()); err != nil {
		return err
	}
	return g.EndTable(p.w, p.host, p.tableName(), p.unit())
}
