package source

import (
	"bytes"
	"io"
	"strconv"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/wardfold/wardfold/internal/source/flow"
)

// tagMax bounds one tag or one run of text, in bytes.
const tagMax = 4 << 20

// telling are the attributes that people read, or that reach a person.
var telling = map[string]bool{"title": true, "alt": true, "value": true, "placeholder": true, "content": true, "label": true}

// page reads hypertext: what people see, the attributes that carry words, and
// the data that scripts bring along. The tokenizer works on the bytes of the
// file, so that offsets are those of the file; GB18030 keeps the marks of
// hypertext out of its second bytes.
type page struct {
	w       *flow.Writer
	host    *flow.Part
	charset flow.Charset
	z       *html.Tokenizer
	off     int64 // of the current token
	grid    *flow.Grid
	deep    int // tables within tables
	tables  int
	cell    []byte
	hidden  int // within style
}

func readHTML(r io.Reader, name string, charset flow.Charset, w *flow.Writer) error {
	if charset == flow.UTF16LE || charset == flow.UTF16BE {
		if err := w.Part(flow.Part{Name: name}); err != nil {
			return err
		}
		return w.Raw(r, charset, 0)
	}
	p := &page{w: w, host: &flow.Part{Name: name}, charset: charset, z: html.NewTokenizer(r)}
	p.z.SetMaxBuf(tagMax)
	if err := w.Part(*p.host); err != nil {
		return err
	}
	for {
		kind := p.z.Next()
		if kind == html.ErrorToken {
			if err := p.z.Err(); err != io.EOF {
				return err
			}
			return p.endTable()
		}
		raw := len(p.z.Raw())
		if err := p.token(kind); err != nil {
			return err
		}
		p.off += int64(raw)
	}
}

func (p *page) token(kind html.TokenType) error {
	switch kind {
	case html.TextToken:
		if p.hidden > 0 {
			return nil
		}
		return p.text(p.z.Text())
	case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
		name, attrs := p.z.TagName()
		tag := atom.Lookup(name)
		if kind != html.EndTagToken && attrs {
			if err := p.attributes(); err != nil {
				return err
			}
		}
		return p.tag(tag, kind != html.EndTagToken)
	}
	return nil
}

// text writes what people see, or keeps it for the cell that it stands in.
func (p *page) text(b []byte) error {
	if p.charset == flow.GB18030 {
		b = p.charset.Decode(b)
	}
	if p.grid != nil {
		p.cell = append(p.cell, b...)
		return nil
	}
	if len(bytes.TrimSpace(b)) == 0 {
		return p.w.Break(" ")
	}
	p.w.At(p.off)
	return p.w.Write(b)
}

func (p *page) attributes() error {
	for {
		key, value, more := p.z.TagAttr()
		if k := string(key); telling[k] && len(value) > 1 || k == "href" && (bytes.HasPrefix(value, []byte("mailto:")) || bytes.HasPrefix(value, []byte("tel:"))) {
			p.w.At(p.off)
			if p.grid == nil {
				if err := p.text(append(append([]byte{' '}, value...), ' ')); err != nil {
					return err
				}
			} else if err := p.text(append([]byte{' '}, value...)); err != nil {
				return err
			}
		}
		if !more {
			return nil
		}
	}
}

// tag follows the structure as far as it separates words.
func (p *page) tag(tag atom.Atom, start bool) error {
	switch tag {
	case atom.Style:
		p.hidden = 0
		if start {
			p.hidden = 1
		}
		return nil
	case atom.Table:
		return p.table(start)
	case atom.Tr, atom.Td, atom.Th:
		if p.grid != nil && p.deep == 1 {
			return p.inTable(tag, start)
		}
		return p.space("\t")
	case atom.P, atom.Div, atom.Br, atom.Li, atom.Ul, atom.Ol, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Dt, atom.Dd,
		atom.Section, atom.Article, atom.Header, atom.Footer, atom.Form, atom.Fieldset, atom.Label, atom.Option, atom.Script, atom.Pre,
		atom.Blockquote, atom.Title, atom.Meta, atom.Input, atom.Textarea, atom.Select, atom.Button, atom.Body, atom.Caption:
		return p.space("\n")
	}
	return nil
}

func (p *page) space(s string) error {
	if p.grid != nil {
		p.cell = append(p.cell, ' ')
		return nil
	}
	return p.w.Break(s)
}

// table opens a table, or closes it; one within another is part of its cell.
func (p *page) table(start bool) error {
	if !start {
		if p.deep--; p.deep <= 0 {
			return p.endTable()
		}
		return nil
	}
	if p.deep++; p.deep == 1 {
		p.grid, p.cell = &flow.Grid{}, p.cell[:0]
		p.tables++
	}
	return nil
}

func (p *page) names() (string, string) {
	return p.host.Name + "#table" + strconv.Itoa(p.tables), ""
}

func (p *page) inTable(tag atom.Atom, start bool) error {
	name, unit := p.names()
	switch {
	case tag == atom.Tr:
		if len(bytes.TrimSpace(p.cell)) > 0 {
			p.grid.Cell(p.cell)
		}
		p.cell = p.cell[:0]
		return p.grid.EndRow(p.w, p.host, name, unit)
	case start:
		if len(bytes.TrimSpace(p.cell)) > 0 { // the end tag of the cell before was left out
			p.grid.Cell(p.cell)
		}
		p.cell = p.cell[:0]
	default:
		p.grid.Cell(p.cell)
		p.cell = p.cell[:0]
	}
	return nil
}

func (p *page) endTable() error {
	p.deep = 0
	if p.grid == nil {
		return nil
	}
	if len(bytes.TrimSpace(p.cell)) > 0 {
		p.grid.Cell(p.cell)
	}
	g := p.grid
	p.grid, p.cell = nil, p.cell[:0]
	name, unit := p.names()
	p.w.At(p.off)
	return g.EndTable(p.w, p.host, name, unit)
}
