package table

import (
	"bytes"
	"io"
)

// maxSmall bounds a file that ReadRows reads as a whole.
const maxSmall = 256 << 20

// ReadRows reads a small file without a header, as rows of cells: a hierarchy, a
// list of codes. It understands what Read does. Errors: *Error with Empty, Quote,
// Encoding, NotText or LongRow (more than 256 MiB).
func ReadRows(r io.Reader) ([][]string, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxSmall+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxSmall {
		return nil, &Error{Code: LongRow}
	}
	if foreign(data) {
		return nil, &Error{Code: NotText}
	}
	data = append(bytes.TrimPrefix(data, bom), '\n')
	s := &scanner{buf: data, eof: true, comma: separator(data[:bytes.IndexByte(data, '\n')])}
	var rows [][]string
	for s.pos < len(s.buf) {
		if blank(s.buf[s.pos:]) {
			s.skipLine()
			continue
		}
		var row []string
		for last := false; !last; {
			var v []byte
			var ok bool
			if v, last, ok = s.next(); !ok {
				return nil, &Error{Code: Quote, Row: len(rows) + 1}
			}
			cell, ok := text(v)
			if !ok {
				return nil, &Error{Code: Encoding, Row: len(rows) + 1, Column: len(row) + 1}
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil, &Error{Code: Empty}
	}
	return rows, nil
}
