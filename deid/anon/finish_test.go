package anon_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/table"
)

// kinds is an invented table of many columns: so many people of each kind, whose
// answers are alike, or within so many of each other, but for two or three; and a
// secret that has nothing to do with it.
func kinds(t testing.TB, rows, columns, people, spread int) anon.Job {
	t.Helper()
	r, secrets := rand.New(rand.NewPCG(5, 6)), rand.New(rand.NewPCG(8, 9))
	var tree, records [][]string
	var header []string
	for v := range 16 {
		tree = append(tree, []string{strconv.Itoa(v), "a" + strconv.Itoa(v/4), hierarchy.Top})
	}
	for c := range columns {
		header = append(header, "q"+strconv.Itoa(c))
	}
	for i := range rows {
		kind := rand.New(rand.NewPCG(7, uint64(i%(rows/people))))
		var row []string
		for range columns {
			v := kind.IntN(16)
			if spread > 1 {
				v = (v + r.IntN(spread)) % 16
			}
			if r.IntN(8) == 0 {
				v = r.IntN(16)
			}
			row = append(row, strconv.Itoa(v))
		}
		records = append(records, append(row, strconv.Itoa(secrets.IntN(7))))
	}
	data, err := table.From(append(header, "secret"), records)
	if err != nil {
		t.Fatal(err)
	}
	h, err := hierarchy.New(tree)
	if err != nil {
		t.Fatal(err)
	}
	j := anon.Job{Table: data, Models: []anon.Model{anon.K(5)}, Workers: 1}
	for _, name := range header {
		j.Quasi = append(j.Quasi, anon.Attribute{Column: name, Hierarchy: h})
	}
	return j
}

// Cuts by one column after the other tear apart who are alike in all but a few: .33
// of the exactness is left by cuts alone.
func TestWhoAreAlikeInManyColumnsStayTogether(t *testing.T) {
	u := local(t, kinds(t, 2000, 16, 10, 1))
	t.Logf("granularity %.4f in %d classes", u.Granularity, u.Classes)
	if u.Granularity < 0.45 || u.Suppressed > 0 {
		t.Errorf("%+v", u)
	}
}

// S2-06: in large tables a way of making classes is left out where it never helped.
// Whichever it is, every class satisfies the models, and workers change nothing.
func TestModelsHoldWhereAWayIsLeftOut(t *testing.T) { // S2-06
	for _, l := range []int{1, 2, 3, 4, 6} {
		j := kinds(t, 12_000, 24, 300, 3)
		j.Models = append(j.Models, anon.Distinct{Column: "secret", L: l})
		res, err := anon.Local(j)
		if err != nil {
			t.Fatal(err)
		}
		secret, seen := j.Table.Column("secret"), 0
		for c := range res.Classes() {
			values := map[int]bool{}
			for _, row := range res.Class(c) {
				values[secret.Code(int(row))] = true
			}
			if seen += res.Size(c); res.Size(c) < 5 || len(values) < l {
				t.Fatalf("l = %d: a class of %d has %d values", l, res.Size(c), len(values))
			}
		}
		j.Workers = 4
		if u := res.Utility(); seen != 12_000 || u.Granularity != local(t, j).Granularity {
			t.Errorf("l = %d: %d records, %+v", l, seen, u)
		}
	}
}
