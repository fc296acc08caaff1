package table

import (
	"bufio"
	"io"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Writer writes a CSV file as a stream, with CRLF line ends as RFC 4180 has it.
// Cells are quoted where they must be. Flush it before use of what it wrote; its
// error is kept until then.
type Writer struct {
	w     *bufio.Writer
	comma byte
	first bool
}

// NewWriter writes to w, in GB 18030 if gb, in UTF-8 otherwise.
func NewWriter(w io.Writer, gb bool) *Writer {
	if gb {
		w = simplifiedchinese.GB18030.NewEncoder().Writer(w)
	}
	return &Writer{w: bufio.NewWriterSize(w, 1<<15), comma: ',', first: true}
}

// Quoted returns v as it must stand in a cell. Who writes one value many times
// asks once and passes the answer to Raw.
func Quoted(v string) string {
	if !strings.ContainsAny(v, ",\"\r\n") && strings.TrimSpace(v) == v {
		return v
	}
	return `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
}

// Cell writes a cell.
func (w *Writer) Cell(v string) { w.Raw(Quoted(v)) }

// Raw writes a cell that Quoted has prepared.
func (w *Writer) Raw(v string) {
	if !w.first {
		_ = w.w.WriteByte(w.comma) // bufio keeps the error for Flush
	}
	if w.first && v == "" {
		v = `""` // else a row of one empty cell would be no row
	}
	w.first = false
	_, _ = w.w.WriteString(v)
}

// End ends the row.
func (w *Writer) End() {
	_, _ = w.w.WriteString("\r\n")
	w.first = true
}

// Flush writes what is buffered and returns the first error there was.
func (w *Writer) Flush() error { return w.w.Flush() }
