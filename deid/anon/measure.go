package anon

import (
	"io"

	"github.com/wardfold/wardfold/deid/table"
)

// Report is all that is measured of a release.
type Report struct {
	Utility
	Risk
	Threshold  float64
	QueryError float64
	Trial      Trial
	Wrong      float64 // share of the attacker's knowledge that was wrong
}

// Acceptable reports whether the release may be called anonymous under its models:
// the risk is not above the threshold, the attacker fared no better than chance and
// learned no more of those in it than of those held back.
// Otherwise it stays personal information.
func (r Report) Acceptable() bool {
	return r.Risk.Journalist <= r.Threshold+tiny && r.Trial.Passed() && r.Trial.Gain() <= r.Trial.GainAllowed()
}

// work is how many comparisons of a person with a class a trial may take.
const comparisons = 200_000_000

// Measure measures the release: utility, risk against the threshold, the error of
// 200 counts, and a trial with a tenth of the attacker's knowledge wrong on up to
// 1,000 people, fewer if there are very many classes. The trial takes sensitive
// columns and held-back records into account; held may be nil. It fails as Try does.
func (r *Result) Measure(threshold float64, sensitive []string, held *table.Table, rand io.Reader) (Report, error) {
	out := Report{Utility: r.Utility(), Risk: r.Risk(threshold), Threshold: threshold, Wrong: 0.1}
	var err error
	if out.QueryError, err = r.QueryError(200, rand); err != nil {
		return out, err
	}
	out.Trial, err = r.Try(Attack{
		Targets: min(1000, max(50, comparisons/max(r.Classes(), 1))), Wrong: out.Wrong, Sensitive: sensitive, Held: held, Rand: rand,
	})
	return out, err
}

// Point is the risk and the utility of one choice of K.
type Point struct {
	K           int
	Risk        float64 // prosecutor risk
	Granularity float64
}

// Curve makes releases of a job for several K and tells what each would cost, so
// that people can choose. It keeps the job's other models. K that cannot be
// reached are left out.
func Curve(j Job, ks ...int) []Point {
	var out []Point
	for _, k := range ks {
		c := j
		c.Models = []Model{K(k)}
		for _, m := range j.Models {
			if _, isK := m.(K); !isK {
				c.Models = append(c.Models, m)
			}
		}
		if res, err := Local(c); err == nil {
			out = append(out, Point{k, res.Risk(1).Prosecutor, res.Utility().Granularity})
		}
	}
	return out
}
