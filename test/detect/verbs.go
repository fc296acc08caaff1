package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// verbsMost is how many verbs and adverbs are taken, the most frequent first.
const verbsMost = 5000

// goingOn is verbs and adverbs of two characters, one behind the other, without
// those that stand in addresses often: where one stands behind an address, the sentence
// goes on. Source: the dictionary of jieba (MIT).
func goingOn(dir string) ([]byte, error) {
	list, err := os.ReadFile(filepath.Join(dir, "lexicon", "jieba.dict.txt.small"))
	if err != nil {
		return nil, err
	}
	known, err := readAddresses(filepath.Join(dir, "dev", "leodotnet_dev.txt"))
	if err != nil {
		return nil, err
	}
	var names strings.Builder
	for _, e := range known {
		names.WriteString(e.Text[e.Spans[0].start:e.Spans[0].end] + "\n")
	}
	type entry struct {
		word  string
		count int
	}
	var words []entry
	for line := range strings.Lines(string(list)) {
		var e entry
		var class string
		if _, err := fmt.Sscan(line, &e.word, &e.count, &class); err != nil {
			return nil, fmt.Errorf("%q: %w", line, err)
		}
		if utf8.RuneCountInString(e.word) == 2 && len(e.word) == 6 && slices.Contains([]string{"v", "d", "vd"}, class) {
			words = append(words, e)
		}
	}
	slices.SortStableFunc(words, func(a, b entry) int { return cmp.Compare(b.count, a.count) })
	var out bytes.Buffer
	for _, e := range words[:min(verbsMost, len(words))] {
		if strings.Count(names.String(), e.word) < 2 {
			out.WriteString(e.word)
		}
	}
	return out.Bytes(), nil
}
