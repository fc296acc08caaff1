package anon

import (
	"encoding/binary"
	"io"
	"math"
	"slices"

	"github.com/wardfold/wardfold/deid/table"
)

// Attack is an attempt to find people again in a release.
type Attack struct {
	// Targets is how many records are looked for, drawn by chance.
	Targets int
	// Wrong is the share of what the attacker knows that is wrong, 0 to 1: registers
	// are out of date and addresses change.
	Wrong float64
	// Sensitive are columns that the attacker wants to learn.
	Sensitive []string
	// Held are records of people like those in the release who are not in it. With
	// them the trial shows whether presence can be told.
	Held *table.Table
	// Rand is the source of chance.
	Rand io.Reader
}

// Trial is how an attack went. Shares are from 0 to 1.
type Trial struct {
	Targets int
	Linked  float64 // share of targets whose record is guessed right, on average
	Most    float64 // what Linked may be: one and a half times 1/K
	Guessed float64 // share of targets whose sensitive values are guessed right
	Base    float64 // the same for somebody who always says the most frequent value
	Present float64 // share of people in the release who fit a class in all columns
	Absent  float64 // the same of people who are not in it; -1 without Held
	Held    int     // people of Held who were tried
	Learned float64 // Guessed, of people who are not in it: what the release tells about anybody
	Chance  float64 // what Guessed would be if the sensitive values were dealt out by chance
}

// Passed reports whether the attacker linked no more than chance allows.
func (t Trial) Passed() bool { return t.Targets > 0 && t.Linked <= t.Most }

// Gain is how much more often sensitive values are guessed right of people who
// are in the release than of those held back from it. What holds of anybody alike
// is knowledge about the world; the rest was given away by their records.
func (t Trial) Gain() float64 {
	if t.Held == 0 {
		return 0
	}
	return t.Guessed - t.Learned
}

// GainAllowed is the most that Gain may be: what chance does in groups of this
// size, a tenth, and as much as chance does to a trial of this size once in a
// thousand times. More means that the borders of the classes were drawn by the
// secrets themselves.
// Source: Wong, Fu, Wang, Pei 2007 (minimality attack); Giomi et al. 2023.
func (t Trial) GainAllowed() float64 {
	return max(0, t.Chance-t.Base) + 0.1 + 3*math.Sqrt(0.25/float64(max(t.Held, 1))+0.25/float64(max(t.Targets, 1)))
}

// Try attacks the release. The attacker has the values of the identifying columns
// of some people, partly wrong; looks for the classes that fit most of them, the
// narrowest first among equals; and points at a record in them by chance.
//
// It fails with what a.Rand returned, with NotInCrowd if Held has a value that the
// hierarchies do not cover, and with NoColumn.
func (r *Result) Try(a Attack) (Trial, error) {
	dice := &dice{r: a.Rand}
	t := Trial{Targets: min(a.Targets, len(r.Rows)), Most: 1.5 / float64(max(r.K, 1)), Absent: -1}
	know, err := r.knowledge(r.job.Table)
	if err != nil {
		return Trial{}, err
	}
	for _, name := range a.Sensitive {
		if r.job.Table.Column(name) == nil {
			return Trial{}, &Error{Code: NoColumn, Column: name}
		}
	}
	of := r.Of()
	for range t.Targets {
		row := r.Rows[dice.below(uint64(len(r.Rows)))]
		fits, whole := r.closest(know.of(row, a.Wrong, dice))
		records := 0
		right := false
		for _, c := range fits {
			records += r.Size(c)
			right = right || int32(c) == of[row]
		}
		if right {
			t.Linked += 1 / float64(records)
		}
		if whole {
			t.Present++
		}
		r.learn(&t, a.Sensitive, row, fits)
	}
	n := float64(max(t.Targets, 1))
	t.Linked, t.Present = t.Linked/n, t.Present/n
	if m := n * float64(len(a.Sensitive)); m > 0 {
		t.Guessed, t.Base, t.Chance = t.Guessed/m, r.base(a.Sensitive), r.dealt(a.Sensitive, dice)
	}
	if a.Held != nil && a.Held.Rows() > 0 {
		if err = r.strangers(&t, a, dice); err != nil {
			return Trial{}, err
		}
	}
	return t, dice.err
}

// strangers tries the same on people who are not in the release.
func (r *Result) strangers(t *Trial, a Attack, d *dice) error {
	know, err := r.knowledge(a.Held)
	if err != nil {
		return err
	}
	t.Held = min(a.Targets, a.Held.Rows())
	found, right := 0, 0
	for range t.Held {
		row := int32(d.below(uint64(a.Held.Rows())))
		fits, whole := r.closest(know.of(row, a.Wrong, d))
		if whole {
			found++
		}
		for _, name := range a.Sensitive {
			own := a.Held.Column(name)
			if own == nil {
				return &Error{Code: NoColumn, Column: name}
			}
			col := r.job.Table.Column(name)
			if guess := r.likeliest(col, fits); guess >= 0 && col.Values[guess] == own.Value(int(row)) {
				right++
			}
		}
	}
	n := float64(max(t.Held, 1))
	t.Absent = float64(found) / n
	if len(a.Sensitive) > 0 {
		t.Learned = float64(right) / n / float64(len(a.Sensitive))
	}
	return nil
}

