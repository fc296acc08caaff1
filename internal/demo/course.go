package demo

import (
	"slices"
	"strings"
)

// lessons is what each institution teaches, by its key.
var lessons = map[string]string{
	"chain1": "美术", "chain2": "舞蹈", "chain3": "棋艺", "chain4": "编程", "chain5": "体能", "university": "书画", "welfare": "课后辅导",
}

// levels are the classes of a lesson, for children below an age in months.
var levels = []struct {
	below int
	name  string
}{{6 * 12, "启蒙班"}, {10 * 12, "基础班"}, {ownPhone, "进阶班"}, {1 << 30, "提高班"}}

var hours = []string{"周六上午", "周六下午", "周日上午", "周日下午"}

// course is the class that child n of the city goes to, aged so many months. It
// is taken from no dice, so that nobody else in the city changes with it.
func (c *City) course(institution, months, n int) string {
	name := lessons[c.Institutions[institution].Key]
	for _, l := range levels {
		if months < l.below {
			name += l.name
			break
		}
	}
	return name + "（" + hours[n%len(hours)] + "）"
}

// Move returns a family as one of another place, with the classes that are given
// there.
func (c *City) Move(f Family, institution, place int) Family {
	from, to := lessons[c.Institutions[f.Institution].Key], lessons[c.Institutions[institution].Key]
	f.Children = slices.Clone(f.Children)
	for i, k := range f.Children {
		f.Children[i].Course = strings.Replace(k.Course, from, to, 1)
	}
	f.Institution, f.Place = institution, place
	return f
}
