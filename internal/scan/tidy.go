package scan

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/source/flow"
)

// tidy counts a piece where only numbers are wanted and rows are lines: then cells
// need not be looked for, only counted between one number and the next, and a line
// is split only if a column of numbers has none in it. It reports whether the piece
// is like that; if not, nothing has been counted.
func (c *clerk) tidy(l *look) (rows int, ok bool) {
	comma, lines := l.p.Lines()
	if !lines || !c.plan.even {
		return 0, false
	}
	s := c.swept(l, comma)
	for f := range c.r.Scanner.Text(l.p.Text) {
		if l.has(f) && (!s.take(&f) || !l.full) {
			l.add(f)
		}
	}
	s.column(l.p.To)
	if s.line < l.p.To {
		s.endLine(l.p.To)
	}
	for _, o := range s.odd {
		c.split(l.p.Text[o.From:o.To], comma, &o)
	}
	s.tell(l)
	return s.rows, true
}

// split judges the cells of a line that are of a column of numbers and are none of
// those that it has.
func (c *clerk) split(line []byte, comma byte, o *odd) {
	line = bytes.TrimRight(line, "\r\n")
	defer c.table.End()
	for i := 0; i < len(c.plan.columns); i++ {
		cell, rest, more := bytes.Cut(line, []byte{comma})
		switch kind := c.plan.columns[i].numbers; {
		case kind == detect.None:
		case o.has>>i&1 == 0:
			c.table.Cell(i, loan(cell))
		default:
			c.table.Tell(kind, o.minor, loan(cell))
		}
		if line = rest; !more {
			return
		}
	}
}

// sweep gives the numbers of a piece to their columns.
type sweep struct {
	c      *clerk
	text   []byte
	at     int // up to where it is counted
	col    int // the column there
	comma  byte
	commas uint64 // eight of them

	line  int    // where the line begins
	has   uint64 // the columns of numbers that have one in it
	want  uint64
	whose flow.Span // what tells whose line it is, if anything does
	minor detect.Minor
	odd   []odd
	rows  int

	counts [64 * perColumn]int64 // by column, level and class of age
}

const perColumn = 4 * 4

// odd is a line that has not a number in every column of numbers.
type odd struct {
	flow.Span
	has   uint64
	minor detect.Minor // that those which it has tell
}

// swept begins with a piece.
func (c *clerk) swept(l *look, comma byte) *sweep {
	c.sweep = sweep{c: c, text: l.p.Text[:l.p.To], at: l.p.From, line: l.p.From, comma: comma, commas: uint64(comma) * ones,
		want: c.plan.want, odd: c.sweep.odd[:0]}
	return &c.sweep
}

// take counts a finding that is a whole cell of its column, and reports whether it
// is one.
func (s *sweep) take(f *detect.Finding) bool {
	col := s.column(int(f.Start))
	if s.want>>(col&63)&1 == 0 || f.Kind != s.c.plan.columns[col].numbers || f.Masked || !s.alone(int(f.Start), int(f.End)) {
		return false
	}
	s.has |= 1 << col
	s.counts[col*perColumn+int(f.Level&3)*4+int(f.Minor&3)]++
	if s.minor == detect.Unknown {
		s.minor = f.Minor
	}
	if col == s.c.plan.who {
		s.whose = flow.Span{From: int(f.Start), To: int(f.End)}
	}
	if s.has == s.want {
		s.skip(int(f.End))
	}
	return true
}

// tell hands over what was counted. What is listed was counted there.
func (s *sweep) tell(l *look) {
	for i, times := range &s.counts {
		if times == 0 {
			continue
		}
		col, level, minor := i/perColumn, detect.Level(i/4%4), detect.Minor(i%4)
		s.c.sums[col].take(minor, times)
		if l.full {
			l.tally.add(detect.Finding{Kind: s.c.plan.columns[col].numbers, Level: level, Minor: minor}, times)
		}
	}
}

// skip goes to the end of a line of which all is known.
func (s *sweep) skip(from int) {
	s.at = len(s.text)
	if i := bytes.IndexByte(s.text[from:], '\n'); i >= 0 {
		s.at = from + i + 1
	}
	s.endLine(s.at)
}

// endLine ends a line at a position.
func (s *sweep) endLine(to int) {
	if s.has != s.want {
		if len(bytes.TrimRight(s.text[s.line:to], "\r\n")) == 0 {
			s.line = to
			return // a blank line
		}
		s.odd = append(s.odd, odd{flow.Span{From: s.line, To: to}, s.has, s.minor})
	} else if s.whose.To > 0 {
		s.c.table.Tell(s.c.plan.by, s.minor, loan(s.text[s.whose.From:s.whose.To]))
		s.c.table.End()
	}
	s.rows++
	s.whose.To = 0
	s.line, s.has, s.col, s.minor = to, 0, 0, detect.Unknown
}

// column is the column in which the position lies, which is behind the last one;
// 63, which no number stands in, if that is in a line of which all is known.
func (s *sweep) column(to int) int {
	i := s.at
	if to < i {
		return 63
	}
	s.at = to
	if i+1 == to && s.text[i] == s.comma {
		s.col++
		return s.col
	}
	for ; i < to; i += 8 {
		w := s.load(i, to)
		commas := zeros(w ^ s.commas)
		if ends := w ^ lineEnds; (ends-ones)&^ends&high != 0 {
			commas = s.endLines(i, zeros(ends), commas)
		}
		s.col += bits.OnesCount64(commas)
	}
	return s.col
}

// endLines ends the lines of eight bytes, and gives the commas behind the last.
func (s *sweep) endLines(i int, ends, commas uint64) uint64 {
	for ; ends != 0; ends &= ends - 1 {
		k := bits.TrailingZeros64(ends)
		s.endLine(i + k>>3 + 1)
		commas &= ^uint64(0) << k
	}
	return commas
}

// load is eight bytes from i on, zeros from to on.
func (s *sweep) load(i, to int) uint64 {
	if i+8 <= to {
		return binary.LittleEndian.Uint64(s.text[i:])
	}
	if i+8 <= len(s.text) {
		return binary.LittleEndian.Uint64(s.text[i:]) & (1<<(8*(to-i)) - 1)
	}
	var w [8]byte
	copy(w[:], s.text[i:to])
	return binary.LittleEndian.Uint64(w[:])
}

// alone reports whether a stretch is a whole cell.
func (s *sweep) alone(from, to int) bool {
	before := from == 0 || s.text[from-1] == s.comma || s.text[from-1] == '\n'
	return before && (to >= len(s.text) || s.text[to] == s.comma || s.text[to] == '\n' || s.text[to] == '\r')
}

// Eight bytes of one value, and the highest bit of each byte of w that is zero.
const (
	ones     = 0x0101010101010101
	low7     = 0x7f * ones
	high     = 0x80 * ones
	lineEnds = '\n' * ones
)

func zeros(w uint64) uint64 { return ^(w&low7 + low7 | w | low7) }
