package anon_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"runtime/debug"
	"slices"
	"testing"

	"github.com/wardfold/wardfold/deid/anon"
)

// Small tables by the thousand are mostly litter; it is collected less often.
func TestMain(m *testing.M) {
	debug.SetGCPercent(800)
	os.Exit(m.Run())
}

func rounds() int {
	if testing.Short() {
		return 500
	}
	return 10_000
}

// S2-06, S3-47: what is called anonymous under a model satisfies it, by a count
// that knows nothing of the engine, in 10,000 random tables for each model and
// each way of recoding.
func TestNoReleaseBreaksItsModel(t *testing.T) { // S2-06, S3-47
	for _, c := range checks {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(5, 6))
			made := 0
			for range rounds() {
				w := invent(r)
				j := w.job(t, anon.K(2), c.model(w))
				j.Limit = float64(r.IntN(3)) / 4
				if r.IntN(2) == 0 && c.name != "k-map" && c.name != "δ-presence" {
					j.Population = nil
				}
				for _, make := range []func() (*anon.Result, error){
					func() (*anon.Result, error) { return anon.Local(j) },
					func() (*anon.Result, error) { return anon.Uniform(j, anon.Goal(r.IntN(2))) },
				} {
					res, err := make()
					if unreachable(err) {
						continue
					}
					if err != nil {
						t.Fatal(err)
					}
					made++
					judge(t, w, c, res, j.Limit)
				}
			}
			if made < rounds()/4 {
				t.Errorf("only %d releases were made", made)
			}
		})
	}
}

func unreachable(err error) bool {
	e, ok := errors.AsType[*anon.Error](err)
	return ok && (e.Code == anon.Unreachable || e.Code == anon.TooSmall)
}

// judge checks one release: the model, the truth of what is told, and that nobody
// is lost.
func judge(t *testing.T, w world, c check, res *anon.Result, limit float64) {
	t.Helper()
	rows := released(t, res, w.sensitive)
	if left := len(w.rows) - len(rows); left != len(res.Left) || res.Levels == nil && left > 0 || float64(left) > limit*float64(len(w.rows))+1e-9 {
		t.Fatalf("%d of %d rows are left out, limit %v", left, len(w.rows), limit)
	}
	for _, g := range groups(rows) {
		if len(g.kinds) < 2 || !c.holds(w, g) {
			t.Fatalf("a class of %d breaks the model; levels %v", len(g.kinds), res.Levels)
		}
	}
	for i := range res.Classes() {
		for _, row := range res.Class(i) {
			for a := range w.names {
				if !slices.Contains(w.means(a, res.Told(i, a)), w.rows[row][a]) {
					t.Fatalf("row %d is told something that is not so", row)
				}
			}
		}
	}
}

// A checker that finds nothing may be blind: it must see what is planted.
func TestTheCheckerFindsWhatIsPlanted(t *testing.T) {
	for _, c := range checks {
		r := rand.New(rand.NewPCG(7, 8))
		planted, seen := 0, 0
		for range 400 {
			w := invent(r)
			res, err := anon.Local(w.job(t, anon.K(2), c.model(w)))
			if unreachable(err) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range groups(released(t, res, w.sensitive)) {
				planted++
				switch c.name {
				case "k-map", "δ-presence":
					g.shown = w.rows[0][:len(w.names)] // tells everything of one person
					w.people = w.people[:0]
					for range 2 {
						w.people = append(w.people, w.rows[0])
					}
					for len(g.kinds) < 2 {
						g.kinds = append(g.kinds, g.kinds[0])
					}
				default:
					g.kinds = slices.Repeat([]string{w.rarest()}, 3)
				}
				if !c.holds(w, g) {
					seen++
				}
				break
			}
		}
		if planted < 50 || seen < planted*9/10 {
			t.Errorf("%s: of %d planted breaches %d were seen", c.name, planted, seen)
		}
	}
}

// rarest is the sensitive value that the fewest have.
func (w world) rarest() (rare string) {
	all, occur := w.all()
	least := len(all) + 1
	for _, s := range occur {
		n := 0
		for _, v := range all {
			if v == s {
				n++
			}
		}
		if n < least {
			rare, least = s, n
		}
	}
	return rare
}
