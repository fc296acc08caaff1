package anon

// Result is a release: which records form a class, and how each class is told.
type Result struct {
	K    int     // the smallest class that the models allow
	Rows []int32 // the table's rows, class after class
	Left []int32 // rows that are left out

	Levels []int // of Uniform: the level of each attribute; nil for Local

	job    Job
	attrs  []*attr
	starts []int32 // where each class starts in Rows; one more for the end
	marks  []mark  // per class, one for each attribute
	crowd  []int32 // per class: people of the population who fit; empty without one
}

// Classes is the number of classes.
func (r *Result) Classes() int { return len(r.starts) - 1 }

// Class returns the rows of a class, as the table numbers them, from 0.
func (r *Result) Class(i int) []int32 { return r.Rows[r.starts[i]:r.starts[i+1]] }

// Size is the number of records in a class.
func (r *Result) Size(i int) int { return int(r.starts[i+1] - r.starts[i]) }

// Told returns what a class shows in an attribute.
func (r *Result) Told(class, attribute int) string {
	return r.attrs[attribute].text(r.marks[class*len(r.attrs)+attribute])
}

func (r *Result) label(class int) []mark {
	d := len(r.attrs)
	return r.marks[class*d : class*d+d]
}
