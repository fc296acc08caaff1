package roster_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
)

// entry is a part of a hand-made archive.
type entry struct {
	name string
	body io.Reader
}

const (
	typesXML    = `<?xml version="1.0"?><Types xmlns="x"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`
	rootXML     = `<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	workbookXML = `<x:workbook xmlns:x="m" xmlns:r="r"><x:sheets><x:sheet name="s" sheetId="1" r:id="rId1"/></x:sheets></x:workbook>`
	relsXML     = `<Relationships><Relationship Id="rId1" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/worksheet" Target="/xl/worksheets/sheet1.xml"/><Relationship Id="rId2" Type="x/sharedStrings" Target="sharedStrings.xml"/></Relationships>`
	headXML     = `<row r="1"><c r="A1" t="inlineStr"><is><t>学员姓名</t></is></c><c r="B1" t="inlineStr"><is><t>出生年月</t></is></c><c r="C1" t="inlineStr"><is><r><t>家长</t></r><r><t>姓名</t></r><rPh><t>jia</t></rPh></is></c><c t="inlineStr"><is><t><![CDATA[联系方式]]></t></is></c></row>`
	goodXML     = `<row><c t="inlineStr"><is><t>&#31034;例甲</t></is></c><c><v>201603</v></c><c t="str"><v>示例乙</v></c><c><v>15412345678</v></c></row>`
)

