package publish_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/draw"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/publish"
	"github.com/wardfold/wardfold/internal/subject"
)

// S3-39, S3-41, S3-50, I1: a list comes from the records only under a granted
// application of who asks, each child in it has an entry, and what is public
// shows nobody under 14.
func TestAListIsDrawnUnderAGrantedApplication(t *testing.T) {
	c := housetest.NewCampus(t)
	ctx := t.Context()
	officer := c.Person("officer", actor.Officer)
	paper := func(change func(*application.Form)) id.Application {
		return c.Paper([]string{subject.LearnerName}, change)
	}
	draw := func(a actor.Actor, app id.Application) (publish.Publication, error) {
		n := honour()
		n.Ages = publish.Young
		return c.Notices.Prepare(ctx, a, n, publish.Upload{Query: &draw.Query{Application: app, Words: map[string]string{subject.LearnerName: "孩子姓名", "course": "课程"}}})
	}
	app := paper(nil)
	entries := func() (n int) {
		c.View(func(tx *db.Tx) error {
			return tx.QueryRow(`SELECT count(*) FROM event_subject WHERE institution_id = $1 AND subject_id = $2`, c.Uni.Institution, c.Students[0].Child).Scan(&n)
		})
		return n
	}
	before := entries()
	p, err := draw(officer, app)
	if err != nil {
		t.Fatal(err)
	}
	if entries() != before+1 {
		t.Errorf("%d entries of one child, %d before", entries(), before)
	}
	leader := c.Person("leader", actor.Leader)
	v, err := c.Notices.Look(ctx, leader, p.ID)
	if err != nil || strings.Join(v.Verdict.Proposal.Header, ",") != "公示编号" || p.Rows != 2 {
		t.Fatalf("%v %d %v", v.Verdict.Proposal.Header, p.Rows, err)
	}
	if _, err = c.Notices.Approve(ctx, leader, p.ID, v.Seen); err != nil {
		t.Fatal(err)
	}
	told, err := c.Notices.Numbers(ctx, officer, p.ID)
	if err != nil || len(told) != 2 || told[0].Record != c.Students[0].Child.String() || told[0].Number == "" {
		t.Errorf("%+v %v", told, err)
	}

	_, err = draw(c.Person("manager", actor.Manager), app)
	wants(t, err, fault.NotFound, "application.unknown")
	stale := officer
	stale.ProvedAt = c.Now().Add(-5 * time.Hour)
	_, err = draw(stale, app)
	wants(t, err, fault.Unauthenticated, "")
	_, err = draw(officer, paper(func(f *application.Form) { f.Place = "screen" }))
	wants(t, err, fault.Invalid, "draw.screen")
	c.Advance(40 * 24 * time.Hour)
	officer.ProvedAt = c.Now()
	_, err = draw(officer, app)
	wants(t, err, fault.Invalid, "draw.not_granted")
}
