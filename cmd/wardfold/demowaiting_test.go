package main

import (
	"testing"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/publish"
)

// Whoever decides finds something to decide in the demonstration, so that a
// visitor sees what S3-40, S3-49 and S3-50 ask without writing anything first.
func TestTheDemoHasSomethingForEverybodyWhoDecides(t *testing.T) {
	in := opened(t, city(t))
	ids, err := in.Institutions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	waits, notices := map[string]int{}, map[publish.State]int{}
	for _, inst := range ids {
		var people []account.Staff
		if err := in.DB.View(t.Context(), inst, func(tx *db.Tx) (err error) {
			people, err = account.Everybody(tx, inst)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		published, err := in.Notices.List(t.Context(), actor.Actor{Institution: inst, Role: actor.Officer})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range published {
			notices[n.State]++
		}
		for _, p := range people {
			for _, post := range p.Appointments {
				a := actor.Actor{Institution: inst, Store: p.Store, Staff: p.ID, Role: post.Role, ProvedAt: in.Gate.Now()}
				list, err := in.Applications.Inbox(t.Context(), a)
				if err != nil {
					t.Fatal(err)
				}
				waits[p.Login] += len(list)
			}
		}
	}
	for _, login := range []string{"manager.chain1.001", "officer.chain1", "owner.chain1", "data_owner.university",
		"cyber_office.university", "leader.university", "officer.welfare"} {
		if waits[login] == 0 {
			t.Errorf("nothing waits for %s: %v", login, waits)
		}
	}
	if notices[publish.Draft] == 0 || notices[publish.Published] == 0 {
		t.Errorf("notices: %v", notices)
	}
}
