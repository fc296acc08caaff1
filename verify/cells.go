package verify

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// cells reads the rows of a CSV file (RFC 4180, commas) as bytes. In GB 18030 no
// character has a comma, a quotation mark or a line break as one of its bytes, so
// the encoding does not matter.
type cells struct {
	r    *bufio.Reader
	line []byte
	row  [][]byte
	ends []int
	text []byte
}

// maxLine bounds one row, in bytes.
const maxLine = 16 << 20

func newCells(r io.Reader) *cells { return &cells{r: bufio.NewReaderSize(r, 1<<16)} }

// next returns the next row, which is good until the next call, or io.EOF.
func (c *cells) next() ([][]byte, error) {
	c.line = c.line[:0]
	for {
		part, err := c.r.ReadSlice('\n')
		c.line = append(c.line, part...)
		if len(c.line) > maxLine {
			return nil, fail(Malformed, "a row has more than %d bytes", maxLine)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if open := bytes.Count(c.line, []byte{'"'})%2 == 1; open && err == nil {
			continue // the line break is within quotation marks
		} else if open {
			return nil, fail(Malformed, "a quotation mark is not closed")
		}
		if len(c.line) == 0 {
			return nil, io.EOF
		}
		return c.split(bytes.TrimSuffix(bytes.TrimSuffix(c.line, []byte{'\n'}), []byte{'\r'})), nil
	}
}

func (c *cells) split(line []byte) [][]byte {
	c.row, c.ends, c.text = c.row[:0], c.ends[:0], c.text[:0]
	quoted := false
	for i := 0; i < len(line); i++ {
		switch b := line[i]; {
		case b == '"' && quoted && i+1 < len(line) && line[i+1] == '"':
			c.text = append(c.text, b)
			i++
		case b == '"':
			quoted = !quoted
		case b == ',' && !quoted:
			c.ends = append(c.ends, len(c.text))
		default:
			c.text = append(c.text, b)
		}
	}
	from := 0
	for _, end := range append(c.ends, len(c.text)) {
		c.row = append(c.row, c.text[from:end])
		from = end
	}
	return c.row
}
