package ole_test

import (
	"encoding/binary"
	"io"
	"os"
	"testing"

	"github.com/richardlehane/mscfb"

	"github.com/wardfold/wardfold/internal/source/flow"
	"github.com/wardfold/wardfold/internal/source/ole"
)

func stream(t testing.TB, file, name string) []byte {
	t.Helper()
	f, err := os.Open("../testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c, err := mscfb.New(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.File {
		if s.Name == name {
			b, err := io.ReadAll(s)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
	}
	t.Fatalf("no stream %s", name)
	return nil
}

func writer(t *testing.T) *flow.Writer {
	last := int64(0)
	var part *flow.Part
	return flow.NewWriter(func(p *flow.Piece, err error) bool {
		if err != nil {
			return true
		}
		if p.Part != part {
			part, last = p.Part, 0
		}
		for r := range p.Rows() {
			if r.Number <= last {
				t.Fatalf("row %d after %d", r.Number, last)
			}
			last = r.Number
		}
		return true
	}, nil)
}

func FuzzWorkbook(f *testing.F) {
	f.Add(stream(f, "roster.xls", "Workbook"))
	f.Fuzz(func(t *testing.T, data []byte) {
		w := writer(t)
		_ = ole.Workbook(data, w) // that it ends is what is asked
	})
}

func FuzzWords(f *testing.F) {
	doc := stream(f, "notice.doc", "WordDocument")
	at, n := binary.LittleEndian.Uint32(doc[0x1A2:]), binary.LittleEndian.Uint32(doc[0x1A6:])
	table := stream(f, "notice.doc", "1Table")
	f.Add(doc, table[at:at+n])
	f.Fuzz(func(t *testing.T, doc, clx []byte) {
		_ = ole.Words(doc, clx, writer(t)) // that it ends is what is asked
	})
}
