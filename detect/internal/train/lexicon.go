package main

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/wardfold/wardfold/detect/internal/person"
)

// lexicon is what the word lists say, before it is packed.
type lexicon struct {
	words     map[string]*entry
	known     map[string]bool // full names, 2 to 8 characters
	surnames  map[rune]float64
	first     map[rune]float64
	last      map[rune]float64
	single    map[rune]float64
	foreign   [3]map[rune]float64 // first, inner, last character of transliterations
	text      map[rune]float64
	compound  []string
	japanese  []string
	simple    map[rune]rune // traditional to simplified
	jieba     float64       // sums of counts
	core      float64
	nrBefore  float64
	nrAfter   float64
	coreNames map[string]bool
	listed    map[string]bool // in a list of people
	idle      map[uint32]bool // slots of pairs that begin listed names but hardly ever any
}

type entry struct {
	jieba, core   float64
	before, after float64 // counts beside names
	kind          person.Kind
}

func newLexicon() *lexicon {
	l := &lexicon{words: map[string]*entry{}, known: map[string]bool{}, surnames: map[rune]float64{},
		first: map[rune]float64{}, last: map[rune]float64{}, single: map[rune]float64{},
		text: map[rune]float64{}, simple: map[rune]rune{}, coreNames: map[string]bool{}, listed: map[string]bool{}}
	for i := range l.foreign {
		l.foreign[i] = map[rune]float64{}
	}
	return l
}

// readLexicon reads the lists: data is the folder of names and lexicon, more the
// folder of the open lists beside it.
func readLexicon(data, more string) (*lexicon, error) {
	l := newLexicon()
	for _, step := range []struct {
		name string
		read func(fields []string) error
	}{
		{filepath.Join(more, "hanlp/t2s.txt"), l.readSimple},
		{filepath.Join(more, "hanlp/core.txt"), l.readCore},
		{filepath.Join(more, "hanlp/nr.txt"), l.readRoles},
		{filepath.Join(more, "hanlp/people.txt"), l.readKnown},
		{filepath.Join(data, "lexicon/THUOCL_lishimingren.txt"), l.readKnown},
		{filepath.Join(more, "jieba/dict.txt"), l.readJieba},
		{filepath.Join(data, "names/ngender_charfreq.csv"), l.readGiven},
		{filepath.Join(more, "hanlp/nrf.txt"), l.readForeign},
	} {
		if err := eachLine(step.name, step.read); err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(step.name), err)
		}
	}
	l.compound = strings.Fields(compoundSurnames)
	if err := l.readSurnames(filepath.Join(data, "names/chinese_family_name_1k.xlsx")); err != nil {
		return nil, err
	}
	slices.Sort(l.compound)
	l.compound = slices.Compact(l.compound)
	return l, l.readJapanese(more)
}

func eachLine(name string, read func(fields []string) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if strings.HasSuffix(name, ".csv") {
		rows, err := csv.NewReader(f).ReadAll()
		for _, row := range rows {
			if err := read(row); err != nil {
				return err
			}
		}
		return err
	}
	s := bufio.NewScanner(f)
	for s.Scan() {
		if fields := strings.Fields(strings.ReplaceAll(s.Text(), "=", " ")); len(fields) > 0 {
			if err := read(fields); err != nil {
				return err
			}
		}
	}
	return s.Err()
}

func (l *lexicon) readSimple(f []string) error {
	if a, b := []rune(f[0]), []rune(f[len(f)-1]); len(a) == 1 && len(b) == 1 {
		l.simple[a[0]] = b[0]
	}
	return nil
}

func (l *lexicon) word(w string) *entry {
	e := l.words[w]
	if e == nil {
		e = &entry{}
		l.words[w] = e
	}
	return e
}

func han(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !isHan(r) })
}

func size(s string) int { return len([]rune(s)) }

// readCore reads a word with its parts of speech and their counts.
func (l *lexicon) readCore(f []string) error {
	var best, sum, names float64
	tag := ""
	for i := 1; i+1 < len(f); i += 2 {
		n, err := strconv.ParseFloat(f[i+1], 64)
		if err != nil {
			return nil // a word with a blank in it
		}
		sum += n
		if strings.HasPrefix(f[i], "nr") {
			names += n
		}
		if n > best {
			best, tag = n, f[i]
		}
	}
	if names > 0 && han(f[0]) && size(f[0]) >= 2 && size(f[0]) <= 8 {
		l.known[f[0]] = true
	}
	if strings.HasPrefix(tag, "nr") {
		l.coreNames[f[0]] = true
		return nil
	}
	e := l.word(f[0])
	e.core += sum
	e.kind = kindOf(tag)
	l.core += sum
	l.count(f[0], sum)
	return nil
}

func (l *lexicon) count(w string, n float64) {
	for _, r := range w {
		l.text[r] += n
	}
}

func (l *lexicon) readJieba(f []string) error {
	if len(f) < 3 {
		return nil
	}
	n, err := strconv.ParseFloat(f[1], 64)
	if err != nil || !han(f[0]) {
		return nil
	}
	l.count(f[0], n/10)
	e := l.words[f[0]]
	if strings.HasPrefix(f[2], "nr") && e == nil {
		l.jiebaName(f[0], f[2], n)
		return nil
	}
	if e == nil {
		e = l.word(f[0])
		e.kind = kindOf(f[2])
	}
	e.jieba += n
	l.jieba += n
	return nil
}

