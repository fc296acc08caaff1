package check_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/check"
	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/table"
)

// world is a random table, its job and what is drawn from it.
type world struct {
	job     anon.Job
	earlier []int32
}

func invent(t *testing.T, r *rand.Rand) world {
	t.Helper()
	names := []string{"age", "place", "kind"}
	var rows, people [][]string
	for range 12 + r.IntN(80) {
		row := []string{fmt.Sprint(r.IntN(12)), fmt.Sprintf("p%d", min(r.IntN(6), r.IntN(6))), fmt.Sprintf("s%d", min(r.IntN(5), r.IntN(5)))}
		rows = append(rows, row)
		for range 1 + r.IntN(4) {
			people = append(people, row)
		}
	}
	data, err := table.From(names, rows)
	if err != nil {
		t.Fatal(err)
	}
	crowd, err := table.From(names, people)
	if err != nil {
		t.Fatal(err)
	}
	w := world{job: anon.Job{Table: data, Workers: 1}}
	for _, a := range []struct {
		name string
		kind hierarchy.Kind
	}{{"age", hierarchy.Numbers}, {"place", hierarchy.Categories}} {
		h, err := hierarchy.Generate(a.kind, data.Column(a.name).Values)
		if err != nil {
			t.Fatal(err)
		}
		w.job.Quasi = append(w.job.Quasi, anon.Attribute{Column: a.name, Hierarchy: h, Cut: a.name == "age" && r.IntN(2) == 0})
	}
	for range rows {
		w.earlier = append(w.earlier, int32(r.IntN(4))-1)
	}
	k := 2 + r.IntN(4)
	extra := []anon.Model{
		nil, anon.Distinct{Column: "kind", L: 2}, anon.Entropy{Column: "kind", L: 1.4}, anon.Recursive{Column: "kind", C: 2, L: 2},
		anon.Close{Column: "kind", T: 0.4}, anon.KMap(k + 2), anon.Presence{Max: 0.7}, anon.Together{Earlier: w.earlier, K: 2},
	}[r.IntN(8)]
	w.job.Models = []anon.Model{anon.K(k)}
	if extra != nil {
		w.job.Models = append(w.job.Models, extra)
	}
	switch extra.(type) {
	case anon.KMap, anon.Presence:
		w.job.Population = crowd
	}
	return w
}

