package housetest

import (
	"maps"
	"slices"
	"testing"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/db/dbtest"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// Campus is an invented university in the fixture's house: three departments, an
// office, a leader, two business systems whose fields overlap, three students.
// Its people are named by their logins, and everybody's password is Password.
type Campus struct {
	*Fixture
	Uni      house.Founded
	People   map[string]account.Staff
	Students []enrol.Receipt
}

// posts are the people beside officer and manager.
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

// NewCampus returns one in a house of its own, as New does.
func NewCampus(t testing.TB) *Campus {
	t.Helper()
	dsn, first := campuses.Copy(t, Suite().String(), func(dsn string) *Campus {
		c := foundCampus(t, dsn)
		c.must(c.House.Close())
		return c
	})
	return &Campus{Fixture: first.moved(t, dsn), Uni: first.Uni, People: maps.Clone(first.People), Students: slices.Clone(first.Students)}
}

var campuses dbtest.Stencil[*Campus]

func foundCampus(t testing.TB, dsn string) *Campus {
	t.Helper()
	c := &Campus{Fixture: found(t, house.Config{DSN: dsn}), People: map[string]account.Staff{}}
	person := func(login, name string) house.Person {
		return house.Person{Login: login, Name: name, Password: secret.NewText(Password)}
	}
	var err error
	c.Uni, err = c.House.Found(t.Context(), house.Founding{Name: "示例大学", Kind: institution.University, Suite: Suite(),
		Contact: "示例电话 000", Store: institution.Store{Name: "示例校区", Address: "示例路 9 号"},
		Officer: person("officer", "示例专员"), Manager: person("manager", "示例主任")})
	c.must(err)
	c.People["officer"], c.People["manager"] = c.Uni.Officer, c.Uni.Manager
	for _, p := range posts {
		n := account.NewStaff{Login: p.login, Name: "示例" + p.login, Roles: []actor.Role{p.role}, Store: c.Uni.Store, Password: secret.NewText(Password)}
		if p.wide {
			n.Store = id.Store{}
		}
		c.People[p.login], _, err = c.Accounts.AddStaff(t.Context(), c.Operator(), n)
		c.must(err)
	}
	for _, s := range c.People {
		c.must(c.Instruct(t.Context(), c.Uni.Institution, s.ID, c.Now().AddDate(1, 0, 0), [32]byte{1}))
	}
	c.register()
	c.enrol()
	return c
}

// register puts departments, members and systems on the register.
func (c *Campus) register() {
	c.T.Helper()
	ctx, office := c.T.Context(), c.Person("office", actor.CyberOffice)
	for code, name := range map[string]string{"registry": "示例教务处", "students": "示例学生处", "network": "示例网信办"} {
		c.must(c.Applications.DefineDepartment(ctx, office, application.Department{Code: code, Name: name}))
	}
	for _, p := range posts {
		if p.department != "" {
			c.must(c.Applications.Assign(ctx, office, c.People[p.login].ID, p.department))
		}
	}
	c.System("rolls", "registry", subject.LearnerName, subject.LearnerBirth)
	c.System("dorms", "students", subject.LearnerName, subject.GuardianPhone)
}

// System registers a business system with every slot filled.
func (c *Campus) System(code, inCharge string, fields ...string) application.System {
	c.T.Helper()
	s, err := c.Applications.DefineSystem(c.T.Context(), c.Person("office", actor.CyberOffice), application.System{Code: code, Name: "示例系统",
		Source: true, Fields: fields, InCharge: inCharge, Operator: "network", User: inCharge})
	c.must(err)
	return s
}

// enrol brings three students in; their families agreed to the survey.
func (c *Campus) enrol() {
	c.T.Helper()
	key := actor.Actor{Institution: c.Uni.Institution, Role: actor.Integrator, Key: id.Make[id.APIKey](c.Now()),
		Purposes: []string{"learner.manage"}, Fields: []string{"learner.name", "learner.birth_month", "guardian.name", "guardian.phone"}}
	for i := range 3 {
		form := Form(100+i, "2016-03")
		form.Optional = []string{"survey"}
		r, err := c.House.Enrol.Complete(c.T.Context(), key, c.Uni.Store, form)
		c.must(err)
		c.Students = append(c.Students, r)
	}
}

// Operator is the program at the operator's hand.
func (c *Campus) Operator() actor.Actor {
	return actor.Actor{Institution: c.Uni.Institution, Role: actor.System}
}

// Person is somebody of the campus in a role, freshly proved.
func (c *Campus) Person(login string, role actor.Role) actor.Actor {
	c.T.Helper()
	s, ok := c.People[login]
	if !ok {
		c.T.Fatalf("nobody is %s", login)
	}
	return actor.Actor{Institution: c.Uni.Institution, Store: s.Store, Staff: s.ID, Role: role, ProvedAt: c.Now()}
}

// Use is a complete application of the teacher for two students' names and their
// guardians' phones in clear.
func (c *Campus) Use(change func(*application.Form)) application.Form {
	f := application.Form{Kind: application.Project, Title: "示例家访", Why: "学期中家访，要和家长约时间", Purpose: "learner.manage",
		Fields: []string{subject.LearnerName, subject.GuardianPhone}, Clear: true, Range: application.RangeList,
		Subjects: []id.Subject{c.Students[0].Child, c.Students[1].Child}, Users: []id.Staff{c.People["teacher"].ID},
		From: c.Now(), Until: c.Now().AddDate(0, 1, 0), Place: "screen", Safeguards: []string{"need_to_know"}, Pledge: true,
		Harms: []application.Harm{{Harm: "leak", Likely: "low", Severe: "high", Response: "只在校内看，不截图"}}}
	if change != nil {
		change(&f)
	}
	return f
}

// Submit writes and hands in a form as the teacher.
func (c *Campus) Submit(f application.Form) (application.Application, error) {
	c.T.Helper()
	teacher := c.Person("teacher", actor.Teacher)
	x, err := c.Applications.Save(c.T.Context(), teacher, id.Application{}, f)
	c.must(err)
	return c.Applications.Submit(c.T.Context(), teacher, x.ID)
}

// Agreed lets everybody agree whom an application needs.
func (c *Campus) Agreed(x application.Application) application.Application {
	c.T.Helper()
	logins := map[actor.Role]string{actor.CyberOffice: "office", actor.Leader: "leader", actor.Officer: "officer", actor.Manager: "manager"}
	for x.Case.State == application.Pending {
		step := x.Case.Open()[0]
		s := x.Case.Steps[step]
		login := logins[s.Role]
		if s.Role == actor.DataOwner {
			login = s.Department
		}
		next, err := c.Applications.Decide(c.T.Context(), c.Person(login, s.Role), x.ID, application.Answer{Step: step, Agree: true})
		c.must(err)
		x = next
	}
	return x
}

// Relay is the telephone relay of the campus, which asks by an API key of its own,
// and that key.
func (c *Campus) Relay() (actor.Actor, secret.Text) {
	c.T.Helper()
	a := actor.Actor{Institution: c.Uni.Institution, Role: actor.Integrator, Purposes: []string{"learner.manage"}, Fields: []string{subject.GuardianPhone}}
	manager := c.Person("manager", actor.Manager)
	var err error
	a.Key, err = c.Accounts.AskKey(c.T.Context(), manager, account.KeyRequest{Label: "示例中转", Purposes: a.Purposes, Fields: a.Fields,
		QuotaPerDay: 1000, Expires: c.Now().AddDate(0, 1, 0)})
	c.must(err)
	c.must(c.Accounts.ApproveKey(c.T.Context(), c.Person("officer", actor.Officer), a.Key))
	whole, err := c.Accounts.CollectKey(c.T.Context(), manager, a.Key)
	c.must(err)
	return a, whole
}
