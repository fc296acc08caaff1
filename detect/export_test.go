package detect

import (
	"slices"
	"strings"
	"sync"

	"github.com/wardfold/wardfold/detect/internal/address"
	"github.com/wardfold/wardfold/detect/internal/person"
)

// Slow is a scanner that takes no short ways: every number is folded and judged
// word by word.
func (s *Scanner) Slow() *Scanner {
	c := *s
	c.slow = true
	c.work = &sync.Pool{New: func() any { return newWork(&c) }}
	return &c
}

// Unseen tells what the pass over a text that all share misses: the offsets where a
// word of the lists begins, and the addresses that are found otherwise if all
// characters are looked at.
func Unseen(text []byte) (missed []int, asked, plain []int) {
	l := words()
	f := person.Finder{Watch: l.watch}
	f.Read(text)
	for i := range text {
		if l.trie.May(text, i) {
			if _, v := l.trie.Longest(text, i); v != 0 && !slices.Contains(f.Words, int32(i)) {
				missed = append(missed, i)
			}
		}
		if strings.IndexByte("vVwW", text[i]) >= 0 && !slices.Contains(f.Words, int32(i)) {
			missed = append(missed, i)
		}
	}
	var a address.Finder
	a.Find(text, f.Places, func(start, end int, score int16, _ uint32) { asked = append(asked, start, end, int(score)) })
	address.Find(text, func(start, end int, score int16, _ uint32) { plain = append(plain, start, end, int(score)) })
	return missed, asked, plain
}
