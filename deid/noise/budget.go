package noise

// Budget is what may be given away about the people of a register in a period,
// such as ε = 1 per child and year. The zero Budget allows nothing.
type Budget struct {
	Total Epsilon
	Spent Epsilon
}

// Left is what may still be spent.
func (b Budget) Left() Epsilon {
	if b.Spent > b.Total {
		return 0
	}
	return b.Total - b.Spent
}

// Spend returns the budget after a release of e, which is counted whole: the parts
// that different answers give away add up (basic composition). It fails with
// ErrSpent if there is not enough, and with ErrRange if e is 0.
func (b Budget) Spend(e Epsilon) (Budget, error) {
	switch {
	case e == 0:
		return b, ErrRange
	case e > b.Left():
		return b, ErrSpent
	}
	b.Spent += e
	return b, nil
}

// Table makes the counts of a table safe. cells is how many of the counts one
// person may be part of: 1 if they divide the people, such as by school. Together
// the counts give away e.
//
// Counts below zero become zero afterwards, which gives nothing away. It fails as
// Laplace does, and then returns no counts.
func (s *Source) Table(counts []int64, e Epsilon, cells int) ([]int64, error) {
	out := make([]int64, len(counts))
	for i, c := range counts {
		z, err := s.Laplace(e, cells)
		if err != nil {
			return nil, err
		}
		out[i] = max(0, c+z)
	}
	return out, nil
}

// Hidden is what stands for a count that is not shown.
const Hidden int64 = -1

// AtLeast hides noisy counts below a threshold. It must be given noisy counts:
// hiding by the true ones would tell which of them are small.
func AtLeast(noisy []int64, threshold int64) []int64 {
	out := make([]int64, len(noisy))
	for i, n := range noisy {
		if out[i] = n; n < threshold {
			out[i] = Hidden
		}
	}
	return out
}

// Margin is how far a noisy count is from the true one in at most all but one of
// every odds cases: Margin(e, 1, 20) is the half width of a 95 % interval. It fails
// with ErrRange as Laplace does, and if odds is below 2.
//
// It is exact to the last whole number, for it adds up the probabilities in whole
// parts of 2^62.
func Margin(e Epsilon, cells int, odds uint64) (int64, error) {
	if e == 0 || cells < 1 || cells > MaxCells || odds < 2 {
		return 0, ErrRange
	}
	// P(|z| > m) = 2·a^(m+1)/(1+a) with a = exp(-ε).
	a := expUnits(uint64(e), uint64(One)*uint64(cells))
	limit := (unit + a) / (2 * odds) // a^(m+1) may be this at most
	m, power := int64(0), a
	for power > limit && power > 0 {
		power = mulUnits(power, a)
		m++
	}
	return m, nil
}
