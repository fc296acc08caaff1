package web_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/test/browser"
)

// TestActivitiesEmergenciesAndAlarmsHaveTheirPages, on a phone and on a desk, in
// light and dark: the capsule of a volunteer, broken glass and its review, an
// alarm, the register of systems. S0-20, S2-14, S2-15, S3-16, S3-21.
func TestActivitiesEmergenciesAndAlarmsHaveTheirPages(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	s := newCampusSite(t)
	s.activity()
	s.emergency()
	tab := s.in("office", browser.Desktop)
	tab.Go(s.URL + web.PathSystems)
	flawless(t, tab, "systems")
	s.standsIn(tab)
}

// standsIn lets a colleague decide for the office, not for too long.
func (s campusSite) standsIn(tab *browser.Tab) {
	t := s.t
	t.Helper()
	tab.Go(s.URL + web.PathApplications)
	for _, x := range []struct {
		until string
		taken bool
	}{{"20270601", false}, {s.Now().AddDate(0, 0, 5).Format("20060102"), true}} {
		tab.Choose("#f-to", s.uni.People["office2"].ID.String())
		tab.Type("#f-until", x.until)
		tab.TapGo(`form[action="/staff/standins"] button`)
		if tab.Has("#f-until-error") == x.taken {
			t.Errorf("until %s: %s", x.until, tab.Text("main"))
		}
	}
	flawless(t, tab, "stand-ins")
}

// activity is the whole life of a capsule.
func (s campusSite) activity() {
	t, ctx := s.t, s.t.Context()
	t.Helper()
	x, err := s.uni.Submit(s.uni.Use(func(f *application.Form) {
		f.Kind, f.Title, f.Clear, f.Fields = application.Capsule, "示例周末活动", false, []string{subject.LearnerName}
		f.Users, f.Until = []id.Staff{s.uni.People["volunteer"].ID}, s.Now().Add(48*time.Hour)
	}))
	if err != nil {
		t.Fatal(err)
	}
	tab := s.in("volunteer", browser.Phone)
	tab.Go(s.URL + "/staff/subjects/" + s.uni.Students[0].Child.String())
	if text := tab.Text("main"); strings.Contains(text, "欧") {
		t.Errorf("a volunteer sees a mask without a capsule: %s", text)
	}
	if _, err := s.Applications.Decide(ctx, s.uni.Person("manager", actor.Manager), x.ID, application.Answer{Agree: true}); err != nil {
		t.Fatal(err)
	}
	tab.Go(s.URL + web.PathCapsules)
	flawless(t, tab, "capsules of a volunteer")
	tab.TapGo(`main .tasks a`)
	flawless(t, tab, "capsule of a volunteer")
	if rows := browser.Eval[int](tab, `document.querySelectorAll("tbody tr").length`); rows != 2 {
		t.Errorf("%d children: %s", rows, tab.Text("main"))
	}
	s.Advance(80 * time.Hour)
	tab = s.in("volunteer", browser.Phone.InDark())
	flawless(t, tab, "today of a volunteer who owes a statement")
	tab.TapGo(`main .tasks a`)
	if tab.Has("tbody tr") {
		t.Errorf("children after the end: %s", tab.Text("main"))
	}
	owner := s.in("teacher", browser.Desktop)
	owner.Go(s.URL + web.PathCapsules)
	owner.TapGo(`main .tasks a`)
	if owner.Has(`form[action$="/close"]`) {
		t.Error("it can be closed without a statement")
	}
	tab.Tap(`input[name="parting"][value="deleted"]`)
	tab.Tap(`input[name="clean"]`)
	flawless(t, tab, "statement of a volunteer")
	tab.TapGo(`form[action$="/declare"] button`)
	tab = s.in("teacher", browser.Desktop)
	tab.Go(s.URL + web.PathCapsules)
	tab.TapGo(`main .tasks a`)
	flawless(t, tab, "capsule to close")
	tab.TapGo(`form[action$="/close"] button`)
	if !tab.Has(".flash") {
		t.Errorf("not closed: %s", tab.Text("main"))
	}
}

// emergency breaks the glass, and rings the alarm of volume.
func (s campusSite) emergency() {
	t, ctx := s.t, s.t.Context()
	t.Helper()
	tab := s.in("teacher", browser.Phone)
	tab.Go(s.URL + web.PathGlass)
	flawless(t, tab, "glass without a reserve")
	tab.TapGo(`form[action$="/reserve"] button`)
	waiting, err := s.office().Waiting(ctx, s.uni.Person("manager", actor.Manager))
	if err != nil || len(waiting) != 1 {
		t.Fatalf("%d wait, %v", len(waiting), err)
	}
	if _, err := s.Grants.Approve(ctx, s.uni.Person("manager", actor.Manager), waiting[0].ID); err != nil {
		t.Fatal(err)
	}
	tab.Go(s.URL + web.PathGlass)
	tab.Type("#f-child", s.uni.Students[0].Number)
	tab.Tap(`input[name="reason"][value="injury"]`)
	flawless(t, tab, "glass to break")
	tab.TapGo(`form[action="/staff/breakglass"] .btn-danger`)
	flawless(t, tab, "broken glass")
	tab.Tap(`main .summary form button`)
	tab.Wait("[data-mark]:not(:empty)")
	manager := s.in("manager", browser.Phone.InDark())
	if !strings.Contains(manager.Text("main"), "紧急打开") {
		t.Errorf("it is not loud: %s", manager.Text("main"))
	}
	flawless(t, manager, "today of the manager after an emergency")
	manager.Go(s.URL + web.PathGlass)
	if !strings.Contains(manager.Text("main"), "看过哪些") {
		t.Errorf("who reviews is not told what was seen: %s", manager.Text("main"))
	}
	flawless(t, manager, "glass to review")
	manager.Tap(`input[name="verdict"][value="justified"]`)
	manager.TapGo(`form[action$="/review"] button`)
	if !manager.Has(".flash") {
		t.Errorf("not reviewed: %s", manager.Text("main"))
	}
	s.rings()
}

func (s campusSite) rings() {
	t := s.t
	t.Helper()
	teacher := s.uni.Person("teacher", actor.Teacher)
	err := s.DB.Update(t.Context(), s.uni.Uni.Institution, func(tx *db.Tx) error {
		for range grant.Alarms[0] {
			if _, err := s.Grants.Spend(tx, teacher, id.Make[id.Subject](s.Now())); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	officer := s.in("officer", browser.Desktop)
	officer.Go(s.URL + web.PathAlarms)
	flawless(t, officer, "alarms")
	officer.Tap(`input[name="verdict"][value="daily_work"]`)
	officer.TapGo(`form[action^="/staff/alarms/"] button`)
	if !officer.Has(".flash") || officer.Has(`form[action^="/staff/alarms/"]`) {
		t.Errorf("not handled: %s", officer.Text("main"))
	}
	flawless(t, officer, "alarms handled")
}
