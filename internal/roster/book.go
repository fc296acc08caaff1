package roster

import (
	"archive/zip"
	"errors"
	"io"
	"path"
	"strings"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/markup"
	"github.com/wardfold/wardfold/internal/sheet"
)

// book is an xlsx workbook, of which the first visible sheet is read.
// Source: ECMA-376 part 1 (the parts), part 2 (the package).
type book struct {
	lim      Limits
	zip      *zip.Reader
	parts    map[string]*zip.File // by lower-case name
	sheet    *zip.File
	more     int // visible sheets after it
	strings  *table
	styles   []sheet.Style
	date1904 bool
}

// danger names the parts that a roster must not carry, by the start of their
// name, and the fault for each. Pictures are personal information that nobody
// promised to collect (I7).
var danger = []struct{ prefix, code string }{
	{"xl/vbaproject", "roster.macro"},
	{"xl/macrosheets/", "roster.macro"},
	{"xl/dialogsheets/", "roster.macro"},
	{"xl/activex/", "roster.macro"},
	{"xl/ctrlprops/", "roster.macro"},
	{"customui/", "roster.macro"},
	{"xl/externallinks/", "roster.links"},
	{"xl/connections.xml", "roster.links"},
	{"xl/querytables/", "roster.links"},
	{"xl/embeddings/", "roster.embedded"},
	{"xl/media/", "roster.picture"},
}

// smallTags bounds the parts that only list other parts.
const smallTags = 20_000

func openBook(src io.ReaderAt, size int64, lim Limits) (*book, error) {
	z, err := openArchive(src, size, lim)
	if err != nil {
		return nil, err
	}
	b := &book{lim: lim, zip: z, parts: make(map[string]*zip.File, len(z.File))}
	for _, f := range z.File {
		name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		for _, d := range danger {
			if strings.HasPrefix(name, d.prefix) {
				return nil, fault.New(fault.Invalid, d.code)
			}
		}
		b.parts[name] = f
	}
	if err := b.checkTypes(); err != nil {
		return nil, err
	}
	return b, b.find()
}

func (b *book) format() string { return "xlsx" }
func (b *book) others() int    { return b.more }

// walk calls fn for every start tag of a part. A missing part has none.
func (b *book) walk(f *zip.File, tags int, fn func(t tokenizer) error) error {
	if f == nil {
		return nil
	}
	p, err := openPart(f)
	if err != nil {
		return err
	}
	defer p.Close()
	for t := newTokenizer(p, tags); ; {
		kind, err := t.next()
		if err == io.EOF {
			return nil
		}
		if err == nil && kind == markup.Start {
			err = fn(t)
		}
		if err != nil {
			return err
		}
	}
}

// checkTypes refuses what is not a plain workbook, whatever its parts are called.
func (b *book) checkTypes() error {
	types := b.parts["[content_types].xml"]
	if types == nil {
		return fault.New(fault.Invalid, "roster.format")
	}
	return b.walk(types, smallTags, func(t tokenizer) error {
		kind := strings.ToLower(string(t.Attr("ContentType")))
		for _, word := range []string{"macroenabled", "vbaproject", "macrosheet", "activex"} {
			if strings.Contains(kind, word) {
				return fault.New(fault.Invalid, "roster.macro")
			}
		}
		return nil
	})
}

type relation struct{ id, kind, target string }

// relations lists what a part refers to; targets are part names in lower case.
func (b *book) relations(name string) ([]relation, error) {
	dir, file := path.Split(name)
	var out []relation
	err := b.walk(b.parts[dir+"_rels/"+file+".rels"], smallTags, func(t tokenizer) error {
		if string(t.Name) != "Relationship" || string(t.Attr("TargetMode")) == "External" {
			return nil
		}
		target, err := unescape(nil, t.Attr("Target"))
		if err != nil {
			return err
		}
		to := string(target)
		if !strings.HasPrefix(to, "/") {
			to = "/" + dir + to
		}
		kind := string(t.Attr("Type"))
		out = append(out, relation{string(t.Attr("Id")), kind[strings.LastIndexByte(kind, '/')+1:], strings.ToLower(path.Clean(to)[1:])})
		return nil
	})
	return out, err
}

// find follows the package from its root to the first visible sheet.
func (b *book) find() error {
	root, err := b.relations("")
	if err != nil {
		return err
	}
	for _, r := range root {
		if r.kind == "officeDocument" {
			return b.findSheet(r.target)
		}
	}
	return fault.New(fault.Invalid, "roster.format").Because(errors.New("no workbook part"))
}

func (b *book) findSheet(workbook string) error {
	rels, err := b.relations(workbook)
	if err != nil {
		return err
	}
	if b.parts[workbook] == nil {
		return fault.New(fault.Invalid, "roster.format").Because(errors.New("no workbook part"))
	}
	err = b.walk(b.parts[workbook], smallTags, func(t tokenizer) error {
		switch string(t.Name) {
		case "workbookPr":
			v := string(t.Attr("date1904"))
			b.date1904 = v == "1" || v == "true"
		case "sheet":
			state := string(t.Attr("state"))
			if state == "hidden" || state == "veryHidden" {
				return nil
			}
			if b.sheet != nil {
				b.more++
				return nil
			}
			b.sheet = b.related(rels, "worksheet", string(t.Attr("id")))
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case b.sheet == nil:
		return fault.New(fault.Invalid, "roster.no_sheet")
	}
	if b.styles, err = b.readStyles(b.related(rels, "styles", "")); err != nil {
		return err
	}
	b.strings, err = b.readStrings(b.related(rels, "sharedStrings", ""))
	return err
}

// related finds the part of a kind, and with the given id unless that is "".
func (b *book) related(rels []relation, kind, id string) *zip.File {
	for _, r := range rels {
		if r.kind == kind && (id == "" || r.id == id) {
			return b.parts[r.target]
		}
	}
	return nil
}
