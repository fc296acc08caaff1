package check

// Overlap is what two releases tell together of people who may be in both. now[p]
// and before[p] are the class of person p in each, -1 if p is not in it. least is
// the smallest group that somebody who holds both can single out, 0 if they have
// nobody in common. Below k they must not both be out.
//
// Two things single people out. Whoever was in one class before and is in another
// now is among those alone who took the same way (intersection). And where some
// classes now have the people of some classes before and a few more, what is
// different between the two is about those few (difference): that is judged for
// each set of classes that hang together, since smaller sets differ by a whole
// way at least.
// Source: Ganta, Kasiviswanathan, Smith 2008; Byun, Sohn, Bertino, Li 2006.
func Overlap(now, before []int32) (least int) {
	ways := map[[2]int32]int{}
	sets := newForest()
	for p := range now {
		n, b := now[p], before[p]
		if n >= 0 && b >= 0 {
			ways[[2]int32{n, b}]++
			sets.join(node{n, false}, node{b, true})
		}
	}
	if len(ways) == 0 {
		return 0
	}
	smaller := func(n int) {
		if least == 0 || n < least {
			least = n
		}
	}
	for _, n := range ways {
		smaller(n)
	}
	came, left := map[node]int{}, map[node]int{}
	for p := range now {
		n, b := now[p], before[p]
		switch {
		case n >= 0 && b < 0 && sets.knows(node{n, false}):
			came[sets.root(node{n, false})]++
		case n < 0 && b >= 0 && sets.knows(node{b, true}):
			left[sets.root(node{b, true})]++
		}
	}
	for _, n := range came {
		smaller(n)
	}
	for _, n := range left {
		smaller(n)
	}
	return least
}

// node is a class of one of two releases.
type node struct {
	class  int32
	before bool
}

// forest keeps which classes hang together.
type forest struct{ above map[node]node }

func newForest() *forest { return &forest{map[node]node{}} }

func (f *forest) knows(n node) bool { _, ok := f.above[n]; return ok }

func (f *forest) root(n node) node {
	for {
		up, known := f.above[n]
		if !known {
			f.above[n] = n
			return n
		}
		if up == n {
			return n
		}
		f.above[n] = f.above[up]
		n = up
	}
}

func (f *forest) join(a, b node) { f.above[f.root(a)] = f.root(b) }
