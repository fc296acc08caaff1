package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/wardfold/wardfold/deid/anon"
)

// character is what a table is like. The tables that are invented after published
// ones were at hand when the engine was made; these were not chosen for it, and
// each is hard in another way.
type character struct {
	name    string
	columns int
	rows    int
	values  []int   // of the columns, in turn
	fan     int     // how many nodes one of the next level joins; 0: there is but the top
	skew    bool    // few values are frequent
	kinds   int     // kinds of people, each of whom has its own usual values
	alike   float64 // how often a value is the usual one or one beside it
}

// characters are tables of 24 and of 16 columns, of the sizes that bars are set for.
var characters = []character{
	{"independent", 24, 30_000, []int{2, 4, 8, 16, 32}, 2, false, 1, 0},
	{"skewed", 24, 30_000, []int{5, 20, 100, 400}, 4, true, 1, 0},
	{"hanging together", 24, 30_000, []int{3, 9, 27, 81}, 3, false, 40, 0.9},
	{"many values", 24, 30_000, []int{1000, 5000, 200}, 10, true, 200, 0.6},
	{"top only", 24, 30_000, []int{2, 6, 12, 60}, 0, true, 25, 0.7},
	{"deep", 16, 73_489, []int{64, 256, 1024}, 2, true, 60, 0.7},
	{"shallow", 16, 73_489, []int{3, 7, 15, 40}, 8, false, 30, 0.6},
	{"top only, wide", 16, 73_489, []int{2, 5, 30, 300}, 0, true, 50, 0.8},
	{"independent, wide", 16, 73_489, []int{2, 3, 10, 50}, 5, false, 1, 0},
}

// others measures a table of each character against the bars of its shape.
func others(runs int) error {
	fmt.Println("\nother tables (invented), k = 5; ratio: to passes of full-domain recoding, as ARX's local transformation")
	for i, c := range characters {
		j, err := c.table(uint64(100 + i)).job()
		if err != nil {
			return err
		}
		took, res, err := median(runs, func() (*anon.Result, error) { return anon.Local(j) })
		if err != nil {
			return err
		}
		b, u := barOf("", j), res.Utility()
		fmt.Printf("  %-18s %2d columns %6d records  %-9s (bar of the shape %s: %s)  granularity %.4f  ratio %.3f (of the published set: %.2f)\n", c.name, c.columns, c.rows,
			ms(took), ms(b.took), verdict(took <= b.took), u.Granularity, u.Granularity/newPeer(j, 5).granularity(), b.ratio)
	}
	return nil
}

// table invents one.
func (c character) table(seed uint64) made {
	m := made{name: c.name, rows: c.rows, seed: seed, draw: c.draw}
	for i := range c.columns {
		m.columns = append(m.columns, madeColumn{widths: c.widths(c.of(i))})
	}
	return m
}

func (c character) of(column int) int { return c.values[column%len(c.values)] }

// widths are those of the levels between a column's values and its top.
func (c character) widths(values int) (w []int) {
	if c.fan == 0 {
		return nil
	}
	for join := c.fan; join < values; join *= c.fan {
		w = append(w, join)
	}
	return w
}

func (c character) draw(r *rand.Rand, out []int) {
	kind := r.IntN(c.kinds)
	for i := range out {
		n := c.of(i)
		switch {
		case r.Float64() < c.alike:
			out[i] = (kind*(31+17*i)%n + r.IntN(min(3, n))) % n
		case c.skew:
			out[i] = zipf(r, n)
		default:
			out[i] = r.IntN(n)
		}
	}
}
