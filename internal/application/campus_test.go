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
)

const day = 24 * time.Hour

// campus is the invented university with what these tests do with it.
type campus struct {
	*housetest.Campus
	Founded  house.Founded
	t        *testing.T
	apps     *application.Service
	people   map[string]account.Staff
	students []enrol.Receipt
}

func newCampus(t *testing.T) *campus {
	t.Helper()
	c := housetest.NewCampus(t)
	return &campus{c, c.Uni, t, c.Applications, c.People, c.Students}
}

func (c *campus) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *campus) system() actor.Actor { return c.Operator() }

func (c *campus) as(login string, role actor.Role) actor.Actor { return c.Person(login, role) }

func (c *campus) form(change func(*application.Form)) application.Form { return c.Use(change) }

func (c *campus) submit(f application.Form) (application.Application, error) { return c.Submit(f) }

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

// entries counts the campus's log by type.
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
