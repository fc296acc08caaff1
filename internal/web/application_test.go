package web_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/office"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/test/browser"
)

// campusSite is the invented university with the pages of staff in front of it.
type campusSite struct {
	staffSite
	uni *housetest.Campus
}

func newCampusSite(t *testing.T) campusSite {
	t.Helper()
	c := housetest.NewCampus(t)
	return campusSite{siteOf(t, c.Fixture), c}
}

func (s staffSite) office() *office.Service {
	return &office.Service{Gate: s.Gate, Facts: s.Facts, Catalogue: s.Catalogue, Log: s.Log}
}

// in opens a tab in which somebody of the campus is signed in.
func (s campusSite) in(login string, screen browser.Screen) *browser.Tab {
	s.t.Helper()
	tab := browser.Open(s.t, screen)
	tab.Go(s.URL + web.PathStaffSignIn + "/" + s.uni.Uni.Institution.String())
	s.signIn(tab, login)
	return tab
}

// crowd enrols so many more that the campus has more than 500 students.
func (s campusSite) crowd(n int) {
	s.t.Helper()
	key := actor.Actor{Institution: s.uni.Uni.Institution, Role: actor.Integrator, Key: id.Make[id.APIKey](s.Now()), Purposes: []string{"learner.manage"},
		Fields: []string{"learner.name", "learner.birth_month", "guardian.name", "guardian.phone"}}
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() {
			form := housetest.Form(1000+i, "2016-03")
			form.Optional = []string{"survey"}
			if _, err := s.House.Enrol.Complete(s.t.Context(), key, s.uni.Uni.Store, form); err != nil {
				s.t.Error(err)
			}
		})
	}
	wait.Wait()
}

// TestTheWholeWayOfAnApplication in a browser: the applicant is told all that is
// missing, then hands in; four approvers and the officer decide, each on one page
// of a phone in two presses; the grant is live only after the last. S3-22, S3-39,
// S3-40, S3-49, I8.
func TestTheWholeWayOfAnApplication(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	s := newCampusSite(t)
	s.uni.System("contacts", "registry", subject.GuardianPhone) // overlaps with the students' office
	s.crowd(500)
	tab := s.in("teacher", browser.Desktop)
	s.writes(tab)
	for i, who := range []struct {
		login  string
		screen browser.Screen
	}{{"registry", browser.Phone}, {"students", browser.Phone.InDark()}, {"office", browser.Phone.WithoutScript()}, {"officer", browser.Desktop.InDark()}, {"leader", browser.Phone}} {
		if live := s.grants("teacher"); live != 0 {
			t.Fatalf("live before %s decided", who.login)
		}
		decide := func() { s.decides(who.login, who.screen, map[int]string{0: "password", 4: "passkey"}[i]) }
		if who.login == "office" {
			s.atOnce("office2", decide)
			continue
		}
		decide()
	}
	if live := s.grants("teacher"); live != 1 {
		t.Errorf("%d grants after everybody agreed", live)
	}
	tab = s.in("teacher", browser.Desktop)
	tab.Go(s.URL + web.PathApplications)
	tab.TapGo(`main .tasks a`)
	flawless(t, tab, "application granted")
	if text := tab.Text("main"); !strings.Contains(text, "示例leader") || !strings.Contains(text, "已同意") {
		t.Errorf("the page does not say who agreed: %s", text)
	}
}

// writes fills the form in as the teacher, first with almost nothing.
func (s campusSite) writes(tab *browser.Tab) {
	t := s.t
	t.Helper()
	tab.Go(s.URL + web.PathApplications + "/new")
	flawless(t, tab, "application form")
	tab.TapGo(`button[name="go"][value="submit"]`)
	for _, field := range []string{"title", "why", "purpose", "fields", "range", "place", "safeguards", "pledge"} {
		if browser.Eval[int](tab, `document.querySelectorAll('.notice-danger a[href*="f-`+field+`"]').length`) == 0 {
			t.Errorf("%s is not named as missing", field)
		}
	}
	flawless(t, tab, "application incomplete")
	tab.Type("#f-title", "示例委托调查")
	tab.Type("#f-why", "请研究所回访家长的满意度，学校自己没有人手")
	tab.Choose("#f-purpose", "survey")
	tab.Tap(`input[name="fields"][value="guardian.phone"]`)
	tab.Tap(`input[name="level"][value="clear"]`)
	tab.Tap(`input[name="range"][value="store"]`)
	tab.Tap(`input[name="place"][value="outside"]`)
	tab.Tap(`details.fold summary`)
	tab.Choose("#f-party_kind", "body")
	tab.Type("#f-party", "示例研究所")
	tab.Type("#f-agreement", "示例协议1号")
	scan := filepath.Join(t.TempDir(), "agreement.pdf")
	if err := os.WriteFile(scan, []byte("%PDF-1.4 invented"), 0o600); err != nil {
		t.Fatal(err)
	}
	tab.Upload("#f-scan", scan)
	tab.Tap(`input[name="safeguards"][value="need_to_know"]`)
	tab.Choose("#f-harm0", "harassment")
	tab.Choose("#f-likely0", "medium")
	tab.Choose("#f-severe0", "low")
	tab.Type("#f-response0", "每家只打一次，不愿意就不再打")
	tab.Tap(`input[name="pledge"]`)
	tab.TapGo(`button[name="go"][value="save"]`)
	if !tab.Has(".flash") {
		t.Fatalf("the draft was not saved: %s", tab.Text("main"))
	}
	flawless(t, tab, "application draft")
	tab.TapGo(`button[name="go"][value="submit"]`)
	if tab.Path() != web.PathApplications || !tab.Has(".flash") {
		t.Fatalf("it was not handed in: %s", tab.Text("main"))
	}
	flawless(t, tab, "applications mine")
}

