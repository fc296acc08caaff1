package list

import (
	"slices"
	"strings"

	"github.com/wardfold/wardfold/trace"
)

// Kind is one of the match keys.
type Kind uint8

// The match keys. A key of few values is never used alone: a month of birth only
// together with a name.
const (
	ByPhone    Kind = 1 + iota // 11 digits
	ByName                     // name|month of the child
	ByGuardian                 // name|month with the guardian's name
	ByTail                     // name|last four digits
	BySerial                   // a token of one export
	ByAlias                    // number,extension: a relay's, for one family in one export
)

// String names the key: phone, name, guardian, tail, serial or alias. Whoever keeps an
// index of keys keeps one for each, under a name made of this one.
func (k Kind) String() string {
	if k < ByPhone || k > ByAlias {
		return "none"
	}
	return [...]string{"phone", "name", "guardian", "tail", "serial", "alias"}[k-1]
}

// Value returns the text of a key of two parts, as it is to be indexed.
func Value(name, other string) string { return name + "|" + other }

// Tail returns the last four digits of a number.
func Tail(phone string) string { return phone[max(0, len(phone)-4):] }

// Marked is a mark found by one of its keys. Family tells the keys of one decoy
// from those of another.
type Marked struct {
	trace.Mark
	Family uint64
}

// Base answers for the holder of the data. Both functions take the text of a key,
// index it under a secret and say what has that index; they are called by one
// goroutine.
type Base struct {
	Items func(k Kind, value string) []uint32 // items with that key, whatever the version
	Marks func(k Kind, value string) []Marked // marks with that key; nil means that there are none
	Relay func(number string) bool            // whether a number is one of our relay's; nil means that none is
}

// Report says how a list was read, in counts.
type Report struct {
	Rows      int // with anything in them
	Blank     int
	Repeated  int // the same facts, or the same item, once more
	Phone     int // matched by number
	Names     int // matched by two keys without a number
	Corrected int // matched by a number with one wrong digit, which another key confirms
	Ambiguous int // of those matched: may be several items
	Marked    int // rows that are marks
	Relayed   int // with a number of our relay's, behind which no family can be told
	Outside   int // match nobody
	Nothing   int // without anything to go by
	Latin     int // with a name in Latin letters
	Lettered  int // with letters in a number, read as digits
	Broken    int // with something like a number that is none
}

// Match is a list as the items of a log.
type Match struct {
	Leak   trace.Leak
	Rows   []int // of each of Leak.Rows: the row of the list, from 0
	Hits   []trace.Hit
	Report Report

	Dialled int // different aliases on our relay's numbers, whether any export has them or not
}

// tries is the number of rows for which a wrong digit is looked for: each costs
// up to a hundred indexes.
const tries = 20_000

// Match matches rows, one []string of cells each. The rows may include a header:
// it is a row without facts.
func (b Base) Match(rows [][]string) Match {
	m := &matching{Base: b, seen: make(map[string]bool), known: make(map[uint32]bool), dialled: make(map[string]bool)}
	for i, cells := range rows {
		m.row(i, FactsOf(cells))
	}
	m.Dialled = len(m.dialled)
	return m.Match
}

type matching struct {
	Base
	Match
	seen  map[string]bool // rows by their facts
	known map[uint32]bool // items that are in the list already
	tried int

	dialled map[string]bool // aliases of ours that the list has
}

