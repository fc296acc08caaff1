package demo

import (
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/secret"
)

// years is how long before the city's day a family may have enrolled.
const years = 3

// Ages at which children are enrolled, in months.
const (
	youngest = 3 * 12
	oldest   = 18 * 12
	ownPhone = 14 * 12
)

// family is a Family before its values are secrets.
type family struct {
	at       spot
	guardian [2]string // name, number
	children []child
	since    time.Time
	optional []string
}

type child struct {
	name, birth, phone, course string
}

// Families yields the first n families in order.
func (c *City) Families(n int) iter.Seq2[int, Family] {
	return func(yield func(int, Family) bool) {
		for i := range min(n, MaxFamilies) {
			if !yield(i, c.Family(i)) {
				return
			}
		}
	}
}

// Family returns family i, 0 ≤ i < MaxFamilies.
func (c *City) Family(i int) Family {
	f := c.family(i, blockGuardian)
	out := Family{
		Institution: f.at.institution, Place: f.at.place,
		Guardian: Person{secret.NewText(f.guardian[0]), secret.NewText(f.guardian[1])},
		Since:    f.since, Optional: f.optional,
	}
	for _, k := range f.children {
		out.Children = append(out.Children, Child{secret.NewText(k.name), secret.NewText(k.birth), secret.NewText(k.phone), k.course})
	}
	return out
}

func (c *City) family(i, block int) family {
	r := c.dice(uint64(block)<<32 | uint64(i))
	last := surname(r)
	f := family{at: c.draw(r)}
	f.guardian = [2]string{last + forename(r, parents), number(block, i)}
	if r.IntN(3) == 0 {
		f.guardian[0] = grownUp(r) // mother and child often have different surnames
	}
	welfare := c.Institutions[f.at.institution].Kind == "welfare"
	age := oldest
	for k := range 1 + max(0, r.IntN(10)-7) {
		months := youngest + r.IntN(oldest-youngest)
		kid := c.child(r, last, months, i*4+k)
		for slices.ContainsFunc(f.children, func(o child) bool { return o.name == kid.name }) {
			kid.name = last + forename(r, given)
		}
		kid.course = c.course(f.at.institution, months, i+k)
		f.children, age = append(f.children, kid), min(age, months)
	}
	// Nobody enrols before being two and a half.
	days := min(years*365, (age-30)*30)
	f.since = c.today.Add(-time.Duration(1+r.IntN(days*24*60)) * time.Minute)
	for _, o := range []struct {
		purpose string
		percent int
	}{{"photo.wall", 30}, {"survey", 20}} {
		if r.IntN(100) < o.percent && !welfare {
			f.optional = append(f.optional, o.purpose)
		}
	}
	return f
}

// draw chooses a place by its weight.
func (c *City) draw(r *rand.Rand) spot {
	n := r.IntN(c.sum[len(c.sum)-1])
	i, found := slices.BinarySearch(c.sum, n)
	if found {
		i++ // the weights of a place reach up to, and not including, its sum
	}
	return c.at[i]
}

// child invents one of so many months; n counts the children of the city.
func (c *City) child(r *rand.Rand, last string, months, n int) child {
	k := child{name: last + forename(r, given), birth: c.month(months)}
	if r.IntN(100) == 0 {
		k.name = others[r.IntN(len(others))]
	}
	if months > ownPhone {
		k.phone = number(blockChild, n)
	}
	return k
}

// month writes the month that lies so many months before the city's.
func (c *City) month(ago int) string {
	n := c.today.Year()*12 + int(c.today.Month()) - 1 - ago
	return fmt.Sprintf("%04d-%02d", n/12, n%12+1)
}
