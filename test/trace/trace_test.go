package main

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// trialsInTests is small: `make bench-trace` runs the whole grid.
const trialsInTests = 30

func chain(t *testing.T) *city {
	t.Helper()
	p := standard
	if testing.Short() {
		p.stores, p.regions = 40, 2
	}
	return newCity(p, 1)
}

// TestALeakedListNamesItsStoreAndItsAccount (S1-05, B10): twenty rows of a class
// list name the account, twenty of a store list the store, and no list names
// anybody wrongly.
func TestALeakedListNamesItsStoreAndItsAccount(t *testing.T) {
	c := chain(t)
	for _, a := range []struct {
		attack
		account bool
	}{
		{attack{kind: "class", sources: 1, rows: 20}, true},
		{attack{kind: "class", sources: 1, rows: 80, noise: 0.5}, true},
		{attack{kind: "store", sources: 1, rows: 20}, false},
		{attack{kind: "store", sources: 1, rows: 60, noise: 0.5}, false},
		{attack{kind: "store", sources: 3, rows: 300, noise: 0.5}, false},
		{attack{kind: "class", sources: 2, rows: 100}, true},
		{attack{kind: "region", sources: 1, rows: 100}, false},
		{attack{kind: "same", sources: 3, rows: 600}, false},
	} {
		r := c.run(a.attack, trialsInTests, 3)
		name := fmt.Sprintf("%d %s lists, %d rows, %.0f %% from elsewhere", a.sources, a.kind, a.rows, 100*a.noise)
		if r.falseName+r.falseMark > 0 {
			t.Errorf("%s: %d false names", name, r.falseName+r.falseMark)
		}
		if a.kind != "region" && r.storeNamed < r.trials {
			t.Errorf("%s: %d of %d name every store", name, r.storeNamed, r.trials)
		}
		if a.account && r.accountNamed < r.trials-1 {
			t.Errorf("%s: %d of %d name every account", name, r.accountNamed, r.trials)
		}
	}
}

// TestListsFromElsewhereNameNobody: a tenth of them is of our children by chance.
func TestListsFromElsewhereNameNobody(t *testing.T) {
	r := chain(t).run(attack{rows: 1000, noise: 1}, trialsInTests, 4)
	if r.falseName > 0 {
		t.Errorf("%d of %d lists name somebody", r.falseName, r.trials)
	}
}

// TestADecoyIdentifiesItsExport (S1-05, S0-20): two in a hundred rows are enough
// for 300 leaked ones.
func TestADecoyIdentifiesItsExport(t *testing.T) {
	r := chain(t).run(attack{kind: "store", sources: 1, rows: 300}, trialsInTests, 5)
	if r.exportMarked < r.trials-1 || r.falseMark > 0 {
		t.Errorf("%d of %d exports, %d wrongly", r.exportMarked, r.trials, r.falseMark)
	}
}

// TestDecoysCannotBeToldFromRealRows: boosted trees that learned from half of
// the exports are no better than chance at the other half.
func TestDecoysCannotBeToldFromRealRows(t *testing.T) {
	train, test, err := lookalikes(60, 300, 2)
	if err != nil {
		t.Fatal(err)
	}
	if a := auc(boost(train, 80), test); a > 0.57 {
		t.Errorf("AUC %.3f", a)
	}
}

// TestRewrittenCellsAreMatchedAndNameNobodyWrongly walks columns, formats and
// typing errors.
func TestRewrittenCellsAreMatchedAndNameNobodyWrongly(t *testing.T) {
	v, err := newVillage(1)
	if err != nil {
		t.Fatal(err)
	}
	for c := range cuts {
		for h := range rewrites {
			f := v.rewrite(c, h, 0.3, 2, 6)
			if f.named < f.trials || f.falsely+f.mistook > 0 || rate(f.matched, f.rows) < 0.85 {
				t.Errorf("%s, %s: %d of %d rows, %d of %d stores, %d wrong", f.cut, f.rewrite, f.matched, f.rows, f.named, f.trials, f.falsely+f.mistook)
			}
		}
	}
}

// TestTheirSettingIsReproduced: fakes placed where overlap is largest beat fakes
// placed by chance (Papadimitriou and Garcia-Molina 2011).
func TestTheirSettingIsReproduced(t *testing.T) {
	var out strings.Builder
	b := &bench{out: &out, trials: 50, seed: 1}
	b.guilt()
	if b.missed > 0 {
		t.Error(out.String())
	}
	b = &bench{out: io.Discard, trials: 20, seed: 1}
	b.intersections()
}
