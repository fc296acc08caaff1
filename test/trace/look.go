package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/wardfold/wardfold/trace/decoy"
	"github.com/wardfold/wardfold/trace/list"
)

// tell is the attack on decoys: somebody who knows which rows of half of the
// exports are decoys learns to tell them apart, and is judged on the other half.

// sample is one row as numbers, and whether it is a decoy.
type sample struct {
	x     []float64
	decoy bool
}

// look turns a list into numbers: how often every part of a row occurs in the
// list, how parts fit together, what the digits are.
func look(rows []decoy.Row, isDecoy func(decoy.Row) bool) []sample {
	count := make(map[string]float64)
	parts := func(r decoy.Row) []string {
		name, adult := []rune(r.Name), []rune(r.Guardian)
		return []string{"s" + string(name[0]), "g" + string(name[1:]), "a" + string(name[1]), "z" + string(name[len(name)-1]),
			"S" + string(adult[0]), "G" + string(adult[1:]), "Z" + string(adult[len(adult)-1]), "m" + r.Month, "c" + r.Class,
			"p" + r.Phone[:3], "q" + r.Phone[:7], "n" + r.Phone, "N" + r.Name, "f" + r.Guardian, "M" + r.Class + r.Month}
	}
	for _, r := range rows {
		for _, p := range parts(r) {
			count[p]++
		}
	}
	var all []sample
	for i, r := range rows {
		var x []float64
		for _, p := range parts(r) {
			x = append(x, count[p])
		}
		last, sum := 0.0, 0.0
		for _, d := range r.Phone {
			last, sum = last*10+float64(d-'0'), sum+float64(d-'0')
		}
		x = append(x, math.Mod(last, 1e4), math.Mod(last/1e4, 1e4), sum, float64(i)/float64(len(rows)),
			float64(len([]rune(r.Name))), float64(len([]rune(r.Guardian))), float64(yes([]rune(r.Name)[0] == []rune(r.Guardian)[0])),
			float64([]rune(r.Name)[1]), float64(r.Month[6]))
		all = append(all, sample{x, isDecoy(r)})
	}
	return all
}

// lookalikes makes exports of n rows, each with its decoys, and returns them as
// samples, the first half of the exports apart.
func lookalikes(exports, n int, seed uint64) (train, test []sample, err error) {
	rng := rand.New(rand.NewPCG(seed, 4))
	t := newTown(rng)
	pool := t.pool(2000)
	for e := range exports {
		rows := t.roster(n)
		src := decoy.Source{Rows: rows, Pool: pool, Exists: func(k list.Kind, v string) bool {
			return k == list.ByName && t.names[v]
		}}
		id := fmt.Sprint("exp", e)
		made, err := decoy.Make([]byte("a key of the simulation"), id, decoy.Count(n), src)
		if err != nil {
			return nil, nil, err
		}
		marked, _ := decoy.Insert([]byte("a key of the simulation"), id, rows, made)
		s := look(marked, func(r decoy.Row) bool { return slices.Contains(made, r) })
		if e < exports/2 {
			train = append(train, s...)
		} else {
			test = append(test, s...)
		}
	}
	return train, test, nil
}

// stump is one cut of one number.
type stump struct {
	at          int
	cut         float64
	left, right float64
}

// boost trains gradient-boosted trees of one cut on the logarithmic loss.
func boost(train []sample, rounds int) []stump {
	const rate, bins = 0.1, 32
	f := make([]float64, len(train))
	var model []stump
	cuts := make([][]float64, len(train[0].x))
	for j := range cuts {
		values := make([]float64, len(train))
		for i := range train {
			values[i] = train[i].x[j]
		}
		slices.Sort(values)
		for b := 1; b < bins; b++ {
			cuts[j] = append(cuts[j], values[b*len(values)/bins])
		}
		cuts[j] = slices.Compact(cuts[j])
	}
	positives := 0.0
	for _, s := range train {
		positives += float64(yes(s.decoy))
	}
	weight := (float64(len(train)) - positives) / positives // both kinds weigh the same
	for range rounds {
		best, gain := stump{}, -1.0
		g, h := make([]float64, len(train)), make([]float64, len(train))
		for i, s := range train {
			p := 1 / (1 + math.Exp(-f[i]))
			w := 1.0
			if s.decoy {
				w = weight
			}
			g[i], h[i] = w*(float64(yes(s.decoy))-p), w*p*(1-p)
		}
		for j := range cuts {
			if s, got := bestCut(train, g, h, j, cuts[j]); got > gain {
				best, gain = s, got
			}
		}
		best.left, best.right = rate*best.left, rate*best.right
		model = append(model, best)
		for i := range train {
			f[i] += best.of(train[i].x)
		}
	}
	return model
}

func bestCut(train []sample, g, h []float64, j int, cuts []float64) (best stump, gain float64) {
	sumG, sumH := make([]float64, len(cuts)+1), make([]float64, len(cuts)+1)
	var allG, allH float64
	for i, s := range train {
		b, _ := slices.BinarySearch(cuts, s.x[j])
		sumG[b] += g[i]
		sumH[b] += h[i]
		allG += g[i]
		allH += h[i]
	}
	const ridge = 10
	var l, lh float64
	for b, c := range cuts {
		l, lh = l+sumG[b], lh+sumH[b]
		r, rh := allG-l, allH-lh
		if got := l*l/(lh+ridge) + r*r/(rh+ridge); got > gain {
			gain, best = got, stump{j, c, l / (lh + ridge), r / (rh + ridge)}
		}
	}
	return best, gain
}

func (s stump) of(x []float64) float64 {
	if x[s.at] <= s.cut {
		return s.left
	}
	return s.right
}

// auc is the probability that a decoy scores higher than a real row.
func auc(model []stump, test []sample) float64 {
	type scored struct {
		score float64
		decoy bool
	}
	all := make([]scored, len(test))
	for i, s := range test {
		for _, m := range model {
			all[i].score += m.of(s.x)
		}
		all[i].decoy = s.decoy
	}
	slices.SortFunc(all, func(a, b scored) int {
		switch {
		case a.score < b.score:
			return -1
		case a.score > b.score:
			return 1
		}
		return 0
	})
	var ranks, n float64
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].score == all[i].score {
			j++
		}
		for k := i; k < j; k++ {
			if all[k].decoy {
				ranks += float64(i+j+1) / 2
				n++
			}
		}
		i = j
	}
	m := float64(len(all)) - n
	return (ranks - n*(n+1)/2) / (n * m)
}
