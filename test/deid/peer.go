package main

import (
	"github.com/wardfold/wardfold/deid/anon"
)

// peer is local recoding as it is done where each pass is full-domain: find a
// combination of levels, let go what is in classes of at least k, and begin anew
// with the others, until nobody more can go. Combinations are searched top-down:
// whichever column told one level more exactly helps most, as long as one helps. It
// is the scheme of ARX's local transformation, whose published figures were made
// by it, and stands here for them on tables that ARX never saw.
//
// Source: Prasser, Eicher, Spengler, Bild, Kuhn 2020 (ARX); Meurer et al. 2021.
type peer struct {
	k    int
	leaf [][]int32     // per column and row
	at   [][][]int32   // per column and level: leaf to node
	gain [][][]float32 // per column and level: what a leaf still tells, 0 to 1
}

func newPeer(j anon.Job, k int) *peer {
	p := &peer{k: k}
	for _, a := range j.Quasi {
		h, col := a.Hierarchy, j.Table.Column(a.Column)
		of := make([]int32, len(col.Values))
		for i, v := range col.Values {
			leaf, _ := h.Leaf(v) // covered: the set was recoded before
			of[i] = int32(leaf)
		}
		rows := make([]int32, col.Len())
		for r := range rows {
			rows[r] = of[col.Code(r)]
		}
		var at [][]int32
		var gain [][]float32
		for l := range h.Levels() {
			g := make([]float32, h.Leaves())
			for leaf := range g {
				from, to := h.Cover(l, int(h.Above(l)[leaf]))
				g[leaf] = 1 - float32(to-from-1)/float32(max(h.Leaves()-1, 1))
			}
			at, gain = append(at, h.Above(l)), append(gain, g)
		}
		p.leaf, p.at, p.gain = append(p.leaf, rows), append(p.at, at), append(p.gain, gain)
	}
	return p
}

// granularity recodes all and returns what is left of the exactness.
func (p *peer) granularity() float64 {
	n := len(p.leaf[0])
	rest := make([]int32, n)
	for r := range rest {
		rest[r] = int32(r)
	}
	told := 0.0
	for len(rest) >= p.k {
		sum, left := p.pass(rest)
		told += sum
		if len(left) == len(rest) {
			break
		}
		rest = left
	}
	return told / float64(n*len(p.leaf))
}

// pass lets go of rows what it can at one combination of levels. It returns what
// they tell and who is left.
func (p *peer) pass(rows []int32) (told float64, left []int32) {
	levels := make([]int, len(p.at))
	class, sum := make([]int32, len(rows)), make([]float32, len(rows))
	for c := range levels {
		levels[c] = len(p.at[c]) - 1
	}
	next := make([]int32, len(rows))
	for best := float64(0); ; {
		column := -1
		for c, l := range levels {
			if l == 0 {
				continue
			}
			if score := p.score(rows, class, next, sum, c, l-1); score > best {
				best, column = score, c
			}
		}
		if column < 0 {
			break
		}
		told = best
		levels[column]--
		p.score(rows, class, next, sum, column, levels[column])
		for i, r := range rows {
			leaf := p.leaf[column][r]
			sum[i] += p.gain[column][levels[column]][leaf] - p.gain[column][levels[column]+1][leaf]
		}
		class, next = next, class
	}
	size := map[int32]int{}
	for _, c := range class {
		size[c]++
	}
	for i, r := range rows {
		if size[class[i]] < p.k {
			left = append(left, r)
		}
	}
	return told, left
}

// score is what all rows in classes of at least k tell when one column is told at a
// level; into gets their classes.
func (p *peer) score(rows, class, into []int32, sum []float32, column, level int) (told float64) {
	at, leaf := p.at[column][level], p.leaf[column]
	now, before := p.gain[column][level], p.gain[column][level+1]
	type tally struct {
		n    int32
		told float32
	}
	number := make(map[int64]int32, 1<<12)
	var tallies []tally
	for i, r := range rows {
		v := leaf[r]
		key := int64(class[i])<<32 | int64(at[v])
		c, seen := number[key]
		if !seen {
			c = int32(len(tallies))
			number[key] = c
			tallies = append(tallies, tally{})
		}
		into[i] = c
		tallies[c].n++
		tallies[c].told += sum[i] + now[v] - before[v]
	}
	for _, t := range tallies {
		if int(t.n) >= p.k {
			told += float64(t.told)
		}
	}
	return told
}