// knowledge is the identifying columns of a table, as leaves.
type knowledge struct {
	attrs []*attr
	cols  []*table.Column
	to    [][]int32 // per column: the leaf of each value
}

func (r *Result) knowledge(t *table.Table) (knowledge, error) {
	k := knowledge{attrs: r.attrs}
	for _, a := range r.attrs {
		c := t.Column(a.Column)
		if c == nil {
			return k, &Error{Code: NoColumn, Column: a.Column}
		}
		to := make([]int32, len(c.Values))
		for i, v := range c.Values {
			leaf, ok := a.h.Leaf(v)
			if !ok {
				return k, &Error{Code: NotInCrowd, Row: int(c.First[i]) + 2, Column: c.Name}
			}
			to[i] = int32(leaf)
		}
		k.cols, k.to = append(k.cols, c), append(k.to, to)
	}
	return k, nil
}

func (k knowledge) leaf(attr int, row int32) int { return int(k.to[attr][k.cols[attr].Code(int(row))]) }

// of is what the attacker knows about one person.
func (k knowledge) of(row int32, wrong float64, d *dice) []int {
	out := make([]int, len(k.cols))
	for i := range k.cols {
		out[i] = k.leaf(i, row)
		if d.below(1<<20) < uint64(wrong*(1<<20)) {
			out[i] = int(d.below(uint64(k.attrs[i].h.Leaves())))
		}
	}
	return out
}

// closest returns the classes that fit most columns, of those the ones that tell
// most; whole if they fit all.
func (r *Result) closest(known []int) (classes []int, whole bool) {
	best, least := 0, 0.0
	for c := range r.Classes() {
		fit, loss := 0, 0.0
		for i, m := range r.label(c) {
			if from, to := r.attrs[i].cover(m); from <= known[i] && known[i] < to {
				fit++
			} else if len(known)-i-1+fit < best {
				break
			}
			loss += r.attrs[i].lossOf(m)
		}
		switch {
		case fit < best || fit == best && loss > least+tiny:
			continue
		case fit > best || loss < least-tiny || len(classes) == 0:
			best, least, classes = fit, loss, classes[:0]
		}
		classes = append(classes, c)
	}
	return classes, best == len(known)
}

// learn says the most frequent value of the fitting classes.
func (r *Result) learn(t *Trial, columns []string, row int32, fits []int) {
	for _, name := range columns {
		if col := r.job.Table.Column(name); r.likeliest(col, fits) == col.Code(int(row)) {
			t.Guessed++
		}
	}
}

// likeliest is the most frequent value of a column in some classes, -1 in none.
func (r *Result) likeliest(col *table.Column, classes []int) int {
	counts := map[int]int{}
	guess := -1
	for _, c := range classes {
		for _, row := range r.Class(c) {
			v := col.Code(int(row))
			counts[v]++
			if guess < 0 || counts[v] > counts[guess] || counts[v] == counts[guess] && v < guess {
				guess = v
			}
		}
	}
	return guess
}

// dealt deals the values of each sensitive column out to the records by chance, and
// returns the share of records that have the most frequent value of their class.
func (r *Result) dealt(columns []string, d *dice) float64 {
	sum := 0
	for _, name := range columns {
		col := r.job.Table.Column(name)
		codes := make([]int, len(r.Rows))
		for i, row := range r.Rows {
			j := int(d.below(uint64(i + 1)))
			codes[i] = codes[j]
			codes[j] = col.Code(int(row))
		}
		counts := map[int]int{}
		for c := range r.Classes() {
			clear(counts)
			most := 0
			for _, v := range codes[r.starts[c]:r.starts[c+1]] {
				counts[v]++
				most = max(most, counts[v])
			}
			sum += most
		}
	}
	return float64(sum) / float64(max(len(r.Rows)*len(columns), 1))
}

func (r *Result) base(columns []string) float64 {
	sum := 0.0
	for _, name := range columns {
		sum += float64(slices.Max(r.job.Table.Column(name).Counts())) / float64(r.job.Table.Rows())
	}
	return sum / float64(len(columns))
}

// dice draws numbers from a source of chance and keeps its first error.
type dice struct {
	r   io.Reader
	buf [512]byte
	n   int
	err error
}

// below returns a number from 0 to n, without n, each as likely as any other.
func (d *dice) below(n uint64) uint64 {
	for {
		if d.n < 8 {
			if _, d.err = io.ReadFull(d.r, d.buf[:]); d.err != nil {
				return 0
			}
			d.n = len(d.buf)
		}
		d.n -= 8
		x := binary.LittleEndian.Uint64(d.buf[d.n:])
		if x < ^uint64(0)-^uint64(0)%n {
			return x % n
		}
	}
}
