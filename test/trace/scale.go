package main

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/wardfold/wardfold/trace"
)

// newScale is a log of a million subjects and 100,000 disclosures, without the
// time that a simulated year would take: 2,000 stores of 500 children, of which
// every list leaves out a few at random.
func newScale(seed uint64) *trace.Log {
	const stores, perStore, classes = 2000, 500, 5
	rng := rand.New(rand.NewPCG(seed, 2))
	l := &trace.Log{Universe: stores * perStore}
	children := rng.Perm(l.Universe)
	add := func(kind trace.Kind, account, store string, from, to int, keep float64) {
		rows := make([]uint32, 0, to-from)
		for _, c := range children[from:to] {
			if rng.Float64() < keep {
				rows = append(rows, uint32(c))
			}
		}
		day := date(rng.IntN(year))
		l.Disclosures = append(l.Disclosures, trace.Disclosure{ID: fmt.Sprintf("exp%06d", len(l.Disclosures)), Kind: kind,
			Account: account, Store: store, From: day, Until: day, Items: trace.NewSet(rows)})
	}
	for s := range stores {
		store := fmt.Sprintf("store%04d", s)
		for n := range 44 {
			account := fmt.Sprintf("%s-a%d", store, n%classes)
			switch at := s * perStore; {
			case n < 15:
				k := n % classes
				add(trace.Export, account, store, at+k*100, at+k*100+100, 0.95)
			case n < 24:
				add(trace.Export, account, store, at, at+perStore, 0.95)
			default:
				add(trace.Reads, account, store, at, at+perStore, 0.02)
			}
		}
	}
	for n := range 11_900 {
		s := n % stores
		add(trace.Reads, fmt.Sprintf("store%04d-a%d", s, n%classes), fmt.Sprintf("store%04d", s), s*perStore, (s+1)*perStore, 0.05)
	}
	for n := range 85 {
		r := n % 17
		add(trace.Export, fmt.Sprintf("region%02d", r), fmt.Sprintf("region%02d", r), r*58_000, (r+1)*58_000, 0.95)
	}
	for n := range 15 {
		add(trace.Export, fmt.Sprintf("office%d", n%3), "office", 0, l.Universe, 0.97)
	}
	return l
}

// scaleLeak is 100,000 rows: of one regional list, of three stores, and from
// elsewhere.
func scaleLeak(l *trace.Log, seed uint64) trace.Leak {
	rng := rand.New(rand.NewPCG(seed, 3))
	var parts [][]uint32
	take := func(id string, n int) {
		for _, d := range l.Disclosures {
			if d.Account == id {
				rows := slices.Collect(d.Items.All())
				rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
				parts = append(parts, rows[:min(n, len(rows))])
				return
			}
		}
	}
	take("region03", 50_000)
	take("office1", 20_000)
	for _, s := range []string{"store0007-a0", "store1100-a0", "store1999-a3"} {
		take(s, 300)
	}
	own := 0
	for _, p := range parts {
		own += len(p)
	}
	var chance []uint32
	none := 0
	for range 100_000 - own {
		if rng.Float64() < 0.1 {
			chance = append(chance, uint32(rng.IntN(l.Universe)))
		} else {
			none++
		}
	}
	return leak(none, append(parts, chance)...)
}
