package deid

import (
	"errors"
	"slices"
	"strings"
)

// Least is the smallest number of records that must look alike before a table
// may be called anonymous: one village, one age and one kind of disability
// often fit a single child.
const Least = 20

// LeastVaried is the smallest number of different values that a sensitive column
// must have among records that look alike; otherwise knowing the group tells the
// value.
const LeastVaried = 2

// Errors of Anonymise. They name columns by number at most, never a value.
var (
	ErrShape    = errors.New("deid: a row has not as many cells as there are columns")
	ErrColumn   = errors.New("deid: a column is unknown or declared twice")
	ErrLinkable = errors.New("deid: records can be told apart, so they are personal information")
)

// Release is a table that somebody wants to call anonymous. A column is taken to
// help in recognising a person unless it is declared otherwise, for what nobody
// has judged is judged as the worst.
type Release struct {
	Columns   []string
	Rows      [][]string
	Sensitive []string // what an attacker wants to learn, and does not know yet
	Harmless  []string // what cannot help anybody to recognise a person, such as a random row number made for this table
	Method    string   // how it was made, for the report: "year instead of month; villages joined"
}

// Trial is what a test against linkage found. The attacker knows every
// identifying column of a person who is in the table (the prosecutor's model)
// and asks which record it is.
type Trial struct {
	Method  string
	Columns []string // those that the attacker was taken to know
	Records int
	K       int // records in the smallest group that looks alike; 0 without records
	L       int // different values of a sensitive column in the poorest group; 0 without such a column
	Singled int // records in groups smaller than Least
}

// Passed reports whether the table may be called anonymous.
func (t Trial) Passed() bool { return t.K >= Least && (t.L == 0 || t.L >= LeastVaried) }

// Anonymous is a table that passed its trial. There is no other way to make
// one: a masked table is not anonymous because somebody says so. It keeps a copy
// of its own, so what was tested is what is released.
type Anonymous struct {
	trial   Trial
	columns []string
	rows    [][]string
}

// Trial returns the report of the test.
func (a Anonymous) Trial() Trial { return a.trial }

// Columns returns the columns.
func (a Anonymous) Columns() []string { return slices.Clone(a.columns) }

// Rows returns a copy of the rows.
func (a Anonymous) Rows() [][]string { return clone(a.rows) }

// Anonymise tests a table against linkage and returns it as anonymous. It fails
// with ErrLinkable, together with the report, if records can be told apart: the
// table stays personal information, in whatever form it is kept, and however
// its names are masked. It fails with ErrShape or ErrColumn for what is not a
// table. Source: PIPL arts. 4, 73(4); GB/T 42460 (S2-05, S2-06).
func Anonymise(r Release) (Anonymous, Trial, error) {
	quasi, sensitive, err := r.sort()
	if err != nil {
		return Anonymous{}, Trial{}, err
	}
	t := Trial{Method: r.Method, Records: len(r.Rows)}
	for _, c := range quasi {
		t.Columns = append(t.Columns, r.Columns[c])
	}
	groups := map[string][]int{}
	for i, row := range r.Rows {
		key := make([]string, len(quasi))
		for j, c := range quasi {
			key[j] = row[c]
		}
		k := join(key)
		groups[k] = append(groups[k], i)
	}
	for _, g := range groups {
		t.weigh(r.Rows, g, sensitive)
	}
	if !t.Passed() {
		return Anonymous{}, t, ErrLinkable
	}
	return Anonymous{t, slices.Clone(r.Columns), clone(r.Rows)}, t, nil
}

// sort returns the numbers of the identifying and of the sensitive columns.
func (r Release) sort() (quasi, sensitive []int, err error) {
	for i, c := range r.Columns {
		s, h := slices.Contains(r.Sensitive, c), slices.Contains(r.Harmless, c)
		switch {
		case s && h || slices.Index(r.Columns, c) != i:
			return nil, nil, ErrColumn
		case s:
			sensitive = append(sensitive, i)
		case !h:
			quasi = append(quasi, i)
		}
	}
	for _, c := range slices.Concat(r.Sensitive, r.Harmless) {
		if !slices.Contains(r.Columns, c) {
			return nil, nil, ErrColumn
		}
	}
	for _, row := range r.Rows {
		if len(row) != len(r.Columns) {
			return nil, nil, ErrShape
		}
	}
	return quasi, sensitive, nil
}

// weigh adds one group of records that look alike.
func (t *Trial) weigh(rows [][]string, group, sensitive []int) {
	if t.K == 0 || len(group) < t.K {
		t.K = len(group)
	}
	if len(group) < Least {
		t.Singled += len(group)
	}
	for _, c := range sensitive {
		values := map[string]bool{}
		for _, i := range group {
			values[rows[i][c]] = true
		}
		if t.L == 0 || len(values) < t.L {
			t.L = len(values)
		}
	}
}

// join makes one key of several cells, such that different cells make different
// keys.
func join(cells []string) string {
	var b strings.Builder
	for _, c := range cells {
		b.WriteString(strings.ReplaceAll(strings.ReplaceAll(c, `\`, `\\`), "\n", `\n`))
		b.WriteByte('\n')
	}
	return b.String()
}

func clone(rows [][]string) [][]string {
	out := make([][]string, len(rows))
	for i, r := range rows {
		out[i] = slices.Clone(r)
	}
	return out
}
