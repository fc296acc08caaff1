package roster

import (
	"bufio"
	"bytes"
	"io"
	"strings"

	"github.com/wardfold/wardfold/internal/fault"
)

// text is a CSV file.
type text struct {
	src     io.ReaderAt
	size    int64
	charset charset
	comma   byte
	end     byte // last byte of a line ending: \n, or \r for old Macintosh files
	crlf    bool
	columns int // cells of the first line that is not blank
}

func openCSV(src io.ReaderAt, size int64) (*text, error) {
	c, err := detect(src, size)
	if err != nil {
		return nil, err
	}
	f := &text{src: src, size: size, charset: c, end: '\n'}
	head := make([]byte, window)
	n, err := io.ReadFull(c.decode(io.NewSectionReader(src, 0, size)), head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	f.look(head[:n])
	return f, nil
}

func (f *text) format() string { return "csv" }
func (f *text) others() int    { return 0 }

// look learns the line ending and the delimiter from the start of the file:
// the delimiter is the candidate that cuts the header into most cells.
func (f *text) look(head []byte) {
	if nl := bytes.IndexByte(head, '\n'); nl >= 0 {
		f.crlf = nl > 0 && head[nl-1] == '\r'
	} else if bytes.IndexByte(head, '\r') >= 0 {
		f.end = '\r'
	}
	all := strings.Split(string(head), string(f.end))
	for len(all) > 1 && strings.Trim(all[0], ",;\t \r") == "" {
		all = all[1:]
	}
	for _, comma := range []byte(",;\t") {
		if n := headerCells(all, comma); n > f.columns {
			f.comma, f.columns = comma, n
		}
	}
}

// headerCells counts the cells of the first record, which may hold line breaks
// within quotes.
func headerCells(all []string, comma byte) int {
	for n := 1; n <= min(joinMax, len(all)); n++ {
		record := strings.TrimRight(strings.Join(all[:n], "\n"), "\r\n")
		if cells, state := split(record, comma, nil); state == stateOK {
			return len(cells)
		}
	}
	cells, _ := split(all[0], comma, nil)
	return len(cells)
}

func (f *text) lines() (lines, error) {
	in := &counter{r: io.NewSectionReader(f.src, 0, f.size)}
	return &textLines{f: f, in: in, r: bufio.NewReaderSize(f.charset.decode(in), window)}, nil
}

type counter struct {
	r io.Reader
	n int64
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.n += int64(n)
	return n, err
}

// A quoted cell may hold line breaks, but a lost quote must not swallow the
// rest of the file: what looks like one record for longer than this, or closes
// with the wrong number of cells, is one broken line, and the next line counts
// for itself.
const joinMax = 16

// textLines reads the records of a CSV file (RFC 4180, read leniently).
type textLines struct {
	f     *text
	in    *counter
	r     *bufio.Reader
	ahead []physical // read, but not yet part of a record
	at    int
	cells []cell
	parts []string
}

// physical is a line of the file without its ending.
type physical struct {
	text string
	long bool // only the first part was kept
}

func (t *textLines) done() float64 { return float64(t.in.n) / float64(t.f.size) }

// next returns the next record that is not blank.
func (t *textLines) next() (line, error) {
	for {
		l, err := t.record()
		if err != nil || len(l.cells) > 0 {
			return l, err
		}
	}
}

// record returns the next record, blank or not.
func (t *textLines) record() (line, error) {
	p, err := t.line(0)
	if err != nil {
		return line{}, err
	}
	t.at++
	l := line{number: t.at}
	if p.long {
		l.broken = "roster.long"
	}
	used := 1
	state := stateOK
	if t.parts, state = split(p.text, t.f.comma, t.parts[:0]); state == stateOpen && !p.long {
		if used, err = t.join(p.text); err != nil {
			return line{}, err
		}
		if used == 0 {
			used, state = 1, stateBad
		}
	}
	if state == stateBad && !p.long {
		l.broken = "roster.csv_quote"
		t.parts = append(t.parts[:0], strings.Split(p.text, string(t.f.comma))...)
	}
	t.ahead = t.ahead[used:]
	l.cells = t.fill()
	return l, nil
}

// join adds following lines to one that ends within quotes, until the record
// closes well. It returns how many lines the record takes, 0 if it does not
// close; the cells are in t.parts.
func (t *textLines) join(text string) (int, error) {
	for n := 1; n < joinMax; n++ {
		p, err := t.line(n)
		if err == io.EOF || p.long || len(text) > cellMax {
			return 0, nil
		}
		if err != nil {
			return 0, err
		}
		text += "\n" + p.text
		parts, state := split(text, t.f.comma, t.parts[:0])
		t.parts = parts
		if state == stateOK && len(parts) == t.f.columns {
			return n + 1, nil
		}
		if state != stateOpen {
			return 0, nil
		}
	}
	return 0, nil
}

// line returns the i-th line that is not yet part of a record.
func (t *textLines) line(i int) (physical, error) {
	for len(t.ahead) <= i {
		p, err := t.read()
		if err != nil {
			return p, err
		}
		t.ahead = append(t.ahead, p)
	}
	return t.ahead[i], nil
}

// read takes one line from the stream and keeps at most cellMax bytes of it.
func (t *textLines) read() (physical, error) {
	var kept []byte
	var p physical
	for {
		piece, err := t.r.ReadSlice(t.f.end)
		if room := cellMax - len(kept); len(piece) > room {
			p.long = true
			kept = append(kept, piece[:room]...)
		} else {
			kept = append(kept, piece...)
		}
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF && len(kept) == 0:
			return p, io.EOF
		case err != nil && err != io.EOF:
			return p, fault.New(fault.Invalid, "roster.damaged").Because(err)
		}
		p.text = strings.TrimRight(string(kept), "\r\n")
		return p, nil
	}
}

// fill turns the parts into cells, without trailing blank ones.
func (t *textLines) fill() []cell {
	t.cells = t.cells[:0]
	last := 0
	for i, p := range t.parts {
		p = unquote(p)
		t.cells = append(t.cells, cell{text: p, long: len(p) >= cellMax})
		if p != "" {
			last = i + 1
		}
	}
	return t.cells[:last]
}

type state uint8

const (
	stateOK   state = iota
	stateOpen       // the text ends within quotes
	stateBad        // something follows a closing quote
)

// split cuts a record into its cells, appended to parts. A quote within an
// unquoted cell stands for itself, as in spreadsheet programs.
func split(record string, comma byte, parts []string) ([]string, state) {
	for {
		if !strings.HasPrefix(record, `"`) {
			i := strings.IndexByte(record, comma)
			if i < 0 {
				return append(parts, record), stateOK
			}
			parts, record = append(parts, record[:i]), record[i+1:]
			continue
		}
		value, rest, ok := quoted(record[1:])
		if !ok {
			return append(parts, value), stateOpen
		}
		parts = append(parts, value)
		if rest == "" {
			return parts, stateOK
		}
		if rest[0] != comma {
			return parts, stateBad
		}
		record = rest[1:]
	}
}

// quoted reads up to the closing quote; two quotes stand for one.
func quoted(s string) (value, rest string, ok bool) {
	for i := 0; ; i += 2 {
		j := strings.IndexByte(s[i:], '"')
		if j < 0 {
			return strings.ReplaceAll(s, `""`, `"`), "", false
		}
		if i += j; !strings.HasPrefix(s[i+1:], `"`) {
			return strings.ReplaceAll(s[:i], `""`, `"`), s[i+1:], true
		}
	}
}
