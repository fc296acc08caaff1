package detect

// Table profiles the columns of a table: rows of a CSV file, a sheet, a query.
// It keeps counts and no values. It is not safe for concurrent use.
type Table struct {
	scanner *Scanner
	columns []Column
	rows    int64
}

// Column is what a table says of one column.
type Column struct {
	Header string
	Kind   Kind // None if the column holds nothing personal, or free text
	Level  Level
	Score  int16
	Why    Reasons
	Filled int64 // cells that are not empty
	Valid  int64 // of these, cells that are of the kind
	Masked int64 // of these, cells that are masked
	// Under14 and From14To17 count the cells whose own value says so.
	Under14, From14To17 int64
	// First is the first row that has a cell of the kind, from 1; 0 is none.
	First int64
}

// Table begins a table. header may be nil if there is none or it is not known
// whether the first row is one: the first Row is then looked at.
func (s *Scanner) Table(header []string) *Table {
	t := &Table{scanner: s}
	for _, h := range header {
		t.columns = append(t.columns, Column{Header: h})
	}
	return t
}

// Row takes the next row. It keeps no reference to the cells.
func (t *Table) Row(cells ...string) {
	t.rows++
	for i := len(t.columns); i < len(cells); i++ {
		t.columns = append(t.columns, Column{})
	}
}

// Columns is what is known by now, one for each column.
func (t *Table) Columns() []Column { return append([]Column(nil), t.columns...) }
