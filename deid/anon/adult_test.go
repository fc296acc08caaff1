package anon_test

import (
	"os"
	"path/filepath"
	"testing"

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
		h.Close()
		if err != nil {
			t.Fatal(c, err)
		}
		j.Quasi = append(j.Quasi, anon.Attribute{Column: c, Hierarchy: tree})
	}
	return j
}

func TestAdultLocal(t *testing.T) {
	j := adult(t)
	res, err := anon.Local(j)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v", res.Utility())
}
