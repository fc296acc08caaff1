// Package table holds tables of any size in little memory: each column is a
// dictionary of its different values and one small code per row. Read takes in a
// CSV file in UTF-8 or GB 18030 as a stream; Writer writes one out.
//
// A column of sex, age or school takes one byte a row, so ten million rows of
// nine such columns take 90 MB, and whatever is asked about a value is asked once
// per different value instead of once per row.
//
// Errors name the row and the column, and never a value: a file that is being
// made anonymous is full of values that must not end up in a log.
//
// The package is pure. A Table may be read by many goroutines at once.
package table

import (
	"fmt"
	"strings"
)

// Table is a header and its columns, all of the same length.
type Table struct {
	Columns []*Column
	rows    int
	gb      bool
}

// New makes an empty table. Names must not be empty or used twice: errors
// NoName and TwoNames.
func New(names ...string) (*Table, error) {
	t := &Table{}
	seen := map[string]int{}
	for i, name := range names {
		if name == "" {
			return nil, &Error{Code: NoName, Row: 1, Column: i + 1}
		}
		if at, twice := seen[name]; twice {
			return nil, &Error{Code: TwoNames, Row: 1, Column: i + 1, Other: at}
		}
		seen[name] = i + 1
		t.Columns = append(t.Columns, newColumn(name))
	}
	if len(names) == 0 {
		return nil, &Error{Code: Empty}
	}
	return t, nil
}

// From makes a table of rows in memory. It fails as New does, and with Ragged if
// a row has another number of cells than there are names.
func From(names []string, rows [][]string) (*Table, error) {
	t, err := New(names...)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		if len(row) != len(names) {
			return nil, &Error{Code: Ragged, Row: i + 2, Column: len(row)}
		}
		for j, v := range row {
			t.Columns[j].add([]byte(v))
		}
		t.rows++
	}
	return t, t.settle()
}

// Rows is the number of rows, without the header.
func (t *Table) Rows() int { return t.rows }

// GB18030 reports whether the file was in GB 18030, so that an answer can be
// written in what its reader is used to.
func (t *Table) GB18030() bool { return t.gb }

// Column finds a column by name, nil if there is none.
func (t *Table) Column(name string) *Column {
	for _, c := range t.Columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// Names returns the header.
func (t *Table) Names() []string {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = c.Name
	}
	return names
}

// Pick returns a table of some rows of t, in that order, with the dictionaries of
// t, which it shares.
func (t *Table) Pick(rows []int32) *Table {
	out := &Table{rows: len(rows), gb: t.gb}
	for _, c := range t.Columns {
		out.Columns = append(out.Columns, c.pick(rows))
	}
	return out
}

// Code says what is wrong with a file.
type Code string

// The codes.
const (
	Empty     Code = "empty"      // no header, or no row beside it
	NoName    Code = "no_name"    // Column has no name in the header
	TwoNames  Code = "two_names"  // Column has the name of column Other
	Ragged    Code = "ragged"     // Row has Column cells, not as many as the header
	Quote     Code = "quote"      // a quotation mark opens at Row and is not closed as it should be
	LongRow   Code = "long_row"   // a row has more than 16 MiB
	TooMany   Code = "too_many"   // more than 2^31-1 rows
	Encoding  Code = "encoding"   // the value at Row and Column is neither UTF-8 nor GB 18030
	NotText   Code = "not_text"   // the file is a workbook, UTF-16 or an archive
	TooVaried Code = "too_varied" // Column has more than 4 GiB of different values
)

// Error is a defect of a file. Rows count as a spreadsheet counts them: the
// header is row 1. Columns count from 1; 0 means the whole row.
type Error struct {
	Code       Code
	Row        int
	Column     int
	Other      int
	underlying error
}

func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "table: %s", e.Code)
	if e.Row > 0 {
		fmt.Fprintf(&b, " at row %d", e.Row)
	}
	if e.Column > 0 {
		fmt.Fprintf(&b, ", column %d", e.Column)
	}
	return b.String()
}

// Unwrap returns what the reader below reported, if anything.
func (e *Error) Unwrap() error { return e.underlying }
