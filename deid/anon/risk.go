package anon

// Risk is how likely it is to find out whose record is whose, from 0 to 1.
type Risk struct {
	// Prosecutor is the risk of the record in the smallest class, for somebody who
	// knows that a person is in the table: one divided by the size of the class.
	Prosecutor float64
	// AtRisk is the share of records whose prosecutor risk is above the threshold.
	AtRisk float64
	// Journalist is the same for somebody who wants to show that anybody can be
	// found, and knows the population only: one divided by the fewest people of it
	// who fit a class. It is Prosecutor if no population is given.
	Journalist float64
	// Marketer is the share of records that somebody who links them all would get
	// right.
	Marketer float64
	// Least is the smallest class, and Fewest the fewest people who fit one.
	Least, Fewest int
}

// Risk measures the release; threshold is the highest risk that is acceptable,
// such as 0.05 for a file that leaves the house, 0.2 for a controlled room.
// Source: El Emam 2013, ch. 16.
func (r *Result) Risk(threshold float64) Risk {
	var out Risk
	n, above, expected := 0, 0, 0.0
	for i := range r.Classes() {
		size := r.Size(i)
		n += size
		if out.Least == 0 || size < out.Least {
			out.Least = size
		}
		if 1/float64(size) > threshold+tiny {
			above += size
		}
		people := size
		if r.crowd != nil {
			people = max(size, int(r.crowd[i]))
		}
		if out.Fewest == 0 || people < out.Fewest {
			out.Fewest = people
		}
		expected += float64(size) / float64(people)
	}
	if n == 0 {
		return out
	}
	out.Prosecutor, out.Journalist = 1/float64(out.Least), 1/float64(out.Fewest)
	out.AtRisk, out.Marketer = float64(above)/float64(n), expected/float64(n)
	return out
}

// Joint is what somebody has who holds several releases in which the same people
// are: classes[i][p] is the class of person p in release i, -1 if p is not in it.
// It returns the size of the smallest group of people whom all releases together
// do not tell apart. Below K the releases must not both be published.
func Joint(classes ...[]int32) (least int) {
	if len(classes) == 0 {
		return 0
	}
	groups := map[string]int{}
	key := make([]byte, 0, 4*len(classes))
	for p := range classes[0] {
		key = key[:0]
		for _, c := range classes {
			key = append(key, byte(c[p]), byte(c[p]>>8), byte(c[p]>>16), byte(c[p]>>24))
		}
		groups[string(key)]++
	}
	for _, n := range groups {
		if least == 0 || n < least {
			least = n
		}
	}
	return least
}

// Of returns the class of each row of the table, -1 for those left out: what
// Joint asks for.
func (r *Result) Of() []int32 {
	of := make([]int32, r.job.Table.Rows())
	for i := range of {
		of[i] = -1
	}
	for c := range r.Classes() {
		for _, row := range r.Class(c) {
			of[row] = int32(c)
		}
	}
	return of
}
