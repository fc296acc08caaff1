package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/wardfold/wardfold/trace"
)

// plan is the size of a simulated chain of stores.
type plan struct {
	stores, classes, perClass int
	perAccount                int // exports of each account in the year
	regions, perRegion        int // regional accounts, and exports of each
	offices, perOffice        int // accounts of the head office, and exports of each
	leave, change             float64
}

// standard is the chain of the bars: 200 stores of 500 children, 1,000 accounts
// in stores, 6,019 exports in a year; each month 2 % leave and are replaced, and
// 1 % change their phone.
var standard = plan{stores: 200, classes: 5, perClass: 100, perAccount: 6,
	regions: 5, perRegion: 3, offices: 2, perOffice: 2, leave: 0.02, change: 0.01}

// item is one child with the values that were current together.
type item struct {
	store, class int
	from, to     int // days; to is exclusive
}

// city is a chain over a year, and its log.
type city struct {
	plan
	items   []item
	log     trace.Log
	kind    []string // of each disclosure: class, store, region, office
	day     []int
	byKind  map[string][]int
	byStore map[string][]int // store lists of each store
}

const year = 365

var epoch = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

func date(day int) time.Time { return epoch.AddDate(0, 0, day) }

func newCity(p plan, seed uint64) *city {
	rng := rand.New(rand.NewPCG(seed, 1))
	c := &city{plan: p, byKind: make(map[string][]int), byStore: make(map[string][]int)}
	for s := range p.stores {
		for k := range p.classes {
			for range p.perClass {
				c.live(rng, s, k)
			}
		}
	}
	// Numbers say nothing about places.
	rng.Shuffle(len(c.items), func(i, j int) { c.items[i], c.items[j] = c.items[j], c.items[i] })
	c.log.Universe = len(c.items)
	byStore := make([][]uint32, p.stores)
	for i, x := range c.items {
		byStore[x.store] = append(byStore[x.store], uint32(i))
	}
	c.export(rng, byStore)
	return c
}

// live fills one place of a class for the year: a child with its phones, and
// those who come after it.
func (c *city) live(rng *rand.Rand, store, class int) {
	from := 0
	for day := 1; day < year; day++ {
		if rng.Float64() < (c.leave+c.change)/30 {
			c.items = append(c.items, item{store, class, from, day})
			from = day
		}
	}
	c.items = append(c.items, item{store, class, from, year})
}

func (c *city) export(rng *rand.Rand, byStore [][]uint32) {
	for s := range c.stores {
		for k := range c.classes {
			account := fmt.Sprintf("s%03d-a%d", s, k)
			for n := range c.perAccount {
				if n%2 == 0 {
					c.add("class", account, s, s, rng.IntN(year), k, byStore)
				} else {
					c.add("store", account, s, s, rng.IntN(year), -1, byStore)
				}
			}
		}
	}
	for r := range c.regions {
		share := c.stores / c.regions
		for range c.perRegion {
			c.add("region", fmt.Sprintf("region%d", r), r*share, (r+1)*share-1, rng.IntN(year), -1, byStore)
		}
	}
	for o := range c.offices {
		for range c.perOffice {
			c.add("office", fmt.Sprintf("office%d", o), 0, c.stores-1, rng.IntN(year), -1, byStore)
		}
	}
}

// add registers one export.
func (c *city) add(kind, account string, first, last, day, class int, byStore [][]uint32) {
	var rows []uint32
	for _, list := range byStore[first : last+1] {
		for _, i := range list {
			x := c.items[i]
			if x.from <= day && day < x.to && (class < 0 || x.class == class) {
				rows = append(rows, i)
			}
		}
	}
	store := fmt.Sprintf("store%03d", first)
	if kind == "region" || kind == "office" {
		store = account
	}
	n := len(c.log.Disclosures)
	c.log.Disclosures = append(c.log.Disclosures, trace.Disclosure{ID: fmt.Sprintf("exp%05d", n), Kind: trace.Export,
		Account: account, Store: store, From: date(day), Until: date(day), Items: trace.NewSet(slices.Clone(rows))})
	c.kind, c.day = append(c.kind, kind), append(c.day, day)
	c.byKind[kind] = append(c.byKind[kind], n)
	if kind == "store" {
		c.byStore[store] = append(c.byStore[store], n)
	}
}

// sample draws n rows of an export without repetition.
func (c *city) sample(rng *rand.Rand, export, n int) []uint32 {
	rows := slices.Collect(c.log.Disclosures[export].Items.All())
	rng.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	return rows[:min(n, len(rows))]
}

// outside draws n rows of lists from elsewhere, of which a tenth is by chance of
// our children.
func (c *city) outside(rng *rand.Rand, n int) (rows []uint32, none int) {
	for range n {
		if rng.Float64() < 0.1 {
			rows = append(rows, uint32(rng.IntN(c.log.Universe)))
		} else {
			none++
		}
	}
	return rows, none
}

// leak puts rows together, without repetitions.
func leak(none int, parts ...[]uint32) trace.Leak {
	all := slices.Concat(parts...)
	slices.Sort(all)
	all = slices.Compact(all)
	k := trace.Leak{Outside: none, Rows: make([][]uint32, len(all))}
	for i := range all {
		k.Rows[i] = all[i : i+1]
	}
	return k
}
