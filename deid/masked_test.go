package deid_test

import (
	"testing"

	"github.com/wardfold/wardfold/deid"
)

// S3-51: a mask is judged by how many people it leaves possible.
func TestAMaskIsJudgedByHowManyPeopleItFits(t *testing.T) {
	for _, c := range []struct {
		masked   string
		n        int
		from, to int
	}{
		{"张三", 720, 1, 1},     // shown outright
		{"张*", 40, 3, 4},      // in a class
		{"张*", 720, 40, 55},   // in a school
		{"张**", 720, 35, 50},  // the length tells a little
		{"张＊", 720, 40, 55},   // however the star is written
		{"张某", 720, 40, 55},   // or the person is named
		{"张*三", 720, 1, 1},    // the last character tells nearly all
		{"张*三", 30_000, 1, 4}, //
		{"张*三", 5_000_000, 100, 1000},
		{"欧阳*", 720, 1, 2}, // a rare surname is as good as a name
		{"欧阳*", 1_000_000, 300, 2000},
		{"*小明", 720, 1, 1}, // so are two characters of a given name
		{"*", 40, 40, 40},
		{"", 40, 40, 40},
		{"张*", 0, 0, 0},
	} {
		if got := deid.Candidates(c.masked, c.n); got < c.from || got > c.to {
			t.Errorf("%s among %d: %d, want %d to %d", c.masked, c.n, got, c.from, c.to)
		}
	}
}

// More shown never leaves more people.
func TestShowingMoreNeverLeavesMorePeople(t *testing.T) {
	for _, chain := range [][]string{{"*", "王*", "王*明", "王小明"}, {"*", "*明", "*小明", "王小明"}, {"诸葛*", "诸葛*明", "诸葛孔明"}} {
		for i := 1; i < len(chain); i++ {
			if a, b := deid.NameShare(chain[i-1]), deid.NameShare(chain[i]); b > a {
				t.Errorf("%s fits %g, %s fits %g", chain[i-1], a, chain[i], b)
			}
		}
	}
}
