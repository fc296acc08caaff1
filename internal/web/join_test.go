package web_test

import (
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/test/browser"
)

// A colleague is invited by one person, chooses a password nobody else knows,
// and can do nothing until another person has confirmed the role. I8.
func TestAColleagueJoinsByTwoPeople(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	tab := s.as(actor.Manager, browser.Desktop)
	tab.Go(s.URL + web.PathPeople)
	tab.Type("#f-name", "示例新人")
	tab.Type("#f-login", "newcomer")
	tab.Tap(`input[value="clerk"] + label`)
	tab.TapGo(`form[action="/staff/people"] .btn-primary`)
	link := tab.Text(".notice .breaks")
	flawless(t, tab, "invitation")

	phone := browser.Open(t, browser.Phone)
	phone.Go(link)
	flawless(t, phone, "join")
	phone.Type("#f-password", housetest.Password+"-mine")
	phone.TapGo(".btn-primary")
	if !phone.Has(".flash") || !strings.HasPrefix(phone.Path(), web.PathStaffSignIn) {
		t.Fatalf("the invitation was not accepted: %s", phone.Text("main"))
	}
	enter := func() {
		phone.Type("#f-login", "newcomer")
		phone.Type("#f-password", housetest.Password+"-mine")
		phone.TapGo(".card .btn-primary")
	}
	if enter(); phone.Path() == web.PathStaff {
		t.Error("an unconfirmed role opens the door")
	}
	tab.Go(s.URL + web.PathPeople)
	if tab.Has(`form[action$="/confirm"]`) {
		t.Error("whoever proposed the role may confirm it")
	}
	officer := s.as(actor.Officer, browser.Desktop)
	officer.Go(s.URL + web.PathPeople)
	officer.TapGo(`form[action$="/confirm"] button`)
	if enter(); phone.Path() != web.PathStaff {
		t.Errorf("the confirmed role does not open the door: %s", phone.Text("main"))
	}
}
