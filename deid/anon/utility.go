package anon

import "math"

// Utility says what a release is still good for. Shares are from 0 to 1.
type Utility struct {
	Records     int
	Classes     int
	Suppressed  int     // records left out
	Granularity float64 // mean over all cells of 1 − (leaves−1)/(all leaves−1); a record left out counts 0
	Loss        float64 // as ARX has it: geometric mean over columns of 1 + loss, less 1
	Average     float64 // mean size of a class
	CAvg        float64 // Average divided by K
	Discerned   float64 // discernibility: sum of squared class sizes, and n for each record left out
	Entropy     float64 // non-uniform entropy: share of the information in the columns that is gone
	Columns     []float64
}

// Utility measures the release.
//
// Sources: granularity, Iyengar 2002; discernibility, Bayardo and Agrawal 2005;
// average class size, LeFevre et al. 2006; non-uniform entropy, Gionis and Tassa 2008.
func (r *Result) Utility() Utility {
	d, n := len(r.attrs), r.job.Table.Rows()
	u := Utility{Records: n, Classes: r.Classes(), Suppressed: len(r.Left), Columns: make([]float64, d)}
	for i := range r.Classes() {
		size := float64(r.Size(i))
		u.Discerned += size * size
		for a, m := range r.label(i) {
			u.Columns[a] += size * r.attrs[a].lossOf(m)
		}
	}
	u.Discerned += float64(len(r.Left)) * float64(n)
	product, sum := 1.0, 0.0
	for a := range u.Columns {
		loss := (u.Columns[a] + float64(len(r.Left))) / float64(n)
		product *= 1 + loss
		sum += loss
		u.Columns[a] = 1 - loss
	}
	u.Granularity = 1 - sum/float64(d)
	u.Loss = math.Pow(product, 1/float64(d)) - 1
	if u.Classes > 0 {
		u.Average = float64(n-len(r.Left)) / float64(u.Classes)
	}
	u.CAvg = u.Average / float64(max(r.K, 1))
	u.Entropy = r.entropy()
	return u
}

// entropy is the mean, over cells, of the surprise that a value still holds when
// its class is known, in proportion to all there is.
func (r *Result) entropy() float64 {
	gone, all := 0.0, 0.0
	n := float64(r.job.Table.Rows())
	for a, at := range r.attrs {
		col := r.job.Table.Column(at.Column)
		before := make([]float64, at.h.Leaves()+1) // records with a leaf below the index
		for code, c := range col.Counts() {
			leaf, _ := at.h.Leaf(col.Values[code]) // covered: the release could not be made otherwise
			before[leaf+1] += float64(c)
		}
		for i := 1; i < len(before); i++ {
			all -= before[i] * math.Log(max(before[i], 1)/n)
			before[i] += before[i-1]
		}
		for i := range r.Classes() {
			from, to := at.cover(r.label(i)[a])
			gone += float64(r.Size(i)) * math.Log(before[to]-before[from])
		}
		gone += float64(len(r.Left)) * math.Log(n)
		for i := 1; i < len(before); i++ {
			if c := before[i] - before[i-1]; c > 0 {
				gone -= c * math.Log(c)
			}
		}
	}
	if all == 0 {
		return 0
	}
	return max(0, gone/all)
}
