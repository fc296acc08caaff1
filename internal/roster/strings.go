package roster

import (
	"archive/zip"
	"io"

	"github.com/wardfold/wardfold/internal/markup"
)

// table is the shared-string table of a workbook. WPS and Excel put every text
// of the sheet there, so it is as large as the roster; it lies in blocks,
// without a string header for each entry.
type table struct {
	blocks [][]byte
	ends   []uint32 // where each entry ends, counted over all blocks
	long   map[int]bool
}

const blockSize = 1 << 20

func (b *book) readStrings(f *zip.File) (*table, error) {
	out := &table{long: make(map[int]bool)}
	if f == nil {
		return out, nil
	}
	p, err := openPart(f)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	t := newTokenizer(p, b.lim.Tags)
	var c collector
	for {
		kind, err := t.next()
		switch {
		case err == io.EOF && !c.open:
			return out, nil
		case err != nil:
			return nil, cut(err)
		}
		err = c.take(t, kind, "si")
		if err == nil && c.complete {
			err = out.add(c.value, c.cut, b.lim)
		}
		if err != nil {
			return nil, err
		}
	}
}

func (s *table) add(text []byte, cut bool, lim Limits) error {
	total := 0
	if n := len(s.ends); n > 0 {
		total = int(s.ends[n-1])
	}
	if len(s.ends) >= lim.Strings || total+len(text) > lim.Text {
		return bomb("shared strings")
	}
	if cut {
		s.long[len(s.ends)] = true
	}
	s.ends = append(s.ends, uint32(total+len(text)))
	for len(text) > 0 {
		at := total % blockSize
		if at == 0 {
			s.blocks = append(s.blocks, make([]byte, blockSize))
		}
		n := copy(s.blocks[len(s.blocks)-1][at:], text)
		text, total = text[n:], total+n
	}
	return nil
}

// get returns entry i; ok is false when there is none.
func (s *table) get(i int) (text string, cut, ok bool) {
	if i < 0 || i >= len(s.ends) {
		return "", false, false
	}
	from, to := 0, int(s.ends[i])
	if i > 0 {
		from = int(s.ends[i-1])
	}
	first, last := from/blockSize, max(to-1, 0)/blockSize
	if from == to {
		return "", s.long[i], true
	}
	if first == last {
		at := first * blockSize
		return string(s.blocks[first][from-at : to-at]), s.long[i], true
	}
	out := make([]byte, 0, to-from)
	for ; from < to; from = (from/blockSize + 1) * blockSize {
		block := from / blockSize
		out = append(out, s.blocks[block][from%blockSize:min(to-block*blockSize, blockSize)]...)
	}
	return string(out), s.long[i], true
}

// collector gathers the text of a string item: that of its t elements, without
// the phonetic hints (rPh) that some editors add. At most cellMax bytes are
// kept.
type collector struct {
	value    []byte
	cut      bool
	open     bool // within an item
	complete bool // the item has just ended
	inside   bool // within a t element
	phonetic bool
}

// take follows one token; item is the element that holds the text. The caller
// feeds every token, from before the item's start tag.
func (c *collector) take(t tokenizer, kind markup.Token, item string) error {
	if c.complete {
		c.reset()
	}
	switch kind {
	case markup.Start:
		switch string(t.Name) {
		case item:
			c.reset()
			c.open = true
		case "t":
			c.inside = !c.phonetic
		case "rPh":
			c.phonetic = true
		}
	case markup.End:
		switch string(t.Name) {
		case item:
			c.open, c.complete = false, true
		case "t":
			c.inside = false
		case "rPh":
			c.phonetic = false
		}
	case markup.Text:
		if c.inside {
			return c.add(t)
		}
	}
	return nil
}

// add keeps a piece of text, up to cellMax bytes in all.
func (c *collector) add(t tokenizer) (err error) {
	if c.cut || len(c.value)+len(t.Text) > cellMax {
		c.cut = true
		return nil
	}
	if t.CDATA {
		c.value = append(c.value, t.Text...)
		return nil
	}
	c.value, err = unescape(c.value, t.Text)
	return err
}

func (c *collector) reset() { *c = collector{value: c.value[:0]} }
