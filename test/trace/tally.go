package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"github.com/wardfold/wardfold/trace"
	"github.com/wardfold/wardfold/trace/decoy"
)

// attack is one way in which lists leak.
type attack struct {
	kind    string  // of exports: class, store, region, same (store lists of one store), mixed
	sources int     // how many exports are put together
	rows    int     // of the list, outside rows included; 0: by keep
	keep    float64 // share of each export that is kept
	noise   float64 // share of rows from outside
}

// tally counts what came of the trials of one attack.
type tally struct {
	attack
	trials, leaked       int // trials; own rows in all
	store, account       int // first by share and right (single source)
	storeNamed           int // trials in which every source's store is named
	accountNamed         int // single source: the account is named; else every source's
	exportMarked         int // trials in which every export is named by decoys
	falseName, falseMark int // trials with anything wrong: a name, a group without a source; a mark
	groupSize, groups    int
}

// run makes trials of an attack on all processors.
func (c *city) run(a attack, trials int, seed uint64) tally {
	t := tally{attack: a, trials: trials}
	var mu sync.Mutex
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				one := c.try(a, rand.New(rand.NewPCG(seed, uint64(i))), seed+uint64(i))
				mu.Lock()
				t.add(one)
				mu.Unlock()
			}
		})
	}
	for i := range trials {
		next <- i
	}
	close(next)
	wg.Wait()
	return t
}

func (t *tally) add(o tally) {
	t.leaked += o.leaked
	t.store += o.store
	t.account += o.account
	t.storeNamed += o.storeNamed
	t.accountNamed += o.accountNamed
	t.exportMarked += o.exportMarked
	t.falseName += o.falseName
	t.falseMark += o.falseMark
	t.groups += o.groups
	t.groupSize += o.groupSize
}

// draw picks the exports that leak.
func (c *city) draw(a attack, rng *rand.Rand) []int {
	var all []int
	lists := c.byKind[a.kind]
	switch a.kind {
	case "same":
		lists = c.byStore[fmt.Sprintf("store%03d", rng.IntN(c.stores))]
	case "mixed":
		lists = slices.Concat(c.byKind["class"], c.byKind["store"])
	}
	for range a.sources {
		all = append(all, lists[rng.IntN(len(lists))])
	}
	return all
}

// try makes one list and traces it.
func (c *city) try(a attack, rng *rand.Rand, seed uint64) tally {
	exports := c.draw(a, rng)
	var parts [][]uint32
	own := 0
	var hits []trace.Hit
	for _, e := range exports {
		size := c.log.Disclosures[e].Items.Len()
		k := decoy.Count(size)
		n := int(math.Round(a.keep * float64(size+k)))
		if a.rows > 0 {
			n = int(math.Round(float64(a.rows) * (1 - a.noise) / float64(len(exports))))
		}
		rows, marks := c.marked(rng, e, n, k)
		parts, own = append(parts, rows), own+len(rows)
		for range marks {
			hits = append(hits, trace.Hit{Mark: trace.Mark{Kind: trace.Decoy, Exports: []string{c.log.Disclosures[e].ID}}})
		}
	}
	out := int(float64(own) / (1 - a.noise) * a.noise)
	if a.sources == 0 {
		out = a.rows
	}
	chance, none := c.outside(rng, out)
	k := leak(none, append(parts, chance)...)
	r := c.log.Trace(k, trace.Config{Seed: seed})
	t := c.judge(r, exports)
	t.leaked = own
	t.mark(c, hits, exports)
	return t
}

// marked draws n rows of an export that carries k decoys, and tells how many of
// the rows are decoys.
func (c *city) marked(rng *rand.Rand, export, n, k int) (rows []uint32, marks int) {
	size := c.log.Disclosures[export].Items.Len()
	for _, i := range rng.Perm(size + k)[:min(n, size+k)] {
		if i >= size {
			marks++
		}
	}
	return c.sample(rng, export, n-marks), marks
}

// judge compares a result with the truth.
func (c *city) judge(r trace.Result, exports []int) tally {
	var t tally
	stores, accounts, ids := make(map[string]bool), make(map[string]bool), make(map[string]bool)
	for _, e := range exports {
		d := c.log.Disclosures[e]
		stores[d.Store], accounts[d.Account], ids[d.ID] = true, true, true
	}
	wrong := false
	named := func(found []trace.Finding, truth map[string]bool) (n int) {
		for _, f := range found {
			if f.Named && truth[f.ID] {
				n++
			}
			wrong = wrong || f.Named && !truth[f.ID]
		}
		return n
	}
	t.storeNamed = yes(len(stores) > 0 && named(r.Stores, stores) == len(stores))
	t.accountNamed = yes(len(accounts) > 0 && named(r.Accounts, accounts) == len(accounts))
	named(r.Disclosures, ids)
	for _, g := range r.AmongAccounts {
		wrong = wrong || !slices.ContainsFunc(g.IDs, func(id string) bool { return accounts[id] })
		t.groups, t.groupSize = t.groups+1, t.groupSize+len(g.IDs)
	}
	for _, g := range r.AmongDisclosures {
		wrong = wrong || !slices.ContainsFunc(g.IDs, func(id string) bool { return ids[id] })
	}
	t.falseName = yes(wrong)
	t.store = yes(len(r.Stores) > 0 && stores[r.Stores[0].ID])
	t.account = yes(len(r.Accounts) > 0 && accounts[r.Accounts[0].ID])
	return t
}

// mark judges the decoys that were left.
func (t *tally) mark(c *city, hits []trace.Hit, exports []int) {
	truth := make(map[string]bool)
	for _, e := range exports {
		truth[c.log.Disclosures[e].ID] = true
	}
	found := 0
	for _, e := range trace.Weigh(hits, trace.Marks{Exports: len(c.log.Disclosures)}) {
		if e.Named && truth[e.Export] {
			found++
		} else if e.Named {
			t.falseMark = 1
		}
	}
	t.exportMarked = yes(len(truth) > 0 && found == len(truth))
}

func yes(b bool) int {
	if b {
		return 1
	}
	return 0
}

// wilson is the 95 % interval of a proportion (Wilson 1927).
func wilson(x, n int) (low, high float64) {
	if n == 0 {
		return 0, 1
	}
	const z = 1.959964
	p, m := float64(x)/float64(n), float64(n)
	centre := p + z*z/(2*m)
	half := z * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return (centre - half) / (1 + z*z/m), (centre + half) / (1 + z*z/m)
}

func percent(x, n int) string {
	low, high := wilson(x, n)
	return fmt.Sprintf("%.1f [%.1f–%.1f]", 100*float64(x)/float64(max(1, n)), 100*low, 100*high)
}
