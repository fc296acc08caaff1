package release_test

import (
	"bytes"
	"maps"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/release"
	"github.com/wardfold/wardfold/internal/subject"
)

// TestAFileRunsNothing: whatever a cell begins with, a spreadsheet shows it as
// words, and who took it and when stands on every printed page. Source: OWASP, CSV
// Injection.
func TestAFileRunsNothing(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	loaded := words
	loaded.Fields = maps.Clone(words.Fields)
	loaded.Fields[subject.LearnerName] = `=HYPERLINK("http://example.invalid","姓名")`
	loaded.Serial, loaded.Notice, loaded.Printed = "@SUM(1)", []string{"=1+1"}, "&G&F"
	file := func(f release.Format) []byte {
		x := d.granted(func(f *application.Form) { f.Place = "device" })
		e, err := d.Releases.Prepare(ctx, d.teacher, x.ID, release.Shape{Format: f})
		d.must(err)
		got, err := d.Releases.Collect(ctx, d.teacher, e.ID, loaded)
		d.must(err)
		return got.Bytes
	}
	for _, row := range d.rows(release.File{Bytes: file(release.CSV)}) {
		for _, cell := range row {
			if strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("a cell of the CSV file begins with %q", cell[:1])
			}
		}
	}
	book, err := excelize.OpenReader(bytes.NewReader(file(release.XLSX)))
	d.must(err)
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		d.must(err)
		for y, row := range rows {
			for x := range row {
				at, err := excelize.CoordinatesToCellName(x+1, y+1)
				d.must(err)
				formula, err := book.GetCellFormula(sheet, at)
				kind, wrong := book.GetCellType(sheet, at)
				if err != nil || wrong != nil || formula != "" || kind == excelize.CellTypeFormula {
					t.Errorf("%s!%s is a formula", sheet, at)
				}
			}
		}
	}
	for _, sheet := range []string{loaded.Cover, loaded.Sheet} {
		head, err := book.GetHeaderFooter(sheet)
		if err != nil || head == nil || head.OddHeader != "&C＆G＆F" || head.OddFooter != head.OddHeader {
			t.Errorf("the watermark of %s: %+v, %v", sheet, head, err)
		}
	}
}
