package decoy

import (
	"github.com/wardfold/wardfold/trace/list"
)

// profile is what the rows of an export look like.
type profile struct {
	rows   []Row
	given  []string // given names of children
	adult  []string // given names of guardians
	phones int      // rows with a number

	common  float64 // share of children whose given name another child has
	known   float64 // the same for guardians
	alike   float64 // share of families in which child and guardian have one surname
	shared  float64 // share of rows whose number an earlier row has: brothers and sisters
	prefix  map[string]int
	byClass map[string][]string // months of birth of each class
}

func learn(rows []Row) *profile {
	p := &profile{rows: rows, prefix: make(map[string]int), byClass: make(map[string][]string)}
	same, families := 0, 0
	again, numbers := 0, make(map[string]bool)
	for _, r := range rows {
		if g := givenOf(r.Name); g != "" {
			p.given = append(p.given, g)
		}
		if g := givenOf(r.Guardian); g != "" {
			p.adult = append(p.adult, g)
		}
		if r.Name != "" && r.Guardian != "" {
			families++
			if firstOf(r.Name) == firstOf(r.Guardian) {
				same++
			}
		}
		if len(r.Phone) == 11 {
			p.phones++
			p.prefix[r.Phone[:3]]++
			if numbers[r.Phone] {
				again++
			}
			numbers[r.Phone] = true
		}
		p.byClass[r.Class] = append(p.byClass[r.Class], r.Month)
	}
	p.common, p.known = repeated(p.given), repeated(p.adult)
	p.alike = share(same, families)
	p.shared = share(again, p.phones)
	return p
}

// repeated is the share of names that occur more than once.
func repeated(names []string) float64 {
	count := make(map[string]int)
	for _, n := range names {
		count[n]++
	}
	more := 0
	for _, n := range names {
		if count[n] > 1 {
			more++
		}
	}
	return share(more, len(names))
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// draw makes a family, without a number.
func (p *profile) draw(s *stream) Row {
	one := pick(s, p.rows)
	row := Row{Class: one.Class, Month: pick(s, p.byClass[one.Class])}
	if one.Name != "" {
		row.Name = firstOf(pick(s, p.rows).Name) + draw(s, p.given, p.common)
	}
	if one.Guardian != "" {
		first := firstOf(pick(s, p.rows).Guardian)
		if row.Name != "" && s.chance(p.alike) {
			first = firstOf(row.Name)
		}
		row.Guardian = first + draw(s, p.adult, p.known)
	}
	return row
}

// draw returns a given name: one that occurs, as often as names of the export
// occur again, or else the first character of one and the last of another of the
// same length. New ones only would stand out by being new, old ones only by being
// old.
func draw(s *stream, names []string, again float64) string {
	if len(names) == 0 {
		return ""
	}
	one := pick(s, names)
	r := []rune(one)
	if len(r) < 2 || s.chance(again) {
		return one
	}
	for range 50 {
		other := []rune(pick(s, names))
		if len(other) == len(r) && string(other) != one {
			return string(r[:1]) + string(other[1:])
		}
	}
	return one
}

// sibling reports whether a decoy is the brother or sister of the one before.
func (p *profile) sibling(s *stream) bool { return p.phones > 0 && s.chance(p.shared) }

// numbers takes n numbers from the pool in the prefixes that the rows have, each
// as often, as far as the pool goes.
func (p *profile) numbers(s *stream, n int, src Source) ([]string, error) {
	if p.phones == 0 {
		return make([]string, n), nil
	}
	real := make(map[string]bool)
	for _, r := range p.rows {
		real[r.Phone] = true
	}
	byPrefix := make(map[string][]string)
	var all []string
	for _, x := range src.Pool {
		if len(x) == 11 && !real[x] && (src.Exists == nil || !src.Exists(list.ByPhone, x)) {
			byPrefix[x[:3]] = append(byPrefix[x[:3]], x)
			all = append(all, x)
		}
	}
	if len(all) < n {
		return nil, ErrPool
	}
	used := make(map[string]bool)
	take := func(from []string) bool {
		for range 20 {
			if len(from) == 0 {
				return false
			}
			if x := pick(s, from); !used[x] {
				used[x] = true
				all = append(all, x) // the chosen are at the end, in order
				return true
			}
		}
		return false
	}
	free := len(all)
	for range n {
		wanted := ""
		for wanted == "" {
			if r := pick(s, p.rows); len(r.Phone) == 11 {
				wanted = r.Phone[:3]
			}
		}
		if !take(byPrefix[wanted]) && !take(all[:free]) {
			for _, x := range all[:free] {
				if !used[x] {
					used[x], all = true, append(all, x)
					break
				}
			}
		}
	}
	return all[free:], nil
}