func (m *matching) row(i int, f Facts) {
	r := &m.Report
	blank := f.Empty() && len(f.Months) == 0 && !f.Latin && !f.Broken
	if blank {
		r.Blank++
		return
	}
	r.Rows++
	r.count(f)
	key := strings.Join(slices.Concat(f.Phones, f.Names, f.Months, f.Serials, f.Aliases), "|")
	if m.seen[key] && key != "" {
		r.Repeated++
		return
	}
	m.seen[key] = true
	f = m.ours(f)
	if m.mark(i, f) {
		r.Marked++
		return
	}
	if own := m.own(f.Phones); len(f.Aliases) > 0 || len(own) < len(f.Phones) {
		r.Relayed++
		f.Phones = own
	}
	items, how := m.find(f)
	items = slices.Compact(slices.Sorted(slices.Values(items)))
	fresh := slices.DeleteFunc(items, func(x uint32) bool { return m.known[x] })
	switch {
	case how == nil && (f.Empty() || len(f.Phones) == 0 && (len(f.Names) == 0 || len(f.Months) == 0)):
		r.Nothing++
	case how == nil:
		r.Outside++
		m.Leak.Outside++
	case len(fresh) == 0:
		r.Repeated++
	default:
		*how(r)++
		if len(fresh) > 1 {
			r.Ambiguous++
		}
		for _, x := range fresh {
			m.known[x] = true
		}
		m.Leak.Rows = append(m.Leak.Rows, fresh)
		m.Match.Rows = append(m.Match.Rows, i)
	}
}

func (r *Report) count(f Facts) {
	for _, c := range []struct {
		is bool
		n  *int
	}{{f.Latin && len(f.Names) == 0, &r.Latin}, {f.Lettered, &r.Lettered}, {f.Broken, &r.Broken}} {
		if c.is {
			*c.n++
		}
	}
}

// find returns the items that a row may be and which count they belong to; nil
// if it is nobody.
func (m *matching) find(f Facts) ([]uint32, func(*Report) *int) {
	var byNumber []uint32
	for _, p := range f.Phones {
		byNumber = append(byNumber, m.Items(ByPhone, p)...)
	}
	votes := m.votes(f)
	if len(byNumber) > 0 {
		return narrowed(byNumber, votes, f), func(r *Report) *int { return &r.Phone }
	}
	if agreed := atLeast(votes, 2); len(agreed) > 0 {
		return agreed, func(r *Report) *int { return &r.Names }
	}
	if len(f.Phones) > 0 {
		if near := m.near(f, votes); len(near) > 0 {
			return near, func(r *Report) *int { return &r.Corrected }
		}
		return nil, nil
	}
	if some := atLeast(votes, 1); len(some) > 0 && len(some) <= alike {
		return some, func(r *Report) *int { return &r.Names }
	}
	return nil, nil
}

// alike is the number of items that a name and month may belong to before the row
// says nothing any more.
const alike = 16

// votes counts for each item by how many of the keys without a number it is
// found.
func (m *matching) votes(f Facts) map[uint32]int {
	votes := make(map[uint32]int)
	add := func(k Kind, value string) {
		for _, x := range m.Items(k, value) {
			votes[x]++
		}
	}
	for _, n := range f.Names {
		for _, b := range f.Months {
			add(ByName, Value(n, b))
			add(ByGuardian, Value(n, b))
		}
		for _, p := range f.Phones {
			add(ByTail, Value(n, Tail(p)))
		}
	}
	return votes
}

func atLeast(votes map[uint32]int, n int) []uint32 {
	var items []uint32
	for x, v := range votes {
		if v >= n {
			items = append(items, x)
		}
	}
	return items
}

// narrowed keeps of the families with one number those that a name points to: a
// number has all children of a family.
func narrowed(items []uint32, votes map[uint32]int, f Facts) []uint32 {
	if len(f.Names) == 0 {
		return items
	}
	named := slices.DeleteFunc(slices.Clone(items), func(x uint32) bool { return votes[x] == 0 })
	if len(named) > 0 {
		return named
	}
	return items
}

// near looks for a number with one wrong, missing, surplus or exchanged digit,
// which a name must confirm: chance alone would find one for many lists.
func (m *matching) near(f Facts, votes map[uint32]int) []uint32 {
	if len(f.Names) == 0 || m.tried >= tries {
		return nil
	}
	m.tried++
	for _, p := range f.Phones {
		for _, q := range neighbours(p) {
			// Where nothing points to anybody yet, a name and the tail of the number
			// must, so only a wrong tail is worth a look.
			if len(votes) == 0 && Tail(q) == Tail(p) {
				continue
			}
			var confirmed []uint32
			for _, x := range m.Items(ByPhone, q) {
				if votes[x] > 0 || m.tail(f, q, x) {
					confirmed = append(confirmed, x)
				}
			}
			if len(confirmed) > 0 {
				return confirmed
			}
		}
	}
	return nil
}

