// Command train makes what detect/internal/person and detect/internal/address
// embed: model.bin, the tables and weights of the finder of names, and
// regions.bin, the register of divisions.
//
//	train -data DIR -more DIR -label                     label the raw texts, once
//	train -data DIR -more DIR -all -out ../person/model.bin   learn, judge, write
//	train -data DIR -more DIR -curve                     what more text to learn from brings
//	train -data DIR -regions ../address/regions.bin      write the register
//
// The same inputs and the same -seed give the same files. DIR of -data holds
//
//	names/    surnames (Chinese-Names-Corpus, Apache-2.0), given names (ngender, MIT)
//	lexicon/  historic persons (THUOCL, MIT)
//	region/   GB/T 2260 codes (data_location, MIT), towns (Administrative-divisions-of-China, WTFPL)
//	dev/      uner_train, weibo_train to learn from: UNER Chinese-GSDSIMP (CC BY-SA 4.0),
//	          hltcoe/golden-horse (annotations CC BY-SA 3.0); uner_dev, weibo_dev, resume_*
//	          and reviews to judge by, from which no weight is learned
//
// and DIR of -more what is open elsewhere, at the paths that lexicon.go and
// silver.go name:
//
//	hanlp/    core.txt, nr.txt, nrf.txt, nrj.txt, people.txt, t2s.txt of HanLP 1.x (Apache-2.0)
//	jieba/    dict.txt of jieba 0.42.1 (MIT)
//	wain/     Japanese names of Chinese-Names-Corpus (Apache-2.0)
//	lac/      lac_model of LAC 2.1.2, the teacher: model/, word.dic … (Apache-2.0)
//	aishell/  dev.jsonl, test.jsonl: sentences with names marked, of AISHELL-NER (Apache-2.0)
//	raw/      texts to label: CMRC 2018 and 2019 (CC BY-SA 4.0), DRCD (CC BY-SA 3.0),
//	          XQuAD zh (CC BY-SA 4.0), NTREX-128 zh (CC BY-SA 4.0), KdConv (Apache-2.0)
package main

import (
	"flag"
	"fmt"
	"log"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wardfold/wardfold/detect/internal/person"
)

type options struct {
	data, more, out string
	seed            uint64
	rounds          int
	show            string
	part            float64
	salads, ours    float64
	silver          float64
	all             bool
}

func main() {
	log.SetFlags(0)
	var o options
	flag.StringVar(&o.data, "data", "", "directory with names/, lexicon/ and dev/")
	flag.StringVar(&o.more, "more", "", "directory of the open word lists and texts")
	flag.StringVar(&o.out, "out", "model.bin", "file to write")
	flag.Uint64Var(&o.seed, "seed", 1, "seed of the order and of the invented names")
	flag.IntVar(&o.rounds, "rounds", 4, "rounds of learning")
	flag.StringVar(&o.show, "show", "", "set whose mistakes are printed")
	flag.Float64Var(&o.part, "part", 1, "share of the texts to learn from")
	flag.Float64Var(&o.salads, "salads", 8000, "sentences of words from the lists")
	flag.Float64Var(&o.ours, "ours", 40000, "sentences from our own templates")
	flag.Float64Var(&o.silver, "silver", 0.7, "weight of what the teacher labelled")
	flag.BoolVar(&o.all, "all", false, "learn from aishell/test.jsonl as well, which else only judges")
	label := flag.Bool("label", false, "let the teacher label the raw texts first")
	school := flag.Bool("examine", false, "examine the teacher on the labelled sets")
	steps := flag.Bool("curve", false, "learn from growing shares of the texts, print how each does, and write nothing")
	area := flag.String("regions", "", "write the register of divisions to this file, and do no more")
	flag.Parse()
	if *label {
		if err := silver(o.more); err != nil {
			log.Fatal(err)
		}
	}
	if *area != "" {
		if err := regions(o.data, *area); err != nil {
			log.Fatal(err)
		}
		return
	}
	if *school {
		if err := examine(o); err != nil {
			log.Fatal(err)
		}
		return
	}
	do := run
	if *steps {
		do = curve
	}
	if err := do(o); err != nil {
		log.Fatal(err)
	}
}

