package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/wardfold/wardfold/trace"
	"github.com/wardfold/wardfold/trace/decoy"
	"github.com/wardfold/wardfold/trace/list"
)

// village is a small chain with names and numbers, to test what happens to the
// cells of a list: 20 stores of 500 children, whose lists carry decoys.
type village struct {
	log    trace.Log
	rows   [][]decoy.Row // of each store
	first  []int         // the item of its first child
	made   [][]decoy.Row // the decoys of its export
	base   list.Base
	exists map[string]bool
}

func newVillage(seed uint64) (*village, error) {
	const stores, perStore = 20, 500
	rng := rand.New(rand.NewPCG(seed, 5))
	t := newTown(rng)
	v := &village{exists: make(map[string]bool)}
	items, marks := make(map[string][]uint32), make(map[string][]list.Marked)
	n := 0
	for range stores {
		rows := t.roster(perStore)
		v.rows, v.first = append(v.rows, rows), append(v.first, n)
		for i, r := range rows {
			for _, k := range keys(r) {
				items[k] = append(items[k], uint32(n+i))
			}
		}
		n += len(rows)
	}
	v.log.Universe = n
	pool := t.pool(2000)
	for s, rows := range v.rows {
		id := fmt.Sprint("exp", s)
		made, err := decoy.Make([]byte("a key of the simulation"), id, decoy.Count(len(rows)), decoy.Source{Rows: rows, Pool: pool,
			Exists: func(k list.Kind, x string) bool {
				return len(items[key(k, x)]) > 0 || k == list.ByName && len(marks[key(k, x)]) > 0
			}})
		if err != nil {
			return nil, err
		}
		v.made = append(v.made, made)
		for i, r := range made {
			for _, k := range keys(r) {
				marks[k] = append(marks[k], list.Marked{Mark: trace.Mark{Kind: trace.Decoy, Exports: []string{id}}, Family: uint64(s*1000 + i)})
			}
		}
		var all []uint32
		for i := range rows {
			all = append(all, uint32(v.first[s]+i))
		}
		v.log.Disclosures = append(v.log.Disclosures, trace.Disclosure{ID: id, Kind: trace.Export, Account: fmt.Sprint("manager", s),
			Store: fmt.Sprint("store", s), From: epoch, Until: epoch, Items: trace.NewSet(all)})
	}
	v.base = list.Base{
		Items: func(k list.Kind, x string) []uint32 { return items[key(k, x)] },
		Marks: func(k list.Kind, x string) []list.Marked { return marks[key(k, x)] },
	}
	return v, nil
}

func key(k list.Kind, value string) string { return fmt.Sprint(int(k), value) }

func keys(r decoy.Row) []string {
	return []string{key(list.ByPhone, r.Phone), key(list.ByName, list.Value(r.Name, r.Month)),
		key(list.ByGuardian, list.Value(r.Guardian, r.Month)), key(list.ByTail, list.Value(r.Name, list.Tail(r.Phone)))}
}

// found is what came of lists whose cells were cut and rewritten.
type found struct {
	cut, rewrite    string
	keep            float64
	trials, rows    int
	matched, wrong  int // rows of children; matched to somebody else
	named, falsely  int
	marked, mistook int // trials in which decoys name the export; another one
}

// rewrite makes lists of a store's export: n of its rows, cut and rewritten, in
// another order.
func (v *village) rewrite(cut, how int, keep float64, trials int, seed uint64) found {
	f := found{cut: cuts[cut].name, rewrite: rewrites[how].name, keep: keep, trials: trials}
	for i := range trials {
		rng := rand.New(rand.NewPCG(seed, uint64(i)))
		s := rng.IntN(len(v.rows))
		total := len(v.rows[s]) + len(v.made[s])
		order := rng.Perm(total)[:int(keep*float64(total))]
		cells := [][]string{{"姓名", "出生", "家长", "电话"}}
		truth := make(map[int]uint32)
		for _, at := range order {
			row := v.made[s][max(0, at-len(v.rows[s])):]
			if at < len(v.rows[s]) {
				row = v.rows[s][at:]
				truth[len(cells)] = uint32(v.first[s] + at)
			}
			var line []string
			for _, c := range cuts[cut].keep(row[0]) {
				line = append(line, rewrites[how].do(rng, c))
			}
			cells = append(cells, line)
		}
		f.rows += len(truth)
		f.judge(v, v.base.Match(cells), truth, s, uint64(i))
	}
	return f
}

func (f *found) judge(v *village, m list.Match, truth map[int]uint32, store int, seed uint64) {
	for n, items := range m.Leak.Rows {
		f.matched++
		right := false
		for _, x := range items {
			right = right || x == truth[m.Rows[n]] || sibling(v, x, truth[m.Rows[n]])
		}
		f.wrong += yes(!right)
	}
	for _, r := range v.log.Trace(m.Leak, trace.Config{Seed: seed}).Stores {
		if want := fmt.Sprint("store", store); r.Named && r.ID == want {
			f.named++
		} else if r.Named {
			f.falsely++
		}
	}
	numbers := make(map[string]int)
	for s := range v.made {
		numbers[fmt.Sprint("exp", s)] = len(v.made[s])
	}
	for _, e := range trace.Weigh(m.Hits, trace.Marks{Exports: len(v.made), Pool: 2000, Numbers: numbers}) {
		if want := fmt.Sprint("exp", store); e.Named && e.Export == want {
			f.marked++
		} else if e.Named {
			f.mistook++
		}
	}
}

// sibling reports whether two items have one number, which is all that a list of
// numbers says.
func sibling(v *village, a, b uint32) bool {
	find := func(x uint32) decoy.Row {
		for s := len(v.first) - 1; s >= 0; s-- {
			if int(x) >= v.first[s] {
				return v.rows[s][int(x)-v.first[s]]
			}
		}
		return decoy.Row{}
	}
	return find(a).Phone == find(b).Phone
}
