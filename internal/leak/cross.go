package leak

import (
	"math"
	"slices"
	"time"

	"github.com/wardfold/wardfold/trace"
)

// crossing is what is known about decoys that several exports share.
type crossing struct {
	hits  []trace.Hit
	marks *marks
}

// cross reads shared decoys where no export is named by its own: whoever keeps
// only what several exports have in common crosses out the decoys of each, and
// keeps those that all of them share. Then one or more of these exports gave rows;
// and if a list so long, of any one of them alone, would hardly have lost all its
// own decoys by chance, each of them did.
func (r *Result) cross(log *trace.Log) {
	if r.crossed.marks == nil || slices.ContainsFunc(r.Exports, func(f Finding) bool { return f.Named }) {
		return
	}
	set := trace.Coalition(r.crossed.hits)
	if len(set) < 2 {
		return
	}
	g := Group{}
	chance := 0.0
	for _, x := range set {
		i := slices.IndexFunc(log.Disclosures, func(d trace.Disclosure) bool { return d.ID == x })
		if i < 0 {
			return
		}
		d := log.Disclosures[i]
		if !slices.Contains(g.IDs, d.Account) {
			g.IDs = append(g.IDs, d.Account)
		}
		g.Store, g.From, g.Until = d.Store, earliest(g.From, d.From), latest(g.Until, d.Until)
		own, n := r.crossed.marks.unique[x], d.Items.Len()
		chance = max(chance, math.Pow(float64(n)/float64(n+own), float64(r.Read.Matched())))
	}
	r.Among = append(r.Among, g)
	if chance > r.Alpha/float64(max(1, len(r.crossed.marks.unique))) {
		return
	}
	for i := range r.Exports {
		if f := &r.Exports[i]; slices.Contains(set, f.ID) {
			f.Named, f.Odds = true, log10(-math.Log(chance))
		}
	}
}

func earliest(a, b time.Time) time.Time {
	if a.IsZero() || b.Before(a) {
		return b.UTC()
	}
	return a
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b.UTC()
	}
	return a
}
