package flow_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wardfold/wardfold/internal/source/flow"
)

// collect runs a reader and gives its pieces, which are checked on the way.
func collect(t rapid.TB, read func(w *flow.Writer) error) []*flow.Piece {
	t.Helper()
	var all []*flow.Piece
	w := flow.NewWriter(func(p *flow.Piece, err error) bool {
		if err != nil {
			t.Fatalf("problem %v", err)
		}
		if p.From < 0 || p.To < p.From || p.To > len(p.Text) || len(p.Text) > flow.Size {
			t.Fatalf("piece from %d to %d of %d", p.From, p.To, len(p.Text))
		}
		all = append(all, p)
		return true
	}, nil)
	if err := read(w); err != nil {
		t.Fatal(err)
	}
	if err := w.End(); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestPiecesTogetherAreTheText: nothing is lost and nothing belongs to two pieces,
// wherever lines end.
func TestPiecesTogetherAreTheText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.IntRange(1, 3<<20).Draw(t, "line")
		n := rapid.IntRange(1, 3<<20).Draw(t, "bytes")
		text := []byte(strings.Repeat(strings.Repeat("文", line/3+1)+"\n", n/(line+1)+1))[:n]
		for name, read := range map[string]func(w *flow.Writer) error{
			"raw": func(w *flow.Writer) error {
				return begin(w, func() error { return w.Raw(bytes.NewReader(text), flow.UTF8, 0) })
			},
			"write": func(w *flow.Writer) error { return begin(w, func() error { return w.Write(text) }) },
		} {
			var got []byte
			for i, p := range collect(t, read) {
				if at := p.Where(p.From).At; at != int64(len(got)) {
					t.Fatalf("%s: piece %d says that it begins at %d, not %d", name, i, at, len(got))
				}
				got = append(got, p.Text[p.From:p.To]...)
			}
			if !bytes.Equal(got, text) {
				t.Fatalf("%s: %d bytes came out of %d", name, len(got), len(text))
			}
		}
	})
}

func begin(w *flow.Writer, read func() error) error {
	if err := w.Part(flow.Part{Name: "a"}); err != nil {
		return err
	}
	return read()
}

func table(t testing.TB, text string, charset flow.Charset) (rows []string, places []string) {
	t.Helper()
	for _, p := range collect(t, func(w *flow.Writer) error {
		if err := w.Part(flow.Part{Name: "a.csv", Table: true}); err != nil {
			return err
		}
		return w.Raw(strings.NewReader(text), charset, ',')
	}) {
		for r := range p.Rows() {
			rows = append(rows, fmt.Sprintf("%d %q", r.Number, r.Cells))
		}
		for i := range p.Text {
			if p.Text[i] == '#' {
				places = append(places, p.Where(i).Unit)
			}
		}
	}
	return rows, places
}

func TestRecordsAreReadAsSpreadsheetsReadThem(t *testing.T) {
	rows, places := table(t, "a,b\r\n\"x, \"\"y\"\"\",#\n\n\"two\nlines\",z\nlost \"quote,#\n\"never closed,1\nlast,row", flow.UTF8)
	want := []string{`1 ["a" "b"]`, `2 ["x, \"y\"" "#"]`, `4 ["two\nlines" "z"]`, `6 ["lost \"quote" "#"]`, `7 ["\"never closed" "1"]`, `8 ["last" "row"]`}
	if strings.Join(rows, "|") != strings.Join(want, "|") {
		t.Errorf("got  %s\nwant %s", strings.Join(rows, "\n     "), strings.Join(want, "\n     "))
	}
	if fmt.Sprint(places) != "[B2 B6]" {
		t.Errorf("places %v", places)
	}
}

func TestTheSeparatorIsFoundOrThereIsNoTable(t *testing.T) {
	for text, want := range map[string]byte{
		"a,b,c\n1,2,3\n": ',', "a;b\n1;2\n": ';', "a\tb\n1\t2\n": '\t', "name\nx\n": ',',
	} {
		if got := flow.Comma([]byte(text), true); got != want {
			t.Errorf("Comma(%q) = %q", text, got)
		}
	}
	for text, want := range map[string]byte{
		strings.Repeat("a\tb\tc\n", 6): '\t', strings.Repeat("a, b\n", 6): 0, "a,b,c\nd\n": 0, "": 0,
	} {
		if got := flow.Comma([]byte(text), false); got != want {
			t.Errorf("Comma(%q) = %q", text, got)
		}
	}
}

func FuzzRecords(f *testing.F) {
	f.Add("a,b\n\"x\"\"y\",\"", uint8(0))
	f.Add("\"\n\n\n\",1\r\n\"\r\n", uint8(1))
	f.Fuzz(func(t *testing.T, text string, charset uint8) {
		cells := 0
		for _, p := range collect(t, func(w *flow.Writer) error {
			if err := w.Part(flow.Part{Name: "a", Table: true}); err != nil {
				return err
			}
			return w.Raw(strings.NewReader(text), flow.Charset(charset%4), ',')
		}) {
			last := int64(0)
			for r := range p.Rows() {
				if r.Number <= last || len(r.Spans) != len(r.Cells) {
					t.Fatalf("row %d after %d, %d cells at %d places", r.Number, last, len(r.Cells), len(r.Spans))
				}
				for i, at := range r.Spans {
					if at.From < r.From || at.To > r.To || charset%4 != uint8(flow.GB18030) && len(r.Cells[i]) > at.To-at.From {
						t.Fatalf("row %d: cell %d of %d bytes stands at %v", r.Number, i, len(r.Cells[i]), at)
					}
				}
				last = r.Number
				cells += len(r.Cells)
			}
			for i := range p.Text {
				p.Where(i)
			}
		}
		if cells > 2*len(text)+2 {
			t.Fatalf("%d cells of %d bytes", cells, len(text))
		}
	})
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte("\xff\xfea\x00"))
	f.Fuzz(func(t *testing.T, head []byte) {
		c, mark := flow.Sniff(head)
		if mark > len(head) {
			t.Fatal("a mark longer than the text")
		}
		flow.Binary(head)
		c.Decode(head)
	})
}
