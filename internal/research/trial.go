package research

import (
	"math"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/table"
)

// measure tries the result: risk, linking people, learning about them, telling who
// is in it.
func (j *job) measure(res *anon.Result, sensitive []string, held *table.Table) error {
	s := j.data.Settings
	m, err := res.Measure(s.Threshold, sensitive, held, j.rand)
	if err != nil {
		return err
	}
	j.report.Figures, j.report.Kept = &m, map[string]float64{}
	for i, name := range named(j.data.Columns, Quasi) {
		j.report.Kept[name] = m.Utility.Columns[i]
	}
	j.report.add(Test{Code: Risk, Figure: j.risk(m), Limit: s.Threshold, Passed: j.risk(m) <= s.Threshold+1e-9})
	j.report.add(Test{Code: Linkage, Figure: m.Trial.Linked, Limit: m.Trial.Most, Passed: m.Trial.Passed()})
	j.report.add(Test{Code: Learning, Figure: m.Trial.Gain(), Limit: m.Trial.GainAllowed(), Passed: m.Trial.Gain() <= m.Trial.GainAllowed()})
	if s.Presence > 0 {
		// Where being in it is the secret, people in it must not fit better than others.
		more := m.Trial.Present - m.Trial.Absent
		limit := 0.1 + 3*math.Sqrt(0.25/float64(max(m.Trial.Held, 1))+0.25/float64(max(m.Trial.Targets, 1)))
		j.report.add(Test{Code: Membership, Figure: more, Limit: limit, Passed: m.Trial.Held > 0 && more <= limit})
	}
	return nil
}

// risk is that of the attacker named. Without a register, the people of the
// population who fit a class are taken to be as many times as many as the
// population is larger than the list; nobody counted them, so a journalist's risk is
// never taken for less than a third of a prosecutor's.
func (j *job) risk(m anon.Report) float64 {
	switch j.data.Settings.Attacker {
	case Journalist:
		if j.register != nil {
			return m.Risk.Journalist
		}
		share := 1.0
		if j.crowd > m.Records {
			share = float64(m.Records) / float64(j.crowd)
		}
		return m.Risk.Prosecutor * max(share, 1.0/3)
	case Marketer:
		return m.Risk.Marketer
	}
	return m.Risk.Prosecutor
}

// apart judges the release together with each earlier one of the same people.
func (j *job) apart(shared []*roll, unknown bool) {
	t := Test{Code: Together, Passed: true, Limit: float64(j.data.Settings.K)}
	if unknown {
		t.Passed, t.Why = false, "research.unnamed"
	}
	for _, e := range shared {
		least, _ := overlap(j.people, e) // they have a kind of name in common
		limit := min(j.data.Settings.K, e.k)
		if t.Figure == 0 || float64(least) < t.Figure {
			t.Figure, t.Limit = float64(least), float64(limit)
		}
		if least < limit {
			t.Passed, t.Why = false, "research.overlap"
		}
	}
	j.report.add(t)
}

// sampled is how many records the curve is worked out on.
const sampled = 20_000

// look adds what helps people to decide: what other K would cost, and what gave
// most away before.
func (j *job) look(work anon.Job) {
	t := work.Table
	if step := 1 + t.Rows()/sampled; step > 1 {
		var rows []int32
		for r := 0; r < t.Rows(); r += step {
			rows = append(rows, int32(r))
		}
		t = t.Pick(rows)
	}
	work.Table, work.Population, work.Models = t, nil, []anon.Model{anon.K(j.data.Settings.K)}
	j.report.Curve = anon.Curve(work, 2, 5, 10, 20, 50, 100)
	names := named(j.data.Columns, Quasi)
	worst := anon.Combinations(t, names, min(3, len(names)), j.data.Settings.K)
	j.report.Worst = worst[:min(5, len(worst))]
}
