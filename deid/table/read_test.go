package table_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/wardfold/wardfold/deid/table"
)

func rows(t *table.Table) [][]string {
	out := [][]string{t.Names()}
	for r := range t.Rows() {
		var row []string
		for _, c := range t.Columns {
			row = append(row, c.Value(r))
		}
		out = append(out, row)
	}
	return out
}

func TestFilesOfAllKindsAreRead(t *testing.T) {
	want := [][]string{{"姓", "年级"}, {"张", "三年级"}, {"李, 王", "a\"b\nc"}, {"", "三年级"}}
	plain := "姓,年级\n张,三年级\n\"李, 王\",\"a\"\"b\nc\"\n,三年级\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{
		"UTF-8":             plain,
		"byte order mark":   "\xef\xbb\xbf" + plain,
		"GB 18030":          gb,
		"no last line end":  strings.TrimSuffix(plain, "\n"),
		"CRLF":              strings.ReplaceAll(strings.ReplaceAll(plain, "\n", "\r\n"), "b\r\nc", "b\nc"),
		"empty lines":       strings.Replace(plain, "\n张", "\n\n\r\n张", 1) + "\n\n",
		"blanks":            "姓 ,年级\n 张 ,三年级  \n \"李, 王\" , \"a\"\"b\nc\"\n,三年级\n",
		"semicolons":        "姓;年级\n张;三年级\n\"李, 王\";\"a\"\"b\nc\"\n;三年级\n",
		"tabs":              "姓\t年级\n张\t三年级\n李, 王\t\"a\"\"b\nc\"\n\t三年级\n",
		"quoted everywhere": "\"姓\",\"年级\"\n\"张\",\"三年级\"\n\"李, 王\",\"a\"\"b\nc\"\n\"\",\"三年级\"\n",
	} {
		for how, r := range map[string]io.Reader{"whole": strings.NewReader(file), "a byte at a time": iotest.OneByteReader(strings.NewReader(file))} {
			got, err := table.Read(r, table.Options{})
			if err != nil {
				t.Errorf("%s, %s: %v", name, how, err)
				continue
			}
			if diff := cmp.Diff(want, rows(got)); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", name, how, diff)
			}
			if got.GB18030() != (name == "GB 18030") {
				t.Errorf("%s is taken for GB 18030: %v", name, got.GB18030())
			}
		}
	}
}

// What is wrong with a file is told by row and column, and never by value.
func TestADefectIsNamedByRowAndColumn(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		want table.Error
	}{
		"nothing":            {"", table.Error{Code: table.Empty, Row: 1}},
		"header only":        {"a,b\n", table.Error{Code: table.Empty, Row: 2}},
		"two names":          {"a,b,a\n1,2,3\n", table.Error{Code: table.TwoNames, Row: 1, Column: 3, Other: 1}},
		"no name":            {"a,,c\n1,2,3\n", table.Error{Code: table.NoName, Row: 1, Column: 2}},
		"short row":          {"a,b\n1,2\n张三\n", table.Error{Code: table.Ragged, Row: 3, Column: 1}},
		"long row":           {"a,b\n1,2\n1,2,3\n", table.Error{Code: table.Ragged, Row: 3, Column: 3}},
		"long quoted row":    {"a,b\n\"1\",2,3\n", table.Error{Code: table.Ragged, Row: 2, Column: 3}},
		"open quote":         {"a,b\n1,2\n\"1,2\n", table.Error{Code: table.Quote, Row: 3}},
		"open quote, header": {"\"a,b\n1,2\n", table.Error{Code: table.Quote, Row: 1}},
		"workbook":           {"PK\x03\x04zip", table.Error{Code: table.NotText}},
		"UTF-16":             {"\xff\xfea\x00", table.Error{Code: table.NotText}},
		"broken UTF-8":       {"a,b\n张,三\n李,\xe5\xbc\n王,四\n", table.Error{Code: table.Encoding, Row: 3, Column: 2}},
		"broken GB 18030":    {"a,b\n\xd5\xc5,\xc8\xfd\n1,\xff\xff\n", table.Error{Code: table.Encoding, Row: 3, Column: 2}},
	} {
		_, err := table.Read(strings.NewReader(c.file), table.Options{})
		e, ok := errors.AsType[*table.Error](err)
		if !ok || e.Code != c.want.Code || e.Row != c.want.Row || e.Column != c.want.Column || e.Other != c.want.Other {
			t.Errorf("%s: %v, want %v", name, err, &c.want)
		}
		if strings.Contains(fmt.Sprint(err), "张") {
			t.Errorf("%s: the error shows a value", name)
		}
	}
	if _, err := table.Read(iotest.ErrReader(io.ErrClosedPipe), table.Options{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a broken reader: %v", err)
	}
	long := "a,b\n\"" + strings.Repeat("x\n", 9<<20)
	if _, err := table.Read(strings.NewReader(long), table.Options{}); err == nil {
		t.Error("a quotation mark that never closes is read for ever")
	}
}