// written is a release as its recipient has it, and the record behind each line.
func written(t *testing.T, res *anon.Result) *table.Table {
	t.Helper()
	var b bytes.Buffer
	out := table.NewWriter(&b, false)
	if err := errors.Join(res.Write(out, []string{"kind"}), out.Flush()); err != nil {
		t.Fatal(err)
	}
	got, err := table.Read(&b, table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// S2-06: each privacy model holds in what is written, by a count that knows
// nothing of the engine; and what does not hold is found.
func TestEveryModelHoldsInWhatIsWritten(t *testing.T) { // S2-06, S3-47
	tables := 2000
	if testing.Short() {
		tables = 200
	}
	r := rand.New(rand.NewPCG(5, 6))
	tested, planted := 0, 0
	for tested < tables {
		w := invent(t, r)
		res, err := anon.Local(w.job)
		if e, ok := errors.AsType[*anon.Error](err); ok && (e.Code == anon.Unreachable || e.Code == anon.TooSmall) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		tested++
		out := written(t, res)
		c := check.Release{Table: out, Quasi: w.job.Quasi, Models: w.job.Models, Source: w.job.Table, Population: w.job.Population}
		c.Earlier = earlierOf(w, res, out)
		found, err := c.Test()
		if err != nil || len(found) > 0 {
			t.Fatalf("%v: %v %v", w.job.Models, found, err)
		}
		// One record moved to a class of its own breaks k.
		rows := make([]int32, 0, out.Rows())
		for i := range out.Rows() {
			if i%2 == 0 {
				rows = append(rows, int32(i))
			}
		}
		c.Table, c.Models = out.Pick(rows[:1]), w.job.Models[:1]
		if found, err = c.Test(); err != nil || len(found) != 1 || found[0].Size != 1 {
			t.Fatalf("a record alone is not found: %v %v", found, err)
		}
		planted++
	}
	t.Logf("%d tables, %d planted", tested, planted)
}

// earlierOf says what was shown before of the person of each line: lines of a
// class are told apart by nothing but kind, so any of the same class and kind do.
func earlierOf(w world, res *anon.Result, out *table.Table) []int32 {
	behind := map[string][]int32{}
	for c := range res.Classes() {
		for _, row := range res.Class(c) {
			key := res.Told(c, 0) + "|" + res.Told(c, 1) + "|" + w.job.Table.Column("kind").Value(int(row))
			behind[key] = append(behind[key], w.earlier[row])
		}
	}
	of := make([]int32, out.Rows())
	for i := range of {
		key := out.Columns[0].Value(i) + "|" + out.Columns[1].Value(i) + "|" + out.Column("kind").Value(i)
		of[i], behind[key] = behind[key][0], behind[key][1:]
	}
	return of
}

func TestEachModelFindsItsOwnViolation(t *testing.T) {
	file := "age,kind\n1-5,a\n1-5,a\n1-5,b\n6-9,a\n6-9,a\n6-9,a\n"
	out, err := table.Read(strings.NewReader(file), table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h, err := hierarchy.New([][]string{{"1", "1-5", "*"}, {"2", "1-5", "*"}, {"7", "6-9", "*"}, {"8", "6-9", "*"}})
	if err != nil {
		t.Fatal(err)
	}
	people, err := table.From([]string{"age"}, [][]string{{"1"}, {"2"}, {"2"}, {"1"}, {"7"}, {"8"}, {"8"}})
	if err != nil {
		t.Fatal(err)
	}
	r := check.Release{Table: out, Quasi: []anon.Attribute{{Column: "age", Hierarchy: h}}, Source: out, Population: people, Earlier: []int32{0, 0, 1, 2, 2, -1}}
	for _, c := range []struct {
		model anon.Model
		rows  []int
	}{
		{anon.K(3), nil}, {anon.K(4), []int{2, 5}}, {anon.Distinct{Column: "kind", L: 2}, []int{5}},
		{anon.Entropy{Column: "kind", L: 1.8}, []int{5}}, {anon.Recursive{Column: "kind", C: 3, L: 2}, []int{5}},
		{anon.Close{Column: "kind", T: 0.1}, []int{2, 5}}, {anon.Close{Column: "kind", T: 0.17}, nil},
		{anon.KMap(4), []int{5}}, {anon.Presence{Max: 0.8}, []int{5}}, {anon.Together{Earlier: r.Earlier, K: 2}, []int{2}},
	} {
		r.Models = []anon.Model{c.model}
		found, err := r.Test()
		var rows []int
		for _, f := range found {
			rows = append(rows, f.Row)
			if f.Error() == "" || f.Model != c.model.Name() {
				t.Errorf("%v", f)
			}
		}
		if err != nil || !slices.Equal(rows, c.rows) {
			t.Errorf("%s: %v, want rows %v: %v", c.model.Name(), found, c.rows, err)
		}
	}
	r.Models, r.Source = []anon.Model{anon.Close{Column: "kind", T: 0.1}}, nil
	if _, err := r.Test(); err == nil {
		t.Error("closeness to nothing is tested")
	}
	r.Models = []anon.Model{anon.Distinct{Column: "none", L: 1}}
	if _, err := r.Test(); err == nil {
		t.Error("a column that is not there is tested")
	}
}

// The same people in two releases of classes of five: alone neither tells anybody
// from four others, together they do.
func TestTwoReleasesSingleOutWhereTheyIntersect(t *testing.T) {
	of := func(classes ...int32) []int32 { return classes }
	for name, c := range map[string]struct {
		now, before []int32
		want        int
	}{
		"the same classes":     {of(0, 0, 0, 1, 1, 1), of(4, 4, 4, 7, 7, 7), 3},
		"nobody in common":     {of(0, 0, -1, -1), of(-1, -1, 3, 3), 0},
		"one changed class":    {of(0, 0, 0, 0, 1, 1), of(0, 0, 0, 1, 1, 1), 1},
		"coarser now":          {of(0, 0, 0, 0), of(1, 1, 2, 2), 2},
		"one newcomer":         {of(0, 0, 0, 0), of(1, 1, 1, -1), 1},
		"one who left":         {of(0, 0, 0, -1), of(1, 1, 1, 1), 1},
		"three newcomers":      {of(0, 0, 0, 0, 0, 0), of(1, 1, 1, -1, -1, -1), 3},
		"newcomers elsewhere":  {of(0, 0, 0, 5), of(1, 1, 1, -1), 3},
		"a newcomer in a web":  {of(0, 0, 1, 1, 1, 1, 1), of(0, 0, 0, 0, 2, 2, -1), 1},
		"newcomers over a web": {of(0, 0, 0, 1, 1, 1), of(0, 0, -1, 0, 0, -1), 2},
	} {
		if got := check.Overlap(c.now, c.before); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
