package main

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/detect/internal/person"
)

// urn draws strings or runes in proportion to a weight.
type urn struct {
	items []string
	upTo  []float64
}

func (u *urn) put(item string, weight float64) {
	last := 0.0
	if n := len(u.upTo); n > 0 {
		last = u.upTo[n-1]
	}
	u.items, u.upTo = append(u.items, item), append(u.upTo, last+weight)
}

func (u *urn) draw(dice *rand.Rand) string {
	x := dice.Float64() * u.upTo[len(u.upTo)-1]
	i, _ := slices.BinarySearch(u.upTo, x)
	return u.items[min(i, len(u.items)-1)]
}

// inventor makes names and sentences out of the lists.
type inventor struct {
	dice                             *rand.Rand
	surname, first, last, single     urn
	dict, real, foreign, japanese    []string
	before, after, title, org, place urn
	verb, filler                     urn
	compound                         []string
}

func newInventor(l *lexicon, seed uint64) *inventor {
	v := &inventor{dice: rand.New(rand.NewPCG(seed, 2)), japanese: l.japanese, compound: l.compound}
	fill := func(u *urn, m map[rune]float64) {
		for _, r := range slices.Sorted(maps.Keys(m)) {
			u.put(string(r), m[r])
		}
	}
	fill(&v.surname, l.surnames)
	fill(&v.first, l.first)
	fill(&v.last, l.last)
	fill(&v.single, l.single)
	for _, name := range slices.Sorted(maps.Keys(l.known)) {
		r := []rune(name)
		switch w := l.words[name]; {
		case w != nil && w.core+w.jieba/10 > 2:
		case l.surnames[r[0]] >= 200 && len(r) <= 3:
			v.real = append(v.real, name)
		case l.isForeign(r):
			v.foreign = append(v.foreign, name)
		}
	}
	v.words(l)
	return v
}

func (l *lexicon) isForeign(name []rune) bool {
	for _, r := range name {
		if l.foreign[0][r]+l.foreign[1][r]+l.foreign[2][r] < 20 {
			return false
		}
	}
	return len(name) >= 2
}

// words fills the urns of words by how often they stand beside names.
func (v *inventor) words(l *lexicon) {
	for _, w := range slices.SortedFunc(maps.Keys(l.words), cmp.Compare) {
		e := l.words[w]
		if e.before >= 2 {
			v.before.put(w, e.before)
		}
		if e.after >= 2 {
			v.after.put(w, e.after)
		}
		if !han(w) {
			continue
		}
		switch {
		case e.kind == person.Title && size(w) >= 2:
			v.title.put(w, e.before+1)
		case e.kind == person.Organisation && size(w) >= 3:
			v.org.put(w, e.core+1)
		case e.kind == person.Place && size(w) >= 2:
			v.place.put(w, e.core+1)
		case e.kind == person.Verb && size(w) == 2 && e.after >= 3:
			v.verb.put(w, e.after)
		}
		if n := size(w); n >= 2 && n <= 4 && e.jieba+e.core > 0 {
			v.dict = append(v.dict, w)
		}
		if e.core > 3 {
			v.filler.put(w, e.core)
		}
	}
}

func (v *inventor) chance(p float64) bool { return v.dice.Float64() < p }

func (v *inventor) pick(all []string) string { return all[v.dice.IntN(len(all))] }

// name invents a name as news have them: mostly Chinese, some foreign.
func (v *inventor) name() string {
	switch x := v.dice.Float64(); {
	case x < 0.10:
		return v.foreigner()
	case x < 0.12:
		return v.pick(v.japanese) + v.last.draw(v.dice) + v.pick([]string{"郎", "子", "男", "雄", "美", "一", "夫", ""})
	default:
		return v.chinese()
	}
}

func (v *inventor) chinese() string {
	if v.chance(0.25) {
		return v.pick(v.real)
	}
	s := v.surname.draw(v.dice)
	if v.chance(0.04) {
		s = v.pick(v.compound)
	}
	if v.chance(0.30) {
		return s + v.single.draw(v.dice)
	}
	return s + v.first.draw(v.dice) + v.last.draw(v.dice)
}

func (v *inventor) foreigner() string {
	n := v.pick(v.foreign)
	for v.chance(0.35) {
		n += "·" + v.pick(v.foreign)
	}
	return n
}

