package application_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// campus is an invented university with departments, offices and a few students.
type campus struct {
	*housetest.Fixture
	house.Founded
	t        *testing.T
	apps     *application.Service
	people   map[string]account.Staff
	students []enrol.Receipt
}

// posts are the people of the campus beside officer and manager: login, role,
// department.
var posts = []struct {
	login, department string
	role              actor.Role
	wide              bool
}{
	{"teacher", "", actor.Teacher, false},
	{"teacher2", "", actor.Teacher, false},
	{"volunteer", "", actor.Volunteer, false},
	{"registry", "registry", actor.DataOwner, true},
	{"registry2", "registry", actor.DataOwner, true},
	{"students", "students", actor.DataOwner, true},
	{"office", "network", actor.CyberOffice, true},
	{"office2", "network", actor.CyberOffice, true},
	{"leader", "", actor.Leader, true},
}

func newCampus(t *testing.T) *campus {
	t.Helper()
	f := housetest.New(t)
	c := &campus{Fixture: f, t: t, apps: f.House.Applications, people: map[string]account.Staff{}}
	var err error
	c.Founded, err = f.House.Found(t.Context(), house.Founding{Name: "示例大学", Kind: institution.University, Suite: housetest.Suite(),
		Contact: "示例电话 000", Store: institution.Store{Name: "示例校区", Address: "示例路 9 号"},
		Officer: house.Person{Login: "officer", Name: "示例专员", Password: secret.NewText(housetest.Password)}, Manager: house.Person{Login: "manager", Name: "示例主任", Password: secret.NewText(housetest.Password)}})
	c.must(err)
	c.people["officer"], c.people["manager"] = c.Founded.Officer, c.Founded.Manager
	for _, p := range posts {
		n := account.NewStaff{Login: p.login, Name: "示例" + p.login, Roles: []actor.Role{p.role}, Store: c.Founded.Store,
			Password: secret.NewText(housetest.Password)}
		if p.wide {
			n.Store = id.Store{}
		}
		c.people[p.login], _, err = f.Accounts.AddStaff(t.Context(), c.system(), n)
		c.must(err)
	}
	for _, s := range c.people {
		c.must(f.Instruct(t.Context(), c.Founded.Institution, s.ID, f.Now().AddDate(1, 0, 0), [32]byte{1}))
	}
	for _, d := range []string{"registry", "students", "network"} {
		c.must(c.apps.DefineDepartment(t.Context(), c.as("office", actor.CyberOffice), application.Department{Code: d, Name: "示例部门"}))
	}
	for _, p := range posts {
		if p.department != "" {
			c.must(c.apps.Assign(t.Context(), c.as("office", actor.CyberOffice), c.people[p.login].ID, p.department))
		}
	}
	c.system2("rolls", "registry", subject.LearnerName, subject.LearnerBirth)
	c.system2("dorms", "students", subject.LearnerName, subject.GuardianPhone)
	key := actor.Actor{Institution: c.Founded.Institution, Role: actor.Integrator, Key: id.Make[id.APIKey](f.Now()),
		Purposes: []string{"learner.manage"}, Fields: []string{"learner.name", "learner.birth_month", "guardian.name", "guardian.phone"}}
	for i := range 3 {
		form := housetest.Form(100+i, "2016-03")
		form.Optional = []string{"survey"}
		r, err := f.House.Enrol.Complete(t.Context(), key, c.Founded.Store, form)
		c.must(err)
		c.students = append(c.students, r)
	}
	return c
}

func (c *campus) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *campus) system() actor.Actor {
	return actor.Actor{Institution: c.Founded.Institution, Role: actor.System}
}

// system2 registers a business system with every slot filled.
func (c *campus) system2(code, inCharge string, fields ...string) application.System {
	c.t.Helper()
	s, err := c.apps.DefineSystem(c.t.Context(), c.as("office", actor.CyberOffice), application.System{Code: code, Name: "示例系统",
		Source: true, Fields: fields, InCharge: inCharge, Operator: "network", User: inCharge})
	c.must(err)
	return s
}

