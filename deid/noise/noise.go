// Package noise makes counts safe to publish: it adds noise to each, drawn so that
// nobody can tell from the published numbers whether any one person was counted.
//
// The noise is discrete Laplace: z is drawn with a probability in proportion to
// exp(-|z|·ε). Count draws it exactly, in whole numbers, from bytes of a source of
// chance: there is no floating point in this package, whose gaps have given away
// counts before (Mironov 2012).
//
// ε says how much a count gives away; a budget is spent on it. Two answers of ε₁
// and ε₂ about the same people give away ε₁+ε₂, so a Budget belongs to the people,
// not to the table, and is kept for as long as they are counted. An answer that was
// given once is given again as it was: who draws fresh noise for the same question
// averages it away.
//
// Source: Ghosh, Roughgarden, Sundararajan 2009 (the geometric mechanism); Canonne,
// Kamath, Steinke 2020, algorithms 1 and 2 (the sampler).
//
// The package is pure.
package noise

import (
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// Epsilon is how much a count may give away, in millionths: 100_000 is ε = 0.1.
type Epsilon uint32

// One is ε = 1.
const One Epsilon = 1_000_000

// ParseEpsilon reads a number such as "0.25", exactly; spaces around it do not
// count. It fails with ErrRange for what is none, has more than six places, or is
// above 4,294.
func ParseEpsilon(text string) (Epsilon, error) {
	whole, rest, _ := strings.Cut(strings.TrimSpace(text), ".")
	if rest = strings.TrimRight(rest, "0"); len(rest) > 6 {
		return 0, ErrRange
	}
	n, err := strconv.ParseUint(whole+rest+strings.Repeat("0", 6-len(rest)), 10, 32)
	if err != nil || whole+rest == "" {
		return 0, ErrRange
	}
	return Epsilon(n), nil
}

func (e Epsilon) String() string { return fmt.Sprintf("%d.%06d", e/One, e%One) }

// Errors. ErrRange is a parameter out of range, ErrSpent a budget that does not
// suffice.
var (
	ErrRange = errors.New("noise: a parameter is out of range")
	ErrSpent = errors.New("noise: the budget does not suffice")
)

// Source draws noise. It is not safe for concurrent use.
type Source struct {
	r   io.Reader
	buf [1024]byte
	n   int
	err error
}

// New draws from r, which must be cryptographically strong. It reads ahead.
func New(r io.Reader) *Source { return &Source{r: r} }

// Err is the first error of the reader. What was drawn after it must not be used.
func (s *Source) Err() error { return s.err }

// MaxCells is the number of cells of a table that one person may be counted in.
const MaxCells = 1 << 20

// Laplace draws z with a probability in proportion to exp(-|z|·e/cells): the noise
// for each of the counts of a table in which a person is counted in at most so many
// cells. It fails with ErrRange if e is 0 or cells is not from 1 to MaxCells, and
// with the reader's error.
func (s *Source) Laplace(e Epsilon, cells int) (int64, error) {
	if e == 0 || cells < 1 || cells > MaxCells {
		return 0, ErrRange
	}
	// ε = num/den, in lowest terms.
	num, den := uint64(e), uint64(One)*uint64(cells)
	g := gcd(num, den)
	num, den = num/g, den/g
	for s.err == nil {
		if z, ok := s.attempt(num, den); ok {
			return z, s.err
		}
	}
	return 0, s.err
}

// attempt is one round of algorithm 2 with t = den and s = num: the magnitude is a
// geometric number of steps of one over den, scaled down; a negative zero is drawn
// again.
func (s *Source) attempt(num, den uint64) (int64, bool) {
	u := s.below(den)
	if !s.expMinus(u, den) {
		return 0, false
	}
	v := uint64(0)
	for s.err == nil && s.expMinus(1, 1) {
		v++
	}
	y := int64((u + den*v) / num) // v is beyond 2^20 once in exp(2^20) draws
	if s.below(2) == 0 {
		return y, true
	}
	return -y, y != 0
}

// expMinus is true with probability exp(-a/b), for a ≤ b: algorithm 1. The number
// of coins, each of probability a/(b·k), that come up heads in a row is even with
// that probability.
func (s *Source) expMinus(a, b uint64) bool {
	k := uint64(1)
	for s.err == nil {
		if k > math.MaxUint64/b || s.below(b*k) >= a {
			break
		}
		k++
	}
	return k%2 == 1
}

// below returns a number from 0 to n, without n, each as likely as any other.
func (s *Source) below(n uint64) uint64 {
	// Lemire 2019: the high word of a product, drawn again where the low word is
	// short.
	for s.err == nil {
		hi, lo := bits.Mul64(s.word(), n)
		if lo >= n || lo >= -n%n {
			return hi
		}
	}
	return 0
}

func (s *Source) word() (x uint64) {
	if s.n < 8 {
		if _, s.err = io.ReadFull(s.r, s.buf[:]); s.err != nil {
			return 0
		}
		s.n = len(s.buf)
	}
	s.n -= 8
	for i, b := range s.buf[s.n : s.n+8] {
		x |= uint64(b) << (8 * i)
		s.buf[s.n+i] = 0 // drawn noise cannot be found in memory
	}
	return x
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}
