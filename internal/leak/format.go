package leak

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/wardfold/wardfold/internal/fault"
)

// Format is how a list is written.
type Format string

// The formats.
const (
	Workbook Format = "xlsx"
	Text     Format = "text" // CSV, or lines of any kind, in UTF-8, UTF-16 or GB 18030
)

// Bounds of a file. A million rows of names and numbers are below them.
const (
	MaxSize = 64 << 20 // bytes
	MaxRows = 1_200_000

	maxUnpacked = 1 << 30
)

// formatOf tells a workbook from text. What is neither is refused.
func formatOf(head []byte) (Format, error) {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return Workbook, nil
	case bytes.HasPrefix(head, []byte("%PDF")), bytes.HasPrefix(head, []byte("\x89PNG")),
		bytes.HasPrefix(head, []byte("\xff\xd8\xff")), bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return "", fault.At("file", "leak.format")
	}
	return Text, nil
}

// rows reads all cells of a file, of every sheet. Invalid: leak.damaged,
// leak.rows.
func rows(f Format, data []byte) ([][]string, error) {
	if f == Workbook {
		return workbook(data)
	}
	return lines(data)
}

func workbook(data []byte) (all [][]string, err error) {
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{UnzipSizeLimit: maxUnpacked, RawCellValue: true})
	if err != nil {
		return nil, fault.At("file", "leak.damaged").Because(err)
	}
	defer func() { _ = book.Close() }() // it was only read
	for _, sheet := range book.GetSheetList() {
		cells, err := sheetRows(book, sheet, MaxRows-len(all))
		if err != nil {
			return nil, err
		}
		all = append(all, cells...)
	}
	return all, nil
}

// sheetRows reads a sheet, and writes the value of merged cells into each of
// them: two children under one merged number both have it.
func sheetRows(book *excelize.File, sheet string, room int) (all [][]string, err error) {
	r, err := book.Rows(sheet)
	if err != nil {
		return nil, nil // a sheet of pictures or charts has no rows
	}
	for r.Next() {
		if len(all) == room {
			return nil, fault.At("file", "leak.rows", MaxRows)
		}
		cells, err := r.Columns()
		if err != nil {
			return nil, fault.At("file", "leak.damaged").Because(err)
		}
		all = append(all, cells)
	}
	if err := r.Close(); err != nil {
		return nil, fault.At("file", "leak.damaged").Because(err)
	}
	const manyRows = 50_000 // merged cells mean a sheet made for people
	if len(all) > manyRows {
		return all, nil
	}
	merged, err := book.GetMergeCells(sheet)
	if err != nil {
		return nil, fault.At("file", "leak.damaged").Because(err)
	}
	for _, m := range merged {
		spread(all, m)
	}
	return all, nil
}

func spread(all [][]string, m excelize.MergeCell) {
	left, top, err := excelize.CellNameToCoordinates(m.GetStartAxis())
	right, bottom, wrong := excelize.CellNameToCoordinates(m.GetEndAxis())
	if err != nil || wrong != nil || right-left > 100 {
		return
	}
	for y := top; y <= min(bottom, len(all)); y++ {
		for len(all[y-1]) < left {
			all[y-1] = append(all[y-1], "")
		}
		all[y-1][left-1] = m.GetCellValue()
	}
}

// lines reads text: a line is a row, and tabs, commas and bars part cells.
func lines(data []byte) (all [][]string, err error) {
	text, err := decoded(data)
	if err != nil {
		return nil, fault.At("file", "leak.damaged").Because(err)
	}
	for line := range strings.Lines(text) {
		if len(all) == MaxRows {
			return nil, fault.At("file", "leak.rows", MaxRows)
		}
		all = append(all, strings.FieldsFunc(strings.TrimRight(line, "\r\n"), func(r rune) bool {
			return strings.ContainsRune(",\t;|，；、", r)
		}))
	}
	return all, nil
}

// decoded brings text into UTF-8, by its mark or by what fits.
func decoded(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		return string(out), err
	case utf8.Valid(data):
		return strings.TrimPrefix(string(data), "\ufeff"), nil
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	return string(out), err
}
