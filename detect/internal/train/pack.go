package main

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/wardfold/wardfold/detect/internal/person"
)

const (
	hanFirst = 0x4e00
	hanLast  = 0x9fff
)

// model packs the lists; the weights come later.
func (l *lexicon) model() *person.Model {
	m := new(person.Model)
	m.SetRanks(l.byUse())
	l.chars(m)
	l.pairs(m)
	for name := range l.known {
		m.AddKnown(name)
	}
	l.table(m)
	return m
}

func sum(m map[rune]float64) (n float64) {
	for _, r := range slices.Sorted(maps.Keys(m)) {
		n += m[r]
	}
	return n
}

// byUse are the Han characters, the most used ones first.
func (l *lexicon) byUse() (order []rune) {
	for r := rune(hanFirst); r <= hanLast; r++ {
		order = append(order, r)
	}
	slices.SortStableFunc(order, func(a, b rune) int { return cmp.Compare(l.text[b], l.text[a]) })
	return order
}

// chars packs what is known of each character.
func (l *lexicon) chars(m *person.Model) {
	text := sum(l.text)
	base := func(r rune) float64 { return (l.text[r] + text/2e7) / text }
	// A character that was never seen in a given name may yet stand in one: it
	// counts as half a bearer. Surnames and transliterations are closed lists.
	table := func(m map[rune]float64, least, half float64) func(r rune) int8 {
		total := sum(m)
		return func(r rune) int8 {
			if m[r] < least {
				return -127
			}
			return odds((m[r]+half)/total, base(r))
		}
	}
	surname := table(l.surnames, 2, 0)
	first, last, single := table(l.first, 0, 0.7), table(l.last, 0, 0.7), table(l.single, 0, 0.1)
	f0, f1, f2 := table(l.foreign[0], 2, 0), table(l.foreign[1], 2, 0), table(l.foreign[2], 2, 0)
	begins := map[rune]uint8{'小': person.FlagNick, '老': person.FlagNick, '阿': person.FlagNick, '大': person.FlagNick}
	for _, s := range l.compound {
		begins[[]rune(s)[0]] |= person.FlagTwo
	}
	for _, s := range l.japanese {
		begins[[]rune(s)[0]] |= person.FlagJapan
	}
	for name := range l.known {
		if r := []rune(name); l.unusual(r) {
			begins[r[0]] |= person.FlagKnown
		}
	}
	for r := rune(hanFirst); r <= hanLast; r++ {
		s := r
		if t, ok := l.simple[r]; ok && l.surnames[r]+l.first[r] < 20 {
			s = t // 陳 is as 陈 is
		}
		one := single(s)
		a, z := first(s), last(s)
		if s == '某' {
			one, a, z = 60, 60, 60
		}
		if l.foreign[0][s]+l.foreign[1][s]+l.foreign[2][s] >= 4 {
			begins[r] |= person.FlagForeign
		}
		if surname(s) > person.GateSurname {
			begins[r] |= person.FlagSurname
		}
		if a > person.GateGiven {
			begins[r] |= person.FlagGiven
		}
		m.SetChar(r, person.NewChar(surname(s), a, z, one, f0(s), f1(s), f2(s), begins[r]))
	}
}

// pairs marks how surnames of two characters begin, and known names that have no
// surname of the register, but for what hardly ever begins a name.
func (l *lexicon) pairs(m *person.Model) {
	for p := range l.beginnings() {
		if !l.idle[person.PairSlot(p[0], p[1])] {
			m.AddPair(p[0], p[1])
		}
	}
}

// beginnings are the pairs that long surnames and unusual names begin with.
func (l *lexicon) beginnings() map[[2]rune]bool {
	all := map[[2]rune]bool{}
	for _, s := range slices.Concat(l.compound, l.japanese) {
		r := []rune(s)
		all[[2]rune{r[0], r[1]}] = true
	}
	for name := range l.known {
		if r := []rune(name); l.unusual(r) {
			all[[2]rune{r[0], r[1]}] = true
		}
	}
	return all
}

// Of the pairs that share a slot of the model one in so many must begin a name, if
// they were seen often enough.
const (
	idleSeen  = 8
	idleShare = 25
)

// watch counts in labelled texts how often the pairs of a slot begin a name, and
// finds the slots that are not worth a stop.
func (l *lexicon) watch(sets ...[]sentence) {
	slots := map[uint32]bool{}
	for p := range l.beginnings() {
		slots[person.PairSlot(p[0], p[1])] = true
	}
	seen, names := map[uint32]int{}, map[uint32]int{}
	for _, set := range sets {
		for _, s := range set {
			starts := map[int]bool{}
			for p := range s.names() {
				starts[p[0]] = true
			}
			last, at := rune(0), 0
			for i, r := range s.Text {
				if n := person.PairSlot(last, r); slots[n] {
					seen[n]++
					if starts[at] {
						names[n]++
					}
				}
				last, at = r, i
			}
		}
	}
	l.idle = map[uint32]bool{}
	for n, k := range seen {
		l.idle[n] = k >= idleSeen && names[n]*idleShare < k
	}
}

// table adds the most used words.
func (l *lexicon) table(m *person.Model) {
	type item struct {
		word  string
		value person.Word
		rank  float64
	}
	marks := map[string]person.Word{}
	for _, s := range l.compound {
		marks[s] |= person.Two
	}
	for _, s := range l.japanese {
		marks[s] |= person.Japan
	}
	var items []item
	for w, e := range l.words {
		if size(w) > 4 {
			continue
		}
		perMillion := max(e.jieba/l.jieba, e.core/l.core) * 1e6
		v := person.NewWord(max(1, min(15, int(math.Log2(perMillion*4+1)*0.9)+1)),
			l.cue(e.before, l.nrBefore, e), l.cue(e.after, l.nrAfter, e), e.kind)
		if perMillion == 0 && e.before+e.after < 3 {
			continue
		}
		rank := perMillion + (e.before+e.after)/10
		if marks[w] != 0 {
			v, rank = v|marks[w], math.Inf(1)
			delete(marks, w)
		}
		items = append(items, item{w, v, rank})
	}
	for w, v := range marks {
		items = append(items, item{w, v, math.Inf(1)})
	}
	slices.SortFunc(items, func(a, b item) int {
		return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.word, b.word))
	})
	for _, it := range items[:min(len(items), person.WordsMost)] {
		m.AddWord(it.word, it.value)
	}
}

// cue bins how much more often a word stands beside names than anywhere: 0 is
// never seen there, 4 is as often as anywhere.
func (l *lexicon) cue(n, total float64, e *entry) int {
	if n < 2 {
		return 0
	}
	share := max(e.core/l.core, e.jieba/l.jieba, 1e-8)
	r := math.Log(n / total / share)
	return max(1, min(7, int(math.Round(r/1.0))+3))
}

// unusual reports whether a known name neither begins with a common surname nor
// is a transliteration: nothing else would make a candidate of it.
func (l *lexicon) unusual(name []rune) bool {
	return len(name) <= 4 && l.surnames[name[0]] < 200 && !l.isForeign(name)
}
