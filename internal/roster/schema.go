package roster

import (
	_ "embed"
	"strings"

	"github.com/wardfold/wardfold/internal/fault"
)

// Check names the kind of content a column must hold.
type Check string

// The closed set of checks.
const (
	CheckName  Check = "name"  // a person's name, 1 to 50 graphemes
	CheckMonth Check = "month" // a year and month of birth
	CheckPhone Check = "phone" // a telephone number, judged by Options.Phone
	CheckText  Check = "text"  // other short text, 1 to 200 graphemes
)

// Column is one field of a schema as a roster may carry it.
type Column struct {
	Field   string // field code of the catalogue, such as "learner.name"
	Check   Check
	Key     bool     // two rows equal in all key columns are the same learner
	Example string   // invented; a row that repeats an example name is refused
	Headers []string // the words under which the column may stand
}

// Schema is the budget of an import (I7): the fields that the purpose's signed
// schema promises, in the order in which Row.Values gives them. Every column is
// required; a header outside the schema refuses the file.
type Schema struct {
	Columns []Column
	Ignored []string // headers that carry nothing about a person
}

//go:embed vocabulary.txt
var vocabulary string

// SchemaFor returns the schema of the given field codes with the known words
// for each. A code without known words is an Invalid fault "roster.field":
// such a field cannot be imported from a sheet.
func SchemaFor(fields []string) (Schema, error) {
	known, ignored := parseVocabulary(vocabulary)
	s := Schema{Ignored: ignored}
	for _, f := range fields {
		c, ok := known[f]
		if !ok {
			return Schema{}, fault.New(fault.Invalid, "roster.field", f)
		}
		s.Columns = append(s.Columns, c)
	}
	return s, nil
}

func parseVocabulary(text string) (known map[string]Column, ignored []string) {
	known = make(map[string]Column)
	for line := range strings.Lines(text) {
		part := strings.Split(strings.TrimSpace(line), "|")
		if strings.HasPrefix(line, "#") || len(part) != 5 {
			continue
		}
		for i := range part {
			part[i] = strings.TrimSpace(part[i])
		}
		headers := strings.Split(part[4], ", ")
		if part[0] == "-" {
			ignored = append(ignored, headers...)
			continue
		}
		known[part[0]] = Column{part[0], Check(part[1]), part[2] == "key", part[3], headers}
	}
	return known, ignored
}