// grants counts what somebody of the campus may use now.
func (s campusSite) grants(login string) (live int) {
	s.t.Helper()
	own, err := s.office().Own(s.t.Context(), s.uni.Person(login, actor.Teacher))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, g := range own {
		if g.Live(s.Now()) {
			live++
		}
	}
	return live
}

// atOnce has somebody open the page of a decision that a colleague then makes.
func (s campusSite) atOnce(login string, decide func()) {
	s.t.Helper()
	slow := s.in(login, browser.Phone)
	slow.Go(s.URL + web.PathApplications)
	slow.TapGo(`main .tasks a[href$="/decide"]`)
	decide()
	slow.TapGo(`button[name="answer"][value="yes"]`)
	if slow.Has(".flash") || !strings.Contains(slow.Text("main"), "已经") {
		s.t.Errorf("of two who decide one step, the second is not told: %s", slow.Text("main"))
	}
	flawless(s.t, slow, "decided by a colleague")
}

// device gives a tab an authenticator of its own, as a phone has, and makes a
// passkey with it.
func (s campusSite) device(tab *browser.Tab) {
	s.t.Helper()
	if _, err := chromedp.Call(tab.Context(), webauthn.Enable, webauthn.EnableParams{}); err != nil {
		s.t.Fatal(err)
	}
	if _, err := chromedp.Call(tab.Context(), webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}}); err != nil {
		s.t.Fatal(err)
	}
	tab.Go(s.URL + "/staff/me")
	tab.TapGo(".passkey button")
}

// decides agrees as one of the panel: two presses from the list, and a proof
// where it has grown old meanwhile.
func (s campusSite) decides(login string, screen browser.Screen, proof string) {
	t := s.t
	t.Helper()
	tab := s.in(login, screen)
	look := func(page string) {
		if screen.NoScript {
			tab.Shot("staff " + page)
			return
		}
		flawless(t, tab, page)
	}
	look("today of " + login)
	tab.Go(s.URL + web.PathApplications)
	look("inbox of " + login)
	if proof == "passkey" {
		s.device(tab)
	}
	if proof != "" {
		for range 3 {
			s.Advance(14 * time.Minute)
			tab.Go(s.URL + web.PathApplications)
		}
		tab.TapGo(`main .tasks a[href$="/decide"]`)
		if tab.Path() != web.PathStepUp {
			t.Errorf("a proof of 42 minutes opens a decision: %s", tab.Path())
		}
		if proof == "passkey" {
			tab.TapGo(".passkey button")
		} else {
			tab.Type("#f-password", housetest.Password)
			tab.TapGo(`main .btn-primary`)
		}
		look("decision of " + login)
		if proof == "passkey" { // one press more than the budget of two: the proof
			tab.TapGo(`button[name="answer"][value="yes"]`)
			return
		}
		tab.TapGo(`button[name="answer"][value="no"]`) // without a reason
		if !tab.Has("#f-reason-error") {
			t.Errorf("refused without a reason: %s", tab.Text("main"))
		}
		tab.TapGo(`button[name="answer"][value="yes"]`)
		return
	}
	taps(t, tab, "L1 "+login, 2, func() {
		tab.TapGo(`main .tasks a[href$="/decide"]`)
		look("decision of " + login)
		tab.TapGo(`button[name="answer"][value="yes"]`)
	})
	if !tab.Has(".flash") {
		t.Fatalf("%s did not decide: %s", login, tab.Text("main"))
	}
}
