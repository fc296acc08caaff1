package anon_test

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/table"
)

// adult is the Adult set with its published hierarchies, from the directory that
// WARDFOLD_ANON_DATA names.
func adult(t testing.TB) anon.Job {
	t.Helper()
	dir := os.Getenv("WARDFOLD_ANON_DATA")
	if dir == "" {
		t.Skip("WARDFOLD_ANON_DATA names no directory with adult.csv and its hierarchies: the published figures are not compared")
	}
	return set(t, dir, "adult")
}

// small is the part of it that lies beside the tests.
func small(t testing.TB) anon.Job { return set(t, filepath.Join("testdata", "adult"), "adult") }

func set(t testing.TB, dir, name string) anon.Job {
	t.Helper()
	f, err := os.Open(filepath.Join(dir, name+".csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	data, err := table.Read(f, table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	j := anon.Job{Table: data, Models: []anon.Model{anon.K(5)}, Workers: 1}
	for _, c := range data.Names() {
		h, err := os.Open(filepath.Join(dir, name+"_hierarchy_"+c+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		tree, err := hierarchy.Parse(h)
		_ = h.Close() // only read
		if err != nil {
			t.Fatal(err)
		}
		j.Quasi = append(j.Quasi, anon.Attribute{Column: c, Hierarchy: tree})
	}
	return j
}

func local(t testing.TB, j anon.Job) anon.Utility {
	t.Helper()
	res, err := anon.Local(j)
	if err != nil {
		t.Fatal(err)
	}
	return res.Utility()
}

// The figures that are published for Adult and k = 5: ARX's best full-domain
// release has a granularity of .7296; a prototype of the algorithm had .9318 with
// nobody left out.
func TestAdultIsToldMoreExactlyThanPublished(t *testing.T) { // S3-47
	j := adult(t)
	u := local(t, j)
	if u.Granularity < 0.9395 || u.Suppressed != 0 || u.Loss > 0.0592 {
		t.Errorf("%+v", u)
	}
	for i, a := range j.Quasi {
		if a.Column == "age" {
			j.Quasi[i].Cut = true
		}
	}
	if u := local(t, j); u.Granularity < 0.953 {
		t.Errorf("with ages cut anywhere: %+v", u)
	}
}

// ARX's published optimum when records may be left out: node [0,3,0,0,2,1,1,1,0],
// 8.57 % of the records left out, loss .2213. On this copy of the set the same
// node leaves out 8.46 % and loses .2204, by ARX's own definition.
func TestAdultsOptimumIsThePublishedOne(t *testing.T) {
	j := adult(t)
	j.Limit = 1
	for goal, want := range map[anon.Goal]float64{anon.LeastLoss: 0.2204, anon.MostGranule: 0.2204} {
		res, err := anon.Uniform(j, goal)
		if err != nil {
			t.Fatal(err)
		}
		u := res.Utility()
		if diff := cmp.Diff([]int{0, 3, 0, 0, 2, 1, 1, 1, 0}, res.Levels); diff != "" {
			t.Error(diff)
		}
		left := float64(u.Suppressed) / float64(u.Records)
		if math.Abs(u.Loss-want) > 5e-5 || math.Abs(left-0.0846) > 5e-5 || math.Abs(left-0.0857) > 0.002 || math.Abs(u.Loss-0.2213) > 0.002 {
			t.Errorf("%.4f left out, loss %.4f", left, u.Loss)
		}
		if u.Classes != 602 || u.Discerned != 84_094_395 || math.Abs(u.Average-45.9) > 0.05 {
			t.Errorf("%+v", u)
		}
	}
	// With nobody left out the best release is far less exact.
	j.Limit = 0
	res, err := anon.Uniform(j, anon.MostGranule)
	if err != nil {
		t.Fatal(err)
	}
	if u := res.Utility(); u.Suppressed != 0 || math.Abs(u.Granularity-0.3645) > 5e-5 {
		t.Errorf("%v %+v", res.Levels, u)
	}
}

func TestMoreWorkersChangeNothing(t *testing.T) {
	j := small(t)
	one := local(t, j)
	j.Workers = 8
	if diff := cmp.Diff(one, local(t, j)); diff != "" {
		t.Error(diff)
	}
	if one.Granularity < 0.6 || one.Suppressed != 0 {
		t.Errorf("%+v", one)
	}
	a, err := anon.Local(j)
	if err != nil {
		t.Fatal(err)
	}
	b, err := anon.Local(small(t))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(released(t, a), released(t, b)); diff != "" {
		t.Error("two runs of one job differ")
	}
}

func BenchmarkAdult(b *testing.B) {
	j := adult(b)
	b.Run("local", func(b *testing.B) {
		cpu(b, func() error { _, err := anon.Local(j); return err })
	})
	b.Run("uniform", func(b *testing.B) {
		cpu(b, func() error { _, err := anon.Uniform(j, anon.MostGranule); return err })
	})
	j.Limit = 1
	b.Run("uniform with suppression", func(b *testing.B) {
		cpu(b, func() error { _, err := anon.Uniform(j, anon.LeastLoss); return err })
	})
}
