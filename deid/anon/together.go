package anon

// Together keeps a release and earlier ones of the same people from telling apart
// what each of them alone does not. Earlier[row] is what the earlier releases
// together showed of the person of a record: the number of a class, -1 if the
// person was in none. In each class of the new release, the people of an earlier
// class are none at all or K at least.
//
// It says nothing of those who were in none, who must be compared as a whole:
// see Joint.
// Source: Ganta, Kasiviswanathan, Smith 2008 (composition attacks).
type Together struct {
	Earlier []int32
	K       int
}

// Name is "together k=5".
func (t Together) Name() string { return named("together k", float64(t.K)) }

func (t Together) check(j Job, _ map[string]bool) (int, error) {
	if t.K < 1 || len(t.Earlier) != j.Table.Rows() {
		return 0, &Error{Code: NoModel}
	}
	return 1, nil
}

func (t Together) prepare(Job) criterion {
	most := int32(-1)
	for _, c := range t.Earlier {
		most = max(most, c)
	}
	return &together{of: t.Earlier, k: int32(t.K), count: make([]int32, most+1)}
}

// together counts the people of each earlier class in the class at hand.
type together struct {
	of    []int32
	k     int32
	count []int32
	seen  []int32
}

func (t *together) twin() criterion {
	return &together{of: t.of, k: t.k, count: make([]int32, len(t.count))}
}

func (t *together) holds(c class) bool {
	t.seen = t.seen[:0]
	for _, r := range c.rows {
		e := t.of[r]
		if e < 0 {
			continue
		}
		if t.count[e] == 0 {
			t.seen = append(t.seen, e)
		}
		t.count[e]++
	}
	ok := true
	for _, e := range t.seen {
		ok = ok && t.count[e] >= t.k
		t.count[e] = 0
	}
	return ok
}
