package detect

import (
	"hash/maphash"
	"strings"
)

// Table profiles the columns of a table: rows of a CSV file, a sheet, a query.
// It keeps counts and hashes, no values, so its memory does not grow with the
// rows. It is not safe for concurrent use.
type Table struct {
	work    *work
	columns []column
	rows    int64
	waiting bool // the first row may be a header
	forked  bool // what is not decided about a column is not going to be
	buf     []byte
	lunar   bool // the cell stands in a column of dates of the Chinese calendar
	people  census
	seed    maphash.Seed
	who     identity // of the row whose cells come one by one
}

// Column is what a table says of one column.
type Column struct {
	Header string
	Kind   Kind // None if the column as a whole is of no kind
	Level  Level
	Score  int16 // as of a Finding
	Why    Reasons
	Filled int64 // cells that are not empty
	Valid  int64 // of these, cells that are of the kind
	Masked int64 // of these, cells that are masked
	// Under14 and From14To17 count the cells of the kind whose own value says so.
	Under14, From14To17 int64
	// First is the first row that has a cell of the kind, from 1; 0 is none.
	First int64
	// Inside counts what the text engine found within the cells of a column of
	// free text, such as 备注, by kind.
	Inside map[Kind]int64
}

// Share is the part of the filled cells that are of the kind.
func (c Column) Share() float64 {
	if c.Filled == 0 {
		return 0
	}
	return float64(c.Valid) / float64(c.Filled)
}

// Summary is what a table says as a whole.
type Summary struct {
	Rows int64
	// Persons is how many different people the rows tell of, by the surest
	// number in each row, or else by its name, date of birth, mobile and e-mail
	// together. About says that it is an estimate, as the figures of minors then
	// are: up to 8,192 it is exact, beyond within five percent nearly always.
	Persons int64
	About   bool
	// By is the surest kind that tells them apart; None if no column is of one,
	// and the rows then are not about people, whatever some cells look like.
	By Kind
	// Under14 and From14To17 are how many of them a number, a date of birth, an
	// age or a grade shows to be minors.
	Under14, From14To17 int64
	// Kinds are the kinds of the columns and of what stands inside cells.
	Kinds Kinds
	// Sensitive reports that the table joins who somebody is with what is
	// sensitive: health, religion, biometrics, a financial account, a whereabouts,
	// a difficulty, or anything about a child under 14.
	// Source: PIPL art. 28.
	Sensitive bool
}

// column is a Column in the making.
type column struct {
	Column
	hint    category // what the header says
	valid   [kinds]uint32
	young   [kinds]uint32
	teen    [kinds]uint32
	masked  [kinds]uint32
	first   [kinds]int64
	decided Kind // after settleCells cells, the only kind to look for
	settled bool
	lunar   bool // dates are of the Chinese calendar
	judged  *[knownCells]judged
}

// settleCells is after how many cells a column that is sure is looked at for its
// kind alone.
const settleCells = 512

// Table begins a table. header may be nil if there is none or it is not known
// whether the first row is one: the first Row is then looked at.
func (s *Scanner) Table(header []string) *Table {
	t := &Table{work: newWork(s), waiting: header == nil, seed: maphash.MakeSeed()}
	t.work.floor = -1000
	t.work.linked = true
	t.heads(header)
	return t
}

func (t *Table) heads(header []string) {
	for i, h := range header {
		t.column(i).Header = h
		t.columns[i].hint = t.work.hint(h)
		t.columns[i].lunar = strings.Contains(h, "农历") || strings.Contains(h, "阴历") || strings.Contains(h, "旧历")
	}
}

func (t *Table) column(i int) *column {
	for len(t.columns) <= i {
		t.columns = append(t.columns, column{})
	}
	return &t.columns[i]
}

// Row takes the next row. It keeps no reference to the cells.
func (t *Table) Row(cells ...string) {
	if t.waiting {
		t.waiting = false
		if t.work.isHeader(cells) {
			header := make([]string, len(cells))
			for i, c := range cells {
				header[i] = strings.Clone(c)
			}
			t.heads(header)
			return
		}
	}
	t.rows++
	var who identity
	for i, text := range cells {
		if c := t.column(i); text != "" {
			if k, minor := t.cell(c, text); k != None {
				who.take(k, minor, text)
			}
		}
	}
	t.count(&who)
}

// cell takes one cell that is not empty. It tells what it is, if it is not masked.
func (t *Table) cell(c *column, text string) (Kind, Minor) {
	s := t.shape(c, text)
	if s.blank {
		return None, Unknown
	}
	c.Filled++
	k := c.decided
	if !c.settled {
		for kind := range s.kinds.All() {
			c.mark(kind, &s, t.rows)
		}
		if c.Filled >= settleCells && !t.forked {
			t.settle(c)
		}
		k = c.surest(s.kinds)
	} else if s.kinds.Has(k) {
		c.mark(k, &s, t.rows)
	}
	if !s.kinds.Has(k) || s.masked {
		return None, Unknown
	}
	return k, s.minor
}

func (c *column) mark(k Kind, s *shape, row int64) {
	c.valid[k]++
	if c.first[k] == 0 {
		c.first[k] = row
	}
	switch {
	case s.masked:
		c.masked[k]++
	case s.minor == Under14:
		c.young[k]++
	case s.minor == From14To17:
		c.teen[k]++
	}
}

// Columns is what is known by now, one for each column.
func (t *Table) Columns() []Column {
	out := make([]Column, len(t.columns))
	var all Kinds
	for i := range t.columns {
		out[i] = t.columns[i].profile(t.work.Scanner)
		all |= Of(out[i].Kind)
	}
	for i := range out {
		if all&whose == 0 && (announced &^ Of(Password)).Has(out[i].Kind) {
			c := &out[i] // the balance of nobody
			*c = Column{Header: c.Header, Filled: c.Filled, Inside: c.Inside}
		}
	}
	return out
}

// whose are the kinds that tell whose row one is.
const whose = anchors | 1<<Mobile | 1<<Email | 1<<WeChat | 1<<QQ

// Summary is what is known by now.
func (t *Table) Summary() Summary {
	s := Summary{Rows: t.rows, About: t.people.halved > 0}
	s.Persons, s.Under14, s.From14To17 = t.people.count()
	columns := t.Columns()
	s.By = by(columns)
	for _, c := range columns {
		if c.Kind != None && c.Masked < c.Valid {
			s.Kinds |= Of(c.Kind)
		}
		for k := range c.Inside {
			s.Kinds |= Of(k)
		}
	}
	const grave = 1<<Health | 1<<Religion | 1<<Biometric | 1<<BankCard | 1<<Location | 1<<Difficulty
	s.Sensitive = s.Kinds&anchors != 0 && (s.Kinds&grave != 0 || s.Under14 > 0)
	return s
}
