package anon

import "slices"

// grouper makes classes of a small part record by record: it starts with a record
// far from the last class and takes in those that cost the class least, until it
// may stand. Cutting by columns sees one column at a time; this sees all, at a
// price that grows with the square of the part.
//
// What a column loses in a class is what it loses between the first record and
// that one of the others which is furthest from it, because nodes lie in a tree. A
// column that is cut anywhere counts as two, one for each side of the first.
//
// Source: Byun, Kamra, Bertino, Li 2007 (k-member clustering).
type grouper[C code] struct {
	place []int32   // of each record without a class: its row of the part
	leaf  [][]C     // per column
	node  [][]uint8 // per column: its node at the level of the column's table
	cost  []int32   // of each: what a class of it and the first loses
	nears []near    // the records nearest to the first
	now   []int32   // what the class loses: of each column two, one for each side
	taken []int
	order []int32 // places, class after class
}

// near is a record near the first of a class, and what the class loses with it, at
// least.
type near struct {
	at   int
	cost int32
}

// fine is the loss of a column that tells nothing, in whole numbers.
const fine = 1 << 20

// candidates is how many of the nearest records a class is chosen from, in K.
const candidates = 4

// group puts the rows of a part into an order in which classes follow each other,
// and returns where each ends.
func (s *splitter[C]) group(rows []int32) (ends []int32) {
	g := &s.grouper
	g.load(s, rows)
	for first := 0; len(g.place) >= 2*s.k; {
		g.gather(s, first)
		ends = append(ends, int32(len(g.order)))
		first = 0
		for x, c := range g.cost[:len(g.place)] {
			if c > g.cost[first] {
				first = x
			}
		}
	}
	g.order = append(g.order, g.place...)
	copy(s.spare, rows)
	for i, x := range g.order {
		rows[i] = s.spare[x]
	}
	return append(ends, int32(len(rows)))
}

// load copies the columns of a part together.
func (g *grouper[C]) load(s *splitter[C], rows []int32) {
	n := len(rows)
	g.place, g.order, g.cost = g.place[:0], g.order[:0], resized(g.cost, n)
	for x := range n {
		g.place = append(g.place, int32(x))
	}
	if g.leaf == nil {
		g.leaf, g.node, g.now = make([][]C, len(s.attrs)), make([][]uint8, len(s.attrs)), make([]int32, 2*len(s.attrs))
	}
	for i, a := range s.attrs {
		g.leaf[i], g.node[i] = resized(g.leaf[i], n), resized(g.node[i], n)
		of, leaf, node, col := a.above[a.tabled], g.leaf[i], g.node[i], s.cols[i]
		for x, r := range rows {
			leaf[x], node[x] = col[r], uint8(of[col[r]])
		}
	}
}

// gather makes a class around a record without one. What a class loses only grows,
// and with each record in few columns: the costs of the others follow.
func (g *grouper[C]) gather(s *splitter[C], first int) {
	cost := g.cost[:len(g.place)]
	clear(cost)
	for i, a := range s.attrs {
		addLoss(a, cost, first, g.leaf[i], g.node[i])
	}
	g.nearest(first, candidates*s.k)
	clear(g.now)
	g.taken = append(g.taken[:0], first)
	for at := 0; len(g.taken) < s.k; at = g.cheapest() {
		x, last := g.nears[at].at, len(g.nears)-1
		g.taken = append(g.taken, x)
		g.nears[at] = g.nears[last]
		g.nears = g.nears[:last]
		if len(g.taken) == s.k {
			break
		}
		for i, a := range s.attrs {
			g.widen(a, i, first, x)
		}
	}
	g.take()
}

// cheapest is the first of the near records that cost the class least.
func (g *grouper[C]) cheapest() (at int) {
	for i, n := range g.nears {
		if n.cost < g.nears[at].cost {
			at = i
		}
	}
	return at
}

// widen takes a record into the class in one column.
func (g *grouper[C]) widen(a *attr, i, first, x int) {
	leaf, node := g.leaf[i], g.node[i]
	if a.cut {
		g.stretch(a, i, int(leaf[first]), int(leaf[x]))
		return
	}
	before, now := g.now[2*i], a.apart(int(leaf[first]), int(leaf[x]), node[first], node[x])
	if now <= before {
		return
	}
	g.now[2*i] = now
	at, from := node[first], leaf[first]
	pair := (*[256]int32)(a.pair[int(at)<<8:])
	nears := g.nears
	for n := range nears {
		y := nears[n].at
		v := pair[node[y]]
		if a.tabled > 0 && node[y] == at {
			v = a.between(int(from), int(leaf[y]))
		}
		nears[n].cost += now - min(max(v, before), now)
	}
}

// stretch is widen for a column that is cut anywhere.
func (g *grouper[C]) stretch(a *attr, i, from, to int) {
	side := 2 * i
	if to < from {
		side++
	}
	before, now := g.now[side], a.stretched(from, to)
	if now <= before {
		return
	}
	g.now[side] = now
	for n := range g.nears {
		v, at := int32(0), int(g.leaf[i][g.nears[n].at])
		if (at < from) == (to < from) {
			v = a.stretched(from, at)
		}
		if v < now {
			g.nears[n].cost += now - max(v, before)
		}
	}
}

// addLoss adds to the cost of each record what a column loses in a class of it and
// the first.
func addLoss[C code](a *attr, cost []int32, first int, leaf []C, node []uint8) {
	from, leaf, node := leaf[first], leaf[:len(cost)], node[:len(cost)]
	if a.cut {
		for x, v := range leaf {
			cost[x] += a.stretched(int(from), int(v))
		}
		return
	}
	at := node[first]
	pair := (*[256]int32)(a.pair[int(at)<<8:])
	if a.tabled == 0 {
		for x, n := range node {
			cost[x] += pair[n]
		}
		return
	}
	for x, n := range node {
		if n != at {
			cost[x] += pair[n]
		} else if leaf[x] != from {
			cost[x] += a.between(int(from), int(leaf[x]))
		}
	}
}

// nearest finds the most records nearest to the first.
func (g *grouper[C]) nearest(first, most int) {
	g.nears = g.nears[:0]
	worst := int32(1<<31 - 1)
	for x, c := range g.cost[:len(g.place)] {
		if c >= worst || x == first {
			continue
		}
		if len(g.nears) == most {
			g.nears = g.nears[:most-1]
		}
		at := len(g.nears)
		g.nears = append(g.nears, near{})
		for ; at > 0 && g.nears[at-1].cost > c; at-- {
			g.nears[at] = g.nears[at-1]
		}
		g.nears[at] = near{x, c}
		if len(g.nears) == most {
			worst = g.nears[most-1].cost
		}
	}
}

// take moves the records of the class at hand out of those that have none.
func (g *grouper[C]) take() {
	for _, x := range g.taken {
		g.order = append(g.order, g.place[x])
	}
	slices.Sort(g.taken)
	for _, x := range slices.Backward(g.taken) {
		last := len(g.place) - 1
		g.place[x], g.cost[x] = g.place[last], g.cost[last]
		g.place = g.place[:last]
		for i, leaf := range g.leaf {
			leaf[x], g.node[i][x] = leaf[last], g.node[i][last]
		}
	}
}

func resized[T any](b []T, n int) []T {
	if cap(b) < n {
		return make([]T, n, n+n/2)
	}
	return b[:n]
}
