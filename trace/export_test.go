package trace

// Maximum fits weights to rows that are given as the columns that explain them,
// with the chance each column has of one row, and returns the log-likelihood
// reached and the bound on what is missing. Column 0 explains every row.
func Maximum(rows [][]int, chance []float64, banned func(int) bool) (w []float64, loglik, gap float64) {
	p := &problem{start: []int{0}, total: float64(len(rows))}
	for range rows {
		p.weight = append(p.weight, 1)
	}
	for j := range chance {
		for c, cols := range rows {
			for _, k := range cols {
				if k == j {
					p.explain(int32(c), chance[j])
				}
			}
		}
		p.column()
	}
	start := make([]float64, len(chance))
	for j := range start {
		start[j] = 1
	}
	f := p.maximise(banned, start, 1e300)
	return f.w, f.loglik, f.gap
}
