package roster_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/roster"
)

// annotate gives a file back with the problems that reading it finds.
func annotate(t testing.TB, file []byte) []byte {
	t.Helper()
	var problems []roster.Problem
	for _, r := range read(t, file) {
		problems = append(problems, r.Problems...)
	}
	var b bytes.Buffer
	if err := roster.Annotate(&b, bytes.NewReader(file), int64(len(file)), slices.Values(problems), lang.For("zh-CN")); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// grid reads a workbook with a reader that is not ours.
func grid(t testing.TB, file []byte) [][]string {
	t.Helper()
	x, err := excelize.OpenReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := x.GetRows(x.GetSheetName(0))
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestAWorkbookComesBackWithAColumnOfProblems(t *testing.T) {
	file := workbookWith(t, func(x *excelize.File) {
		_ = x.SetColWidth("Sheet1", "A", "A", 33)
		_, _ = x.NewSheet("说明")
	}, head, []any{"示例甲", "2016-13", "", "+8615412345678"}, []any{"示例丙", "2016-03", "示例乙", "15412345678"}, nil, []any{"示例丁", 42444, "示例乙", "1.54E+10"})
	before, after := grid(t, file), grid(t, annotate(t, file))
	before[0] = append(before[0], "问题")
	before[1] = append(before[1], "出生年月：没有这个月份。请填01到12。 家长姓名：没有填。合并的单元格只算第一格，请逐行填写。")
	before[4] = append(before[4], "出生年月：只留了年和月，日已去掉。不用再改。 联系方式：号码变成了科学计数，后几位丢了。请把这列设为文本，重新填写。")
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAMendedFileReplacesItsOldColumnOfProblems(t *testing.T) {
	file := workbook(t, head, []any{"示例甲", "2016-13", "示例乙", "15412345678"}, []any{"示例丙", "2016-03", "示例乙", "15412345678"})
	once := annotate(t, file)
	if diff := cmp.Diff(grid(t, once), grid(t, annotate(t, once))); diff != "" {
		t.Errorf("-once +twice:\n%s", diff)
	}
	csv := []byte("学员姓名,出生年月,家长姓名,联系方式\n示例甲,2016-13,示例乙,15412345678\n")
	if a, b := annotate(t, csv), annotate(t, annotate(t, csv)); !bytes.Equal(a, b) {
		t.Errorf("got\n%s", b)
	}
}

func TestACSVComesBackInItsOwnCharset(t *testing.T) {
	text := "\"学员姓名\";出生年月;家长姓名;联系方式\r\n示例甲;2016-13;\"示例;乙\";+8615412345678\r\n\r\n示\"例丙;2016-03;示例乙;15412345678\r\n\"示例丁;2016-03\r\n"
	want := "学员姓名;出生年月;家长姓名;联系方式;问题\r\n示例甲;2016-13;\"示例;乙\";'+8615412345678;出生年月：没有这个月份。请填01到12。 家长姓名：姓名里有符号或表情。请只留文字，名和姓之间可以用“·”。\r\n\r\n" +
		"\"示\"\"例丙\";2016-03;示例乙;15412345678;学员姓名：姓名里有符号或表情。请只留文字，名和姓之间可以用“·”。\r\n\"\"\"示例丁\";2016-03;;;这一行的引号不成对，分不清各列。请改好引号。\r\n"
	for _, charset := range []string{"UTF-8", "UTF-8 with mark", "GB18030"} {
		in, out := text, want
		switch charset {
		case "UTF-8 with mark":
			in, out = "\uFEFF"+in, "\uFEFF"+out
		case "GB18030":
			in, _ = simplifiedchinese.GB18030.NewEncoder().String(in)
			out, _ = simplifiedchinese.GB18030.NewEncoder().String(out)
		}
		if got := annotate(t, []byte(in)); string(got) != out {
			t.Errorf("%s: got\n%s", charset, got)
		}
	}
}

// cells draws a table whose cells try to be formulas, markup and quotes.
func cells(t *rapid.T) [][]string {
	cell := rapid.OneOf(
		rapid.StringOfN(rapid.RuneFrom([]rune("=+-@＝＋－＠'\"<>&;, \t示例1aE.·")), 0, 6, -1),
		rapid.Just("示例甲"), rapid.Just("2016-03"), rapid.Just("15412345678"))
	return rapid.SliceOfN(rapid.SliceOfN(cell, 1, 7), 0, 12).Draw(t, "cells")
}

// Giving a file back changes none of its cells, and reading what came back
// finds the same problems.
func TestAnnotatingKeepsEveryCell(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		table := append([][]string{{"学员姓名", "出生年月", "家长姓名", "联系方式"}}, cells(rt)...)
		x := excelize.NewFile()
		for i, row := range table {
			if err := x.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row); err != nil {
				rt.Fatal(err)
			}
		}
		var b bytes.Buffer
		if err := x.Write(&b); err != nil {
			rt.Fatal(err)
		}
		got := grid(t, annotate(t, b.Bytes()))
		for i, row := range table {
			for j, c := range row {
				var have string
				if i < len(got) && j < len(got[i]) {
					have = got[i][j]
				}
				if c != "" && have != c {
					rt.Fatalf("row %d, column %d: %q became %q", i+1, j+1, c, have)
				}
			}
		}
		again := show(read(t, annotate(t, b.Bytes())))
		if diff := cmp.Diff(show(read(t, b.Bytes())), again); diff != "" {
			rt.Fatal(diff)
		}
	})
}

// No cell of a CSV that we give back is computed by a spreadsheet program, and
// our reader sees the same text as before (T43, ASVS 1.2.10).
func TestAnnotatedCSVHoldsNoFormula(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var b strings.Builder
		b.WriteString("学员姓名,出生年月,家长姓名,联系方式\n")
		for _, row := range cells(rt) {
			for j, c := range row {
				if j > 0 {
					b.WriteByte(',')
				}
				b.WriteString(`"` + strings.ReplaceAll(c, `"`, `""`) + `"`)
			}
			b.WriteByte('\n')
		}
		out := annotate(t, []byte(b.String()))
		for _, c := range roster.Cells(out) {
			if c != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(c)[0]) {
				rt.Fatalf("a cell begins with %q", c[:1])
			}
		}
		if diff := cmp.Diff(show(read(t, []byte(b.String()))), show(read(t, out))); diff != "" {
			rt.Fatal(diff)
		}
	})
}

func TestTheTemplateIsARosterWithOneInventedRow(t *testing.T) {
	for _, tag := range lang.Tags {
		words := lang.For(tag)
		var x, c bytes.Buffer
		if err := roster.TemplateXLSX(&x, options(t).Schema, words); err != nil {
			t.Fatal(err)
		}
		if err := roster.TemplateCSV(&c, options(t).Schema, words); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(c.String(), "\uFEFF") {
			t.Error("the CSV template has no mark, and Excel would garble it")
		}
		for _, file := range [][]byte{x.Bytes(), c.Bytes()} {
			rows := read(t, file)
			if len(rows) != 1 || rows[0].OK() || rows[0].Problems[0].Code != "roster.example" {
				t.Errorf("%s: got %v", tag, show(rows))
			}
		}
		for _, f := range fields {
			if !words.Has("roster.title."+f) || !words.Has("roster.help."+f) {
				t.Errorf("%s: no words for %s", tag, f)
			}
		}
		book, err := excelize.OpenReader(&x)
		if err != nil {
			t.Fatal(err)
		}
		if dv, err := book.GetDataValidations("Sheet1"); err != nil || len(dv) != len(fields) {
			t.Errorf("%d validations, %v", len(dv), err)
		}
	}
}
