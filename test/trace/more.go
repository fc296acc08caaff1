package main

import (
	"math/rand/v2"
	"slices"

	"github.com/wardfold/wardfold/trace"
	"github.com/wardfold/wardfold/trace/decoy"
)

// cells is what happens when columns are cut off, cells rewritten and the order
// changed.
func (b *bench) cells() error {
	v, err := newVillage(b.seed)
	if err != nil {
		return err
	}
	b.printf("cells of a store list: rows matched %% (to the wrong child) | store named %% (wrongly) | export by decoys %% (wrongly)\n")
	wrong, falsely := 0, 0
	for c := range cuts {
		for h := range rewrites {
			for _, keep := range []float64{0.05, 0.5} {
				f := v.rewrite(c, h, keep, max(10, b.trials/5), b.seed)
				wrong += f.wrong
				falsely += f.falsely + f.mistook
				b.printf("%-15s %-39s keep %3.0f%% | %5.1f (%d) | %5.1f (%d) | %5.1f (%d)\n", f.cut, f.rewrite, 100*keep,
					100*rate(f.matched, f.rows), f.wrong, 100*rate(f.named, f.trials), f.falsely, 100*rate(f.marked, f.trials), f.mistook)
			}
		}
	}
	b.bar("no wrong name whatever is done to the cells (%d rows taken for another child)\n", falsely == 0, wrong)
	return nil
}

// looks is whether decoys can be told apart.
func (b *bench) looks() error {
	const sets = 5
	sum := 0.0
	for s := range uint64(sets) {
		train, test, err := lookalikes(80, 300, b.seed+s)
		if err != nil {
			return err
		}
		sum += auc(boost(train, 150), test) / sets
	}
	b.bar("decoys told apart by boosted trees that know half: AUC %.3f, bar .55\n", sum <= 0.55, sum)
	return nil
}

// intersections is colluders who keep only what all their lists have.
func (b *bench) intersections() {
	exports := []string{"a", "b", "c", "d", "e"}
	for _, times := range []int{2, 4} {
		shared := decoy.Lattice(exports, 3, times)
		for _, n := range []int{2, 3} {
			for _, keep := range []float64{0.5, 1} {
				right, wrong := 0, 0
				rng := rand.New(rand.NewPCG(b.seed, 7))
				trials := 10 * b.trials
				for range trials {
					guilty := slices.Sorted(slices.Values(exports))
					rng.Shuffle(len(guilty), func(i, j int) { guilty[i], guilty[j] = guilty[j], guilty[i] })
					guilty = guilty[:n]
					slices.Sort(guilty)
					var hits []trace.Hit
					for _, s := range shared {
						in := !slices.ContainsFunc(guilty, func(x string) bool { return !slices.Contains(s.Exports, x) })
						if in && rng.Float64() < keep {
							hits = append(hits, trace.Hit{Mark: trace.Mark{Kind: trace.Decoy, Exports: s.Exports}})
						}
					}
					got := trace.Coalition(hits)
					right += yes(slices.Equal(got, guilty))
					wrong += yes(got != nil && slices.ContainsFunc(guilty, func(x string) bool { return !slices.Contains(got, x) }))
				}
				b.printf("intersection of %d, %d shared decoys a set, %3.0f%% kept: exactly the coalition %s, without one of them %d\n",
					n, times, 100*keep, percent(right, trials), wrong)
			}
		}
	}
	b.printf("\n")
}
