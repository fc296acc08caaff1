package roster_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/phone"
	"github.com/wardfold/wardfold/internal/roster"
	"github.com/wardfold/wardfold/internal/secret"
)

var (
	fields = []string{"learner.name", "learner.birth_month", "guardian.name", "guardian.phone"}
	today  = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	head   = []any{"学员姓名", "出生年月", "家长姓名", "联系方式"}
)

func options(t testing.TB) roster.Options {
	t.Helper()
	s, err := roster.SchemaFor(fields)
	if err != nil {
		t.Fatal(err)
	}
	return roster.Options{Schema: s, Today: today, Phone: func(n string) (secret.Text, error) {
		return phone.Normalise(secret.NewText(n))
	}}
}

func open(t testing.TB, file []byte) (*roster.Sheet, error) {
	t.Helper()
	return roster.Open(bytes.NewReader(file), int64(len(file)), options(t))
}

// read opens a file that is in order and returns all its rows.
func read(t testing.TB, file []byte) []roster.Row {
	t.Helper()
	s, err := open(t, file)
	if err != nil {
		t.Fatal(explain(err))
	}
	var rows []roster.Row
	for r, err := range s.Rows(0) {
		if err != nil {
			t.Fatal(explain(err))
		}
		rows = append(rows, r)
	}
	return rows
}

func explain(err error) string {
	e, ok := errors.AsType[*fault.Error](err)
	if !ok {
		return fmt.Sprint(err)
	}
	return fmt.Sprint(e, " ", lang.For("zh-CN").T("fault."+e.Code, e.Args...))
}

// show writes rows as text: "2: a|b|c|d" and the codes of their problems.
func show(rows []roster.Row) []string {
	var out []string
	for _, r := range rows {
		var values []string
		for _, v := range r.Values {
			values = append(values, v.Expose())
		}
		s := fmt.Sprint(r.Number, ": ", strings.Join(values, "|"))
		for _, p := range r.Problems {
			s += fmt.Sprint(" ", p.Column, "!", p.Code, p.Args)
		}
		out = append(out, s)
	}
	return out
}

