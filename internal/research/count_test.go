package research_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/wardfold/wardfold/deid/noise"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/research"
)

// S2-06, I1, I8: noisy counts add up, cost their price once, and end when the budget
// of the year does.
func TestCountsSpendABudgetThatAnotherSet(t *testing.T) { // S2-06
	d := newDesk(t)
	ctx := t.Context()
	x := d.propose(t, housetest.Pupils(0, 800))
	count := func(epsilon noise.Epsilon, columns ...string) (research.Tally, error) {
		return d.Research.Count(ctx, d.officer, x.ID, columns, epsilon)
	}
	first, err := count(600_000, "年级", "困难类别")
	if err != nil {
		t.Fatal(err)
	}
	agree(t, first)
	if len(first.Lines) != 1+5+5*4 || first.Again || first.Margin < 5 {
		t.Errorf("%d lines, margin %d", len(first.Lines), first.Margin)
	}
	if all := first.Lines[0].Count; all < 700 || all > 900 {
		t.Errorf("%d of 800", all)
	}
	again, err := count(300_000, "年级", "困难类别")
	if err != nil || !again.Again || again.ID != first.ID || !slices.EqualFunc(again.Lines, first.Lines, func(a, b research.Line) bool { return a.Count == b.Count }) {
		t.Errorf("asked again: %+v %v", again, err)
	}
	_, err = count(400_001, "区划")
	wants(t, err, fault.Limited, "research.spent")
	// The same list, handed in once more, is the same question.
	twin := d.propose(t, housetest.Pupils(0, 800))
	if same, err := d.Research.Count(ctx, d.officer, twin.ID, []string{"年级", "困难类别"}, 400_000); err != nil || !same.Again {
		t.Errorf("the same list: %v", err)
	}
	if _, err = count(400_000, "区划"); err != nil {
		t.Fatal(err)
	}
	_, err = count(1, "困难类别")
	wants(t, err, fault.Limited, "research.spent")
	pops, err := d.Research.Populations(ctx, d.officer)
	if err != nil || len(pops) != 1 || pops[0].Spent != noise.One {
		t.Errorf("%+v %v", pops, err)
	}
	for _, c := range [][]string{{}, {"姓名"}, {"学号"}, {"年级", "年级"}, {"没有"}, {"年级", "区划", "困难类别", "出生年月"}} {
		if _, err := count(100, c...); fault.KindOf(err) != fault.Invalid && fault.KindOf(err) != fault.Limited {
			t.Errorf("%v: %v", c, err)
		}
	}
	_, err = d.Research.Count(ctx, d.officer, x.ID, []string{"年级"}, 0)
	wants(t, err, fault.Invalid, "research.epsilon")
	list, err := d.Research.Tallies(ctx, d.leader, x.ID)
	if err != nil || len(list) != 2 {
		t.Errorf("%d tallies, %v", len(list), err)
	}
	d.Advance(60 * 24 * time.Hour) // the next calendar year
	if _, err := d.Research.Count(ctx, d.as(), x.ID, []string{"困难类别"}, 100_000); err != nil {
		t.Errorf("the next year: %v", err)
	}
	if _, err = d.Research.SetPopulation(ctx, d.as(), research.Population{ID: d.pop.ID, Name: "全校学生", People: 3000, Total: 2 * noise.One}); err != nil {
		t.Fatal(err)
	}
	_, err = d.Research.Count(ctx, d.as(), x.ID, []string{"区划", "年级"}, 100_000)
	wants(t, err, fault.Denied, "")
	_, err = d.Research.SetPopulation(ctx, d.owner, research.Population{Name: "x", People: 1, Total: research.MostBudget + 1})
	wants(t, err, fault.Invalid, "research.total")
}

// agree holds the lines of an answer to what is under them.
func agree(t *testing.T, a research.Tally) {
	t.Helper()
	for i, l := range a.Lines {
		sum, parts := int64(0), 0
		for _, m := range a.Lines[i+1:] {
			if len(m.Values) == len(l.Values)+1 && slices.Equal(m.Values[:len(l.Values)], l.Values) {
				sum += m.Count
				parts++
			}
		}
		if l.Count < 0 || parts > 0 && sum != l.Count {
			t.Errorf("%v: %d, its parts %d", l.Values, l.Count, sum)
		}
	}
}

// What is spent at the same moment is spent once: the budget is never overdrawn.
func TestABudgetIsNotOverdrawnByManyAtOnce(t *testing.T) {
	d := newDesk(t)
	x := d.propose(t, housetest.Pupils(0, 200))
	columns := [][]string{{"年级"}, {"区划"}, {"困难类别"}, {"年级", "区划"}, {"区划", "年级"}, {"困难类别", "年级"}}
	var wg sync.WaitGroup
	given := make([]bool, len(columns))
	for i, c := range columns {
		wg.Go(func() {
			_, err := d.Research.Count(t.Context(), d.officer, x.ID, c, 300_000)
			given[i] = err == nil
		})
	}
	wg.Wait()
	n := 0
	for _, ok := range given {
		if ok {
			n++
		}
	}
	pops, err := d.Research.Populations(t.Context(), d.officer)
	if err != nil || n != 3 || pops[0].Spent != 900_000 {
		t.Errorf("%d answers, %v spent: %v", n, pops[0].Spent, err)
	}
}
