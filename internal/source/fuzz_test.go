package source_test

import (
	"archive/zip"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/wardfold/wardfold/internal/source"
	"github.com/wardfold/wardfold/internal/source/flow"
)

// examined reads bytes under a name and checks what every reader promises: no
// panic comes through, pieces are small, places can be told, and there is an end.
func examined(t *testing.T, name string, data []byte) {
	t.Helper()
	total := 0
	err := source.ExamineBytes(t.Context(), name, data, func(p *flow.Piece, err error) bool {
		if err != nil {
			return true
		}
		if p.From < 0 || p.To < p.From || p.To > len(p.Text) {
			t.Fatalf("piece from %d to %d of %d", p.From, p.To, len(p.Text))
		}
		for i := 0; i < len(p.Text); i += 1 + len(p.Text)/64 {
			p.Where(i)
		}
		for r := range p.Rows() {
			total += len(r.Cells)
		}
		if total += len(p.Text); total > 64<<20 {
			t.Fatalf("%d bytes made %d", len(data), total)
		}
		p.Release()
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
}

func FuzzJSON(f *testing.F) {
	f.Add([]byte(`{"code":0,"data":[{"name":"张三","p":{"t":["1","2"]}},{"name":"\ud83d\ude00","new":1}],"x":"\u5f20`))
	f.Add([]byte("{\"a\":1}\n{\"a\":2}\n{"))
	f.Fuzz(func(t *testing.T, data []byte) { examined(t, "a.json", data) })
}

func FuzzHTML(f *testing.F) {
	f.Add([]byte(`<table><tr><th>a<th>b<tr><td>1<td>2<table><tr><td>3</table></table><a href="tel:1">x</a><script>var a={"b":1}</script>`))
	f.Fuzz(func(t *testing.T, data []byte) { examined(t, "a.html", data) })
}

func FuzzXML(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0"?><a b="c&amp;"><![CDATA[x]]>&#x4F60;<d/></a>`))
	f.Fuzz(func(t *testing.T, data []byte) { examined(t, "a.xml", data) })
}

func FuzzMail(f *testing.F) {
	f.Add([]byte("From: =?utf-8?B?5byg?= <a@b>\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=E5=BC\r\n--x\r\nContent-Disposition: attachment; filename=a.csv\r\nContent-Transfer-Encoding: base64\r\n\r\nYSxiCjEsMgo=\r\n--x--\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) { examined(t, "a.eml", data) })
}

// FuzzFiles mutates whole files, real ones first.
func FuzzFiles(f *testing.F) {
	names, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		if filepath.Ext(name) == ".pdf" {
			continue // pdfium is fuzzed by those who make it, and too slow here
		}
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(tarred(f, "a.csv", "a,b\n1,2\n")))
	f.Fuzz(func(t *testing.T, data []byte) {
		if bytes.HasPrefix(data, []byte("%PDF")) {
			return
		}
		examined(t, "file", data)
	})
}

// FuzzOffice mutates the markup within a package that is sound.
func FuzzOffice(f *testing.F) {
	for _, name := range []string{"roster.xlsx", "notice.docx", "slide.pptx", "roster.ods"} {
		z, err := zip.OpenReader(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		for i, part := range []string{"xl/worksheets/sheet1.xml", "word/document.xml", "ppt/slides/slide1.xml", "content.xml"} {
			if r, err := z.Open(part); err == nil {
				data, err := io.ReadAll(io.LimitReader(r, 1<<16))
				if err != nil {
					f.Fatal(err)
				}
				f.Add(uint8(i), data)
			}
		}
		_ = z.Close()
	}
	f.Fuzz(func(t *testing.T, kind uint8, data []byte) {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		members := [][2]string{
			{"xl/workbook.xml", `<workbook><sheets><sheet name="s" r:id="a"/></sheets></workbook>`}, {"xl/_rels/workbook.xml.rels", `<r><Relationship Id="a" Target="s.xml"/></r>`},
		}
		name := "xl/s.xml"
		switch kind % 4 {
		case 1:
			members, name = nil, "word/document.xml"
		case 2:
			members, name = [][2]string{{"ppt/presentation.xml", "<p/>"}}, "ppt/slides/slide1.xml"
		case 3:
			members, name = [][2]string{{"mimetype", "x"}}, "content.xml"
		}
		for _, m := range append(members, [2]string{name, string(data)}) {
			w, err := z.Create(m[0])
			if err == nil {
				_, err = io.WriteString(w, m[1])
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		examined(t, "a.zip", b.Bytes())
	})
}
