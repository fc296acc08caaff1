package source_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/source"
	"github.com/wardfold/wardfold/internal/source/flow"
)

// heard is what a scan gets to see of a target.
type heard struct {
	parts    map[string]string // text, or rows with their cells between bars
	order    []string
	problems map[string]string // code by name
	told     []*flow.Problem
	most     int // bytes of the largest piece
	pieces   int
}

// hear reads a whole target, as a scan does.
func hear(t testing.TB, target string, opt source.Options) heard {
	t.Helper()
	h, err := try(t.Context(), target, opt)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func try(ctx context.Context, target string, opt source.Options) (heard, error) {
	h := heard{parts: make(map[string]string), problems: make(map[string]string)}
	s, err := source.Open(ctx, target, opt)
	if err != nil {
		return h, err
	}
	defer s.Close()
	for it, err := range s.Items(ctx) {
		if err != nil {
			if !h.note(err) {
				return h, err
			}
			continue
		}
		for p, err := range s.Read(ctx, it) {
			if err != nil {
				if !h.note(err) {
					return h, err
				}
				continue
			}
			h.take(p)
			p.Release()
		}
	}
	return h, nil
}

func (h *heard) note(err error) bool {
	p, ok := errors.AsType[*flow.Problem](err)
	if ok {
		h.problems[p.Name] = p.Code
		h.told = append(h.told, p)
	}
	return ok
}

func (h *heard) take(p *flow.Piece) {
	h.pieces++
	h.most = max(h.most, len(p.Text))
	if !slices.Contains(h.order, p.Part.Name) {
		h.order = append(h.order, p.Part.Name)
	}
	if !p.Part.Table {
		h.parts[p.Part.Name] += string(p.Text[p.From:p.To])
		return
	}
	var s strings.Builder
	if p.First && p.Part.Header != nil {
		fmt.Fprintln(&s, "h", strings.Join(p.Part.Header, "|"))
	}
	for r := range p.Rows() {
		cells := make([]string, len(r.Cells))
		for i, c := range r.Cells {
			cells[i] = string(c)
		}
		fmt.Fprintln(&s, r.Number, strings.Join(cells, "|"))
	}
	h.parts[p.Part.Name] += s.String()
}

// write puts files into a new folder.
func write(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func (h heard) want(t testing.TB, part string, all ...string) {
	t.Helper()
	got, ok := h.parts[part]
	if !ok {
		t.Errorf("no part %s; there are %q, problems %v", part, h.order, h.problems)
		return
	}
	for _, w := range all {
		if !strings.Contains(got, w) {
			t.Errorf("%s lacks %q:\n%s", part, w, got[:min(len(got), 1500)])
		}
	}
}

var plain = source.Options{Cache: os.TempDir() + "/wardfold-test-cache"}

const pupil = "张小明|2016-03-15|110101201603150015|13800005678|对花生过敏"

func TestEveryFormatIsReadAsPeopleReadIt(t *testing.T) { // S3-04, S3-05
	t.Parallel()
	h := hear(t, "testdata", plain)
	h.want(t, "roster.xlsx#roster", "1 学生姓名|出生日期|身份证号|家长电话|备注\n", "2 "+pupil)
	h.want(t, "roster.xls#roster", "1 学生姓名|出生日期|身份证号|家长电话|备注\n", "2 "+pupil, "4 欧阳若兰|2008-07-09")
	h.want(t, "roster.ods#table1", "学生姓名|出生日期", "张小明|", "110101201603150015|13800005678")
	h.want(t, "roster.pdf", "张小明", "110101201603150015", "13912345678")
	for _, name := range []string{"notice.docx", "notice.odt"} {
		h.want(t, name, "通知", "请张小明同学的家长于周五到校，电话13800005678。", "身份证号：110101201603150015")
		h.want(t, name+"#table1", "学生姓名|出生日期|家长电话", "李思雨|2012-11-02|13912345678")
	}
	h.want(t, "notice.doc", "请张小明同学的家长于周五到校，电话13800005678。\n", "张小明\t", "13912345678")
	h.want(t, "slide.pptx#slide1", "家长联系电话：13800005678\n")
	if got := h.problems["secret.pdf"]; got != "source.encrypted" {
		t.Errorf("secret.pdf: %q", got)
	}
}

func TestTextKeepsItsOffsetsInEveryCharset(t *testing.T) {
	t.Parallel()
	const text = "第一行\n电话：13800005678\n"
	dir := write(t, map[string]string{
		"utf8.txt":  text,
		"gb.txt":    gb18030(text + strings.Repeat("普通的中文内容没有别的\n", 9)),
		"utf16.txt": "\xff\xfe" + utf16le(text),
	})
	for name, want := range map[string]int64{"utf8.txt": 10 + 9, "gb.txt": 7 + 6, "utf16.txt": 2 + 8 + 6} {
		s, err := source.Open(t.Context(), filepath.Join(dir, name), plain)
		if err != nil {
			t.Fatal(err)
		}
		for it := range s.Items(t.Context()) {
			for p, err := range s.Read(t.Context(), it) {
				if err != nil {
					t.Fatal(err)
				}
				at := strings.Index(string(p.Text), "13800005678")
				if got := p.Where(at); at < 0 || got.At != want || got.Unit != "L2" {
					t.Errorf("%s: found at %d, which is %+v; want offset %d on line 2", name, at, got, want)
				}
			}
		}
		_ = s.Close()
	}
}

func TestAStoppedScanStops(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{"a.txt": strings.Repeat("line\n", 1<<20)})
	ctx, cancel := context.WithTimeout(t.Context(), 0)
	defer cancel()
	begin := time.Now()
	if _, err := try(ctx, dir, plain); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
	if time.Since(begin) > 2*time.Second {
		t.Error("it went on")
	}
}

// TestJSONLinesAreOneTableFromTheFirst: the first line once stood apart, because it
// might have been all there is.
func TestJSONLinesAreOneTableFromTheFirst(t *testing.T) {
	t.Parallel()
	h := hear(t, write(t, map[string]string{
		"lines.jsonl": "{\"name\":\"a\",\"p\":{\"t\":1}}\r\n{\"name\":\"b\",\"p\":{\"t\":2}}\n",
		"one.json":    "{\n  \"name\": \"a\",\n  \"list\": [{\"x\":1},{\"x\":2}]\n}\n",
	}), plain)
	if got := h.parts["lines.jsonl"]; got != "h name|p.t|\n1 a|1|\n2 b|2|\n" {
		t.Errorf("lines %q", got)
	}
	if got := h.parts["one.json"]; !strings.Contains(got, "name: a") || h.parts["one.json#/list"] == "" {
		t.Errorf("one %q, its list %q", got, h.parts["one.json#/list"])
	}
}
