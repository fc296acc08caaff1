package research_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/research"
)

// S2-06, S3-47: where being in the data is the secret, as with aid, the share of
// like people who are in them is bounded against a register of the population; an
// outsider fares no better at telling who is in.
func TestWhoIsInTheDataCanBeHidden(t *testing.T) { // S2-06, S3-47
	d := newDesk(t)
	propose := func(register string) research.Dataset {
		t.Helper()
		p := research.Proposal{Population: d.pop.ID, Purpose: "困难学生资助研究", Recipient: "某大学教育学院", List: bring(housetest.Pupils(0, 600))}
		if register != "" {
			p.Register = bring(register)
		}
		x, err := d.Research.Propose(t.Context(), d.officer, p)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	all := housetest.Pupils(0, 3000)
	third := func(s *research.Settings) { s.L, s.Presence = 0, 0.3 }
	x := d.run(t, propose(all), third)
	at := slices.IndexFunc(x.Report.Tests, func(t research.Test) bool { return t.Code == research.Membership })
	if x.State != research.Passed || at < 0 || !slices.Contains(x.Report.Models, "δ=0..0.3") {
		t.Fatalf("%s %v %v", x.State, failed(x.Report), x.Report.Models)
	}
	journalist := d.run(t, x, func(s *research.Settings) { third(s); s.Attacker = research.Journalist })
	if found := journalist.Report.Figures.Risk; journalist.State != research.Passed || found.Journalist >= found.Prosecutor {
		t.Errorf("of a register of five times as many people: %+v", found)
	}
	for name, c := range map[string]struct {
		x      research.Dataset
		change func(*research.Settings)
		want   string
	}{
		"one in five is in it":        {x, func(s *research.Settings) { s.Presence = 0.01 }, "conditions research.job.unreachable"},
		"a register without a column": {propose(without(all, "区划")), third, "conditions research.job.no_crowd"},
		"another kind of value":       {propose(strings.ReplaceAll(all, "2012-", "x-")), third, "conditions research.job.not_in_crowd"},
	} {
		if got := d.run(t, c.x, c.change); strings.Join(failed(got.Report), "|") != c.want {
			t.Errorf("%s: %v", name, failed(got.Report))
		}
	}
	bare := propose("")
	_, err := d.Research.Run(t.Context(), d.officer, bare.ID, bare.Columns, research.Settings{Method: research.Local, Attacker: research.Prosecutor, Threshold: research.Strict, K: 20, Presence: 0.3})
	wants(t, err, fault.Invalid, "research.no_register")
}
