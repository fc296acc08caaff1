package anon

import (
	"fmt"

	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/table"
)

// Attribute is a column that helps to recognise a person (a quasi-identifier),
// and how it may be told less exactly.
type Attribute struct {
	Column    string
	Hierarchy *hierarchy.Hierarchy

	// Cut lets Local cut the column between any two values instead of at the
	// borders of the hierarchy's nodes: ages 17-23 instead of 15-24. It tells more
	// and fits columns whose values have an order. Uniform does not heed it, nor
	// does anything for columns of more than 65,535 values.
	Cut bool
}

// Job is a table and what must hold of it when it is released.
type Job struct {
	Table  *table.Table
	Quasi  []Attribute
	Models []Model // what every class must satisfy; at least K is needed

	// Population is who the records are drawn from, with the columns of Quasi; nil
	// if it is not at hand. KMap, Presence and the risk of a journalist need it.
	Population *table.Table

	// Limit is the share of records, 0 to 1, that Uniform may leave out. Local leaves
	// out none.
	Limit float64

	// Workers is how many processors may be used; 0 is all.
	Workers int

	// Progress, if set, is told how many of the records are done. If it returns
	// an error the job stops with it.
	Progress func(done, total int) error
}

// Code says why a job cannot be done.
type Code string

// The codes.
const (
	NoColumn    Code = "no_column"    // Column is not in the table
	TwiceUsed   Code = "twice"        // Column is used in two ways
	NoQuasi     Code = "no_quasi"     // no column is named as one that helps to recognise a person
	ManyQuasi   Code = "many_quasi"   // more than 64 of them
	NotCovered  Code = "not_covered"  // the hierarchy does not know the value at Row and Column
	NotInCrowd  Code = "not_in_crowd" // the population's value at Row and Column is not covered
	TooSmall    Code = "too_small"    // the table has Row records, fewer than a class must have
	Unreachable Code = "unreachable"  // not even with every record in one class do the models hold, or only by leaving out more than Limit
	NoModel     Code = "no_model"     // no K, or a parameter out of range
	NoCrowd     Code = "no_crowd"     // a model needs the population and there is none
	Lattice     Code = "lattice"      // too many combinations of levels for Uniform
)

// Error says why a job cannot be done. It names rows as a spreadsheet does (the
// header is row 1) and columns by name, and holds no value.
type Error struct {
	Code   Code
	Row    int
	Column string
}

func (e *Error) Error() string {
	s := "anon: " + string(e.Code)
	if e.Row > 0 {
		s += fmt.Sprintf(" at row %d", e.Row)
	}
	if e.Column != "" {
		s += fmt.Sprintf(", column %q", e.Column)
	}
	return s
}

// check finds what is wrong with a job before any work is done.
func (j Job) check() (k int, err error) {
	switch {
	case len(j.Quasi) == 0:
		return 0, &Error{Code: NoQuasi}
	case len(j.Quasi) > 64:
		return 0, &Error{Code: ManyQuasi}
	}
	used := map[string]bool{}
	for _, a := range j.Quasi {
		if used[a.Column] {
			return 0, &Error{Code: TwiceUsed, Column: a.Column}
		}
		used[a.Column] = true
		if j.Table.Column(a.Column) == nil {
			return 0, &Error{Code: NoColumn, Column: a.Column}
		}
	}
	for _, m := range j.Models {
		least, err := m.check(j, used)
		if err != nil {
			return 0, err
		}
		k = max(k, least)
	}
	if k < 1 || j.Limit < 0 || j.Limit > 1 {
		return 0, &Error{Code: NoModel}
	}
	if j.Table.Rows() < k {
		return 0, &Error{Code: TooSmall, Row: j.Table.Rows()}
	}
	return k, nil
}
