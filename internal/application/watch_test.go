package application_test

import (
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/db"
)

// S3-20, S3-23: what each department has to do is open to the office, and not to
// who has nothing to do with it.
func TestTheOfficeSeesWhatEachDepartmentHasToDo(t *testing.T) {
	c := newCampus(t)
	c.agreed(c.submitted(c.form(nil)), "registry")
	c.submitted(c.form(nil))
	c.Advance(4 * day)
	loads, err := c.apps.Burdens(t.Context(), c.as("office", actor.CyberOffice))
	c.must(err)
	if want := (application.Burden{Waiting: 2, Late: 2}); loads["students"] != want {
		t.Errorf("the students' office: %+v", loads)
	}
	if want := (application.Burden{Waiting: 1, Late: 1}); loads["registry"] != want {
		t.Errorf("the registry: %+v", loads)
	}
	if loads, err = c.apps.Burdens(t.Context(), c.as("volunteer", actor.Volunteer)); err != nil || len(loads) != 0 {
		t.Errorf("a volunteer sees %+v, %v", loads, err)
	}
}

// S3-57, PIPL art. 56: who used what, on whose word and after which assessment is
// still there after three years, whatever sweeps came.
func TestTheRecordOfAUseIsKeptForThreeYears(t *testing.T) {
	c := newCampus(t)
	x := c.agreed(c.submitted(c.form(nil)), "registry", "students", "office")
	for range 4 {
		c.Advance(280 * day)
		c.must(c.Sweep(t.Context(), c.Founded.Institution))
	}
	c.must(c.DB.View(t.Context(), c.Founded.Institution, func(tx *db.Tx) error {
		kept, err := application.Load(tx, c.Founded.Institution, x.ID)
		if err == nil && (len(kept.Events) < 3 || len(kept.Harms) == 0 || kept.Hash() != x.Hash() || kept.Why == "") {
			t.Errorf("the record is not whole: %+v", kept)
		}
		return err
	}))
}