// raw builds a workbook from the markup of its first sheet and other parts.
func raw(t testing.TB, sheet io.Reader, more ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	for _, e := range append([]entry{
		{"[Content_Types].xml", strings.NewReader(typesXML)},
		{"_rels/.rels", strings.NewReader(rootXML)},
		{"xl/workbook.xml", strings.NewReader(workbookXML)},
		{"xl/_rels/workbook.xml.rels", strings.NewReader(relsXML)},
		{"xl/worksheets/sheet1.xml", sheet},
	}, more...) {
		w, err := z.Create(e.name)
		if err == nil {
			_, err = io.Copy(w, e.body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sheetXML(rows string) io.Reader {
	return strings.NewReader(`<worksheet><sheetData>` + headXML + rows + `</sheetData></worksheet>`)
}

// long yields one piece n times.
func long(piece string, n int) io.Reader {
	return &repeated{piece: piece, left: n * len(piece)}
}

type repeated struct {
	piece    string
	at, left int
}

func (r *repeated) Read(b []byte) (int, error) {
	if r.left == 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(b) && r.left > 0 {
		k := copy(b[n:min(len(b), n+r.left)], r.piece[r.at:])
		n, r.left, r.at = n+k, r.left-k, (r.at+k)%len(r.piece)
	}
	return n, nil
}

func around(body io.Reader) io.Reader {
	return io.MultiReader(strings.NewReader(`<worksheet><sheetData>`+headXML), body, strings.NewReader(`</sheetData></worksheet>`))
}

// varied yields a piece again and again, each time with other letters after it
// in a comment, so that the whole packs at a ratio that the directory may show.
func varied(piece string, per, n int) io.Reader {
	r, w := io.Pipe()
	go func() {
		b, x := bufio.NewWriter(w), uint32(1)
		for range n {
			_, _ = b.WriteString(strings.Repeat(piece, per))
			_, _ = b.WriteString("<!--")
			for range 24 {
				x = x*1664525 + 1013904223
				_ = b.WriteByte('a' + byte(x>>24)%26)
			}
			_, _ = b.WriteString("-->")
		}
		w.CloseWithError(b.Flush())
	}()
	return r
}

func letterNoise(n int) string {
	var b strings.Builder
	for x := uint32(7); b.Len() < n; {
		x = x*1664525 + 1013904223
		b.WriteByte('a' + byte(x>>24)%26)
	}
	return b.String()
}

func stringsOf(more ...entry) func(testing.TB) []byte {
	return func(t testing.TB) []byte { return raw(t, sheetXML(goodXML), more...) }
}

func rowsOf(body func() io.Reader) func(testing.TB) []byte {
	return func(t testing.TB) []byte { return raw(t, around(body())) }
}

func rowOf(row string) func(testing.TB) []byte {
	return func(t testing.TB) []byte { return raw(t, sheetXML(row)) }
}

// Hostile files are refused within one second and 64 MiB, whatever they try.
func TestBombsAreRefusedWithinASecondAnd64MiB(t *testing.T) {
	cases := map[string]struct {
		file func(testing.TB) []byte
		code string
	}{
		"511 KB that unpack to 512 MiB": {rowsOf(func() io.Reader { return long(" ", 512<<20) }), "roster.bomb"},
		"a part of high ratio":          {rowsOf(func() io.Reader { return long(" ", 90<<20) }), "roster.bomb"},
		"sixty thousand parts":          {func(t testing.TB) []byte { return manyParts(t, 60_000) }, "roster.bomb"},
		"more parts than a zip counts":  {func(t testing.TB) []byte { return manyParts(t, 130_000) }, "roster.bomb"},
		"a lying count of parts":        {lyingCount, "roster.bomb"},
		"overlapping parts":             {overlapping, "roster.bomb"},
		"a size that lies":              {lyingSize, "roster.bomb"},
		"shared strings without end":    {stringsOf(entry{"xl/sharedStrings.xml", varied("<si><t>x</t></si>", 100, 50_000)}), "roster.bomb"},
		"long shared strings":           {stringsOf(entry{"xl/sharedStrings.xml", long("<si><t>"+letterNoise(20_000)+"</t></si>"+letterNoise(200), 1500)}), "roster.bomb"},
		"a shared string without end":   {stringsOf(entry{"xl/sharedStrings.xml", io.MultiReader(strings.NewReader("<si><t>"), varied("xxxxxxxx", 100, 100_000))}), "roster.damaged"},
		"a document type declaration": {func(t testing.TB) []byte {
			return raw(t, strings.NewReader(`<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet/>`))
		}, "roster.bomb"},
		"an unknown entity":          {rowOf(`<row><c t="str"><v>&a;</v></c></row>`), "roster.damaged"},
		"rows without end":           {rowsOf(func() io.Reader { return varied("<row/>", 100, 120_000) }), "roster.damaged"},
		"filled rows without end":    {rowsOf(func() io.Reader { return varied(`<row><c><v>1</v></c></row>`, 50, 20_000) }), "roster.rows"},
		"tags without end":           {rowsOf(func() io.Reader { return varied(`<a/>`, 150, 150_000) }), "roster.bomb"},
		"a tag without end":          {rowsOf(func() io.Reader { return io.MultiReader(strings.NewReader("<row "), varied(` a="b"`, 100, 100_000)) }), "roster.damaged"},
		"the last cell of the sheet": {rowOf(`<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>`), "roster.wide"},
		"a row beyond the sheet":     {rowOf(`<row r="99999999999"><c><v>1</v></c></row>`), "roster.damaged"},
		"rows that go back":          {rowOf(`<row r="9"/><row r="2"/>`), "roster.damaged"},
		"a string that is not there": {rowOf(`<row><c t="s"><v>4000000000</v></c></row>`), "roster.damaged"},
		"markup cut off":             {func(t testing.TB) []byte { return raw(t, strings.NewReader(`<worksheet><sheetData>`+headXML+goodXML)) }, "roster.damaged"},
		"a cut archive":              {func(t testing.TB) []byte { b := raw(t, sheetXML(goodXML)); return b[:len(b)-100] }, "roster.damaged"},
		"two parts of one name":      {stringsOf(entry{"XL/Workbook.xml", strings.NewReader("<a/>")}), "roster.bomb"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			file := c.file(t)
			if len(file) > 10<<20 {
				t.Fatalf("the bomb has %d MiB and proves nothing", len(file)>>20)
			}
			took, peak := measure(func() { refused(t, file, c.code) })
			for try := 0; try < 2 && took > time.Second; try++ { // other work on the machine is not ours
				if again, _ := measure(func() { refused(t, file, c.code) }); again < took {
					took = again
				}
			}
			t.Logf("%d KiB refused in %v, peak %d MiB", len(file)>>10, took.Round(time.Millisecond), peak>>20)
			if took > time.Second || peak > 64<<20 {
				t.Errorf("took %v and %d MiB", took, peak>>20)
			}
		})
	}
}

// measure runs fn and gives the processor time that it took, of which a busy
// machine says more than of the clock, and the greatest growth of the heap.
func measure(fn func()) (took time.Duration, peak uint64) {
	var m runtime.MemStats
	defer debug.SetGCPercent(debug.SetGCPercent(100)) // as by default, whatever these tests run with
	runtime.GC()
	runtime.ReadMemStats(&m)
	base := m.HeapInuse
	stop, done := make(chan bool), make(chan bool)
	go func() {
		defer close(done)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			if m.HeapInuse > base {
				peak = max(peak, m.HeapInuse-base)
			}
			select {
			case <-stop:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	used := processorTime()
	fn()
	took = processorTime() - used
	close(stop)
	<-done
	return took, peak
}

// processorTime is what this process has used, of all cores.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func manyParts(t testing.TB, n int) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for range n {
		if _, err := z.CreateRaw(&zip.FileHeader{}); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lyingCount closes a directory of 65,546 parts with an end that promises 10,
// which is the same modulo 65,536.
func lyingCount(t testing.TB) []byte {
	const parts = 65_546
	file := manyParts(t, parts)
	end := file[len(file)-22:]
	file = file[:len(file)-22-20-56] // without the records of zip64
	binary.LittleEndian.PutUint16(end[8:], 10)
	binary.LittleEndian.PutUint16(end[10:], 10)
	binary.LittleEndian.PutUint32(end[12:], parts*46)
	binary.LittleEndian.PutUint32(end[16:], uint32(len(file)-parts*46))
	return append(bytes.Clone(file), end...)
}

// overlapping makes the second part's data begin within the first part's.
func overlapping(t testing.TB) []byte {
	file := raw(t, sheetXML(goodXML))
	dir := bytes.Index(file, []byte("PK\x01\x02"))
	second := dir + 46 + bytes.Index(file[dir+46:], []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(file[second+42:], binary.LittleEndian.Uint32(file[dir+42:]))
	return file
}

// lyingSize stores a sheet whose directory promises less than comes out.
func lyingSize(t testing.TB) []byte {
	body := []byte(`<worksheet><sheetData>` + headXML + strings.Repeat(goodXML, 1000) + `</sheetData></worksheet>`)
	file := raw(t, bytes.NewReader(body))
	entry := file[bytes.LastIndex(file, []byte("PK\x01\x02")):]
	if binary.LittleEndian.Uint32(entry[16:]) != crc32.ChecksumIEEE(body) {
		t.Fatal("the last part is not the sheet")
	}
	binary.LittleEndian.PutUint32(entry[24:], 1000)
	return file
}

func TestFilesThatAreNoRosterAreRefusedWithAReason(t *testing.T) {
	ole := append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 5000)...)
	locked := append(bytes.Clone(ole), "E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"...)
	part := func(name string) []byte { return raw(t, sheetXML(goodXML), entry{name, strings.NewReader("x")}) }
	flagged := raw(t, sheetXML(goodXML))
	flagged[bytes.Index(flagged, []byte("PK\x01\x02"))+8] |= 1
	macro := strings.Replace(typesXML, "sheet.main", "macroEnabled.main", 1)
	var hidden, typed bytes.Buffer
	z := zip.NewWriter(&typed)
	w, _ := z.Create("[Content_Types].xml")
	_, _ = io.WriteString(w, macro)
	_ = z.Close()
	x := excelize.NewFile()
	_, _ = x.NewSheet("二")
	_, _ = x.WriteTo(&hidden)
	for name, c := range map[string]struct {
		file []byte
		code string
	}{
		"an encrypted workbook":      {locked, "roster.encrypted"},
		"an encrypted part":          {flagged, "roster.encrypted"},
		"an old xls":                 {ole, "roster.old_format"},
		"macros":                     {part("xl/vbaProject.bin"), "roster.macro"},
		"macros by type":             {typed.Bytes(), "roster.macro"},
		"old macro sheets":           {part("xl/macrosheets/sheet1.xml"), "roster.macro"},
		"links to other files":       {part("xl/externalLinks/externalLink1.xml"), "roster.links"},
		"a data connection":          {part("xl/connections.xml"), "roster.links"},
		"an embedded file":           {part("xl/embeddings/oleObject1.bin"), "roster.embedded"},
		"a picture (I7)":             {part("xl/media/image1.jpeg"), "roster.picture"},
		"a zip of something":         {zipOf(t, "a.txt"), "roster.format"},
		"a PDF":                      {[]byte("%PDF-1.7\n"), "roster.format"},
		"a binary file":              {[]byte("学员姓名\x00\x01"), "roster.format"},
		"nothing":                    {nil, "roster.empty"},
		"blank lines":                {[]byte("\n\n,,,\n"), "roster.empty"},
		"more than 10 MiB":           {make([]byte, 10<<20+1), "roster.size"},
		"an empty sheet with others": {hidden.Bytes(), "roster.empty"},
	} {
		t.Run(name, func(t *testing.T) { refused(t, c.file, c.code) })
	}
}

func zipOf(t testing.TB, name string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	if _, err := z.Create(name); err != nil {
		t.Fatal(err)
	}
	_ = z.Close()
	return b.Bytes()
}

// A dimension that lies costs nothing, because nothing believes it; neither do
// formatted but blank rows and cells.
func TestDimensionsAndBlankRowsCostNothing(t *testing.T) {
	blank := io.MultiReader(
		strings.NewReader(`<worksheet><dimension ref="A1:XFD1048576"/><sheetData>`+headXML+goodXML),
		long(`<row ht="15"><c s="1"/></row>`, 1_000_000),
		strings.NewReader(`</sheetData></worksheet>`))
	var file []byte
	o := raw(t, blank)
	took, peak := measure(func() { file = o; same(t, noLimitRows(t, file), "2: 示例甲|2016-03|示例乙|+8615412345678") })
	t.Logf("%v, peak %d MiB", took.Round(time.Millisecond), peak>>20)
	if peak > 64<<20 {
		t.Errorf("peak %d MiB", peak>>20)
	}
}
