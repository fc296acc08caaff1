package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// sentence is a text with the byte spans of its names, as the data files have it.
type sentence struct {
	Text  string   `json:"text"`
	Spans []labels `json:"spans"`
}

// labels is one span: start, end, kind.
type labels struct {
	Start, End int
	Kind       string
}

// names are the spans of the names of a sentence.
func (s sentence) names() map[[2]int]bool {
	gold := map[[2]int]bool{}
	for _, l := range s.Spans {
		if l.Kind == "PER" {
			gold[[2]int{l.Start, l.End}] = true
		}
	}
	return gold
}

func (l labels) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{l.Start, l.End, l.Kind})
}

func (l *labels) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&l.Start, &l.End, &l.Kind})
}

// silver lets the teacher label every sentence under dir/raw and writes
// dir/silver.jsonl.
func silver(dir string) error {
	t, err := openTeacher(filepath.Join(dir, "lac"))
	if err != nil {
		return err
	}
	texts, err := rawSentences(dir)
	if err != nil {
		return err
	}
	// Sentences of like length run together; the order on disk stays the same
	// because results are kept by index.
	order := make([]int, len(texts))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(texts[a]) - len(texts[b]) })
	spans := make([][][2]int, len(texts))
	var work sync.WaitGroup
	jobs := make(chan []int)
	for range runtime.NumCPU() {
		work.Go(func() {
			for job := range jobs {
				batch := make([][]rune, len(job))
				for i, n := range job {
					batch[i] = texts[n]
				}
				for i, s := range t.names(batch) {
					spans[job[i]] = s
				}
			}
		})
	}
	for i := 0; i < len(order); i += width {
		jobs <- order[i:min(i+width, len(order))]
		if i%(width*500) == 0 {
			fmt.Fprintf(os.Stderr, "labelled %d of %d sentences\n", i, len(order))
		}
	}
	close(jobs)
	work.Wait()
	return writeSilver(filepath.Join(dir, "silver.jsonl"), texts, spans)
}

func writeSilver(name string, texts [][]rune, spans [][][2]int) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i, text := range texts {
		s := sentence{Text: string(text), Spans: []labels{}}
		for _, p := range spans[i] {
			p, ok := trimmed(text, p)
			if !ok {
				continue
			}
			start := len(string(text[:p[0]]))
			s.Spans = append(s.Spans, labels{start, start + len(string(text[p[0]:p[1]])), "PER"})
		}
		if err := enc.Encode(s); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// trimmed cuts what cannot stand in a name from both ends of a span: the teacher
// takes a mark of punctuation along now and then.
func trimmed(text []rune, p [2]int) ([2]int, bool) {
	for p[0] < p[1] && !isHan(text[p[0]]) {
		p[0]++
	}
	for p[0] < p[1] && !isHan(text[p[1]-1]) {
		p[1]--
	}
	for _, r := range text[p[0]:p[1]] {
		if !isHan(r) && r != '·' && r != '•' {
			return p, false
		}
	}
	return p, p[1]-p[0] > 1
}

// judgeTeacher says how well the teacher does on a labelled set, names in Latin
// letters and of one character left out.
func judgeTeacher(t *teacher, set []sentence) score {
	var s score
	for _, x := range set {
		text := []rune(x.Text)
		found := map[[2]int]bool{}
		for _, p := range t.names([][]rune{text})[0] {
			if p, ok := trimmed(text, p); ok {
				start := len(string(text[:p[0]]))
				found[[2]int{start, start + len(string(text[p[0]:p[1]]))}] = true
			}
		}
		s.found += len(found)
		for _, l := range x.Spans {
			if l.Kind == "PER" {
				s.gold++
				if found[[2]int{l.Start, l.End}] {
					s.right++
				}
			}
		}
	}
	return s
}

// rawSentences reads every text under dir/raw: the lines of .txt and the string
// values of .json that hold text, in simplified characters, each sentence once.
func rawSentences(dir string) ([][]rune, error) {
	simple, err := simplified(filepath.Join(dir, "hanlp", "t2s.txt"))
	if err != nil {
		return nil, err
	}
	names, err := filepath.Glob(filepath.Join(dir, "raw", "*"))
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	seen := map[string]bool{}
	var out [][]rune
	add := func(text string) {
		for _, s := range split(simple.Replace(text)) {
			if !seen[s] && strings.ContainsFunc(s, isHan) {
				seen[s] = true
				out = append(out, []rune(s))
			}
		}
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		if strings.HasSuffix(name, ".txt") {
			add(string(b))
			continue
		}
		var v any
		if err := json.Unmarshal(b, &v); err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(name), err)
		}
		texts(v, "", add)
	}
	return out, nil
}

func isHan(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }

// textKeys are the keys of the reading and dialogue sets whose values are prose.
var textKeys = map[string]bool{"context": true, "context_text": true, "query_text": true, "question": true,
	"message": true, "attrvalue": true}

func texts(v any, key string, add func(string)) {
	switch v := v.(type) {
	case string:
		if textKeys[key] {
			add(v)
		}
	case []any:
		for _, e := range v {
			texts(e, key, add)
		}
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			texts(v[k], k, add)
		}
	}
}

// split cuts a text into sentences of 4 to 160 runes.
func split(text string) []string {
	var out []string
	var cur []rune
	flush := func() {
		if s := strings.TrimSpace(string(cur)); len([]rune(s)) >= 4 {
			out = append(out, s)
		}
		cur = cur[:0]
	}
	for _, r := range text {
		cur = append(cur, r)
		if strings.ContainsRune("。！？\n；", r) || len(cur) >= 160 {
			flush()
		}
	}
	flush()
	return out
}

// simplified reads pairs 門=门 of single characters.
func simplified(name string) (*strings.Replacer, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var pairs []string
	for line := range strings.Lines(string(b)) {
		from, to, ok := strings.Cut(strings.TrimSpace(line), "=")
		if ok && len([]rune(from)) == 1 && len([]rune(to)) == 1 {
			pairs = append(pairs, from, to)
		}
	}
	return strings.NewReplacer(pairs...), nil
}
