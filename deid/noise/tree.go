package noise

import (
	"cmp"
	"slices"
)

// Tree is a hierarchy of counts: Above[i] is the node of which count i is a part,
// -1 for the one at the top. A node stands before those under it.
type Tree struct{ Above []int32 }

// Depth is how many counts one person is part of: the longest way up.
func (t Tree) Depth() int {
	deep, most := make([]int, len(t.Above)), 0
	for i, up := range t.Above {
		deep[i] = 1
		if up >= 0 {
			deep[i] += deep[up]
		}
		most = max(most, deep[i])
	}
	return most
}

// valid reports whether t is one tree, each node behind the one above it.
func (t Tree) valid() bool {
	for i, up := range t.Above {
		if int(up) >= i || up < 0 && i > 0 {
			return false
		}
	}
	return len(t.Above) > 0
}

// part is 1 in the fixed point in which Consistent reckons.
const part = int64(1) << 20

// Consistent makes noisy counts of a tree agree: what is under a node adds up to
// it, and nothing is below zero. Each count also tells something about those above
// and below it, so the result is closer to the truth than the noisy counts are. It
// uses nothing but these, so it gives nothing more away.
//
// Counts must have noise of one width, as Tree.Depth many cells give it. It fails
// with ErrRange if noisy has not one count for each node of one tree, or one
// beyond 2^40.
//
// Source: Hay, Rastogi, Miklau, Suciu 2010 (least squares in two passes); the rest
// of a division goes to the largest remainders.
func (t Tree) Consistent(noisy []int64) ([]int64, error) {
	if !t.valid() || len(noisy) != len(t.Above) {
		return nil, ErrRange
	}
	for _, n := range noisy {
		if n > 1<<40 || n < -1<<40 {
			return nil, ErrRange
		}
	}
	under := make([][]int32, len(noisy))
	for i, up := range t.Above {
		if up >= 0 {
			under[up] = append(under[up], int32(i))
		}
	}
	// Upward: a node's own count and the sum of those under it, each by its weight.
	best, width := make([]int64, len(noisy)), make([]int64, len(noisy)) // width: the variance, 1 is that of one count
	for i := len(noisy) - 1; i >= 0; i-- {
		best[i], width[i] = noisy[i]*part, part
		if len(under[i]) == 0 {
			continue
		}
		sum, spread := int64(0), int64(0)
		for _, c := range under[i] {
			sum += best[c]
			spread += width[c]
		}
		best[i] = sum + scaled(best[i]-sum, spread, spread+part)
		width[i] = scaled(spread, part, spread+part)
	}
	out := make([]int64, len(noisy))
	out[0] = max(0, (best[0]+part/2)>>20)
	for i := range out { // downward: what is above is settled before what is under it
		share(out, under[i], out[i], best, width)
	}
	return out, nil
}

// scaled is a·num/den for 0 ≤ num ≤ den.
func scaled(a, num, den int64) int64 {
	if a < 0 {
		return -scaled(-a, num, den)
	}
	return a/den*num + mulDiv(a%den, num, den)
}

// share divides a whole number among nodes: each gets its best guess and a part of
// what is missing, none less than zero, and all together exactly whole.
func share(out []int64, nodes []int32, whole int64, best, width []int64) {
	if len(nodes) == 0 {
		return
	}
	guess := make([]int64, len(nodes))
	open := make([]int, 0, len(nodes))
	missing, spread := whole*part, int64(0)
	for i, n := range nodes {
		guess[i] = best[n]
		missing -= best[n]
		spread += width[n]
		open = append(open, i)
	}
	for len(open) > 0 { // whoever falls below zero gets zero, and the others bear it
		again, below := open[:0:0], false
		for _, i := range open {
			if guess[i]+scaled(missing, width[nodes[i]], spread) < 0 {
				below = true
			} else {
				again = append(again, i)
			}
		}
		if !below {
			break
		}
		for _, i := range open {
			if !slices.Contains(again, i) {
				missing += guess[i]
				spread -= width[nodes[i]]
				guess[i] = 0
			}
		}
		open = again
	}
	rest := whole
	for i := range guess {
		if slices.Contains(open, i) {
			guess[i] += scaled(missing, width[nodes[i]], spread)
		}
		out[nodes[i]] = max(0, guess[i]) >> 20
		rest -= out[nodes[i]]
	}
	order := make([]int, len(nodes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(guess[b]&(part-1), guess[a]&(part-1)) })
	for n := 0; rest != 0; n = (n + 1) % len(order) {
		i := nodes[order[n]]
		switch {
		case rest > 0:
			out[i]++
			rest--
		case out[i] > 0:
			out[i]--
			rest++
		}
	}
}
