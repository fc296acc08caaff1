package roster_test

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/roster"
)

const many = 100_000

// bigRow gives invented rows that are all different.
func bigRow(i int) []string {
	name := func(n int) string { return string([]rune{'示', '例', '一' + rune(n%5000), '丁' + rune(n/5000)}) }
	return []string{name(i), fmt.Sprintf("20%02d-%02d", 10+i%15, 1+i%12), name(i + 7), fmt.Sprintf("154%08d", i)}
}

func bigCSV() []byte {
	var b bytes.Buffer
	b.WriteString("学员姓名,出生年月,家长姓名,联系方式\n")
	for i := range many {
		r := bigRow(i)
		fmt.Fprintf(&b, "%s,%s,%s,%s\n", r[0], r[1], r[2], r[3])
	}
	return b.Bytes()
}

// bigBook writes inline strings, as StreamWriter and many programs do, or a
// shared-string table, as Excel and WPS do.
func bigBook(t testing.TB, shared bool) []byte {
	t.Helper()
	if !shared {
		x := excelize.NewFile()
		w, err := x.NewStreamWriter("Sheet1")
		if err != nil {
			t.Fatal(err)
		}
		for i := range many + 1 {
			row := head
			if i > 0 {
				r := bigRow(i)
				row = []any{r[0], r[1], r[2], r[3]}
			}
			if err := w.SetRow(fmt.Sprint("A", i+1), row); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := x.Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	var sheet, table bytes.Buffer
	for i := range many {
		fmt.Fprintf(&sheet, `<row r="%d" spans="1:4">`, i+2)
		for j, v := range bigRow(i) {
			fmt.Fprintf(&sheet, `<c r="%c%d" s="1" t="s"><v>%d</v></c>`, 'A'+j, i+2, i*4+j)
			fmt.Fprintf(&table, `<si><t>%s</t></si>`, v)
		}
		sheet.WriteString("</row>")
	}
	return raw(t, around(&sheet), entry{"xl/sharedStrings.xml", io.MultiReader(bytes.NewReader([]byte("<sst>")), &table, bytes.NewReader([]byte("</sst>")))})
}

func count(t testing.TB, file []byte) (good int) {
	t.Helper()
	s, err := open(t, file)
	if err != nil {
		t.Fatal(explain(err))
	}
	for r, err := range s.Rows(0) {
		if err != nil {
			t.Fatal(explain(err))
		}
		if r.OK() {
			good++
		}
	}
	return good
}

// A roster of 100,000 rows is read and checked in 64 MiB; the time leaves most
// of an import's 30 seconds to sealing.
func TestAHundredThousandRowsAreReadAndCheckedIn64MiB(t *testing.T) {
	if testing.Short() {
		t.Skip("a large file")
	}
	for name, c := range map[string]struct {
		file []byte
		most time.Duration
	}{
		"csv":                  {bigCSV(), 2 * time.Second},
		"xlsx, inline strings": {bigBook(t, false), 4 * time.Second},
		"xlsx, shared strings": {bigBook(t, true), 4 * time.Second},
	} {
		good := 0
		took, peak := measure(func() { good = count(t, c.file) })
		t.Logf("%s: %d KiB, %v, peak %d MiB", name, len(c.file)>>10, took.Round(time.Millisecond), peak>>20)
		if good != many || peak > 64<<20 || took > c.most {
			t.Errorf("%s: %d good rows, %v, %d MiB", name, good, took, peak>>20)
		}
		none := func(func(roster.Problem) bool) {}
		took, peak = measure(func() {
			if err := roster.Annotate(io.Discard, bytes.NewReader(c.file), int64(len(c.file)), none, lang.For("en")); err != nil {
				t.Error(err)
			}
		})
		t.Logf("%s given back: %v, peak %d MiB", name, took.Round(time.Millisecond), peak>>20)
		if peak > 64<<20 {
			t.Errorf("%s given back: %d MiB", name, peak>>20)
		}
	}
}

func BenchmarkRead100kCSV(b *testing.B)        { benchmark(b, bigCSV()) }
func BenchmarkRead100kXLSXInline(b *testing.B) { benchmark(b, bigBook(b, false)) }
func BenchmarkRead100kXLSXShared(b *testing.B) { benchmark(b, bigBook(b, true)) }

func benchmark(b *testing.B, file []byte) {
	b.ReportAllocs()
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		count(b, file)
	}
	b.ReportMetric(many*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkExcelizeRows is the same file read, unchecked, by the library that
// most Go programs use.
func BenchmarkExcelizeRows100k(b *testing.B) {
	file := bigBook(b, false)
	b.ReportAllocs()
	for b.Loop() {
		x, err := excelize.OpenReader(bytes.NewReader(file))
		if err != nil {
			b.Fatal(err)
		}
		rows, err := x.Rows(x.GetSheetName(0))
		if err != nil {
			b.Fatal(err)
		}
		for rows.Next() {
			if c, err := rows.Columns(); err != nil || len(slices.Concat(c)) == 0 {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(many*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