// Codes grow from one byte to four as values appear, and columns that nobody
// wants are not kept.
func TestManyDifferentValuesAreKept(t *testing.T) {
	const n = 70_000
	var b bytes.Buffer
	b.WriteString("id,few,left\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,%d,x%d\n", i, i%7, i)
	}
	got, err := table.Read(&b, table.Options{Keep: func(name string) bool { return name != "left" }})
	if err != nil {
		t.Fatal(err)
	}
	if got.Rows() != n || len(got.Columns) != 2 || len(got.Column("id").Values) != n || got.Column("left") != nil {
		t.Fatalf("%d rows, %v", got.Rows(), got.Names())
	}
	for _, i := range []int{0, 255, 256, 65_535, 65_536, n - 1} {
		if v := got.Column("id").Value(i); v != fmt.Sprint(i) || int(got.Column("id").First[i]) != i {
			t.Errorf("row %d has %s", i, v)
		}
	}
	counts := got.Column("few").Counts()
	if len(counts) != 7 || counts[0] != n/7 {
		t.Errorf("counts %v", counts)
	}
	picked := got.Pick([]int32{5, 69_999})
	if diff := cmp.Diff([][]string{{"id", "few"}, {"5", "5"}, {"69999", "6"}}, rows(picked)); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	alphabet := []string{"a", "张", ",", "\"", "\n", "\r\n", ";", "1", "é", "𠮷", ""}
	for range 300 {
		want := [][]string{{"x", "y"}}
		for range 1 + r.IntN(20) {
			var row []string
			for range 2 {
				cell := "v"
				for range r.IntN(4) {
					cell += alphabet[r.IntN(len(alphabet))]
				}
				row = append(row, strings.TrimSpace(cell))
			}
			want = append(want, row)
		}
		for _, gb := range []bool{false, true} {
			var b bytes.Buffer
			w := table.NewWriter(&b, gb)
			for _, row := range want {
				for _, cell := range row {
					w.Cell(cell)
				}
				w.End()
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
			got, err := table.Read(&b, table.Options{Comma: ','})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, rows(got)); diff != "" {
				t.Fatalf("GB %v (-want +got):\n%s", gb, diff)
			}
		}
	}
}

// The reader agrees with the standard library wherever that reads a file too.
func FuzzRead(f *testing.F) {
	f.Add("a,b\n1,2\n")
	f.Add("a,b\n\"1\"\"x\",\"2\n3\"\n\n,\n")
	f.Add("a\tb\n1\t2")
	f.Fuzz(func(t *testing.T, file string) {
		got, err := table.Read(strings.NewReader(file), table.Options{Comma: ','})
		if err != nil {
			if _, ok := errors.AsType[*table.Error](err); !ok {
				t.Fatalf("an error without a code: %v", err)
			}
			return
		}
		for _, c := range got.Columns {
			if c.Len() != got.Rows() {
				t.Fatalf("a column of %d in a table of %d rows", c.Len(), got.Rows())
			}
		}
		want, err := csv.NewReader(strings.NewReader(file)).ReadAll()
		if err != nil || strings.ContainsAny(file, " \t\r") || strings.Contains(file, "\n\n") || !utf8.ValidString(file) || strings.HasPrefix(file, "\xef\xbb\xbf") {
			return // blanks around cells and lone carriage returns are read otherwise
		}
		if diff := cmp.Diff(want, rows(got)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// 学校 in GB 18030 is valid UTF-8 and means something else there: what a file is
// written in is judged by all of it.
func TestAWordThatIsValidInBothEncodingsIsReadAsTheFileIs(t *testing.T) {
	file := "年龄,学校\n7,学校一\n8,学校\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(file)
	if err != nil {
		t.Fatal(err)
	}
	only, err := simplifiedchinese.GB18030.NewEncoder().String("学校,a\n甲,1\n乙,2\n")
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"utf8": file, "gb": gb, "gb header": only} {
		got, err := table.Read(strings.NewReader(text), table.Options{})
		if err != nil || got.Column("学校") == nil || got.GB18030() != (name != "utf8") {
			t.Fatalf("%s: %v", name, err)
		}
		if v := got.Column("学校").Values; name != "gb header" && (v[0] != "学校一" || v[1] != "学校") {
			t.Errorf("%s: %q", name, v)
		}
	}
}
