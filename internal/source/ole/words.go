package ole

import (
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/richardlehane/mscfb"

	"github.com/wardfold/wardfold/internal/source/flow"
)

// Offsets in the file information block of a text document.
// Source: [MS-DOC] 2.5.1, 2.5.6.
const (
	fibFlags    = 0x0A
	fibClx      = 0x01A2
	flagCrypted = 0x0100
	flagTable1  = 0x0200
)

// readWords writes the text of a document by its piece table, as paragraphs.
// Source: [MS-DOC] 2.4.1, 2.8.35, 2.9.177.
func readWords(streams map[string]*mscfb.File, name string, w *flow.Writer) error {
	doc, err := whole(streams["worddocument"], name)
	if err != nil {
		return err
	}
	if len(doc) < fibClx+8 || le.Uint16(doc) != 0xA5EC {
		return &flow.Problem{Name: name, Code: "source.closed"} // Word 6 and older
	}
	flags := le.Uint16(doc[fibFlags:])
	if flags&flagCrypted != 0 {
		return &flow.Problem{Name: name, Code: "source.encrypted"}
	}
	which := "0table"
	if flags&flagTable1 != 0 {
		which = "1table"
	}
	table, err := whole(streams[which], name)
	if err != nil {
		return err
	}
	from, n := int64(le.Uint32(doc[fibClx:])), int64(le.Uint32(doc[fibClx+4:]))
	if from+n > int64(len(table)) {
		return errCut
	}
	if err := w.Part(flow.Part{Name: name}); err != nil {
		return err
	}
	d := &document{w: w}
	return d.pieces(doc, table[from:from+n])
}

type document struct {
	w *flow.Writer
	n int // of the paragraph
}

// pieces follows the piece table, which lies behind the property changes.
func (d *document) pieces(doc, clx []byte) error {
	for len(clx) > 2 && clx[0] == 1 {
		skip := 3 + int(le.Uint16(clx[1:]))
		if skip > len(clx) {
			return errCut
		}
		clx = clx[skip:]
	}
	if len(clx) < 5 || clx[0] != 2 {
		return errCut
	}
	size := int64(le.Uint32(clx[1:]))
	if size > int64(len(clx)-5) || size < 4 {
		return errCut
	}
	plc := clx[5 : 5+size]
	n := (len(plc) - 4) / 12
	if err := d.begin(); err != nil {
		return err
	}
	for i := range n {
		chars := int64(le.Uint32(plc[4*(i+1):])) - int64(le.Uint32(plc[4*i:]))
		at := le.Uint32(plc[4*(n+1)+8*i+2:])
		if err := d.piece(doc, int64(at), chars); err != nil {
			return err
		}
	}
	return nil
}

// piece writes one stretch of text; bit 30 of its address says that characters
// take one byte each, in the code page of Western Windows.
func (d *document) piece(doc []byte, at, chars int64) error {
	narrow := at&(1<<30) != 0
	at &= 1<<30 - 1
	width := int64(2)
	if narrow {
		at, width = at/2, 1
	}
	if chars < 0 || at+chars*width > int64(len(doc)) {
		return errCut
	}
	b := doc[at : at+chars*width]
	units := make([]uint16, chars)
	for i := range units {
		if narrow {
			units[i] = uint16(b[i])
		} else {
			units[i] = le.Uint16(b[2*i:])
		}
	}
	return d.write(string(utf16.Decode(units)))
}

func (d *document) begin() error {
	d.n++
	return d.w.Unit("p" + strconv.Itoa(d.n))
}

// write splits text at the marks that end paragraphs, cells and pages.
func (d *document) write(text string) error {
	for {
		i := strings.IndexAny(text, "\r\x07\x0b\x0c")
		if i < 0 {
			return d.w.WriteString(plain(text))
		}
		if err := d.w.WriteString(plain(text[:i])); err != nil {
			return err
		}
		end := "\n"
		if text[i] == 0x07 {
			end = "\t"
		}
		if err := d.w.Break(end); err != nil {
			return err
		}
		if err := d.begin(); err != nil {
			return err
		}
		text = text[i+1:]
	}
}

// plain drops the marks of fields and pictures.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' {
			return -1
		}
		return r
	}, s)
}
