package law_test

import (
	"bytes"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/release"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// S2-09: strict measures are how the program works and not a profile: there is
// nothing to switch off. Keys of an institution open nothing of another's, records
// are found one family at a time by a whole number, and no file leaves on one
// person's word. Sessions of staff end after a quarter of an hour (package
// account), and whose screen it is stands over each page (package web).
func TestStrictMeasuresCannotBeSwitchedOff(t *testing.T) {
	c := housetest.NewCampus(t)
	ctx := t.Context()
	teacher, clerk := c.Person("teacher", actor.Teacher), c.As(actor.Clerk)
	number := secret.NewText("+86" + housetest.Phone(100)) // of a family of the university
	var here, there []byte
	for inst, into := range map[id.Institution]*[]byte{c.Institution: &here, c.Uni.Institution: &there} {
		must(t, c.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
			*into, err = c.Vault.Index(tx, inst, subject.GuardianPhone, number)
			return err
		}))
	}
	if len(here) == 0 || bytes.Equal(here, there) {
		t.Error("two institutions have one key")
	}
	c.Enrol(1, "2017-03")
	for _, part := range []string{housetest.Phone(1)[:7], "154", "%", "*", ""} {
		if found, err := c.Desk.Find(ctx, clerk, desk.Query{Phone: secret.NewText(part)}, "contact.class"); err == nil && len(found) > 0 {
			t.Errorf("%d characters find %d families", len(part), len(found))
		}
	}
	x, err := c.Submit(c.Use(func(f *application.Form) { f.Place = "device" }))
	must(t, err)
	if _, err := c.Releases.Prepare(ctx, teacher, x.ID, release.Shape{Format: release.CSV}); fault.CodeOf(err) != "release.not_granted" {
		t.Errorf("a file on one person's word: %v", err)
	}
	step := x.Case.Open()[0]
	if _, err := c.Applications.Decide(ctx, teacher, x.ID, application.Answer{Step: step, Agree: true}); err == nil {
		t.Error("the applicant agreed to it")
	}
	if x = c.Agreed(x); x.Case.State != application.Granted {
		t.Fatalf("the application is %s", x.Case.State)
	}
	people := map[string]bool{}
	for _, e := range x.Events {
		if e.Verb == application.Agree {
			people[e.By.String()] = true
		}
	}
	if len(people) < 2 || people[teacher.Staff.String()] {
		t.Errorf("agreed by %d people", len(people))
	}
}
