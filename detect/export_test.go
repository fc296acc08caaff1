package detect

import "sync"

// Slow is a scanner that takes no short ways: every number is folded and judged
// word by word.
func (s *Scanner) Slow() *Scanner {
	c := *s
	c.slow = true
	c.work = &sync.Pool{New: func() any { return newWork(&c) }}
	return &c
}