func (m *matching) tail(f Facts, phone string, item uint32) bool {
	return slices.ContainsFunc(f.Names, func(n string) bool {
		return slices.Contains(m.Items(ByTail, Value(n, Tail(phone))), item)
	})
}

// neighbours lists the numbers of 11 digits at one edit from a number.
func neighbours(p string) []string {
	var all []string
	add := func(q string) {
		if q, ok := Phone(q); ok && q != p {
			all = append(all, q)
		}
	}
	for i := range len(p) {
		switch {
		case len(p) == 11:
			for d := '0'; d <= '9'; d++ {
				add(p[:i] + string(d) + p[i+1:])
			}
			if i > 0 {
				add(p[:i-1] + p[i:i+1] + p[i-1:i] + p[i+1:])
			}
		case len(p) == 12:
			add(p[:i] + p[i+1:])
		case len(p) == 10:
			for d := '0'; d <= '9'; d++ {
				add(p[:i] + string(d) + p[i:])
			}
		}
	}
	if len(p) == 10 {
		for d := '0'; d <= '9'; d++ {
			add(p + string(d))
		}
	}
	return all
}

// mark takes a row that is a mark. A number of a decoy without anything of its
// family is only a number; with its name, or the family's name and month, the row
// is the family.
func (m *matching) mark(i int, f Facts) bool {
	if m.Marks == nil {
		return false
	}
	var found []Marked
	for _, s := range f.Serials {
		found = append(found, m.Marks(BySerial, s)...)
	}
	found = append(found, m.aliases(f)...)
	for _, n := range f.Names {
		for _, b := range f.Months {
			found = append(found, m.Marks(ByName, Value(n, b))...)
		}
		for _, p := range f.Phones {
			found = append(found, m.Marks(ByTail, Value(n, Tail(p)))...)
		}
	}
	tokens, families := split(found)
	byNumber := make(map[uint64]Marked)
	for _, p := range f.Phones {
		for _, k := range m.Marks(ByPhone, p) {
			byNumber[k.Family] = k
		}
	}
	families = agreeing(families, byNumber)
	if len(families) == 0 {
		for _, k := range byNumber {
			if k.Kind == trace.Decoy {
				k.Kind = trace.Number
			}
			families = append(families, k)
		}
	}
	for _, k := range slices.Concat(tokens, families) {
		m.Hits = append(m.Hits, trace.Hit{Mark: k.Mark, Row: i})
	}
	// A token stands in the row of a real child, which is matched as well.
	return len(families) > 0
}

// split tells tokens from the marks of families.
func split(found []Marked) (tokens, families []Marked) {
	for _, k := range found {
		if k.Kind == trace.Serial || k.Kind == trace.Alias {
			tokens = append(tokens, k)
		} else {
			families = append(families, k)
		}
	}
	return tokens, families
}

// agreeing keeps the one family that most keys of a row point to. Two of
// different exports to which as many do say nothing: a row that might be either's
// is no evidence against one.
func agreeing(found []Marked, byNumber map[uint64]Marked) []Marked {
	votes := make(map[uint64]int)
	for _, k := range found {
		votes[k.Family]++
		if _, ok := byNumber[k.Family]; ok && votes[k.Family] == 1 {
			votes[k.Family]++
		}
	}
	var best []Marked
	for _, k := range found {
		switch n := votes[k.Family]; {
		case len(best) > 0 && n < votes[best[0].Family], slices.ContainsFunc(best, func(o Marked) bool { return o.Family == k.Family }):
		case len(best) > 0 && n == votes[best[0].Family]:
			best = append(best, k)
		default:
			best = []Marked{k}
		}
	}
	if len(best) > 1 {
		return nil
	}
	return best
}
