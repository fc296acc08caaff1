package roster

import (
	"archive/zip"
	"strconv"

	"github.com/wardfold/wardfold/internal/sheet"
)

// maxStyles is more than any spreadsheet program writes.
const maxStyles = 1 << 16

// readStyles gives the styles by the index that cells use.
func (b *book) readStyles(f *zip.File) ([]sheet.Style, error) {
	formats := make(map[int]sheet.Style)
	var out []sheet.Style
	list := false
	err := b.walk(f, b.lim.Tags, func(t tokenizer) error {
		switch string(t.Name) {
		case "numFmt":
			code, err := unescape(nil, t.Attr("formatCode"))
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
			if !list {
				return nil
			}
			if len(out) == maxStyles {
				return bomb("styles")
			}
			id, _ := strconv.Atoi(string(t.Attr("numFmtId"))) // absent means 0, General
			s, ok := formats[id]
			if !ok {
				s = sheet.Builtin[id]
			}
			out = append(out, s)
		}
		return nil
	})
	return out, err
}
