package main

import (
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
)

// The clerk of the demonstration can tell the enrolments of a list apart: each
// names its course, as a real store's would.
func TestTheDemosEnrolmentsNameTheirCourses(t *testing.T) {
	in := opened(t, city(t))
	ids, err := in.Institutions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	clerks := 0
	for _, inst := range ids {
		if err := in.DB.View(t.Context(), inst, func(tx *db.Tx) error {
			people, err := account.Everybody(tx, inst)
			if err != nil {
				return err
			}
			for _, p := range people {
				if p.Login != "clerk.chain1.001" {
					continue
				}
				clerks++
				recent, err := enrol.Recent(tx, inst, p.Store, 8)
				courses := map[string]bool{}
				for _, e := range recent {
					courses[e.Course] = true
					if !strings.HasPrefix(e.Course, "美术") {
						t.Errorf("a store for drawing gives %s", e.Course)
					}
				}
				if err != nil || courses[""] || len(courses) < 3 {
					t.Errorf("%v, the courses are %v", err, courses)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	if clerks != 1 {
		t.Errorf("%d clerks", clerks)
	}
}
