package flow

import (
	"bytes"
	"encoding/binary"
	"iter"
	"math/bits"
)

// A quoted cell may hold line ends, but a lost quote must not swallow the rest of
// a file: what has not closed after this many bytes or lines is no quote.
const (
	quoteMax   = 64 << 10
	quoteLines = 64
)

// records cuts the text of a piece into records (RFC 4180, read leniently). It
// runs where the piece is examined, so that one file keeps all processors busy.
func records(p *Piece) iter.Seq[Row] {
	return func(yield func(Row) bool) {
		s := splitter{p: p, text: p.Text, line: p.line, commas: repeated(p.comma)}
		for s.pos = p.From; s.pos < p.To; {
			s.cells, s.spans, s.scratch = s.cells[:0], s.spans[:0], s.scratch[:0]
			row := Row{Number: s.line, From: s.pos}
			if p.quotes {
				s.record()
			} else {
				s.bare()
			}
			if p.charset == GB18030 {
				s.decode()
			}
			row.To, row.Cells, row.Spans = s.pos, s.cells, s.spans
			if len(row.Cells) == 1 && len(row.Cells[0]) == 0 {
				continue // a blank line
			}
			if !yield(row) {
				return
			}
		}
	}
}

type splitter struct {
	p       *Piece
	text    []byte
	pos     int
	line    int64
	cells   [][]byte
	spans   []Span
	scratch []byte
	commas  uint64
}

// record reads one record and its line end.
func (s *splitter) record() {
	for {
		from := s.pos
		cell, span, ok := s.quoted()
		if !ok {
			cell = s.plain()
			span = Span{from, from + len(cell)}
		}
		s.cells, s.spans = append(s.cells, cell), append(s.spans, span)
		if s.pos >= len(s.text) {
			return
		}
		c := s.text[s.pos]
		s.pos++
		if c == '\n' {
			s.line++
			return
		}
	}
}

// bare is record where there is no quote, eight bytes at a time.
func (s *splitter) bare() {
	from, i := s.pos, s.pos
	for ; i+8 <= len(s.text); i += 8 {
		w := binary.LittleEndian.Uint64(s.text[i:])
		for ends := zeros(w^s.commas) | zeros(w^newlines); ends != 0; ends &= ends - 1 {
			k := i + bits.TrailingZeros64(ends)>>3
			if s.text[k] == '\n' {
				s.last(from, k)
				s.pos, s.line = k+1, s.line+1
				return
			}
			s.cells, s.spans = append(s.cells, s.text[from:k:k]), append(s.spans, Span{from, k})
			from = k + 1
		}
	}
	s.pos = from
	s.record()
}

// last adds the last cell of a record.
func (s *splitter) last(from, to int) {
	if to > from && s.text[to-1] == '\r' {
		to--
	}
	s.cells, s.spans = append(s.cells, s.text[from:to:to]), append(s.spans, Span{from, to})
}

// decode gives the cells in UTF-8.
func (s *splitter) decode() {
	for i, c := range s.cells {
		if beyondASCII(c) {
			s.cells[i] = GB18030.Decode(c)
		}
	}
}

// Eight bytes of one value, and the highest bit of each byte of w that is zero.
const (
	ones     = 0x0101010101010101
	low7     = 0x7f * ones
	newlines = '\n' * ones
)

func repeated(c byte) uint64 { return uint64(c) * ones }

func zeros(w uint64) uint64 { return ^(w&low7 + low7 | w | low7) }

// plain reads a cell without quotes, up to what ends it.
func (s *splitter) plain() []byte {
	rest := s.text[s.pos:]
	n := 0
	for n < len(rest) && rest[n] != s.p.comma && rest[n] != '\n' {
		n++
	}
	s.pos += n
	if n > 0 && rest[n-1] == '\r' && (n == len(rest) || rest[n] == '\n') {
		n--
	}
	return rest[:n:n]
}

// quoted reads a cell within quotes; two quotes stand for one.
func (s *splitter) quoted() (cell []byte, span Span, ok bool) {
	rest := s.text[s.pos:]
	if len(rest) == 0 || rest[0] != '"' {
		return nil, Span{}, false
	}
	limit := rest[1:min(len(rest), quoteMax)]
	double := 0
	for i := 0; i < len(limit); i++ {
		j := bytes.IndexByte(limit[i:], '"')
		if j < 0 {
			return nil, Span{}, false
		}
		i += j
		if i+1 < len(limit) && limit[i+1] == '"' {
			double++
			i++
			continue
		}
		after := bytes.TrimLeft(rest[i+2:min(len(rest), i+4)], "\r")
		if len(after) > 0 && after[0] != s.p.comma && after[0] != '\n' {
			return nil, Span{}, false
		}
		cell, span = limit[:i:i], Span{s.pos + 1, s.pos + 1 + i}
		lines := bytes.Count(cell, []byte{'\n'})
		if lines > quoteLines {
			return nil, Span{}, false
		}
		s.line += int64(lines)
		s.pos += i + 2
		if s.pos < len(s.text) && s.text[s.pos] == '\r' {
			s.pos++
		}
		if double > 0 {
			from := len(s.scratch)
			for k := 0; k < len(cell); k++ {
				s.scratch = append(s.scratch, cell[k])
				if cell[k] == '"' {
					k++
				}
			}
			cell = s.scratch[from:len(s.scratch):len(s.scratch)]
		}
		return cell, span, true
	}
	return nil, Span{}, false
}

func beyondASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return true
		}
	}
	return false
}

// byCell finds the cell of a record by counting what separates it.
func byCell(p *Piece, pos int) Place {
	start := bytes.LastIndexByte(p.Text[:pos], '\n') + 1
	column, quoted, fresh := 0, false, true
	for _, c := range p.Text[start:pos] {
		switch {
		case c == '"' && (quoted || fresh):
			quoted = !quoted
		case c == p.comma && !quoted:
			column++
		}
		fresh = c == p.comma && !quoted
	}
	return Place{cellName(p.lineAt(start), column), p.base + int64(pos)}
}

// Comma finds what separates the cells of a table from the start of its file,
// or 0 if it is no table. A file that is called a table needs one line that can
// be cut; any other must show the same number of cells, three at least, on each
// of its first five lines.
func Comma(head []byte, named bool) byte {
	lines := bytes.Split(head, []byte{'\n'})
	if len(lines) > 1 {
		lines = lines[:len(lines)-1] // the last may be cut
	}
	var full [][]byte
	for _, l := range lines {
		if l = bytes.TrimRight(l, "\r"); len(bytes.TrimSpace(l)) > 0 && len(full) < 20 {
			full = append(full, l)
		}
	}
	best, most := byte(0), 0
	for _, c := range []byte("\t,;|") {
		n := regular(full, c, named)
		if n > most {
			best, most = c, n
		}
	}
	if named && best == 0 && len(full) > 0 {
		return ',' // one column
	}
	return best
}

// regular is the number of separators on each line, or 0 if lines differ.
func regular(lines [][]byte, comma byte, named bool) int {
	if named {
		if len(lines) == 0 {
			return 0
		}
		return bytes.Count(lines[0], []byte{comma})
	}
	if len(lines) < 5 {
		return 0
	}
	first := 0
	for i, l := range lines {
		n := bytes.Count(l, []byte{comma})
		if i == 0 {
			first = n
		}
		if n != first || n < 2 {
			return 0
		}
	}
	return first
}
