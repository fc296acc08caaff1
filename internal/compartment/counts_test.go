package compartment_test

import (
	"strings"
	"testing"

	"github.com/wardfold/wardfold/deid/noise"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/compartment"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/draw"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/inventory"
	"github.com/wardfold/wardfold/internal/office"
	"github.com/wardfold/wardfold/internal/publish"
	"github.com/wardfold/wardfold/internal/release"
	"github.com/wardfold/wardfold/internal/research"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// school is a campus with its officer, its store's papers, and two of whom the first
// is to be secluded.
type school struct {
	*housetest.Campus
	officer actor.Actor
	all     id.Application // granted, for everybody of the store
	two     id.Application // granted, for a list of two
	out     id.Application // granted, for files to go out with them
	pop     research.Population
}

func newSchool(t *testing.T) *school {
	t.Helper()
	s := &school{Campus: housetest.NewCampus(t)}
	s.officer = s.Person("officer", actor.Officer)
	paper := func(change func(*application.Form)) id.Application {
		x, err := s.Submit(s.Use(func(f *application.Form) {
			f.Title, f.Place, f.Fields = "示例名单", "datacentre", []string{subject.LearnerName, subject.LearnerBirth}
			f.Users = []id.Staff{s.officer.Staff}
			change(f)
		}))
		must(t, err)
		return s.Agreed(x).ID
	}
	s.two = paper(func(*application.Form) {})
	s.out = paper(func(f *application.Form) { f.Place = "device" })
	s.all = paper(func(f *application.Form) { f.Range, f.Store, f.Subjects = application.RangeStore, s.Uni.Store, nil })
	var err error
	s.pop, err = s.Research.SetPopulation(t.Context(), s.Person("leader", actor.Leader), research.Population{Name: "全体学生", People: 1000, Total: noise.One})
	must(t, err)
	return s
}

func (s *school) view(fn func(*db.Tx) error) {
	must(s.T, s.DB.View(s.T.Context(), s.Uni.Institution, fn))
}

// counts asks everything that counts, draws, exports or traces.
func (s *school) counts(t *testing.T) map[string]int {
	t.Helper()
	ctx, out := t.Context(), map[string]int{}
	s.view(func(tx *db.Tx) error {
		v, err := inventory.Volumes(tx, s.Uni.Institution)
		out["records held"], out["records enrolled"] = v.Children, v.Enrolled
		if err == nil {
			var live []id.Subject
			live, err = subject.LiveChildren(tx, s.Uni.Institution, s.Uni.Store, 100)
			out["children of the store"] = len(live)
		}
		return err
	})
	desk := &office.Service{Gate: s.Gate, Facts: s.Facts, Catalogue: s.Catalogue, Log: s.House.Log}
	board, err := desk.Board(ctx, s.Person("manager", actor.Manager), s.Uni.Store, s.Now().AddDate(-1, 0, 0))
	must(t, err)
	for _, n := range board.Enrolments {
		out["enrolments on the board"] += n
	}
	out["consents on the board"] = board.Consents["survey"][consent.StateLive]
	figures, err := desk.Figures(ctx, s.officer, s.Uni.Store)
	must(t, err)
	for _, n := range figures.Enrolments {
		out["enrolments of the year"] += int(n)
	}
	plan, err := s.Applications.Plan(ctx, s.Person("teacher", actor.Teacher), s.Use(func(f *application.Form) {
		f.Range, f.Store, f.Subjects = application.RangeStore, s.Uni.Store, nil
	}))
	must(t, err)
	out["people of an application"] = plan.People
	list, err := s.Applications.Plan(ctx, s.Person("teacher", actor.Teacher), s.Use(nil))
	must(t, err)
	out["people of a list"] = list.People
	s.drawn(t, out)
	return out
}

// drawn counts the rows of what is taken from the records.
func (s *school) drawn(t *testing.T, out map[string]int) {
	t.Helper()
	ctx := t.Context()
	words := map[string]string{"record": "档案编号", subject.LearnerName: "孩子姓名", subject.LearnerBirth: "出生年月", draw.Course: "课程"}
	x, err := s.Research.Propose(ctx, s.officer, research.Proposal{Population: s.pop.ID, Purpose: "年龄分布", Recipient: "某大学",
		Query: &draw.Query{Application: s.all, Words: words}})
	must(t, err)
	out["rows for research"] = x.Rows
	must(t, ignore(s.Research.End(ctx, s.officer, x.ID)))
	n := publish.Notice{Title: "示例公示", Occasion: publish.Honour, Article: "某条例第十条", Days: 7, Ages: publish.Young}
	p, err := s.Notices.Prepare(ctx, s.officer, n, publish.Upload{Query: &draw.Query{Application: s.two, Words: words}})
	must(t, err)
	out["rows of a notice"] = p.Rows
	e, err := s.Releases.Prepare(ctx, s.officer, s.out, release.Shape{Format: release.CSV})
	must(t, err)
	file, err := s.Releases.Collect(ctx, s.officer, e.ID, release.Words{Sheet: "名单", Cover: "说明", Serial: "编号", Fields: words})
	must(t, err)
	for i := range s.Students {
		if strings.Contains(string(file.Bytes), housetest.Form(100+i, "2016-03").LearnerName.Expose()) {
			out["names in an export"]++
		}
	}
	leaked := "姓名,出生\n"
	for i := range s.Students {
		leaked += housetest.Form(100+i, "2016-03").LearnerName.Expose() + ",2016年3月\n"
	}
	c, err := s.Leaks.Receive(ctx, s.officer, strings.NewReader(leaked), int64(len(leaked)))
	must(t, err)
	_, r, err := s.Leaks.Trace(ctx, s.officer, c.ID, nil)
	must(t, err)
	out["matches of a leak"] = r.Read.Matched()
}

// S2-23†: what was drawn while the child was seen loses it before it goes out.
func TestWhatWasDrawnBeforeLosesTheChild(t *testing.T) {
	s := newSchool(t)
	ctx := t.Context()
	key := actor.Actor{Institution: s.Uni.Institution, Role: actor.Integrator, Key: id.Make[id.APIKey](s.Now()),
		Purposes: []string{"learner.manage"}, Fields: compartment.Fields}
	for i := range 60 { // enough to be made anonymous
		_, err := s.House.Enrol.Complete(ctx, key, s.Uni.Store, housetest.Form(200+i, "2015-03"))
		must(t, err)
	}
	words := map[string]string{"record": "档案编号", subject.LearnerName: "孩子姓名", subject.LearnerBirth: "出生年月", draw.Course: "课程"}
	prepare := func() publish.Publication {
		n := publish.Notice{Title: "示例公示", Occasion: publish.Honour, Article: "某条例第十条", Days: 7, Ages: publish.Young}
		p, err := s.Notices.Prepare(ctx, s.officer, n, publish.Upload{Query: &draw.Query{Application: s.two, Words: words}})
		must(t, err)
		return p
	}
	approve := func(p publish.Publication) {
		leader := s.Person("leader", actor.Leader)
		v, err := s.Notices.Look(ctx, leader, p.ID)
		must(t, err)
		_, err = s.Notices.Approve(ctx, leader, p.ID, v.Seen)
		must(t, err)
	}
	public, waiting := prepare(), prepare()
	approve(public)
	x, err := s.Research.Propose(ctx, s.officer, research.Proposal{Population: s.pop.ID, Purpose: "年龄分布", Recipient: "某大学",
		Query: &draw.Query{Application: s.all, Words: words}})
	must(t, err)
	_, err = s.Compartment.Seclude(ctx, s.officer, s.Students[0].Child, secret.NewText("校2026-7号"))
	must(t, err)
	approve(waiting)
	for name, p := range map[string]publish.Publication{"public": public, "waiting": waiting} {
		told, err := s.Notices.Numbers(ctx, s.officer, p.ID)
		if err != nil || len(told) != 1 || told[0].Record != s.Students[1].Child.String() {
			t.Errorf("%s: %d to be told, %v", name, len(told), err)
		}
	}
	x, err = s.Research.Run(ctx, s.officer, x.ID, x.Columns, research.Usual())
	if err != nil || x.Report.Figures == nil || x.Report.Figures.Records+x.Report.Held != x.Rows-1 {
		t.Errorf("of %d records %+v are made anonymous, %v", x.Rows, x.Report.Figures, err)
	}
}

func ignore[T any](_ T, err error) error { return err }

// S2-23†: whatever counts, draws, exports or traces has one child less, once it is
// secluded, and says nothing of why.
func TestEveryCountDropsByOne(t *testing.T) {
	s := newSchool(t)
	before := s.counts(t)
	_, err := s.Compartment.Seclude(t.Context(), s.officer, s.Students[0].Child, secret.NewText("校2026-7号"))
	must(t, err)
	for what, n := range s.counts(t) {
		if n != before[what]-1 {
			t.Errorf("%s: %d, and %d with the child", what, n, before[what])
		}
	}
	_, err = s.Applications.Numbers(t.Context(), s.officer, s.Students[0].Number)
	code(t, err, fault.Invalid, "application.receipt")
	if _, err := s.Applications.Numbers(t.Context(), s.officer, s.Students[1].Number); err != nil {
		t.Error(err)
	}
}
