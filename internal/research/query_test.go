package research_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/deid/noise"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/draw"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/research"
	"github.com/wardfold/wardfold/internal/subject"
)

// campus is a university with more students, an officer, and people of whom
// something may be released.
type campus struct {
	*housetest.Campus
	officer, leader actor.Actor
	pop             research.Population
}

func newCampus(t *testing.T, students int) campus {
	t.Helper()
	c := campus{Campus: housetest.NewCampus(t)}
	key := actor.Actor{Institution: c.Uni.Institution, Role: actor.Integrator, Key: id.Make[id.APIKey](c.Now()),
		Purposes: []string{"learner.manage"}, Fields: []string{"learner.name", "learner.birth_month", "guardian.name", "guardian.phone"}}
	for i := range students {
		if _, err := c.House.Enrol.Complete(t.Context(), key, c.Uni.Store, housetest.Form(200+i, fmt.Sprintf("%d-%02d", 2013+i%3, 1+i%12))); err != nil {
			t.Fatal(err)
		}
	}
	c.officer, c.leader = c.Person("officer", actor.Officer), c.Person("leader", actor.Leader)
	var err error
	if c.pop, err = c.Research.SetPopulation(t.Context(), c.leader, research.Population{Name: "全体学生", People: 1000, Total: noise.One}); err != nil {
		t.Fatal(err)
	}
	return c
}

// paper is a granted application for everybody of the campus.
func (c campus) paper(t *testing.T, change func(*application.Form)) id.Application {
	t.Helper()
	t.Helper()
	return c.Paper([]string{subject.LearnerName, subject.LearnerBirth}, func(f *application.Form) {
		c.Everybody(f)
		if change != nil {
			change(f)
		}
	})
}

func (c campus) draw(a actor.Actor, app id.Application, change func(*research.Proposal)) (research.Dataset, error) {
	p := research.Proposal{Population: c.pop.ID, Purpose: "年龄分布研究", Recipient: "某大学教育学院", Query: &draw.Query{Application: app,
		Words: map[string]string{"record": "档案编号", subject.LearnerName: "孩子姓名", subject.LearnerBirth: "出生年月", draw.Course: "课程"}}}
	if change != nil {
		change(&p)
	}
	return c.Research.Propose(c.T.Context(), a, p)
}

// entries counts the entries of a type.
func (c campus) entries(t *testing.T, what ledger.Type) (n int) {
	t.Helper()
	c.View(func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT count(*) FROM event WHERE institution_id = $1 AND type = $2`, c.Uni.Institution, string(what)).Scan(&n)
	})
	return n
}

// S2-06, S3-39, S3-47, I1, I8: research data come from the records under a granted
// application of who asks. Each child in it has an entry, the list is tried like
// any other, and the file that leaves has neither names nor numbers of records;
// who was in it is known by record when the same people are drawn once more.
func TestResearchDataAreDrawnUnderAGrantedApplication(t *testing.T) { // S2-06, S3-47
	c := newCampus(t, 117)
	ctx := t.Context()
	x, err := c.draw(c.officer, c.paper(t, nil), nil)
	if err != nil {
		t.Fatal(err)
	}
	if n := c.entries(t, ledger.ResearchRow); n != 120 || x.Rows != 120 || c.entries(t, ledger.ResearchDrawn) != 1 {
		t.Fatalf("%d entries of %d children", n, x.Rows)
	}
	for i, want := range []research.Role{research.Identifier, research.Identifier, research.Quasi} {
		if got := x.Columns[i]; got.Role != want {
			t.Errorf("%s is taken for %s, want %s", got.Name, got.Role, want)
		}
	}
	if x, err = c.Research.Run(ctx, c.officer, x.ID, x.Columns, research.Usual()); err != nil || x.State != research.Passed {
		t.Fatalf("%v %v", failed(x.Report), err)
	}
	if x, err = c.Research.Approve(ctx, c.leader, x.ID, x.Hash); err != nil {
		t.Fatal(err)
	}
	f, err := c.Research.Collect(ctx, c.officer, x.ID)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(f.Bytes); strings.Contains(text, "欧阳") || strings.Contains(text, c.Students[0].Child.String()) || strings.Count(text, "\n") < 100 {
		t.Errorf("the file:\n%s", text)
	}
	again, err := c.draw(c.officer, c.paper(t, func(f *application.Form) { f.Fields = []string{subject.LearnerBirth} }), nil)
	if err != nil {
		t.Fatal(err)
	}
	if again, err = c.Research.Run(ctx, c.officer, again.ID, again.Columns, research.Usual()); err != nil || again.Report.Earlier != 1 {
		t.Errorf("the same people are not known again: %+v %v", again.Report.Tests, err)
	}
}

// I1, S3-39: what is refused opens nobody's record.
func TestARefusedDrawingOpensNothing(t *testing.T) {
	c := newCampus(t, 0)
	app := c.paper(t, nil)
	stale := c.officer
	stale.ProvedAt = c.Now().Add(-5 * time.Hour)
	screen := c.paper(t, func(f *application.Form) { f.Place = "screen" })
	for name, x := range map[string]struct {
		who    actor.Actor
		app    id.Application
		change func(*research.Proposal)
		kind   fault.Kind
		code   string
	}{
		"another's application": {c.Person("registry", actor.DataOwner), app, nil, fault.NotFound, "application.unknown"},
		"no such application":   {c.officer, id.Make[id.Application](c.Now()), nil, fault.NotFound, ""},
		"for looking only":      {c.officer, screen, nil, fault.Invalid, "draw.screen"},
		"an old proof":          {stale, app, nil, fault.Unauthenticated, ""},
		"a role without leave":  {c.Person("teacher", actor.Teacher), app, nil, fault.NotFound, ""},
		"a private person":      {c.officer, app, func(p *research.Proposal) { p.Person = true }, fault.Denied, ""},
		"no such people":        {c.officer, app, func(p *research.Proposal) { p.Population = id.Make[id.Population](c.Now()) }, fault.Invalid, "research.population"},
	} {
		_, err := c.draw(x.who, x.app, x.change)
		if fault.KindOf(err) != x.kind || x.code != "" && fault.CodeOf(err) != x.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	c.Advance(40 * 24 * time.Hour)
	c.officer.ProvedAt = c.Now()
	_, err := c.draw(c.officer, app, nil)
	wants(t, err, fault.Invalid, "draw.not_granted")
	if n := c.entries(t, ledger.ResearchRow); n != 0 {
		t.Errorf("%d records were opened", n)
	}
}