func run(o options) error {
	l, sets, err := inputs(o)
	if err != nil {
		return err
	}
	fmt.Printf("%d names known, %d words, %d Japanese surnames\n", len(l.known), len(l.words), len(l.japanese))
	m, weights := learn(o, l, sets, true)
	fmt.Printf("%d weights, floors %d\n", weights, m.Floors())
	if err := os.WriteFile(o.out, m.Encode(), 0o644); err != nil {
		return err
	}
	return report(&person.Finder{Model: m}, sets, o)
}

// inputs are the lists and the labelled sets.
func inputs(o options) (*lexicon, map[string][]sentence, error) {
	l, err := readLexicon(o.data, o.more)
	if err != nil {
		return nil, nil, err
	}
	sets, err := readSets(o)
	if err != nil {
		return nil, nil, err
	}
	l.watch(sets["silver"], sets["uner_train"], sets["weibo_train"], sets["aishell_dev"])
	return l, sets, nil
}

// learn makes a model; tell prints what it learns from.
func learn(o options, l *lexicon, sets map[string][]sentence, tell bool) (m *person.Model, weights int) {
	m = l.model()
	texts := mixture(o, l, sets)
	m.SetFloors([4]int32{math.MinInt32, math.MaxInt32}) // the looks first, by themselves
	train, stops := candidates(m, texts, tell)
	dice := rand.New(rand.NewPCG(o.seed, 3))
	floors := [4]int32{glance(m, stops, lostStop, o.rounds, dice), glance(m, train, lostQuick, o.rounds, dice)}
	m.SetFloors([4]int32{math.MinInt32, math.MinInt32})
	train, _ = candidates(m, texts, false)
	le := newLearner()
	le.learn(train, o.rounds, rand.New(rand.NewPCG(o.seed, 0)))
	late := le.floors(train)
	floors[2], floors[3] = late[0], late[1]
	m.SetFloors(floors)
	return m, le.export(m)
}

// candidates visits all texts.
func candidates(m *person.Model, texts []part, tell bool) (train, stops []instance) {
	for _, s := range texts {
		in, at, missed := instances(m, s.set, s.weight)
		if tell {
			fmt.Printf("%-12s %7d sentences %8d candidates, %d names out of reach\n", s.name, len(s.set), len(in), missed)
		}
		train, stops = append(train, in...), append(stops, at...)
	}
	return train, stops
}

func readSets(o options) (map[string][]sentence, error) {
	sets := map[string][]sentence{}
	for _, name := range []string{"uner_train", "uner_dev", "weibo_train", "weibo_dev", "resume_train", "resume_dev"} {
		set, err := readSentences(filepath.Join(o.data, "dev", name+".jsonl"))
		if err != nil {
			return nil, err
		}
		if strings.HasSuffix(name, "train") {
			for i := range set {
				alone(&set[i])
			}
		}
		sets[name] = set
	}
	for _, name := range []string{"dev", "test"} {
		set, err := readSentences(filepath.Join(o.more, "aishell", name+".jsonl"))
		if err != nil {
			return nil, err
		}
		for i := range set {
			alone(&set[i])
		}
		sets["aishell_"+name] = set
	}
	set, err := readSentences(filepath.Join(o.more, "silver.jsonl"))
	if err != nil {
		return nil, err
	}
	for i, s := range set {
		if strings.Contains(s.Text, "BLANK") {
			continue
		}
		retrim(&s)
		alone(&s)
		if i%20 == 7 {
			sets["silver_dev"] = append(sets["silver_dev"], s)
		} else {
			sets["silver"] = append(sets["silver"], s)
		}
	}
	// The order on disk is by source: a share of it must have all of them.
	rand.New(rand.NewPCG(o.seed, 1)).Shuffle(len(sets["silver"]), func(i, j int) {
		s := sets["silver"]
		s[i], s[j] = s[j], s[i]
	})
	return sets, nil
}

// alone makes 张先生 a name of one character, as the finder gives it.
func alone(s *sentence) {
	for i, l := range s.Spans {
		r := []rune(s.Text[l.Start:l.End])
		if len(r) == 3 && strings.Contains("先生 女士 小姐 太太", string(r[1:])) {
			s.Spans[i].End = l.Start + len(string(r[:1]))
		}
	}
}

