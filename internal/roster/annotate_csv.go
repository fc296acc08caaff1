package roster

import (
	"bufio"
	"io"
	"strings"
)

func (f *text) annotate(w io.Writer, at spot, n *notes) error {
	all, err := f.lines()
	if err != nil {
		return err
	}
	in := all.(*textLines)
	out, err := f.charset.encode(w)
	if err != nil {
		return err
	}
	ending := string(f.end)
	if f.crlf {
		ending = "\r\n"
	}
	for {
		l, err := in.record()
		if err == io.EOF {
			return out.Flush()
		}
		if err != nil {
			return err
		}
		if len(l.cells) > 0 {
			f.write(out, l.cells, at.column, n.line(l.number))
		}
		if _, err := out.WriteString(ending); err != nil {
			return err
		}
	}
}

// write puts one record; errors stay in out.
func (f *text) write(out *bufio.Writer, cells []cell, column int, note string) {
	width := len(cells)
	if note != "" {
		width = max(width, column+1)
	}
	for i := range width {
		if i > 0 {
			_ = out.WriteByte(f.comma)
		}
		value := ""
		if i == column {
			value = note
		} else if i < len(cells) {
			value = safe(cells[i].text)
		}
		_, _ = out.WriteString(f.quote(value))
	}
}

// quote closes a cell in quotes when RFC 4180 asks for it.
func (f *text) quote(value string) string {
	if !strings.ContainsAny(value, "\"\r\n"+string(f.comma)) {
		return value
	}
	return `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
}
