package policy

import "strings"

// Classes is a set of kinds of fields (classified authorisation, S0-10).
type Classes uint16

// The classes. A field that fits none is sensitive: what nobody has judged is
// treated as the worst.
const (
	Identity   Classes = 1 << iota // names
	Birth                          // dates and months of birth
	Contact                        // phone numbers and addresses
	Image                          // photographs, voices, videos
	Grades                         // marks, ranks, results
	Difficulty                     // the case of a child in difficulty
	Sensitive                      // sensitive personal information (PIPL art. 28)
)

// told are the classes that rules can tell apart.
const told = Grades | Difficulty | Sensitive

// ClassNames gives each class its name, in the order of the matrix.
var ClassNames = []struct {
	Class Classes
	Name  string
}{
	{Identity, "identity"}, {Birth, "birth"}, {Contact, "contact"}, {Image, "image"},
	{Grades, "grades"}, {Difficulty, "difficulty"}, {Sensitive, "sensitive"},
}

// lastParts classifies a field code by its last part, "learner.name" by "name".
var lastParts = map[string]Classes{
	"name":        Identity,
	"number":      Identity,
	"birth_month": Birth,
	"birth_date":  Birth,
	"phone":       Contact,
	"email":       Contact,
	"address":     Contact,
	"photo":       Image,
	"video":       Image,
	"voice":       Image,
	"grade":       Grades,
	"grades":      Grades,
	"rank":        Grades,
	"difficulty":  Difficulty | Sensitive,
}

// ClassesOf returns the classes of fields by their codes.
func ClassesOf(fields []string) Classes {
	var c Classes
	for _, f := range fields {
		class, ok := lastParts[f[strings.LastIndexByte(f, '.')+1:]]
		if !ok {
			class = Sensitive
		}
		c |= class
	}
	return c
}

// Names returns the names of the classes in c, in the order of the matrix.
func (c Classes) Names() []string {
	var names []string
	for _, x := range ClassNames {
		if c&x.Class != 0 {
			names = append(names, x.Name)
		}
	}
	return names
}
