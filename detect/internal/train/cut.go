package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// vocabulary is how the teacher reads a text: cut into as few words as its list
// allows, then each word that it knows as one, the others by their characters.
type vocabulary struct {
	ids    map[string]int
	oov    int
	forms  map[string]string // full-width and traditional characters
	words  map[string]bool   // to cut by; false is the beginning of one
	labels []string
}

func readVocabulary(dir string) (*vocabulary, error) {
	v := &vocabulary{ids: map[string]int{}, forms: map[string]string{}, words: map[string]bool{}}
	for _, part := range []struct {
		name string
		read func(a, b string) error
	}{
		{"word.dic", func(a, b string) (err error) { v.ids[b], err = strconv.Atoi(a); return err }},
		{"tag.dic", func(a, b string) error { // of two names of one label the last counts
			n, err := strconv.Atoi(a)
			if err != nil {
				return err
			}
			for len(v.labels) <= n {
				v.labels = append(v.labels, "")
			}
			v.labels[n] = b
			return nil
		}},
		{"q2b.dic", func(a, b string) error { v.forms[a] = b; return nil }},
	} {
		if err := pairs(filepath.Join(dir, part.name), "\t", part.read); err != nil {
			return nil, err
		}
	}
	v.oov = v.ids["OOV"]
	return v, pairs(filepath.Join(dir, "small_seg.dic"), " ", func(word, _ string) error {
		for i := range word {
			if i > 0 && !v.words[word[:i]] {
				v.words[word[:i]] = false
			}
		}
		v.words[word] = true
		return nil
	})
}

// pairs reads a file of two fields a line.
func pairs(name, mark string, read func(a, b string) error) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	for s := bufio.NewScanner(f); ; {
		if !s.Scan() {
			return s.Err()
		}
		if a, b, ok := strings.Cut(s.Text(), mark); ok {
			if err := read(a, b); err != nil {
				return fmt.Errorf("%s: %w", filepath.Base(name), err)
			}
		}
	}
}

// token is what the teacher sees of some runes.
type token struct{ id, size int }

// read cuts a text into tokens.
func (v *vocabulary) read(text []rune) (tokens []token) {
	put := func(word []rune) {
		if _, ok := v.ids[string(word)]; ok {
			tokens = append(tokens, token{v.id(string(word)), len(word)})
			return
		}
		for _, r := range word {
			tokens = append(tokens, token{v.id(string(r)), 1})
		}
	}
	from := 0 // of a run of Latin letters and digits
	ends := v.cut(text)
	for i := 0; i < len(text); {
		j := ends[i]
		if alone := j == i+1 && isLatin(text[i]); !alone {
			if from < i {
				put(text[from:i])
			}
			put(text[i:j])
			from = j
		}
		i = j
	}
	if from < len(text) {
		put(text[from:])
	}
	return tokens
}

func (v *vocabulary) id(word string) int {
	if f, ok := v.forms[word]; ok {
		word = f
	}
	if n, ok := v.ids[word]; ok {
		return n
	}
	return v.oov
}

// perWord is what a word costs; more than the logarithm of any length.
const perWord = 16

// cut gives the end of the word that begins at each rune, if the text is cut
// into as few words as can be, of even length rather than not.
func (v *vocabulary) cut(text []rune) []int {
	ends, score := make([]int, len(text)), make([]float64, len(text)+1)
	for i := len(text) - 1; i >= 0; i-- {
		ends[i], score[i] = i+1, score[i+1]-perWord
		for j := i + 1; j <= len(text); j++ {
			whole, ok := v.words[string(text[i:j])]
			if !ok {
				break
			}
			if s := score[j] - perWord + math.Log(float64(j-i)); whole && s >= score[i] {
				ends[i], score[i] = j, s
			}
		}
	}
	return ends
}

func isLatin(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}
