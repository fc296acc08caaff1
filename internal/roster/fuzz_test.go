package roster_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/roster"
)

// digest reads whatever the bytes are: it must end soon, without a panic, with
// rows that are numbered upwards or with a fault that has words. The file must
// come back annotated whenever it could be read.
func digest(t *testing.T, file []byte) {
	t.Helper()
	start := time.Now()
	s, err := open(t, file)
	if err != nil {
		if !lang.For("zh-CN").Has("fault." + fault.CodeOf(err)) {
			t.Fatalf("no words for %v", err)
		}
		return
	}
	last := s.Header()
	var problems []roster.Problem
	for r, err := range s.Rows(0) {
		if err != nil {
			if fault.CodeOf(err) == "" {
				t.Fatalf("an internal error: %v", err)
			}
			return
		}
		if r.Number <= last || len(r.Values) != len(fields) {
			t.Fatalf("row %d after row %d with %d values", r.Number, last, len(r.Values))
		}
		for i, v := range r.Values {
			if r.OK() && v.Empty() {
				t.Fatalf("row %d passes without %s", r.Number, fields[i])
			}
		}
		last = r.Number
		problems = append(problems, r.Problems...)
	}
	var out bytes.Buffer
	next := func(yield func(roster.Problem) bool) {
		for _, p := range problems {
			if !yield(p) {
				return
			}
		}
	}
	if err := roster.Annotate(&out, bytes.NewReader(file), int64(len(file)), next, lang.For("zh-CN")); err != nil && fault.CodeOf(err) == "" {
		t.Fatalf("annotate: %v", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Fatalf("took %v", took)
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte(list))
	f.Add([]byte("\uFEFF" + strings.ReplaceAll(list, ",", "\t")))
	f.Add([]byte("\"学员姓名\n\",出生年月,家长姓名,联系方式\n\"a,b\"\"\n,'=1\r\n\"x\"y,,\n"))
	f.Add([]byte("学员姓名;出生年月;家长姓名;联系方式\r\xFF\xFE;\"\r"))
	if gb, err := os.ReadFile("testdata/gb18030.csv"); err == nil {
		f.Add(gb)
	}
	f.Fuzz(digest)
}

// FuzzXLSX mutates the sheet's markup, where the structure is, and not the
// compressed archive around it.
func FuzzXLSX(f *testing.F) {
	f.Add(`<worksheet><sheetData>`+headXML+goodXML+`</sheetData></worksheet>`, `<sst><si><t>a</t></si></sst>`)
	f.Add(`<worksheet><dimension ref="A1"/><sheetData>`+headXML+`<row r="3" spans='1:4'><c r="B3" t="s"><v>0</v></c><c r="D3" s="1"><f>A1</f></c></row></sheetData></worksheet>`, `<sst><si><r><t>x&amp;</t></r><rPh><t>y</t></rPh></si></sst>`)
	f.Add(`<?xml version="1.0"?><!-- > --><a b='>'><![CDATA[]]]]></a>`, `<si/><si><t/></si>`)
	f.Fuzz(func(t *testing.T, sheet, table string) {
		digest(t, raw(t, strings.NewReader(sheet), entry{"xl/sharedStrings.xml", strings.NewReader(table)}))
	})
}

// FuzzArchive mutates the archive itself.
func FuzzArchive(f *testing.F) {
	f.Add(raw(f, sheetXML(goodXML)))
	f.Add(overlapping(f))
	f.Fuzz(digest)
}

// FuzzBirthMonth checks that only a month that exists, is past and is not too
// long ago comes out, in one form (S0-01).
func FuzzBirthMonth(f *testing.F) {
	for _, m := range months {
		f.Add(m.in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		if strings.ContainsAny(in, "\"\n\r\x00") {
			return
		}
		s, err := open(t, []byte("学员姓名,出生年月,家长姓名,联系方式\n示例甲,\""+in+"\",示例乙,15412345678\n"))
		if err != nil {
			return
		}
		for r, err := range s.Rows(0) {
			if err != nil || !r.OK() {
				continue
			}
			at, err := time.Parse("2006-01", r.Values[1].Expose())
			if err != nil || at.After(today) || at.Before(today.AddDate(-26, 0, 0)) {
				t.Fatalf("a month outside the bounds passed: %v", err)
			}
		}
	})
}

// FuzzHeader checks that a header is understood or refused with words, and
// never brings in a column that was not promised (I7).
func FuzzHeader(f *testing.F) {
	for _, h := range []string{"学员姓名|出生年月|家长姓名|联系方式", "Name*|DOB|Parent|Tel.|班级", "姓名(必填)||生日|家长|手机"} {
		f.Add(h)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if strings.ContainsAny(header, "\"\n\r\x00,;\t") {
			return
		}
		columns := strings.Split(header, "|")
		file := "\"" + strings.Join(columns, "\",\"") + "\"\n" + strings.Repeat("x,", len(columns)-1) + "x\n"
		s, err := open(t, []byte(file))
		if err != nil {
			if fault.CodeOf(err) == "" || strings.Contains(explain(err), "{") {
				t.Fatalf("no words: %v", err)
			}
			return
		}
		if s.Header() != 1 || len(columns) < len(fields) {
			t.Fatalf("a header of %d columns passed", len(columns))
		}
	})
}
