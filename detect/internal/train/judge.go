package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	"github.com/wardfold/wardfold/detect/internal/person"
)

// score counts exact spans.
type score struct{ right, found, gold int }

func (s score) String() string {
	p, r := float64(s.right)/float64(max(s.found, 1)), float64(s.right)/float64(max(s.gold, 1))
	return fmt.Sprintf("F1 %.3f  P %.3f  R %.3f  (%d names)", s.f1(), p, r, s.gold)
}

func (s score) f1() float64 { return 2 * float64(s.right) / float64(max(s.found+s.gold, 1)) }

// judge runs the finder over sentences; miss is told what is wrong, if not nil.
func judge(f *person.Finder, set []sentence, bias int16, miss func(text, kind, name string)) score {
	var s score
	for _, t := range set {
		gold := t.names()
		s.gold += len(gold)
		f.Find([]byte(t.Text), func(start, end int, score int16, why uint32) {
			if score <= bias {
				return
			}
			s.found++
			if gold[[2]int{start, end}] {
				s.right++
				delete(gold, [2]int{start, end})
			} else if miss != nil {
				miss(t.Text, "false", t.Text[start:end])
			}
		})
		if miss != nil {
			for g := range gold {
				miss(t.Text, "missed", t.Text[g[0]:g[1]])
			}
		}
	}
	return s
}

func readSentences(name string) ([]sentence, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var set []sentence
	for d := json.NewDecoder(bufio.NewReader(f)); d.More(); {
		var s sentence
		if err := d.Decode(&s); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		set = append(set, s)
	}
	return set, nil
}
