package anon

import "slices"

// merge puts classes in the order of what they show, and makes one of those that
// show the same. The order tells nothing about the order in which records came.
func (r *Result) merge() {
	n := r.Classes()
	order := upTo(n)
	slices.SortFunc(order, func(a, b int32) int { return slices.Compare(r.label(int(a)), r.label(int(b))) })
	out := &Result{Rows: make([]int32, 0, len(r.Rows))}
	for i, c := range order {
		if i == 0 || !slices.Equal(r.label(int(c)), r.label(int(order[i-1]))) {
			out.starts = append(out.starts, int32(len(out.Rows)))
			out.marks = append(out.marks, r.label(int(c))...)
			if r.crowd != nil {
				out.crowd = append(out.crowd, 0)
			}
		}
		if r.crowd != nil {
			out.crowd[len(out.crowd)-1] += r.crowd[c]
		}
		out.Rows = append(out.Rows, r.Class(int(c))...)
	}
	out.starts = append(out.starts, int32(len(out.Rows)))
	r.Rows, r.starts, r.marks, r.crowd = out.Rows, out.starts, out.marks, out.crowd
}
