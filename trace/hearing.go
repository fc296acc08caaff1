package trace

import "math"

// hearing is one trial as seen from one store. Rows that are in any disclosure
// of the store are told apart. All other matched rows are only elsewhere, told
// apart by nothing but which of the store's rivals could have given them: those,
// such as the head office, whose disclosures have rows of the store and others.
//
// If the rows elsewhere were told apart one by one, an explanation without the
// store could buy likelihood with one small list for every stray row there, and
// a row from outside would cost the proof as much as a row of the store gives.
// Coarser data make no e-value larger than it may be.
type hearing struct {
	p    *problem
	cols []int     // the column of the whole problem, of each local one; 0 for those that are no disclosure
	w    []float64 // what was learned, by local column
	num  float64   // log-likelihood of the rows to judge by under it
}

// background is the column of the rest of the world. After it come the columns
// of disclosures that share nothing with the store, one for each kind of row
// elsewhere, and after these the disclosures that do.
const background = 0

// hear prepares all trials for the disclosures of one store, with rivals and
// without: either is the more telling for some lists, and the average of their
// e-values is one, too.
func (x *inquiry) hear(store string) []hearing {
	var all []hearing
	for _, n := range []int{0, rivals} {
		d := x.docket(store, n)
		if n > 0 && d.known == 0 {
			break // without rivals it is the same once more
		}
		for k := range x.trials {
			all = append(all, d.hearing(&x.trials[k]))
		}
	}
	return all
}

// session is one hearing in the making.
type session struct {
	*docket
	*trial
	p     *problem
	reps  []int           // a row of each class of the store
	seen  map[uint8]int32 // the class of the rows elsewhere with a sign
	cands []int32         // that have a row of the store, in the order of their columns
	at    map[int32]int   // the column of each
}

// hearing builds the likelihood of one trial.
func (d *docket) hearing(t *trial) hearing {
	s := &session{docket: d, trial: t, p: &problem{start: []int{0}}}
	s.fold()
	s.worlds()
	s.fill()
	v := hearing{p: s.p, cols: make([]int, 1+len(s.seen))}
	for _, j := range s.cands {
		v.cols = append(v.cols, int(j)+1)
	}
	v.w = s.carry()
	_, v.num = s.p.mix(v.w)
	return v
}

// fold makes the classes of the judged rows: first those of the store, then
// those elsewhere by their sign, then the rows that match nobody.
func (s *session) fold() {
	p, known := s.p, make(map[uint64]int)
	for i, yes := range s.judged {
		if !yes || !s.mine[i] {
			continue
		}
		c, ok := known[s.hits.sum[i]]
		if !ok {
			c = len(s.reps)
			known[s.hits.sum[i]] = c
			s.reps = append(s.reps, i)
			p.weight = append(p.weight, 0)
		}
		p.weight[c]++
	}
	s.seen = make(map[uint8]int32)
	for i, yes := range s.judged {
		if !yes || s.mine[i] {
			continue
		}
		c, ok := s.seen[s.sign[s.hits.item[i]]]
		if !ok {
			c = int32(len(p.weight))
			s.seen[s.sign[s.hits.item[i]]] = c
			p.weight = append(p.weight, 0)
		}
		p.weight[c]++
	}
	p.weight = append(p.weight, float64(s.trial.outside))
	for _, n := range p.weight {
		p.total += n
	}
}

// worlds adds the columns that are no disclosure. Whatever a disclosure that
// shares nothing with the store gives, it is a mixture of rows of one sign.
func (s *session) worlds() {
	b := s.config.background()
	for c, i := range s.reps {
		s.p.explain(int32(c), b*float64(s.hits.alts[i]))
	}
	for sign, c := range s.seen {
		s.p.explain(c, b*float64(s.world[sign]))
	}
	s.p.explain(int32(len(s.p.weight)-1), b)
	s.p.column()
	for c := range len(s.seen) {
		s.p.explain(int32(len(s.reps)+c), 1)
		s.p.column()
	}
}

// fill adds the candidates that have a row of the store as columns.
func (s *session) fill() {
	h := s.hits
	s.at = make(map[int32]int)
	var lists [][]int32
	for c, i := range s.reps {
		for _, j := range h.cand[h.from[i]:h.from[i+1]] {
			k, ok := s.at[j]
			if !ok {
				k = len(lists)
				s.at[j] = k
				s.cands, lists = append(s.cands, j), append(lists, nil)
			}
			lists[k] = append(lists[k], int32(c))
		}
	}
	for k, j := range s.cands {
		for _, c := range lists[k] {
			s.p.explain(c, 1/s.left[j])
		}
		s.rest(j, s.p.explain)
		s.p.column()
		s.at[j] = k + 1 + len(s.seen)
	}
}

// rest tells with which chance a candidate gives a row elsewhere of each class.
func (s *session) rest(j int32, tell func(class int32, chance float64)) {
	if len(s.seen) == 0 || s.left[j] <= 0 {
		return
	}
	count := s.beyond(j)
	for _, i := range s.hits.of(int(j)) {
		if !s.mine[i] && !s.judged[i] {
			count[s.sign[s.hits.item[i]]]--
		}
	}
	for sign, c := range s.seen {
		if n := count[sign]; n > 0 {
			tell(c, float64(n)/s.left[j])
		}
	}
}

// carry returns what was learned, by local column. A source of nothing but rows
// elsewhere gives its weight to the columns of their signs.
func (s *session) carry() []float64 {
	w := make([]float64, s.p.columns())
	for col, x := range s.learned {
		j := int32(col - 1)
		k, ok := s.at[j]
		switch {
		case x == 0:
		case col == 0:
			w[background] = x
		case ok:
			w[k] = x
		case s.matters(j):
			s.rest(j, func(c int32, chance float64) { w[1+int(c)-len(s.reps)] += x * chance })
		}
	}
	return w
}

// matters reports whether more was learned about a candidate than the little that
// every one gets. What is not carried over costs the proof, not the defence.
func (s *session) matters(j int32) bool {
	return s.learned[j+1] > 0.1/float64(len(s.judged)+1)
}

// logE is the logarithm of the e-value against "none of the banned columns gave
// a row", averaged over the hearings. The gap of the fit counts for the defence.
func logE(all []hearing, banned func(col int) bool) float64 {
	most, logs := math.Inf(-1), make([]float64, len(all))
	for i, v := range all {
		if v.p.empty() {
			continue
		}
		null := v.p.maximise(func(k int) bool { return v.cols[k] > 0 && banned(v.cols[k]) }, v.w, v.num)
		logs[i] = v.num - null.loglik - null.gap
		most = max(most, logs[i])
	}
	if math.IsInf(most, -1) {
		return most
	}
	var sum float64
	for _, l := range logs {
		sum += math.Exp(l - most)
	}
	return most + math.Log(sum/float64(len(all)))
}
