package release

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

// Words are what a file says to people, in the language of who collects it; see
// WordsIn.
type Words struct {
	Sheet   string            // name of the sheet with the rows
	Cover   string            // name of the sheet before it
	Serial  string            // header of the column of serials
	Fields  map[string]string // header of each field
	Notice  []string          // lines of the cover: whose file it is, for what, that it is marked
	Dial    string            // the line of the cover for a file with aliases: how to dial them
	Printed string            // the watermark: who and when, at the head of every printed page
}

// cells are the rows of a file, the header first.
func cells(w Words, e Export, rows []line) [][]string {
	header := []string{w.Serial}
	for _, f := range e.Fields {
		header = append(header, w.Fields[f])
	}
	out := [][]string{header}
	for _, r := range rows {
		row := []string{r.serial}
		for _, f := range e.Fields {
			row = append(row, r.values[f])
		}
		out = append(out, row)
	}
	return out
}

// harmless keeps a spreadsheet from taking a cell of a CSV file for a formula.
// Source: OWASP, CSV Injection.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(cell)[0]) {
		return "'" + cell
	}
	return cell
}

func writeCSV(table [][]string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\uFEFF") // so that spreadsheets read UTF-8
	w := csv.NewWriter(&b)
	w.UseCRLF = true // RFC 4180
	for _, row := range table {
		safe := make([]string, len(row))
		for i, c := range row {
			safe[i] = harmless(c)
		}
		if err := w.Write(safe); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

func writeXLSX(w Words, table [][]string) (_ []byte, err error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // everything is in memory
	if err := f.SetSheetName("Sheet1", w.Cover); err != nil {
		return nil, err
	}
	for i, line := range w.Notice {
		if err := f.SetCellStr(w.Cover, fmt.Sprintf("A%d", i+1), line); err != nil {
			return nil, err
		}
	}
	if err := f.SetColWidth(w.Cover, "A", "A", 90); err != nil {
		return nil, err
	}
	if _, err := f.NewSheet(w.Sheet); err != nil {
		return nil, err
	}
	mark := strings.ReplaceAll(w.Printed, "&", "＆")    // & begins a code there
	for _, sheet := range []string{w.Cover, w.Sheet} { // before the stream: it takes along what is there, and nothing that comes after
		if err := f.SetHeaderFooter(sheet, &excelize.HeaderFooterOptions{OddHeader: "&C" + mark, OddFooter: "&C" + mark}); err != nil {
			return nil, err
		}
	}
	s, err := f.NewStreamWriter(w.Sheet)
	if err != nil {
		return nil, err
	}
	if err := s.SetColWidth(1, len(table[0]), 20); err != nil {
		return nil, err
	}
	for i, row := range table {
		values := make([]any, len(row))
		for j, c := range row {
			values[j] = c // a text cell is never a formula
		}
		if err := s.SetRow(fmt.Sprintf("A%d", i+1), values); err != nil {
			return nil, err
		}
	}
	if err := s.Flush(); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
