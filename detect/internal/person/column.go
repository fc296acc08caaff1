package person

import "bytes"

// table is the head of a table that was seen: which of its cells hold names.
type table struct {
	mark    string // what parts the cells: a comma, a tab, a bar, blanks
	cells   int
	columns [4]int
	whys    [4]uint32
	n       int
}

var marks = []string{"\t", "|", ",", "，", "  ", " "}

// head reads a line as the head of a table if one of its cells is the label of a
// name and the others are short.
func (f *Finder) head(b []byte) bool {
	if len(b) > 600 {
		return false
	}
	for _, mark := range marks {
		if n := bytes.Count(b, []byte(mark)); n < 1 {
			continue
		}
		t := table{mark: mark}
		eachCell(b, mark, func(c, from, to int) {
			t.cells = c + 1
			if why, ok := cellLabel(b[from:to]); ok && t.n < len(t.columns) {
				t.columns[t.n], t.whys[t.n] = c, why
				t.n++
			}
		})
		if t.n > 0 && t.cells >= 2 {
			f.table = t
			return true
		}
	}
	return false
}

// eachCell calls visit for every cell of a line with its number and its place
// without blanks, quotes and bars around it. A run of blanks is one mark.
func eachCell(b []byte, mark string, visit func(c, from, to int)) {
	c, from := 0, 0
	if mark == "|" {
		from = len(b) - len(bytes.TrimLeft(b, " |"))
	}
	for from <= len(b) {
		to := bytes.Index(b[from:], []byte(mark))
		if to < 0 {
			to = len(b)
		} else {
			to += from
		}
		i, j := trim(b, from, to)
		visit(c, i, j)
		c++
		from = to + len(mark)
		for mark[0] == ' ' && from < len(b) && b[from] == ' ' {
			from++
		}
	}
}

const edges = " \t\"'\r*"

func trim(b []byte, from, to int) (int, int) {
	for from < to && bytes.IndexByte([]byte(edges), b[from]) >= 0 {
		from++
	}
	for from < to && bytes.IndexByte([]byte(edges), b[to-1]) >= 0 {
		to--
	}
	return from, to
}

// cellLabel says whether the head of a column is the label of a name.
func cellLabel(b []byte) (why uint32, ok bool) {
	if len(b) == 0 || len(b) > 24 {
		return 0, false
	}
	if b[0] < 0x80 {
		return asciiLabel(b)
	}
	var h uint64
	for _, r := range string(b) {
		if r != ' ' && r != '\u3000' {
			h = Mix(h, r)
		}
	}
	why, ok = labels[h]
	return why, ok
}

// row takes the cells of the columns of names. It reports false when the line is
// no row of the table, which ends it.
func (f *Finder) row(m *Model, from, to int, text []byte) bool {
	t := &f.table
	b := text[from:to]
	cells := 0
	eachCell(b, t.mark, func(c, i, j int) {
		cells = c + 1
		for k := range t.n {
			if t.columns[k] == c && i < j {
				f.cell(m, text, from+i, from+j, t.whys[k])
			}
		}
	})
	if t.mark[0] == ' ' {
		return cells >= 2
	}
	return cells > 1 && cells >= t.columns[0]+1
}

// cell takes text[from:to], a cell of a column of names, if it is built as one.
func (f *Finder) cell(m *Model, text []byte, from, to int, why uint32) {
	i, j := f.line.index(int32(from)), f.line.index(int32(to))
	if i < 0 || j < 0 || !f.shapeOf(m, i, j, why) && latinEnd(text[:to], from) != to {
		return
	}
	f.hits = append(f.hits, hit{int32(from), int32(to), sureScore, why&^strong | Column})
}

// index is the rune that begins at a byte offset, or -1.
func (l *line) index(at int32) int {
	lo, hi := pad, l.n
	for lo < hi {
		if mid := (lo + hi) / 2; l.at[mid] < at {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if l.at[lo] != at {
		return -1
	}
	return lo
}
