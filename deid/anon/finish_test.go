package anon_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/wardfold/wardfold/deid/anon"
	"github.com/wardfold/wardfold/deid/hierarchy"
	"github.com/wardfold/wardfold/deid/table"
)

// kinds is an invented table of many columns: people of a few hundred kinds, each
// alike but for two answers or three.
func kinds(t testing.TB, rows, columns int) anon.Job {
	t.Helper()
	r := rand.New(rand.NewPCG(5, 6))
	var tree, records [][]string
	var header []string
	for v := range 16 {
		tree = append(tree, []string{strconv.Itoa(v), "a" + strconv.Itoa(v/4), hierarchy.Top})
	}
	for c := range columns {
		header = append(header, "q"+strconv.Itoa(c))
	}
	for i := range rows {
		kind := rand.New(rand.NewPCG(7, uint64(i%(rows/10))))
		var row []string
		for range columns {
			v := kind.IntN(16)
			if r.IntN(8) == 0 {
				v = r.IntN(16)
			}
			row = append(row, strconv.Itoa(v))
		}
		records = append(records, row)
	}
	data, err := table.From(header, records)
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
	u := local(t, kinds(t, 2000, 16))
	t.Logf("granularity %.4f in %d classes", u.Granularity, u.Classes)
	if u.Granularity < 0.45 || u.Suppressed > 0 {
		t.Errorf("%+v", u)
	}
}