func report(f *person.Finder, sets map[string][]sentence, o options) error {
	for _, name := range []string{"uner_dev", "weibo_dev", "resume_dev", "resume_train", "silver_dev", "aishell_test"} {
		var miss func(text, kind, name string)
		if name == o.show {
			miss = func(text, kind, name string) {
				fmt.Printf("%-7s %s\t%s\n", kind, name, strings.ReplaceAll(text, name, "【"+name+"】"))
			}
		}
		for _, bias := range []int16{0, 50, 100} {
			fmt.Printf("%-13s over %3d: %v\n", name, bias, judge(f, sets[name], bias, miss))
			miss = nil
		}
	}
	b, err := os.ReadFile(filepath.Join(o.data, "dev", "reviews_no_pi.csv"))
	if err != nil {
		return err
	}
	n := map[int]int{}
	f.Find(b, func(start, end int, score int16, why uint32) {
		for _, bias := range []int{0, 50, 100, 200} {
			if int(score) > bias {
				n[bias]++
			}
		}
		if o.show == "reviews" {
			fmt.Printf("false %d %s\t%s\n", score, b[start:end], b[max(0, start-12):min(len(b), end+12)])
		}
	})
	for _, bias := range []int{0, 50, 100, 200} {
		fmt.Printf("reviews       over %3d: %.0f false names per MB\n", bias, float64(n[bias])/float64(len(b))*1e6)
	}
	return nil
}

// retrim cuts spans that hold marks of punctuation.
func retrim(s *sentence) {
	kept := s.Spans[:0]
	for _, l := range s.Spans {
		name := []rune(s.Text[l.Start:l.End])
		if p, ok := trimmed(name, [2]int{0, len(name)}); ok {
			start := l.Start + len(string(name[:p[0]]))
			kept = append(kept, labels{start, start + len(string(name[p[0]:p[1]])), l.Kind})
		}
	}
	s.Spans = kept
}

func examine(o options) error {
	t, err := openTeacher(filepath.Join(o.more, "lac"))
	if err != nil {
		return err
	}
	for _, name := range []string{"uner_dev", "weibo_dev", "resume_dev"} {
		set, err := readSentences(filepath.Join(o.data, "dev", name+".jsonl"))
		if err != nil {
			return err
		}
		fmt.Printf("teacher on %s: %v\n", name, judgeTeacher(t, set))
	}
	return nil
}

// part is a set of sentences to learn from, with the weight of each.
type part struct {
	name   string
	set    []sentence
	weight float32
}

// mixture is what the model learns from: labelled sets, what the teacher
// labelled, both again with other names, and sentences of our own.
func mixture(o options, l *lexicon, sets map[string][]sentence) []part {
	share := func(name string) []sentence {
		return sets[name][:int(float64(len(sets[name]))*o.part)]
	}
	v := newInventor(l, o.seed)
	again := func(from []sentence, times int) (out []sentence) {
		for range times {
			for _, s := range from {
				if c, ok := v.substitute(l, s); ok {
					out = append(out, c)
				}
			}
		}
		return out
	}
	var salads, ours, none []sentence
	for range int(o.salads * o.part) {
		salads = append(salads, v.salad())
	}
	for range int(o.ours * o.part) {
		ours = append(ours, v.template(v.pick(templates)))
		if v.chance(0.5) {
			none = append(none, v.template(v.pick(neutral)))
		}
	}
	uner, weibo, silver, aishell := share("uner_train"), share("weibo_train"), share("silver"), share("aishell_dev")
	if o.all {
		aishell = append(slices.Clone(aishell), share("aishell_test")...)
	}
	return []part{{"uner", uner, 1}, {"weibo", weibo, 1.5}, {"silver", silver, float32(o.silver)}, {"aishell", aishell, 1}, {"aishell again", again(aishell, 3), 0.5},
		{"uner again", again(uner, 3), 0.5}, {"weibo again", again(weibo, 3), 0.7},
		{"silver again", again(silver, 1), 0.5 * float32(o.silver)},
		{"salads", salads, 0.4}, {"ours", ours, 0.7}, {"without", none, 1.1}}
}