// substitute gives a copy of a sentence with other names in the place of its
// Chinese and its foreign names; ok is false if it has none.
func (v *inventor) substitute(l *lexicon, s sentence) (out sentence, ok bool) {
	at := 0
	var b strings.Builder
	for _, g := range s.Spans {
		if g.Kind != "PER" || g.Start < at {
			continue
		}
		name := s.Text[g.Start:g.End]
		r := []rune(name)
		other := name
		switch {
		case strings.Contains(name, "·") || len(r) >= 3 && l.isForeign(r):
			other = v.foreigner()
		case han(name) && len(r) <= 3 && len(r) >= 2 && l.surnames[r[0]] >= 50:
			other = v.chinese()
		}
		ok = ok || other != name
		b.WriteString(s.Text[at:g.Start])
		out.Spans = append(out.Spans, labels{b.Len(), b.Len() + len(other), "PER"})
		b.WriteString(other)
		at = g.End
	}
	b.WriteString(s.Text[at:])
	out.Text = b.String()
	return out, ok
}

// salad puts a name between words that stand beside names in the news, and
// common words around them.
func (v *inventor) salad() sentence {
	var w writer
	for range v.dice.IntN(6) {
		w.text(v.filler.draw(v.dice))
	}
	for {
		if !v.chance(0.15) {
			w.text(v.before.draw(v.dice))
		}
		w.name(v.name())
		if !v.chance(0.15) {
			w.text(v.after.draw(v.dice))
		}
		for range v.dice.IntN(7) {
			w.text(v.filler.draw(v.dice))
		}
		if !v.chance(0.3) {
			return w.sentence()
		}
	}
}

// writer collects a sentence and the spans of its names.
type writer struct {
	b     strings.Builder
	spans []labels
}

func (w *writer) text(s string) { w.b.WriteString(s) }

func (w *writer) name(s string) {
	w.spans = append(w.spans, labels{w.b.Len(), w.b.Len() + len(s), "PER"})
	w.b.WriteString(s)
}

func (w *writer) sentence() sentence { return sentence{w.b.String(), w.spans} }

// template fills a template: {n} a Chinese name, {f} a foreign one, {a} either,
// {g} a given name, {s} a surname that counts as a name; the rest are words.
func (v *inventor) template(t string) sentence {
	var w writer
	for t != "" {
		i := strings.IndexByte(t, '{')
		if i < 0 {
			w.text(t)
			break
		}
		j := strings.IndexByte(t, '}')
		w.text(t[:i])
		v.slot(&w, t[i+1:j])
		t = t[j+1:]
	}
	return w.sentence()
}

func (v *inventor) slot(w *writer, slot string) {
	switch slot {
	case "n":
		w.name(v.chinese())
	case "f":
		w.name(v.foreigner())
	case "a":
		w.name(v.name())
	case "s":
		w.name(v.surname.draw(v.dice))
	case "pet":
		w.name(v.pick([]string{"小", "小", "小", "老", "阿"}) + v.single.draw(v.dice))
	case "dict":
		w.text(v.pick(v.dict))
	case "brand":
		w.text(v.brand())
	case "g":
		w.text(v.first.draw(v.dice) + v.last.draw(v.dice))
	case "X":
		w.text(v.surname.draw(v.dice))
	case "t":
		w.text(v.title.draw(v.dice))
	case "o":
		if v.chance(0.5) {
			w.text(v.place.draw(v.dice))
		}
		w.text(v.org.draw(v.dice))
	case "p":
		w.text(v.place.draw(v.dice))
	case "v":
		w.text(v.verb.draw(v.dice))
	case "w":
		w.text(v.filler.draw(v.dice))
	case "ww":
		for range 2 + v.dice.IntN(5) {
			w.text(v.filler.draw(v.dice))
		}
	case "y":
		w.text(strconv.Itoa(1940 + v.dice.IntN(84)))
	case "m":
		w.text(strconv.Itoa(1 + v.dice.IntN(12)))
	case "0":
		w.text(strconv.Itoa(1 + v.dice.IntN(60)))
	case "tel":
		w.text("1" + strconv.Itoa(3000000000+v.dice.IntN(6999999999)))
	default:
		w.text(v.pick(strings.Split(choices[slot], " ")))
	}
}

// brand invents the name of a firm: lucky characters, often those of names.
func (v *inventor) brand() string {
	switch x := v.dice.Float64(); {
	case x < 0.5:
		return v.first.draw(v.dice) + v.last.draw(v.dice)
	case x < 0.7:
		return v.surname.draw(v.dice) + v.last.draw(v.dice)
	case x < 0.85:
		return v.pick(v.foreign)
	default:
		return v.chinese()
	}
}
