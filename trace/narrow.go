package trace

import (
	"cmp"
	"slices"
	"sort"
)

// narrow adds the smallest groups of accounts and of disclosures of a named
// store of which one gave rows for certain. Shrinking a group gives the defence
// more to explain the list with, so the e-value only falls, and halving finds
// where it falls too low.
func (v *view) narrow(r *Result, store string) {
	cols, ok := v.byAccount(v.cols)
	if !ok {
		return // an unlogged roster would explain it as well
	}
	r.AmongAccounts = append(r.AmongAccounts, v.group(store, cols, func(d *Disclosure) string { return d.Account }))
	cols = v.window(cols)
	r.AmongDisclosures = append(r.AmongDisclosures, v.group(store, cols, func(d *Disclosure) string { return d.ID }))
}

// holds reports whether at least one of the columns gave rows.
func (v *view) holds(cols []int) bool {
	return len(cols) > 0 && v.logE(cols) >= v.bound
}

func (v *view) logE(cols []int) float64 {
	in := make(map[int]bool, len(cols))
	for _, c := range cols {
		in[c] = true
	}
	return logE(v.hearings, func(col int) bool { return in[col] })
}

// byAccount leaves out whole accounts, those with the smallest share first, as
// long as one of the rest gave rows for certain. Unlogged rosters belong to no
// account and are never in the group.
func (v *view) byAccount(cols []int) ([]int, bool) {
	share := make(map[string]float64)
	cols = slices.DeleteFunc(slices.Clone(cols), func(c int) bool { return v.at(c).Account == "" })
	for _, c := range cols {
		share[v.at(c).Account] += v.share[c]
	}
	if !v.holds(cols) {
		return nil, false
	}
	var order []string
	for a := range share {
		order = append(order, a)
	}
	slices.SortFunc(order, func(a, b string) int { return cmp.Or(cmp.Compare(share[a], share[b]), cmp.Compare(a, b)) })
	without := func(out []string) []int {
		return slices.DeleteFunc(slices.Clone(cols), func(c int) bool { return slices.Contains(out, v.at(c).Account) })
	}
	// First as many as possible at once, then one by one among the rest.
	n := sort.Search(len(order), func(n int) bool { return !v.holds(without(order[:n+1])) })
	out := slices.Clone(order[:n])
	for _, a := range order[min(n+1, len(order)):] {
		if more := append(slices.Clone(out), a); v.holds(without(more)) {
			out = more
		}
	}
	return without(out), true
}

// window leaves out the oldest and the newest disclosures as long as one of the
// rest gave rows for certain: a bracket of time.
func (v *view) window(cols []int) []int {
	cols = slices.Clone(cols)
	slices.SortFunc(cols, func(a, b int) int {
		return cmp.Or(v.at(a).From.Compare(v.at(b).From), cmp.Compare(a, b))
	})
	n := sort.Search(len(cols), func(n int) bool { return !v.holds(cols[n+1:]) })
	cols = cols[n:]
	n = sort.Search(len(cols), func(n int) bool { return !v.holds(cols[:len(cols)-n-1]) })
	return cols[:len(cols)-n]
}

// group describes columns.
func (v *view) group(store string, cols []int, name func(*Disclosure) string) Group {
	g := Group{Store: store, LogE: v.logE(cols)}
	for _, c := range cols {
		d := v.at(c)
		if g.From.IsZero() || d.From.Before(g.From) {
			g.From = d.From
		}
		if d.Until.After(g.Until) {
			g.Until = d.Until
		}
		if n := name(d); !slices.Contains(g.IDs, n) {
			g.IDs = append(g.IDs, n)
		}
	}
	slices.Sort(g.IDs)
	return g
}
