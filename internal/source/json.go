package source

import (
	"bufio"
	"bytes"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/wardfold/wardfold/internal/source/flow"
)

// Bounds of one JSON file.
const (
	jsonDepth  = 1000
	valueMax   = 1 << 20 // bytes of one value kept
	pointerMax = 256     // bytes of a pointer kept, the last ones
)

// notation reads JSON, JSON lines, and what is nearly so: a log with an object
// in each line, a file that was cut. It never fails on syntax, because what
// matters is what people can read in it. Objects in an array, or one in each
// line, are rows whose columns are the keys; everything else is written as "key:
// value", with JSON pointers for places.
type notation struct {
	r    *bufio.Reader
	w    *flow.Writer
	host flow.Part
	off  int64

	stack []level
	key   []byte
	value []byte
	at    int64 // of the value

	top    int // objects at the top so far
	record *record
	table  *listing
}

type level struct {
	array bool
	key   string
	index int
}

func readJSON(r io.Reader, name string, charset flow.Charset, mark int, w *flow.Writer) error {
	switch charset {
	case flow.GB18030:
		r = transform.NewReader(r, simplifiedchinese.GB18030.NewDecoder())
	case flow.UTF16LE:
		r = transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case flow.UTF16BE:
		r = transform.NewReader(r, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder())
	}
	n := &notation{r: bufio.NewReaderSize(r, headSize), w: w, host: flow.Part{Name: name}}
	if charset == flow.UTF8 && mark > 0 {
		d, _ := n.r.Discard(mark)
		n.off += int64(d)
	}
	if err := w.Part(n.host); err != nil {
		return err
	}
	for {
		c, err := n.byte()
		if err == io.EOF {
			return n.endTable()
		}
		if err == nil {
			err = n.take(c)
		}
		if err != nil {
			return err
		}
	}
}

func (n *notation) byte() (byte, error) {
	c, err := n.r.ReadByte()
	n.off++
	return c, err
}

// take reads what begins with c.
func (n *notation) take(c byte) error {
	switch c {
	case ' ', '\t', '\r', '\n', ':':
		return nil
	case '{', '[':
		return n.open(c == '[')
	case '}', ']':
		return n.close()
	case ',':
		if l := n.inside(); l != nil && l.array {
			l.index++
		}
		return nil
	case '"':
		if err := n.text(); err != nil {
			return err
		}
		if next, err := n.peek(); err == nil && next == ':' {
			n.key = append(n.key[:0], n.value[:min(len(n.value), 256)]...)
			return nil
		}
		return n.put()
	}
	if err := n.bare(c); err != nil {
		return err
	}
	return n.put()
}

func (n *notation) inside() *level {
	if len(n.stack) == 0 {
		return nil
	}
	return &n.stack[len(n.stack)-1]
}

// peek looks at the next byte that is no space.
func (n *notation) peek() (byte, error) {
	for {
		b, err := n.r.Peek(1)
		if err != nil {
			return 0, err
		}
		if b[0] != ' ' && b[0] != '\t' && b[0] != '\n' && b[0] != '\r' {
			return b[0], nil
		}
		if _, err := n.byte(); err != nil {
			return 0, err
		}
	}
}

func (n *notation) open(array bool) error {
	if len(n.stack) >= jsonDepth {
		return &flow.Problem{Name: n.host.Name, Code: "source.deep", Args: []any{jsonDepth}}
	}
	outer := n.inside()
	inArray := outer != nil && outer.array
	if !array && n.record == nil && (inArray || outer == nil && (n.top > 0 || n.lined())) {
		n.record = &record{depth: len(n.stack)}
	}
	if !array && outer == nil {
		n.top++
	}
	key := string(n.key)
	if n.key = n.key[:0]; inArray {
		key = outer.key
	}
	n.stack = append(n.stack, level{array: array, key: key})
	return nil
}

// lined reports whether the first object, which was just opened, is alone on its
// line and another one begins the next, as in JSON lines.
func (n *notation) lined() bool {
	head, _ := n.r.Peek(headSize) // whatever is there
	line, rest, _ := bytes.Cut(head, []byte{'\n'})
	return bytes.HasSuffix(bytes.TrimSpace(line), []byte{'}'}) && bytes.HasPrefix(bytes.TrimSpace(rest), []byte{'{'})
}