func same(t *testing.T, rows []roster.Row, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, show(rows)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// workbook writes rows with excelize, from A1 on.
func workbook(t testing.TB, rows ...[]any) []byte {
	t.Helper()
	return workbookWith(t, func(*excelize.File) {}, rows...)
}

func workbookWith(t testing.TB, change func(*excelize.File), rows ...[]any) []byte {
	t.Helper()
	x := excelize.NewFile()
	for i, r := range rows {
		if err := x.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &r); err != nil {
			t.Fatal(err)
		}
	}
	change(x)
	var b bytes.Buffer
	if _, err := x.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func refused(t *testing.T, file []byte, code string) *fault.Error {
	t.Helper()
	s, err := open(t, file)
	if err == nil {
		for _, e := range s.Rows(0) {
			if e != nil {
				err = e
			}
		}
	}
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Code != code {
		t.Fatalf("got %v, want a fault %s", err, code)
	}
	if !lang.For("zh-CN").Has("fault."+code) || strings.Contains(explain(err), "{") {
		t.Errorf("no words for %s", code)
	}
	return e
}

// The four items of S0-01 are read, whoever wrote the workbook.
func TestReadsAWorkbookOfTheFourItems_S0_01(t *testing.T) {
	file := workbook(t, head,
		[]any{"示例甲", "2016-03", "示例乙", "15412345678"},
		[]any{" 欧阳　示例 ", "2016年3月", "阿依古丽•示例", 15412345679},
		nil,
		[]any{"𠮷示例", time.Date(2016, 3, 1, 0, 0, 0, 0, time.UTC), "Anna Example", "+86 154-1234-5670"},
	)
	same(t, read(t, file),
		"2: 示例甲|2016-03|示例乙|+8615412345678",
		"3: 欧阳示例|2016-03|阿依古丽·示例|+8615412345679",
		"5: 𠮷示例|2016-03|Anna Example|+8615412345670")
}

func TestReadsAWorkbookWrittenByLibreOffice(t *testing.T) {
	file, err := os.ReadFile("testdata/libreoffice.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	same(t, read(t, file),
		"2: 示例甲|2016-03|示例家长甲|+8615400000001",
		"3: 示例·乙|2015-11|示例家长乙|+8615400000002 出生年月!roster.day_dropped[]",
		"4: 㐀䶵示例|2014-07|示例家长丙|+8615400000003",
		"6: 示例丁||示例家长丁|+8615400000004 出生年月!roster.month_range[]")
}

// A field outside the promised four cannot come in by a file, and the refusal
// names it (I7, S0-01).
func TestExtraColumnsRefuseTheFileByName_I7_S0_01(t *testing.T) {
	file := workbook(t, append([]any{"身份证号"}, append(head, "班级")...), []any{"x", "示例甲", "2016-03", "示例乙", "15412345678", "1"})
	e := refused(t, file, "roster.columns")
	want := "本机构只承诺收集4项：“学员姓名”、“出生年月”、“家长姓名”、“手机”。“身份证号”、“班级”不能导入，共2列。请删去后再传。"
	if got := lang.For("zh-CN").T("fault."+e.Code, e.Args...); got != want {
		t.Errorf("got %s", got)
	}
	if len(e.Fields) != 2 || e.Fields[1].Path != "班级" {
		t.Errorf("fields %v", e.Fields)
	}
}

// What is not promised does not enter without a header either (I7).
func TestContentUnderNoHeaderRefusesTheRow_I7(t *testing.T) {
	file := workbook(t, head, []any{"示例甲", "2016-03", "示例乙", "15412345678", "", "三班"}, []any{"示例丙", "2016-03", "示例乙", "15412345678"})
	rows := read(t, file)
	if rows[0].OK() || !rows[1].OK() {
		t.Error("the row with a stray cell passed, or the other did not")
	}
	same(t, rows, "2: 示例甲|2016-03|示例乙|+8615412345678 !roster.stray[F]", "3: 示例丙|2016-03|示例乙|+8615412345678")
}

func TestTheFirstRowMustBeTheHeader(t *testing.T) {
	data := []any{"示例甲", "2016-03", "示例乙", "15412345678"}
	for name, c := range map[string]struct {
		rows [][]any
		code string
	}{
		"a title above":       {[][]any{{"示例中心学员名单"}, head, data}, "roster.title_row"},
		"two rows":            {[][]any{{"学员姓名", "出生年月", "家长", nil}, {nil, nil, "监护人姓名", "手机"}, data}, "roster.two_row_header"},
		"no header":           {[][]any{data, data}, "roster.header"},
		"nothing":             {[][]any{}, "roster.empty"},
		"one missing":         {[][]any{{"学员姓名", "出生年月", "家长姓名"}, data}, "roster.columns_missing"},
		"the same item twice": {[][]any{{"学员姓名", "姓名", "出生年月", "家长姓名", "手机"}, data}, "roster.column_twice"},
	} {
		t.Run(name, func(t *testing.T) {
			e := refused(t, workbook(t, c.rows...), c.code)
			if strings.Contains(explain(e), "示例甲") || strings.Contains(explain(e), "154") {
				t.Error("the message repeats what stands in the file")
			}
		})
	}
}

func TestHeadersAreUnderstoodHoweverWritten(t *testing.T) {
	for _, h := range [][]any{
		{"姓名*", "出生日期（必填）", "监护人\n姓名", "联系 电话："},
		{"Child Name", "Date of Birth (YYYY-MM)", "Parent’s name", "MOBILE"},
		{"學員姓名", "出生年月", "家長姓名", "聯絡電話"},
		{"序号", "孩子姓名", "生日", "家长", "手机号", "问题"},
	} {
		row := []any{"示例甲", "2016-03", "示例乙", "15412345678"}
		if len(h) == 6 {
			row = append([]any{1}, append(row, "上次的问题")...)
		}
		same(t, read(t, workbook(t, h, row)), "2: 示例甲|2016-03|示例乙|+8615412345678")
	}
}

func TestFormulasAreRefusedByCell(t *testing.T) {
	rows := [][]any{head, {"示例甲", "2016-03", "示例乙", nil}}
	file := workbookWith(t, func(x *excelize.File) { _ = x.SetCellFormula("Sheet1", "D2", `"154"&"12345678"`) }, rows...)
	same(t, read(t, file), "2: 示例甲|2016-03|示例乙| 联系方式!roster.formula_cell[D]")
	file = workbookWith(t, func(x *excelize.File) { _ = x.SetCellFormula("Sheet1", "B1", `"出生年月"`) }, rows...)
	if e := refused(t, file, "roster.formula"); fmt.Sprint(e.Args) != "[1 B]" {
		t.Errorf("args %v", e.Args)
	}
}

func TestRowProblemsNameRowColumnAndCode(t *testing.T) {
	file := workbook(t, head,
		[]any{"示例甲", "2016-13", "", "1.54E+10"},
		[]any{"示例👧", "2016-02-30", "示例7", "abc"},
		[]any{strings.Repeat("长", 51), "2027-01", "·", "123"},
		[]any{"示例甲", "2016-03", "示例乙", "15412345678"},
		[]any{"示例 甲", "2016年3月", "示例丙", "+8615412345678"},
		[]any{"示例学员", "2016-03", "示例家长", "15400000000"},
	)
	same(t, read(t, file),
		"2: 示例甲||| 出生年月!roster.month_range[] 家长姓名!roster.missing[] 联系方式!roster.phone_rounded[]",
		"3: ||| 学员姓名!roster.name_mark[] 出生年月!roster.month_day[] 家长姓名!roster.name_digits[] 联系方式!phone.letters[]",
		"4: ||| 学员姓名!roster.name_long[50] 出生年月!roster.month_future[] 家长姓名!roster.name_mark[] 联系方式!phone.length[]",
		"5: 示例甲|2016-03|示例乙|+8615412345678",
		"6: 示例甲|2016-03|示例丙|+8615412345678 !roster.twice[5]",
		"7: |2016-03||+8615400000000 学员姓名!roster.example[] 家长姓名!roster.example[]")
}

// An import that was interrupted goes on after any row, and still knows which
// learners came before.
func TestReadingGoesOnAfterAnyRow(t *testing.T) {
	a := []any{"示例甲", "2016-03", "示例乙", "15412345678"}
	s, err := open(t, workbook(t, head, a, []any{"示例丙", "2016-03", "示例乙", "15412345678"}, a))
	if err != nil {
		t.Fatal(err)
	}
	var rows []roster.Row
	for r, err := range s.Rows(2) {
		if err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	same(t, rows, "3: 示例丙|2016-03|示例乙|+8615412345678", "4: 示例甲|2016-03|示例乙|+8615412345678 !roster.twice[2]")
}

func TestASchemaOfOtherFieldsIsAParameter(t *testing.T) {
	o := options(t)
	o.Schema = roster.Schema{Columns: []roster.Column{{Field: "book.title", Check: roster.CheckText, Headers: []string{"书名"}}}}
	file := []byte("书名\n示例之书\n")
	s, err := roster.Open(bytes.NewReader(file), int64(len(file)), o)
	if err != nil {
		t.Fatal(err)
	}
	for r := range s.Rows(0) {
		same(t, []roster.Row{r}, "2: 示例之书")
	}
	if _, err := roster.SchemaFor([]string{"learner.id_number"}); fault.CodeOf(err) != "roster.field" {
		t.Errorf("an unknown field gave %v", err)
	}
}

func TestOtherVisibleSheetsAreCounted(t *testing.T) {
	file := workbookWith(t, func(x *excelize.File) {
		_, _ = x.NewSheet("二班")
		_, _ = x.NewSheet("藏")
		_ = x.SetSheetVisible("藏", false)
	}, head)
	s, err := open(t, file)
	if err != nil || s.Others() != 1 || s.Format() != "xlsx" || s.Header() != 1 {
		t.Errorf("%v, %+v", err, s)
	}
}

// noLimitRows reads a file whose parts pack better than any honest one does.
func noLimitRows(t testing.TB, file []byte) []roster.Row {
	t.Helper()
	o := options(t)
	o.Limits = roster.DefaultLimits
	o.Limits.Ratio = 1000
	s, err := roster.Open(bytes.NewReader(file), int64(len(file)), o)
	if err != nil {
		t.Fatal(explain(err))
	}
	var rows []roster.Row
	for r, err := range s.Rows(0) {
		if err != nil {
			t.Fatal(explain(err))
		}
		rows = append(rows, r)
	}
	return rows
}
