package roster

import (
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"

	"github.com/wardfold/wardfold/internal/sheet"
)

// templateRows is how far down the columns of the template are prepared.
const templateRows = 200_000

// bom tells Excel that a CSV file is UTF-8.
const bom = "\uFEFF"

// TemplateCSV writes an empty roster with the columns of the schema and one
// invented line, as UTF-8 with a byte order mark.
func TemplateCSV(w io.Writer, s Schema, words Words) error {
	f := &text{comma: ',', end: '\n'}
	head, example := bom, ""
	for i, c := range s.Columns {
		if i > 0 {
			head, example = head+",", example+","
		}
		head += f.quote(words.T("roster.title." + c.Field))
		example += f.quote(c.Example)
	}
	_, err := io.WriteString(w, head+"\r\n"+example+"\r\n")
	return err
}

// TemplateXLSX writes an empty roster as a workbook: text columns, so that no
// digit of a telephone number is lost, a hint and a length check for each
// column, and one invented line.
func TemplateXLSX(w io.Writer, s Schema, words Words) error {
	x := excelize.NewFile()
	defer x.Close()
	const sheet = "Sheet1"
	text, err := x.NewStyle(&excelize.Style{NumFmt: 49}) // 49 is "@", text
	if err != nil {
		return err
	}
	head, err := x.NewStyle(&excelize.Style{NumFmt: 49, Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	for i, c := range s.Columns {
		if err := templateColumn(x, sheet, i, c, text, words); err != nil {
			return err
		}
	}
	if err := x.SetRowStyle(sheet, 1, 1, head); err != nil {
		return err
	}
	if err := x.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	_, err = x.WriteTo(w)
	return err
}

func templateColumn(x *excelize.File, name string, i int, c Column, style int, words Words) error {
	column, title := sheet.Column(i), words.T("roster.title."+c.Field)
	if err := x.SetColStyle(name, column, style); err != nil {
		return err
	}
	if err := x.SetColWidth(name, column, column, 18); err != nil {
		return err
	}
	for row, value := range []string{title, c.Example} {
		if err := x.SetCellStr(name, fmt.Sprint(column, row+1), value); err != nil {
			return err
		}
	}
	longest := map[Check]int{CheckName: nameMax, CheckMonth: 11, CheckPhone: 20, CheckText: textMax}[c.Check]
	v := excelize.NewDataValidation(true)
	v.Sqref = fmt.Sprintf("%s2:%s%d", column, column, templateRows)
	if err := v.SetRange(1, longest, excelize.DataValidationTypeTextLength, excelize.DataValidationOperatorBetween); err != nil {
		return err
	}
	help := words.T("roster.help." + c.Field)
	v.SetInput(title, help)
	v.SetError(excelize.DataValidationErrorStyleStop, title, help)
	return x.AddDataValidation(name, v)
}
