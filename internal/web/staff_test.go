package web_test

import (
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/account/passkey"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/office"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/test/browser"
)

// staffSite is a real house with the pages of staff in front of it.
type staffSite struct {
	*housetest.Fixture
	*httptest.Server
	t   *testing.T
	log *buffer
}

func newStaffSite(t *testing.T) staffSite {
	t.Helper()
	return siteOf(t, housetest.New(t))
}

// siteOf puts the pages in front of a house.
func siteOf(t *testing.T, f *housetest.Fixture) staffSite {
	t.Helper()
	log := new(buffer)
	ts := httptest.NewUnstartedServer(nil)
	_, port, _ := strings.Cut(ts.Listener.Addr().String(), ":")
	origin := "http://localhost:" + port // passkeys need a name
	party, err := passkey.NewParty("localhost", "护童", origin)
	if err != nil {
		t.Fatal(err)
	}
	accounts := account.New(account.Config{DB: f.DB, Vault: f.Vault, Passwords: f.Accounts.Passwords, Families: f.Family,
		Codes: f.Outbox, Passkeys: party, Now: f.Now})
	site := &web.Site{Sessions: accounts, Staff: web.Staff{Accounts: accounts, Enrol: f.House.Enrol, Desk: f.Desk, Grants: f.Grants, Passkeys: true, Imports: f.Intake, Releases: f.Releases,
		Office: &office.Service{Gate: f.Gate, Facts: f.Facts, Catalogue: f.Catalogue, Log: f.Log}, Evidence: f.Evidence, Surveys: f.Surveys}}
	site.Staff.Applications, site.Staff.Leaks, site.Staff.Compartment = f.Applications, f.Leaks, f.Compartment
	site.Staff.Notices, site.Staff.Research, site.Places, site.Signer = f.Notices, f.House.Research, f.House, f.Log.Signer
	jar := web.Jar{Plain: true}
	s, err := web.New(web.Config{Routes: site.Routes(), Sessions: web.CookieSessions{Jar: jar, Accounts: accounts},
		Now: f.Now, Jar: jar, Log: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	ts.Config.Handler = s
	ts.Start()
	t.Cleanup(ts.Close)
	ts.URL = origin
	return staffSite{f, ts, t, log}
}

// as opens a tab in which a member of staff is signed in, and counts its taps
// from there.
func (s staffSite) as(role actor.Role, screen browser.Screen) *browser.Tab {
	s.t.Helper()
	tab := browser.Open(s.t, screen)
	tab.Go(s.URL + web.PathStaffSignIn)
	s.signIn(tab, string(role))
	return tab
}

func (s staffSite) signIn(tab *browser.Tab, login string) {
	s.t.Helper()
	tab.Type("#f-login", login)
	tab.Type("#f-password", housetest.Password)
	tab.TapGo(".card .btn-primary")
	if got := tab.Path(); got != web.PathStaff {
		s.t.Fatalf("after signing in as %s the tab is at %s: %s", login, got, tab.Text("main"))
	}
}

// taps runs a task and compares its presses with the budget of the screen list.
func taps(t *testing.T, tab *browser.Tab, name string, budget int, task func()) {
	t.Helper()
	before := tab.Taps()
	task()
	if n := tab.Taps() - before; n > budget {
		t.Errorf("%s takes %d presses, at most %d", name, n, budget)
	}
}

// flawless checks a page as the gate of the design system does.
func flawless(t *testing.T, tab *browser.Tab, name string) {
	t.Helper()
	tab.Shot("staff " + name)
	report(t, name+": axe", tab.Axe())
	report(t, name+": target too small", tab.SmallTargets(44))
	report(t, name+": sticks out", tab.Overflow())
	report(t, name+": no glyph", tab.Tofu())
}

// enrolByProgram brings a child in whose program named no course.
func enrolByProgram(t *testing.T, s staffSite) {
	t.Helper()
	key := actor.Actor{Institution: s.Institution, Role: actor.Integrator, Key: id.Make[id.APIKey](s.Now()),
		Purposes: []string{"learner.manage"}, Fields: []string{"learner.name", "learner.birth_month", "guardian.name", "guardian.phone"}}
	if _, err := s.House.Enrol.Complete(t.Context(), key, s.As(actor.Clerk).Store, housetest.Form(2, "2012-03")); err != nil {
		t.Fatal(err)
	}
}

// K1, K2, K3 of the screen list, on a phone: start an enrolment in two presses,
// find a family in two, contact it in three. S3-46, B1.
func TestTheDeskKeepsItsTapBudgets(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	s.Fixture.Enrol(1, "2016-03")
	enrolByProgram(t, s)
	tab := s.as(actor.Clerk, browser.Desktop)
	flawless(t, tab, "today")
	taps(t, tab, "K1", 2, func() {
		tab.TapGo(`.menu a[href="/staff/enrol"]`)
		if text := tab.Text("main"); !strings.Contains(text, "没有写课程") || browser.Eval[int](tab, `document.querySelectorAll("button[name=course]").length`) != 1 {
			t.Errorf("an enrolment without a course is shown so: %s", text)
		}
		tab.TapGo(`button[name="course"]`)
		tab.Wait(".qr-big svg")
	})
	tab.Tap(".fold summary")
	if text := tab.Text(".fold"); !strings.Contains(text, s.URL+"/q/") {
		t.Errorf("a phone that cannot scan has no address to open: %q", text)
	}
	flawless(t, tab, "enrol link")
	taps(t, tab, "K2", 2, func() {
		tab.TapGo(`.menu a[href="/staff/find"]`)
		tab.Type("#f-what", housetest.Phone(1))
		tab.TapGo(".card .btn-primary")
	})
	flawless(t, tab, "find")
	if text := tab.Text("main"); strings.Contains(text, housetest.Phone(1)) || !strings.Contains(text, "154****0001") {
		t.Errorf("the card shows %q", text)
	}
	if tab.Path() != web.PathFind {
		t.Errorf("the search left %s in the address", tab.Path())
	}
	taps(t, tab, "K3", 3, func() {
		tab.TapGo(".card h2 a")
		flawless(t, tab, "record")
		tab.TapGo(`a[href$="/message"]`)
		flawless(t, tab, "message")
		tab.TapGo(`button[value="class"]`)
	})
	if !tab.Has(".flash") {
		t.Errorf("no message was sent: %s", tab.Text("main"))
	}
}

// M1 and M3 of the screen list: decide in two presses, look at the store in one,
// remove somebody in four; and whoever is removed is out within a second. S0-10,
// S3-10, S3-42, I8.
func TestTheManagerKeepsTheTapBudgets(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	clerk := s.as(actor.Clerk, browser.Desktop)
	clerk.Go(s.URL + web.PathGrants + "/new")
	flawless(t, clerk, "grant form")
	clerk.Choose("#f-purpose", "contact.class")
	clerk.Tap(`label[for="f-fields-guardian-name"]`)
	clerk.Choose("#f-reason", "class_contact")
	clerk.TapGo("form .btn-primary")
	if !clerk.Has(".flash") {
		t.Fatalf("the application was not taken: %s", clerk.Text("main"))
	}
	tab := s.as(actor.Manager, browser.Phone)
	flawless(t, tab, "today manager")
	taps(t, tab, "M1", 2, func() {
		tab.TapGo(`.tasks a[href="/staff/grants"]`)
		flawless(t, tab, "grants")
		tab.TapGo(`form[action$="/approve"] button`)
	})
	if !tab.Has(".flash") {
		t.Errorf("nothing was decided: %s", tab.Text("main"))
	}
	tab.Go(s.URL + web.PathStaff)
	taps(t, tab, "M2", 1, func() { tab.TapGo(`.door[href="/staff/figures"]`) })
	flawless(t, tab, "figures")
	tab.Go(s.URL + web.PathMatrix)
	flawless(t, tab, "matrix")
	tab.Go(s.URL + web.PathPeople)
	flawless(t, tab, "people")
	taps(t, tab, "M3", 4, func() {
		who := s.Fixture.Staff[actor.Clerk].ID.String()
		tab.Tap(`form[action="/staff/people/` + who + `/remove"] button`)
		tab.Wait("#remove-" + who + "[open]")
		tab.TapGo("#remove-" + who + ` button[value="yes"]`)
	})
	if !tab.Has(".flash") {
		t.Errorf("nobody was removed: %s", tab.Text("main"))
	}
	clerk.Go(s.URL + web.PathFind)
	if got := clerk.Path(); got != web.PathStaffSignIn && !strings.HasPrefix(got, web.PathStaffSignIn) {
		t.Errorf("whoever was removed still sees %s", got)
	}
}
