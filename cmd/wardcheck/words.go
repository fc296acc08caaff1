package main

import (
	_ "embed"
	"strings"
)

//go:embed words-en.txt
var wordsEN string

//go:embed words-zh.txt
var wordsZH string

// words is one language: lines "key = text", where a text may go on in lines
// that begin with a space.
type words map[string]string

// wordsFor chooses Chinese or English by the locale, as other programs do.
func wordsFor(env func(string) string) words {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := env(name); v != "" {
			if strings.HasPrefix(v, "zh") {
				return parseWords(wordsZH)
			}
			break
		}
	}
	return parseWords(wordsEN)
}

func parseWords(file string) words {
	w := make(words)
	last := ""
	for line := range strings.Lines(file) {
		line = strings.TrimSuffix(line, "\n")
		if rest, ok := strings.CutPrefix(line, " "); ok && last != "" {
			w[last] += "\n" + rest
			continue
		}
		if key, text, ok := strings.Cut(line, " = "); ok {
			last = key
			w[key] = text
		}
	}
	return w
}

func (w words) text(key string) string {
	if s, ok := w[key]; ok {
		return s
	}
	return key
}

// operation names one of the eight operations of the law.
func (w words) operation(code string) string {
	if code == "" {
		return ""
	}
	if s, ok := w["op-"+code]; ok {
		return s
	}
	return code
}