func (n *notation) close() error {
	n.key = n.key[:0]
	if len(n.stack) == 0 {
		return nil
	}
	n.stack = n.stack[:len(n.stack)-1]
	if n.record != nil && len(n.stack) == n.record.depth {
		return n.endRecord()
	}
	if n.table != nil && len(n.stack) < n.table.depth {
		return n.endTable()
	}
	if n.table == nil && n.record == nil {
		return n.w.Break("\n")
	}
	return nil
}

// put writes the value that was just read.
func (n *notation) put() error {
	key := n.key
	if l := n.inside(); len(key) == 0 && l != nil {
		key = []byte(l.key)
	}
	defer func() { n.key = n.key[:0] }()
	if n.record != nil {
		return n.field(key)
	}
	if err := n.endTable(); err != nil {
		return err
	}
	return n.pair(key, n.value, n.at)
}

func (n *notation) pair(key, value []byte, at int64) error {
	if err := n.w.Unit(n.pointer()); err != nil {
		return err
	}
	if len(key) > 0 {
		if err := n.w.Break(string(key) + ": "); err != nil {
			return err
		}
	}
	n.w.At(at)
	if err := n.w.Write(value); err != nil {
		return err
	}
	return n.w.Break("\n")
}

// pointer names the place of the current value. Source: RFC 6901.
func (n *notation) pointer() string {
	var b []byte
	for i, l := range n.stack {
		if i > 0 && !n.stack[i-1].array {
			b = append(append(b, '/'), l.key...)
		}
		if l.array {
			b = strconv.AppendInt(append(b, '/'), int64(l.index), 10)
		}
	}
	if len(n.key) > 0 {
		b = append(append(b, '/'), n.key...)
	}
	if len(b) > pointerMax {
		return "…" + string(b[len(b)-pointerMax:])
	}
	return string(b)
}

// bare reads a number, a literal, or whatever stands without quotes.
func (n *notation) bare(c byte) error {
	n.at, n.value = n.off-1, append(n.value[:0], c)
	for {
		b, err := n.r.Peek(1)
		if err != nil || bytes.IndexByte([]byte(",:]}{[\"\n\r\t "), b[0]) >= 0 || len(n.value) >= valueMax {
			return nil // the end of the file is found by the next read
		}
		c, err := n.byte()
		if err != nil {
			return err
		}
		n.value = append(n.value, c)
	}
}

// text reads a string up to its closing quote, and resolves escapes. Of one that
// is longer than a megabyte the rest follows as values of its own.
func (n *notation) text() error {
	n.at, n.value = n.off, n.value[:0]
	for {
		c, err := n.byte()
		if err == io.EOF {
			return nil
		}
		switch {
		case err != nil:
			return err
		case c == '"':
			return nil
		case c == '\\':
			if err := n.escape(); err != nil && err != io.EOF {
				return err
			}
		default:
			n.value = append(n.value, c)
		}
		if len(n.value) >= valueMax {
			if err := n.put(); err != nil {
				return err
			}
			n.at, n.value = n.off, n.value[:0]
		}
	}
}

func (n *notation) escape() error {
	c, err := n.byte()
	if err != nil {
		return err
	}
	switch c {
	case 'n':
		c = '\n'
	case 't':
		c = '\t'
	case 'r', 'b', 'f':
		c = ' '
	case 'u':
		r := n.hex()
		if utf16.IsSurrogate(r) {
			if b, err := n.r.Peek(2); err == nil && string(b) == `\u` {
				_, _ = n.byte()
				_, _ = n.byte() // both were seen
				r = utf16.DecodeRune(r, n.hex())
			}
		}
		n.value = utf8.AppendRune(n.value, r)
		return nil
	}
	n.value = append(n.value, c)
	return nil
}

// hex reads the four figures of an escape; what is none stands for itself.
func (n *notation) hex() rune {
	b, err := n.r.Peek(4)
	if err != nil {
		return utf8.RuneError
	}
	v, err := strconv.ParseUint(string(b), 16, 32)
	if err != nil {
		return utf8.RuneError
	}
	d, _ := n.r.Discard(4)
	n.off += int64(d)
	return rune(v)
}
