package research_test

import (
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/research"
)

// without takes a column out of a list.
func without(list string, column string) string {
	var out []string
	at := -1
	for line := range strings.Lines(list) {
		cells := strings.Split(strings.TrimSpace(line), ",")
		for i, c := range cells {
			if c == column {
				at = i
			}
		}
		out = append(out, strings.Join(append(append([]string{}, cells[:at]...), cells[at+1:]...), ","))
	}
	return strings.Join(out, "\n") + "\n"
}

// people is an invented list without secrets.
func people(from, n int) string { return without(housetest.Pupils(from, n), "困难类别") }

// S2-06, S3-47: two releases of the same people, each harmless alone, single people
// out together. The second is stopped, made anew so that it goes with the first, and
// lets go; one with three newcomers is not, for the difference is about them.
func TestReleasesOfTheSamePeopleAreJudgedTogether(t *testing.T) { // S2-06, S3-47
	d := newDesk(t)
	ctx := t.Context()
	room := func(s *research.Settings) { s.K, s.L, s.Threshold = 5, 0, research.Room }
	first := d.run(t, d.propose(t, without(people(0, 800), "区划")), room)
	second := d.run(t, d.propose(t, without(people(0, 800), "年级")), room)
	if first.State != research.Passed || second.State != research.Passed {
		t.Fatal(failed(first.Report), failed(second.Report))
	}
	if _, err := d.Research.Approve(ctx, d.leader, first.ID, first.Hash); err != nil {
		t.Fatal(err)
	}
	_, err := d.Research.Approve(ctx, d.leader, second.ID, second.Hash)
	wants(t, err, fault.Conflict, "research.overlap")

	again := d.run(t, second, room)
	if again.State != research.Passed || again.Report.Earlier != 1 {
		t.Fatalf("together with the first: %v", failed(again.Report))
	}
	if again.Report.Figures.Granularity > second.Report.Figures.Granularity {
		t.Error("nothing was given up for it")
	}
	t.Logf("granularity alone %.3f, together with the first %.3f", second.Report.Figures.Granularity, again.Report.Figures.Granularity)
	if _, err := d.Research.Approve(ctx, d.leader, again.ID, again.Hash); err != nil {
		t.Fatal(err)
	}

	newcomers := d.run(t, d.propose(t, without(people(0, 803), "区划")), room)
	if newcomers.State != research.Failed || !strings.Contains(strings.Join(failed(newcomers.Report), "|"), "together research.overlap") {
		t.Errorf("three newcomers: %s %v", newcomers.State, failed(newcomers.Report))
	}
	nobody := d.run(t, d.propose(t, without(without(people(0, 800), "姓名"), "学号")), room)
	if nobody.State != research.Failed || strings.Join(failed(nobody.Report), "|") != "together research.unnamed" {
		t.Errorf("a list without names: %s %v", nobody.State, failed(nobody.Report))
	}
	others := d.run(t, d.propose(t, without(people(1000, 800), "区划")), room)
	if others.State != research.Passed || others.Report.Earlier != 0 {
		t.Errorf("other people: %v", failed(others.Report))
	}
}
