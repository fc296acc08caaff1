package office

import (
	"archive/zip"
	"encoding/binary"
	"io"

	"github.com/wardfold/wardfold/internal/markup"
	"github.com/wardfold/wardfold/internal/source/flow"
)

// Bounds of the shared strings of one workbook. A text beyond them is examined
// where it stands in the list, without its cell.
const (
	sharedBytes = 96 << 20
	sharedMax   = 8_000_000
	stringMax   = 32767 * 4 // bytes of one; a cell holds 32,767 characters
	blockSize   = 1 << 20
)

// shared are the texts that the cells of a workbook refer to by number. They lie
// in blocks, each behind its length; no text lies across two blocks.
type shared struct {
	blocks [][]byte
	starts []uint32
	used   int // of the last block
}

func (s *shared) add(text []byte) bool {
	need := len(text) + binary.MaxVarintLen32
	if len(s.starts) >= sharedMax || len(s.blocks)*blockSize > sharedBytes {
		return false
	}
	if len(s.blocks) == 0 || s.used+need > blockSize {
		s.blocks, s.used = append(s.blocks, make([]byte, blockSize)), 0
	}
	block := s.blocks[len(s.blocks)-1]
	s.starts = append(s.starts, uint32((len(s.blocks)-1)*blockSize+s.used))
	s.used += binary.PutUvarint(block[s.used:], uint64(len(text)))
	s.used += copy(block[s.used:], text)
	return true
}

func (s *shared) get(i int) []byte {
	if i < 0 || i >= len(s.starts) {
		return nil
	}
	at := s.starts[i]
	b := s.blocks[at/blockSize][at%blockSize:]
	n, w := binary.Uvarint(b)
	return b[w : w+int(n)]
}

// readShared collects the shared strings; what does not fit is written as text.
func (d *Document) readShared(f *zip.File, w *flow.Writer) (*shared, error) {
	s := &shared{}
	if f == nil {
		return s, nil
	}
	r, err := d.Open(f)
	if err != nil {
		return s, err
	}
	defer r.Close()
	t := markup.New(r, maxTags)
	var c collector
	over := false
	for {
		kind, err := t.Next()
		if err == io.EOF {
			return s, nil
		}
		if err == nil {
			err = c.take(t, kind, "si")
		}
		if err != nil {
			return s, err
		}
		if !c.complete || s.add(c.value) {
			continue
		}
		if !over {
			over = true
			if err := w.Part(flow.Part{Name: d.Name + "#sharedStrings"}); err != nil {
				return s, err
			}
		}
		if err := w.Write(append(c.value, '\n')); err != nil {
			return s, err
		}
	}
}

// collector gathers the text of an item: that of its t elements, without the
// phonetic hints (rPh) that some editors add.
type collector struct {
	value    []byte
	complete bool // the item has just ended
	inside   bool // within a t element
	phonetic bool
}

func (c *collector) take(t *markup.Tokenizer, kind markup.Token, item string) (err error) {
	if c.complete {
		c.reset()
	}
	switch kind {
	case markup.Start:
		switch string(t.Name) {
		case item:
			c.reset()
		case "t":
			c.inside = !c.phonetic
		case "rPh":
			c.phonetic = true
		}
	case markup.End:
		switch string(t.Name) {
		case item:
			c.complete = true
		case "t":
			c.inside = false
		case "rPh":
			c.phonetic = false
		}
	case markup.Text:
		if c.inside && len(c.value)+len(t.Text) <= stringMax {
			if t.CDATA {
				c.value = append(c.value, t.Text...)
			} else {
				c.value, err = markup.Unescape(c.value, t.Text)
			}
		}
	}
	return err
}

func (c *collector) reset() { *c = collector{value: c.value[:0]} }
