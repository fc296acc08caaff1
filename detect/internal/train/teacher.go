package main

import (
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// width is the number of sentences that the teacher reads at once, so that a
// weight is loaded once for all of them.
const width = 8

type lane [width]float32

// teacher is the lexical analyser of Baidu as LAC 2.1.2 brings it (Apache-2.0): an
// embedding of words and characters, two bidirectional GRU layers of 128 and a CRF
// over its labels. It reads raw text and says where names are.
type teacher struct {
	*vocabulary
	embed []float32
	in    [4]dense // input projections: layer 1 forward and back, layer 2 …
	gru   [4]gru
	out   dense
	crf   []float32
}

// dense is a layer: rows of the transposed weights, then the bias.
type dense struct {
	rows [][]float32
	bias []float32
}

const hidden = 128

type gru struct {
	gates, cand dense
}

func openTeacher(dir string) (*teacher, error) {
	v, err := readVocabulary(dir)
	if err != nil {
		return nil, err
	}
	t := &teacher{vocabulary: v}
	read := func(name string) []float32 {
		v, e := tensor(filepath.Join(dir, "model", name))
		if e != nil && err == nil {
			err = e
		}
		return v
	}
	t.embed = read("word_emb")
	for i := range 4 {
		n := strconv.Itoa(i)
		t.in[i] = newDense(read("fc_"+n+".w_0"), read("fc_"+n+".b_0"))
		w, b := read("gru_"+n+".w_0"), read("gru_"+n+".b_0")
		if err != nil {
			return nil, err
		}
		// The recurrent weights are two matrices one behind the other:
		// hidden × 2·hidden for the gates, hidden × hidden for the candidate.
		t.gru[i] = gru{newDense(w[:hidden*2*hidden], b[:2*hidden]), newDense(w[hidden*2*hidden:], b[2*hidden:])}
	}
	t.out = newDense(read("fc_4.w_0"), read("fc_4.b_0"))
	t.crf = read("crfw")
	return t, err
}

// tensor reads a saved tensor: two headers, a description, then the numbers.
func tensor(name string) ([]float32, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	// version (4), levels (8, none), version (4), length of the description (4)
	const fixed = 4 + 8 + 4 + 4
	if len(b) < fixed {
		return nil, fmt.Errorf("%s: too short", name)
	}
	b = b[fixed+binary.LittleEndian.Uint32(b[fixed-4:]):]
	v := make([]float32, len(b)/4)
	for i := range v {
		v[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
	}
	return v, nil
}

func newDense(w, bias []float32) dense {
	if len(bias) == 0 {
		return dense{}
	}
	n := len(w) / len(bias)
	d := dense{make([][]float32, len(bias)), bias}
	for j := range d.rows {
		d.rows[j] = make([]float32, n)
		for i := range n {
			d.rows[j][i] = w[i*len(bias)+j]
		}
	}
	return d
}

// apply adds the layer's answer for x to y.
func (d dense) apply(y, x []lane) {
	for j, row := range d.rows {
		a := y[j]
		a0, a1, a2, a3, a4, a5, a6, a7 := a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]
		x := x[:len(row)]
		for i, w := range row {
			v := &x[i]
			a0 += w * v[0]
			a1 += w * v[1]
			a2 += w * v[2]
			a3 += w * v[3]
			a4 += w * v[4]
			a5 += w * v[5]
			a6 += w * v[6]
			a7 += w * v[7]
		}
		b := d.bias[j]
		y[j] = lane{a0 + b, a1 + b, a2 + b, a3 + b, a4 + b, a5 + b, a6 + b, a7 + b}
	}
}

func sigmoid(x float32) float32 { return float32(1 / (1 + math.Exp(-float64(x)))) }
func tanh(x float32) float32    { return float32(math.Tanh(float64(x))) }

// names labels up to width sentences and gives the spans of names, in runes.
func (t *teacher) names(texts [][]rune) [][][2]int {
	longest := 0
	batch := make([][]token, len(texts))
	for i, s := range texts {
		batch[i] = t.read(s)
		longest = max(longest, len(batch[i]))
	}
	x := make([][]lane, longest)
	for p := range x {
		x[p] = make([]lane, 128)
		for b, s := range batch {
			if p < len(s) {
				id := s[p].id
				for i, v := range t.embed[id*128 : id*128+128] {
					x[p][i][b] = v
				}
			}
		}
	}
	for layer := range 2 {
		y := make([][]lane, longest)
		for p := range y {
			y[p] = make([]lane, 2*hidden)
		}
		t.run(2*layer, batch, x, y, false)
		t.run(2*layer+1, batch, x, y, true)
		x = y
	}
	emit := make([][]lane, longest)
	for p := range emit {
		emit[p] = make([]lane, len(t.out.bias))
		t.out.apply(emit[p], x[p])
	}
	spans := make([][][2]int, len(batch))
	for b, s := range batch {
		spans[b] = t.spans(s, t.decode(emit, b, len(s)))
	}
	return spans
}

// run lets one GRU read the sentences, each from its own first or last rune, and
// writes its states into the first or second half of y.
func (t *teacher) run(n int, batch [][]token, x, y [][]lane, back bool) {
	in, g, half := t.in[n], t.gru[n], 0
	if back {
		half = hidden
	}
	h, reset := make([]lane, hidden), make([]lane, hidden)
	xin, z := make([]lane, len(x[0])), make([]lane, 3*hidden)
	at := func(b, step int) int {
		if back {
			return len(batch[b]) - 1 - step
		}
		return step
	}
	for step := range x {
		for b := range batch {
			if p := at(b, step); p >= 0 && p < len(batch[b]) {
				for i := range xin {
					xin[i][b] = x[p][i][b]
				}
			}
		}
		clear(z)
		in.apply(z, xin)
		g.gates.apply(z[:2*hidden], h)
		for i := range reset {
			for b := range width {
				reset[i][b] = sigmoid(z[hidden+i][b]) * h[i][b]
			}
		}
		g.cand.apply(z[2*hidden:], reset)
		for i := range h {
			for b := range width {
				u := sigmoid(z[i][b])
				h[i][b] = (1-u)*h[i][b] + u*tanh(z[2*hidden+i][b])
			}
		}
		for b := range batch {
			if p := at(b, step); p >= 0 && p < len(batch[b]) {
				for i := range h {
					y[p][half+i][b] = h[i][b]
				}
			}
		}
	}
}

// decode finds the best path of labels. The weights hold a row for the first
// label, a row for the last, then one row for each label before another.
func (t *teacher) decode(emit [][]lane, b, n int) []int {
	k := len(t.out.bias)
	from := make([][]int, n)
	score := make([]float32, k)
	for p := range n {
		next := make([]float32, k)
		from[p] = make([]int, k)
		for j := range k {
			best, arg := float32(math.Inf(-1)), 0
			if p == 0 {
				best = t.crf[j]
			} else {
				for i := range k {
					if v := score[i] + t.crf[(2+i)*k+j]; v > best {
						best, arg = v, i
					}
				}
			}
			next[j], from[p][j] = best+emit[p][j][b], arg
		}
		score = next
	}
	best := 0
	for j := range k {
		if score[j]+t.crf[k+j] > score[best]+t.crf[k+best] {
			best = j
		}
	}
	path := make([]int, n)
	for p := n - 1; p >= 0; p-- {
		path[p] = best
		best = from[p][best]
	}
	return path
}

// spans are the names of a path in runes. A label is written kind-B or kind-I.
func (t *teacher) spans(tokens []token, path []int) (found [][2]int) {
	kind, open, at := "", false, 0
	for p, n := range path {
		label := t.labels[n]
		switch size := tokens[p].size; {
		case label == "PER-B" || label == "nr-B":
			kind, open = strings.TrimSuffix(label, "B"), true
			found = append(found, [2]int{at, at + size})
		case open && label == kind+"I":
			found[len(found)-1][1] += size
		default:
			open = false
		}
		at += tokens[p].size
	}
	return found
}
