package publish

import (
	"strings"

	"github.com/wardfold/wardfold/deid"
	"github.com/wardfold/wardfold/detect"
)

// narrows are headers of columns that split people into so many parts, as far as
// a reader knows who belongs to which.
var narrows = []struct {
	words []string
	parts float64
}{
	{[]string{"性别", "gender", "sex"}, 2},
	{[]string{"民族", "ethnic"}, 10},
	{[]string{"籍贯", "生源地", "户籍", "hometown"}, 30},
	{[]string{"生肖", "星座"}, 12},
	{[]string{"学院", "院系", "系别", "college", "faculty"}, 15},
	{[]string{"专业", "major"}, 60},
}

// fits counts for each row how many people of the population it fits. Numbers
// are not counted: who knows whose a student number is needs no list.
func (n *Notice) fits(columns []Column, rows [][]string) Fits {
	f := Fits{Rows: make([]int, len(rows))}
	people := n.people(columns)
	for r, row := range rows {
		fit := people
		for i, c := range columns {
			if c.Kind == detect.PersonName && i < len(row) {
				fit = min(fit, deid.Candidates(row[i], people))
			}
		}
		f.Rows[r] = fit
		if r == 0 || fit < f.Least {
			f.Least = fit
		}
		if fit < Floor {
			f.Few++
		}
	}
	return f
}

// people is how many people are left when a reader has read everything but the
// name.
func (n *Notice) people(columns []Column) int {
	p := n.People
	if p.School == 0 {
		p.School = max(Usual.School, p.Grade, p.Class)
	}
	if p.Grade == 0 {
		p.Grade = min(p.School, max(Usual.Grade, p.Class))
	}
	if p.Class == 0 {
		p.Class = min(p.Grade, Usual.Class)
	}
	left := p.School
	switch n.Audience {
	case OfGrade:
		left = p.Grade
	case OfClass:
		left = p.Class
	}
	for _, c := range columns {
		switch c.Kind {
		case detect.Grade:
			left = min(left, p.Grade)
		case detect.Class:
			left = min(left, p.Class)
		}
	}
	rest := float64(left)
	for _, c := range columns {
		for _, nar := range narrows {
			for _, w := range nar.words {
				if strings.Contains(strings.ToLower(c.Header), w) {
					rest /= nar.parts
				}
			}
		}
	}
	return max(1, int(rest))
}
