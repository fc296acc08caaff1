package ui

import (
	"github.com/a-h/templ"
)

// Masked is a value that masking has already made safe to show.
type Masked string

// Revealed is a value in clear that the gate has released. One component takes
// it: Shown.
type Revealed string

// Row is one line of a summary list: a question and its answer. When Change is
// a path, the row has a link to it.
type Row struct {
	Key    string
	Value  string
	More   templ.Component // shown after Value; may be nil
	Change string
}

// Task is one line of a task list.
type Task struct {
	Text, Hint string
	Href       string // "" when it cannot be started yet
	Status     string // words: 已完成, 未开始
	Kind       Kind
}

// Table is a list of things. On a narrow screen every row becomes a card with
// the heads as labels.
type Table struct {
	ID      string // needed when a FilterBox points at it
	Caption string // what the table is about, read first
	Hidden  bool   // caption for screen readers only, when a heading says it
	Heads   []Head
	Rows    [][]Cell
}

// Head is the top of a column.
type Head struct {
	Text   string
	Number bool // aligned right, digits of equal width
}

// Cell is one value: text, or a component.
type Cell struct {
	Text string
	Part templ.Component // instead of Text when not nil
}

// Words makes a row of plain text cells.
func Words(texts ...string) []Cell {
	row := make([]Cell, len(texts))
	for i, t := range texts {
		row[i] = Cell{Text: t}
	}
	return row
}

// Pager moves through a list by cursor. Total is shown when positive.
type Pager struct {
	Total        int
	Newer, Older string // paths; "" when there is nothing that way
}

// Tab is one of several views of the same thing, a link.
type Tab struct {
	Href, Text string
	Current    bool
}

// Moment is one line of a timeline.
type Moment struct {
	When, Title, Detail string
	Kind                Kind
	Part                templ.Component // below Detail; may be nil
}

// Reveal is a masked value with the button that shows it in clear. With script
// the value appears in place and hides again; without, the form leads to a page
// that shows it with Shown.
type Reveal struct {
	Label  string // what it is: 监护人电话
	Value  Masked
	Action string // path that takes the POST; "" shows the mask only
	Fields []Hidden
}

// Clear is a revealed value on its way to the screen, with who is looking and
// for how many seconds it stays.
type Clear struct {
	Label   string
	Value   Revealed
	Mask    Masked // what it turns back into
	Mark    string // who looked and when, shown beside the value
	Seconds int
}

// Ticket is a receipt that anybody can check.
type Ticket struct {
	Title  string
	Number string
	When   string
	Rows   []Row
	QR     *QR
	Check  string // sentence under the QR code: how to check
}

// Label is the card that says what is kept about somebody, like the label on
// food: made from the schema in force and the log, with the date.
type Label struct {
	Title string
	Facts []Fact
	AsOf  string
}

// Fact is one line of a label.
type Fact struct{ Icon, Name, Text string }

// Empty is shown where a list has nothing: what would be here, and what to do.
type Empty struct{ Title, Text string }
