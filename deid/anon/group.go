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
	loss  []int32   // of each of them and each side: what it loses with the first
	now   []int32   // of each side: what the class loses
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
		g.leaf, g.node = make([][]C, len(s.attrs)), make([][]uint8, len(s.attrs))
	}
	for i, a := range s.attrs {
		g.leaf[i], g.node[i] = resized(g.leaf[i], n), resized(g.node[i], n)
		of, leaf, node, col := a.above[a.tabled], g.leaf[i], g.node[i], s.cols[i]
		for x, r := range rows {
			leaf[x], node[x] = col[r], uint8(of[col[r]])
		}
	}
}

// gather makes a class around a record without one.
func (g *grouper[C]) gather(s *splitter[C], first int) {
	cost := g.cost[:len(g.place)]
	clear(cost)
	for i, a := range s.attrs {
		addLoss(a, cost, first, g.leaf[i], g.node[i])
	}
	g.nearest(first, candidates*s.k)
	g.sides(s, first)
	g.taken = append(g.taken[:0], first)
	clear(g.now)
	sides := len(g.now)
	for range s.k - 1 {
		best, at := int32(1<<31-1), 0
		for n := range g.nears {
			if g.nears[n].cost >= best {
				continue
			}
			sum := int32(0)
			for i, v := range g.loss[n*sides : (n+1)*sides] {
				sum += max(v, g.now[i])
			}
			if g.nears[n].cost = sum; sum < best {
				best, at = sum, n
			}
		}
		for i, v := range g.loss[at*sides : (at+1)*sides] {
			g.now[i] = max(v, g.now[i])
		}
		g.taken = append(g.taken, g.nears[at].at)
		last := len(g.nears) - 1
		g.nears[at] = g.nears[last]
		copy(g.loss[at*sides:(at+1)*sides], g.loss[last*sides:])
		g.nears = g.nears[:last]
	}
	g.take()
}

// addLoss adds to the cost of each record what a column loses in a class of it and
// the first.
func addLoss[C code](a *attr, cost []int32, first int, leaf []C, node []uint8) {
	from, leaf, node := leaf[first], leaf[:len(cost)], node[:len(cost)]
	if a.cut {
		for x, v := range leaf {
			cost[x] += int32(float64(max(v, from)-min(v, from)) * a.scale * fine)
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
		for at > 0 && g.nears[at-1].cost > c {
			at--
		}
		if g.nears = slices.Insert(g.nears, at, near{x, c}); len(g.nears) == most {
			worst = g.nears[most-1].cost
		}
	}
}

// sides fills in what each of the nearest records loses with the first.
func (g *grouper[C]) sides(s *splitter[C], first int) {
	g.loss, g.now = g.loss[:0], g.now[:0]
	for _, n := range g.nears {
		for i, a := range s.attrs {
			x, y := int(g.leaf[i][first]), int(g.leaf[i][n.at])
			if a.cut {
				d := int32(float64(y-x) * a.scale * fine)
				g.loss = append(g.loss, max(d, 0), max(-d, 0))
				continue
			}
			u, v := int(g.node[i][first]), int(g.node[i][n.at])
			loss := a.pair[u<<8+v]
			if u == v && a.tabled > 0 {
				loss = a.between(x, y)
			}
			g.loss = append(g.loss, loss)
		}
	}
	g.now = resized(g.now, len(g.loss)/len(g.nears))
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
