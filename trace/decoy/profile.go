package decoy

import (
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/trace/list"
)

// profile is what the rows of an export look like.
type profile struct {
	rows          []Row
	child, adult  naming
	months        map[string]part // of each class
	prefix, block part            // the first three and seven digits of numbers
	phones        int             // rows with a number
	alone         []int           // rows whose number no other has
	family        [][2]int        // rows next to each other in a family: brothers and sisters
}

// naming is how names are made.
type naming struct {
	full, surname, given part
	first, last          part // characters of given names
}

func learn(rows []Row) *profile {
	p := &profile{rows: rows, months: make(map[string]part)}
	var names, adults, three, seven []string
	months, numbers := make(map[string][]string), make(map[string][]int)
	for i, r := range rows {
		names, adults = append(names, r.Name), append(adults, r.Guardian)
		months[r.Class] = append(months[r.Class], r.Month)
		if len(r.Phone) == 11 {
			p.phones++
			three, seven = append(three, r.Phone[:3]), append(seven, r.Phone[:7])
		}
		numbers[r.Phone] = append(numbers[r.Phone], i)
	}
	for i, r := range rows {
		switch same := numbers[r.Phone]; {
		case r.Phone == "" || len(same) == 1:
			p.alone = append(p.alone, i)
		case same[0] != i:
			p.family = append(p.family, [2]int{same[0], i})
		}
	}
	p.child, p.adult = newNaming(names), newNaming(adults)
	p.prefix, p.block = newPart(three), newPart(seven)
	for c, list := range months {
		p.months[c] = newPart(list)
	}
	return p
}

func newNaming(names []string) naming {
	var surname, given, first, last []string
	for _, n := range names {
		g := []rune(givenOf(n))
		surname, given = append(surname, firstOf(n)), append(given, string(g))
		if len(g) > 0 {
			first, last = append(first, string(g[0])), append(last, string(g[len(g)-1]))
		}
	}
	return naming{newPart(names), newPart(surname), newPart(given), newPart(first), newPart(last)}
}

// likeness is how many families are drawn for one decoy. The one whose parts are
// most nearly as rare as those of its model is taken.
const likeness = 40

// draw makes a family without a number in the manner of a row. A brother or
// sister has the guardian and the surname of the one before.
func (p *profile) draw(s *stream, model Row, elder *Row, more int) Row {
	var best Row
	least := -1.0
	for range likeness {
		row := Row{Class: model.Class, Month: p.months[model.Class].like(s, model.Month, 1, p.between(s, model.Class))}
		if model.Name != "" {
			surname := ""
			if elder != nil {
				surname = firstOf(elder.Name)
			}
			row.Name = p.child.like(s, model.Name, surname, 1)
		}
		switch {
		case elder != nil:
			row.Guardian, row.Phone = elder.Guardian, elder.Phone
		case model.Guardian != "":
			surname := ""
			if row.Name != "" && firstOf(model.Name) == firstOf(model.Guardian) {
				surname = firstOf(row.Name)
			}
			row.Guardian = p.adult.like(s, model.Guardian, surname, more)
		}
		d := p.child.distance(row.Name, model.Name, 1) + p.months[row.Class].distance(row.Month, model.Month, 1)
		if elder == nil {
			d += p.adult.distance(row.Guardian, model.Guardian, more)
		}
		if least < 0 || d < least {
			least, best = d, row
		}
		if d == 0 {
			break
		}
	}
	return best
}

// between draws a month from the earliest to the latest of a class.
func (p *profile) between(s *stream, class string) func() string {
	first, last := "", ""
	for m := range p.months[class].count {
		if first == "" || m < first {
			first = m
		}
		last = max(last, m)
	}
	from, ok := ordinal(first)
	to, valid := ordinal(last)
	if !ok || !valid {
		return nil
	}
	return func() string {
		n := from + s.below(to-from+1)
		return strconv.Itoa(n/12) + "-" + strconv.Itoa(101 + n%12)[1:]
	}
}

// ordinal numbers the months of "2015-03".
func ordinal(month string) (int, bool) {
	y, m, ok := strings.Cut(month, "-")
	year, err := strconv.Atoi(y)
	n, wrong := strconv.Atoi(m)
	return 12*year + n - 1, ok && err == nil && wrong == nil
}

// like makes a name in the manner of one: as rare a surname, if none is given,
// and as rare a given name or, if that is the only one, one of characters as
// rare. It will occur more times.
func (n naming) like(s *stream, model, surname string, more int) string {
	chars := given()
	name := ""
	for range redraws {
		first := surname
		if first == "" {
			first = n.surname.like(s, firstOf(model), more, func() string { return surnames().pick(s) })
		}
		name = first + n.given.like(s, givenOf(model), more, func() string {
			g := []rune(givenOf(model))
			pick := func() string { return chars.pick(s) }
			head := n.first.like(s, string(g[:1]), more, pick)
			if len(g) != 2 {
				return head
			}
			return head + n.last.like(s, string(g[1]), more, pick)
		})
		if n.full.count[name] == 0 || n.full.count[model] > more {
			return name
		}
	}
	return name
}

// distance is how differently rare the parts of two names are, once the first is
// in the list more times.
func (n naming) distance(name, model string, more int) float64 {
	if model == "" {
		return 0
	}
	g, h := []rune(givenOf(name)), []rune(givenOf(model))
	d := n.surname.distance(firstOf(name), firstOf(model), more) + n.given.distance(string(g), string(h), more) +
		n.full.distance(name, model, more)
	if len(g) != len(h) {
		return d + 4
	}
	if len(g) > 0 {
		d += n.first.distance(string(g[0]), string(h[0]), more) + n.last.distance(string(g[len(g)-1]), string(h[len(h)-1]), more)
	}
	return d
}

// usable lists the numbers of the pool that no row and no real family has, by
// how the rows' numbers begin.
func (p *profile) usable(src Source) *numbers {
	n := &numbers{used: make(map[string]bool), by: make(map[string][]string)}
	for _, r := range p.rows {
		n.used[r.Phone] = true
	}
	for _, x := range src.Pool {
		if len(x) != 11 || n.used[x] || src.Exists != nil && src.Exists(list.ByPhone, x) {
			continue
		}
		n.all = append(n.all, x)
		n.by[x[:3]] = append(n.by[x[:3]], x)
	}
	return n
}

// numbers is the part of the pool that is left for an export.
type numbers struct {
	all  []string
	by   map[string][]string // by the first three digits
	used map[string]bool
}

// number takes one in the manner of a row's: with a prefix as common, and in a
// block as common if the pool has one.
func (p *profile) number(s *stream, n *numbers, model string, more int) (string, bool) {
	if len(model) != 11 {
		model = pick(s, p.rows).Phone
	}
	if len(model) == 11 {
		from := n.by[p.prefix.like(s, model[:3], more, nil)]
		for want, tries := p.block.count[model[:7]]-more, 0; len(from) > 0 && tries < 300; tries++ {
			x := pick(s, from)
			if !n.used[x] && (tries > 200 || p.block.count[x[:7]] == want) {
				n.used[x] = true
				return x, true
			}
		}
	}
	for i := range n.all {
		if x := n.all[(i+int(s.uint64()>>1)%len(n.all))%len(n.all)]; !n.used[x] {
			n.used[x] = true
			return x, true
		}
	}
	for _, x := range n.all {
		if !n.used[x] {
			n.used[x] = true
			return x, true
		}
	}
	return "", false
}
