package deid

import (
	"math"
	"slices"
)

// Floor is the fewest people whom what is displayed must fit, in the group that
// the reader can know (class, grade, school): with fewer it points at somebody.
const Floor = 5

// MostAlone is the largest share of people who may be alone with what is shown of
// them.
const MostAlone = 0.2

// Shown is one column as it is shown.
type Shown struct {
	Kind Kind // "" for a column that Rules do not know, such as sex or class
	Form Form

	// Values is, for Crowd.Expect, how many values a column without a kind has, all
	// as frequent: 2 for sex, 12 for classes. It is 1 if it is not set.
	Values int
}

// Seen is what a display of real people gives away: of each, how many look the
// same.
type Seen struct {
	Of    []int   // candidates for each row, the person included
	Least int     // the fewest
	Alone float64 // share of people who are the only candidate
}

// Passes reports whether nobody has fewer candidates than Floor.
func (s Seen) Passes() bool { return s.Least >= Floor }

// Look counts the candidates in a population that is at hand: rows of values in
// clear, one for each of shown, of everybody whom a reader can think of. What
// stands beside a mask narrows it down as much as the mask itself, so all columns
// are counted together.
func Look(population [][]string, shown []Shown) Seen {
	counts := map[string]int{}
	keys := make([]string, len(population))
	for i, row := range population {
		cells := make([]string, len(shown))
		for j, s := range shown {
			cells[j] = s.Form.Apply(row[j])
		}
		keys[i] = join(cells)
		counts[keys[i]]++
	}
	s := Seen{Of: make([]int, len(keys))}
	for i, k := range keys {
		n := counts[k]
		s.Of[i] = n
		if i == 0 || n < s.Least {
			s.Least = n
		}
		if n == 1 {
			s.Alone++
		}
	}
	s.Alone /= float64(max(len(keys), 1))
	return s
}

// Crowd is a population that is not at hand: so many people, born in so many years
// (one for a class).
type Crowd struct {
	Size, Years int
}

// Expected is what a display of a Crowd gives away on average.
type Expected struct {
	Candidates float64 // people who fit what is shown of one, that one included
	Alone      float64 // share of people who are the only candidate
}

// Passes reports whether few enough are alone and enough fit.
func (e Expected) Passes() bool { return e.Candidates >= Floor && e.Alone <= MostAlone }

// Expect works out how many of a crowd fit what is shown of one of them, from how
// frequent surnames and the characters of given names are, and taking birthdays
// and numbers to be spread evenly and columns to be independent. It is an estimate
// for planning; where the list is at hand, Look counts.
//
// Sources: surnames, Chinese-Names-Corpus (Apache-2.0), whose five most frequent
// sum to 30.7 % as in the Ministry of Public Security's report of 2020 (30.8 %);
// characters of given names, ngender (MIT).
func (c Crowd) Expect(shown ...Shown) Expected {
	all := spread{{1, 1}}
	for _, s := range shown {
		all = all.and(c.of(s))
	}
	others := float64(max(c.Size-1, 0))
	var e Expected
	for _, g := range all {
		e.Candidates += g.n * g.p * g.p
		e.Alone += g.n * g.p * math.Pow(1-g.p, others)
	}
	e.Candidates = 1 + others*e.Candidates
	return e
}

// of is how what is shown of a column is spread over people.
func (c Crowd) of(s Shown) spread {
	years := max(c.Years, 1)
	switch {
	case s.Form == Nothing:
		return even(1)
	case s.Kind == "":
		return even(s.Values)
	case s.Form == Surname:
		return surnames
	case s.Form == Given:
		return given1or2
	case s.Form == Year:
		return even(years)
	case s.Form == Edges:
		return even(11) // the check character; a neighbourhood shares the first digit
	case s.Form == District:
		return even(16)
	case s.Form == Mobile:
		return even(10_000 * 30) // four digits, and prefixes as uneven as thirty even ones
	case s.Form != Whole:
		return even(1)
	}
	switch s.Kind {
	case ChildName, GuardianName, StaffName:
		return surnames.and(given1or2)
	case BirthMonth:
		return even(12 * years)
	}
	return even(1 << 40) // a number or an address in full is nobody else's
}

// spread is how frequent the values of something are: groups of n values, each of
// probability p.
type spread []group

type group struct{ n, p float64 }

func even(values int) spread {
	n := float64(max(values, 1))
	return spread{{n, 1 / n}}
}

// and is the spread of two things that do not depend on each other. Groups of
// nearly one probability become one, so it stays short.
func (s spread) and(t spread) spread {
	sums := map[int]group{}
	for _, a := range s {
		for _, b := range t {
			n, p := a.n*b.n, a.p*b.p
			at := int(math.Floor(8 * math.Log2(p)))
			g := sums[at]
			sums[at] = group{g.n + n, g.p + n*p}
		}
	}
	out := make(spread, 0, len(sums))
	for _, g := range sums {
		out = append(out, group{g.n, g.p / g.n})
	}
	slices.SortFunc(out, func(a, b group) int {
		if a.p > b.p {
			return -1
		}
		return 1
	})
	return out
}

// or is the spread of something that is one thing with probability w, and another
// thing otherwise.
func (s spread) or(w float64, t spread) spread {
	var out spread
	for _, g := range s {
		out = append(out, group{g.n, g.p * w})
	}
	for _, g := range t {
		out = append(out, group{g.n, g.p * (1 - w)})
	}
	return out
}

// surnames are 1,074 surnames, and characters those of given names, in groups of
// about one frequency; see Expect for the sources.
var (
	surnames = spread{{1, 0.07174}, {3, 0.06298}, {2, 0.03919}, {1, 0.02457}, {4, 0.01846}, {9, 0.01156}, {6, 0.007674}, {22, 0.005165},
		{27, 0.003450}, {18, 0.002258}, {24, 0.001572}, {25, 0.001054}, {40, 7.140e-4}, {34, 4.453e-4}, {43, 3.002e-4}, {32, 2.043e-4},
		{47, 1.317e-4}, {46, 9.089e-5}, {38, 6.154e-5}, {652, 3.858e-5}}
	characters = spread{{9, 0.01594}, {18, 0.008842}, {24, 0.005638}, {27, 0.003619}, {46, 0.002210}, {75, 0.001371}, {74, 8.829e-4},
		{104, 5.434e-4}, {122, 3.402e-4}, {131, 2.149e-4}, {148, 1.321e-4}, {167, 8.363e-5}, {198, 5.155e-5}, {231, 3.241e-5},
		{270, 2.028e-5}, {283, 1.256e-5}, {338, 7.843e-6}, {355, 4.986e-6}, {420, 3.074e-6}, {4000, 1.0e-6}}
	// A given name has one character in one case of ten.
	given1or2 = characters.or(0.1, characters.and(characters))
)