// as is a person of the campus, freshly proved.
func (c *campus) as(login string, role actor.Role) actor.Actor {
	c.t.Helper()
	s, ok := c.people[login]
	if !ok {
		c.t.Fatalf("nobody is %s", login)
	}
	return actor.Actor{Institution: c.Founded.Institution, Store: s.Store, Staff: s.ID, Role: role, ProvedAt: c.Now()}
}

// form is a complete application of the teacher for two fields in clear.
func (c *campus) form(change func(*application.Form)) application.Form {
	f := application.Form{Kind: application.Project, Title: "示例家访", Why: "学期中家访，要和家长约时间", Purpose: "learner.manage",
		Fields: []string{subject.LearnerName, subject.GuardianPhone}, Clear: true, Range: application.RangeList,
		Subjects: []id.Subject{c.students[0].Child, c.students[1].Child}, Users: []id.Staff{c.people["teacher"].ID},
		From: c.Now(), Until: c.Now().AddDate(0, 1, 0), Place: "screen", Safeguards: []string{"need_to_know"}, Pledge: true,
		Harms: []application.Harm{{Harm: "leak", Likely: "low", Severe: "high", Response: "只在校内看，不截图"}}}
	if change != nil {
		change(&f)
	}
	return f
}

// submit writes and hands in a form as the teacher.
func (c *campus) submit(f application.Form) (application.Application, error) {
	c.t.Helper()
	teacher := c.as("teacher", actor.Teacher)
	x, err := c.apps.Save(c.t.Context(), teacher, id.Application{}, f)
	c.must(err)
	return c.apps.Submit(c.t.Context(), teacher, x.ID)
}

func (c *campus) submitted(f application.Form) application.Application {
	c.t.Helper()
	x, err := c.submit(f)
	c.must(err)
	return x
}

// step finds the index of the step of a role and department.
func (c *campus) step(x application.Application, role actor.Role, department string) int {
	c.t.Helper()
	for i, s := range x.Case.Steps {
		if s.Role == role && s.Department == department {
			return i
		}
	}
	c.t.Fatalf("no step %s %s in %+v", role, department, x.Case.Steps)
	return -1
}

// agree agrees as the one who answers, by login.
func (c *campus) agree(x application.Application, login string) (application.Application, error) {
	c.t.Helper()
	roles := map[string]actor.Role{"registry": actor.DataOwner, "students": actor.DataOwner, "office": actor.CyberOffice,
		"leader": actor.Leader, "officer": actor.Officer, "manager": actor.Manager}
	name := strings.TrimSuffix(login, "2")
	department := ""
	if roles[name] == actor.DataOwner {
		department = name
	}
	return c.apps.Decide(c.t.Context(), c.as(login, roles[name]), x.ID, application.Answer{Step: c.step(x, roles[name], department), Agree: true})
}

// agreed lets a list of people agree in turn.
func (c *campus) agreed(x application.Application, logins ...string) application.Application {
	c.t.Helper()
	for _, l := range logins {
		var err error
		if x, err = c.agree(x, l); err != nil {
			c.t.Fatalf("%s: %v", l, err)
		}
	}
	return x
}

// entries counts the campus's log by type and code.
func (c *campus) entries(kind string) (n int) {
	c.t.Helper()
	c.must(c.DB.View(c.t.Context(), c.Founded.Institution, func(tx *db.Tx) error {
		return tx.QueryRow(`SELECT COUNT(*) FROM event WHERE institution_id = $1 AND type = $2`, c.Founded.Institution, kind).Scan(&n)
	}))
	return n
}

func (c *campus) reveal(login string, role actor.Role, subj id.Subject, field, purpose string) error {
	c.t.Helper()
	v, err := c.Desk.Reveal(c.t.Context(), c.as(login, role), subj, field, purpose)
	if err == nil && v.Value.Empty() {
		c.t.Error("nothing was revealed")
	}
	return err
}

const day = 24 * time.Hour