// jiebaName takes a word that jieba has for a name. Its short ones are often
// other words (培根, 曲奇): those that the other lists do not know count as words.
func (l *lexicon) jiebaName(w, tag string, n float64) {
	k := size(w)
	if tag == "nrt" {
		l.transliterated(w, 1)
	}
	sure := tag == "nrt" || l.coreNames[w] || l.listed[w] || k >= 3 && l.surnames[[]rune(w)[0]] >= 200
	if sure && k >= 2 && k <= 8 {
		l.known[w] = true
	}
	if !sure || n > 1000 && !l.coreNames[w] && k >= 2 {
		l.word(w).jieba += n
		l.jieba += n
	}
}

// readRoles reads how often a word stands in and beside names: B surname, C and
// D first and second character of a given name of two, E of one, K before a
// name, L behind it.
func (l *lexicon) readRoles(f []string) error {
	w, r := f[0], []rune(f[0])
	for i := 1; i+1 < len(f); i += 2 {
		n, err := strconv.ParseFloat(f[i+1], 64)
		if err != nil {
			return nil
		}
		switch {
		case f[i] == "K":
			l.word(foldWord(w)).before += n
			l.nrBefore += n
		case f[i] == "L":
			l.word(foldWord(w)).after += n
			l.nrAfter += n
		case len(r) != 1:
		case f[i] == "B":
			l.surnames[r[0]] += n
		case f[i] == "C":
			l.first[r[0]] += n
		case f[i] == "D":
			l.last[r[0]] += n
		case f[i] == "E":
			l.single[r[0]] += n
		}
	}
	return nil
}

// foldWord writes ASCII marks as the finder sees them.
func foldWord(w string) string {
	const from, to = `(),:;!?"-`, `（），：；！？“—`
	if len(w) == 1 {
		if i := strings.IndexByte(from, w[0]); i >= 0 {
			return string([]rune(to)[i])
		}
	}
	return w
}

func (l *lexicon) readGiven(f []string) error {
	r := []rune(f[0])
	if len(f) < 3 || len(r) != 1 {
		return nil
	}
	m, _ := strconv.ParseFloat(f[1], 64) // the head of the table has words here
	w, _ := strconv.ParseFloat(f[2], 64)
	n := (m + w) / 200
	l.first[r[0]] += n
	l.last[r[0]] += n
	l.single[r[0]] += n / 5
	return nil
}

func (l *lexicon) readForeign(f []string) error {
	if !han(f[0]) || size(f[0]) < 2 {
		return nil
	}
	l.known[f[0]] = true
	l.transliterated(f[0], 1)
	return nil
}

func (l *lexicon) transliterated(w string, n float64) {
	r := []rune(w)
	if len(r) < 2 {
		return
	}
	l.foreign[0][r[0]] += n
	for _, c := range r[1 : len(r)-1] {
		l.foreign[1][c] += n
	}
	l.foreign[2][r[len(r)-1]] += n
	l.foreign[1][r[len(r)-1]] += n / 2
}

func (l *lexicon) readKnown(f []string) error {
	if n := size(f[0]); han(f[0]) && n >= 2 && n <= 8 {
		l.known[f[0]], l.listed[f[0]] = true, true
	}
	return nil
}

// readJapanese keeps the surnames of the list that begin at least four names of
// the other list and are not common words.
func (l *lexicon) readJapanese(more string) error {
	surname := map[string]bool{}
	err := eachLine(filepath.Join(more, "hanlp/nrj.txt"), func(f []string) error {
		if n := size(f[0]); len(f) == 2 && f[1] == "x" && (n == 2 || n == 3) {
			surname[f[0]] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	seen := map[string]int{}
	err = eachLine(filepath.Join(more, "wain/japanese.txt"), func(f []string) error {
		r := []rune(f[0])
		for i, c := range r {
			if s, ok := l.simple[c]; ok {
				r[i] = s
			}
		}
		for n := 2; n <= 3 && n < len(r); n++ {
			if s := string(r[:n]); surname[s] {
				seen[s]++
			}
		}
		return nil
	})
	for s, n := range seen {
		if e := l.words[s]; n >= 20 && (e == nil || e.core < 100) {
			l.japanese = append(l.japanese, s)
		}
	}
	slices.Sort(l.japanese)
	return err
}

func kindOf(tag string) person.Kind {
	switch {
	case strings.HasPrefix(tag, "ns"):
		return person.Place
	case strings.HasPrefix(tag, "nt"), strings.HasPrefix(tag, "ni"):
		return person.Organisation
	case strings.HasPrefix(tag, "nn"):
		return person.Title
	case strings.HasPrefix(tag, "v"):
		return person.Verb
	case tag != "" && strings.ContainsRune("ucpdrywm", rune(tag[0])):
		return person.Function
	}
	return person.Other
}

// odds is 16 times the logarithm of p over q, within a byte.
func odds(p, q float64) int8 {
	if p <= 0 {
		return -127
	}
	return int8(max(-127, min(127, math.Round(16*math.Log(p/q)))))
}
