package release_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/leak"
	"github.com/wardfold/wardfold/internal/release"
)

// TestColludersKeepTheDecoysThatTheyShare (S1-05, B10): two teachers export one
// roster and keep only the rows that both lists have. The decoys of each are gone;
// those that exactly these two share are left, and say so, and nobody else is
// named.
func TestColludersKeepTheDecoysThatTheyShare(t *testing.T) {
	if testing.Short() {
		t.Skip("a roster of two hundred")
	}
	d := newDesk(t)
	ctx := t.Context()
	d.crowd(200)
	var pool []string
	for i := range 300 {
		pool = append(pool, fmt.Sprintf("1700000%04d", i))
	}
	_, err := d.Releases.AddNumbers(ctx, d.Person("officer", actor.Officer), pool)
	d.must(err)
	x := d.granted(func(f *application.Form) {
		f.Range, f.Store, f.Subjects, f.PerDay = application.RangeStore, d.Uni.Store, nil, 1000
		f.Users = []id.Staff{d.People["teacher"].ID, d.People["teacher2"].ID}
	})
	collect := func(login string) (map[string]bool, release.Export) {
		e, err := d.Releases.Prepare(ctx, d.Person(login, actor.Teacher), x.ID, release.Shape{Format: release.CSV})
		d.must(err)
		f, err := d.Releases.Collect(ctx, d.Person(login, actor.Teacher), e.ID, words)
		d.must(err)
		rows := map[string]bool{}
		for _, r := range d.rows(f)[1:] {
			rows[strings.Join(r[1:], ",")] = true
		}
		return rows, f.Export
	}
	first, a := collect("teacher")
	again, _ := collect("teacher")
	second, b := collect("teacher2")
	if a.Decoys != 5+8 || b.Decoys != 5+8 {
		t.Errorf("%d and %d decoys", a.Decoys, b.Decoys)
	}
	var both, shared []string
	for r := range first {
		if second[r] {
			both = append(both, r)
			if strings.Contains(r, "861700000") {
				shared = append(shared, r)
			}
		}
	}
	if len(both) != 203+2 || len(shared) != 2 {
		t.Fatalf("%d rows in common, %d of them decoys", len(both), len(shared))
	}
	same := 0
	for r := range first {
		if again[r] && strings.Contains(r, "861700000") {
			same++
		}
	}
	if same != 8 {
		t.Errorf("one account's two exports share %d decoys, want its 8", same)
	}
	slices.Sort(both)
	list := []byte("姓名,电话\n" + strings.Join(both, "\n") + "\n")
	officer := d.Person("officer", actor.Officer)
	c, err := d.Leaks.Receive(ctx, officer, bytes.NewReader(list), int64(len(list)))
	d.must(err)
	_, r, err := d.Leaks.Trace(ctx, officer, c.ID, nil)
	d.must(err)
	want := []string{d.People["teacher"].ID.String(), d.People["teacher2"].ID.String()}
	found := slices.ContainsFunc(r.Among, func(g leak.Group) bool {
		ids := slices.Sorted(slices.Values(g.IDs))
		return slices.Equal(ids, slices.Sorted(slices.Values(want)))
	})
	if !found || r.Verdict != leak.Among {
		t.Errorf("verdict %s, among %+v, exports %+v", r.Verdict, r.Among, r.Exports)
	}
	for _, f := range r.Accounts {
		if f.Named && !slices.Contains(want, f.ID) {
			t.Error("an innocent account is named")
		}
	}
}
