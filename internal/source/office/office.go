// Package office reads what word processors, spreadsheet and presentation
// programs of today write: docx, xlsx, pptx (ECMA-376) and the text of
// OpenDocument. It streams: no document is ever held as a tree, and what a file
// promises about itself is believed only as far as it was read.
package office

import (
	"archive/zip"
	"cmp"
	"errors"
	"io"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/internal/markup"
	"github.com/wardfold/wardfold/internal/source/flow"
)

// Document is one file.
type Document struct {
	Name string
	Zip  *zip.Reader
	// Open opens a part of the package, counted against the limits of the item.
	Open func(*zip.File) (io.ReadCloser, error)
	// Member examines a part as a file of its own, such as an embedded workbook.
	Member func(*zip.File) error

	parts map[string]*zip.File
}

// maxTags bounds the tags of one part.
const maxTags = 2_000_000_000

// For tells which reader a package needs; nil if it is no office document.
func For(z *zip.Reader) func(*Document, *flow.Writer) error {
	for _, f := range z.File {
		switch name := strings.ToLower(f.Name); {
		case name == "xl/workbook.xml":
			return workbook
		case name == "xl/workbook.bin":
			return func(d *Document, _ *flow.Writer) error {
				return &flow.Problem{Name: d.Name, Code: "source.closed"}
			}
		case name == "word/document.xml":
			return words
		case name == "ppt/presentation.xml":
			return slides
		case name == "content.xml" && z.File[0].Name == "mimetype":
			return open
		}
	}
	return nil
}

// part finds a part by its name, which has no case.
func (d *Document) part(name string) *zip.File {
	if d.parts == nil {
		d.parts = make(map[string]*zip.File, len(d.Zip.File))
		for _, f := range d.Zip.File {
			d.parts[strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))] = f
		}
	}
	return d.parts[strings.ToLower(name)]
}

// walk calls fn for every token of a part.
func (d *Document) walk(f *zip.File, fn func(*markup.Tokenizer, markup.Token) error) error {
	if f == nil {
		return nil
	}
	r, err := d.Open(f)
	if err != nil {
		return err
	}
	defer r.Close()
	for t := markup.New(r, maxTags); ; {
		kind, err := t.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = fn(t, kind)
		}
		if err != nil {
			return err
		}
	}
}

// matching lists the parts whose name matches, in the order of the numbers in
// their names.
func (d *Document) matching(pattern *regexp.Regexp) []*zip.File {
	var found []*zip.File
	for _, f := range d.Zip.File {
		if pattern.MatchString(strings.ToLower(f.Name)) {
			found = append(found, f)
		}
	}
	slices.SortStableFunc(found, func(a, b *zip.File) int {
		return cmp.Or(cmp.Compare(numberIn(a.Name), numberIn(b.Name)), strings.Compare(a.Name, b.Name))
	})
	return found
}

var digits = regexp.MustCompile(`\d+`)

func numberIn(name string) int {
	n, err := strconv.Atoi(digits.FindString(path.Base(name)))
	if err != nil {
		return 0
	}
	return n
}

// rest reads what documents carry beside their text: who wrote them, and files
// within the file.
func (d *Document) rest(w *flow.Writer) error {
	for _, name := range []string{"docProps/core.xml", "docProps/app.xml", "docProps/custom.xml", "meta.xml"} {
		if f := d.part(name); f != nil {
			if err := d.prose(w, f, d.Name+"#properties", "", "Keywords Company Manager creator lastModifiedBy title subject description keywords category lpwstr initial-creator user-defined"); err != nil {
				return err
			}
		}
	}
	for _, f := range d.matching(embedded) {
		if err := d.Member(f); err != nil {
			return err
		}
	}
	return nil
}

var embedded = regexp.MustCompile(`(^|/)embeddings/[^/]+$`)

// report hands a broken part on as a problem, and lets the other parts be read.
func (d *Document) report(w *flow.Writer, name string, err error) error {
	if err == nil || errors.Is(err, flow.ErrStop) {
		return err
	}
	if err := w.End(); err != nil {
		return err
	}
	return w.Report(name, err)
}
