package web_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/test/browser"
)

// faintMarks tells of each mark beside a value that is not to be read there.
const faintMarks = `[...document.querySelectorAll("main .mark")].filter(m => m.textContent.trim()).map(m => {
	const c = getComputedStyle(m), r = m.getBoundingClientRect();
	return c.opacity === "1" && c.position === "static" && r.width <= innerWidth ? "" : "opacity " + c.opacity + ", " + c.position;
}).join("")`

// A value is shown in place with who looked and when; without script on a page
// of its own. What no grant covers has no button. S3-41, S3-46, I1.
func TestAValueIsShownWithWhoLookedAndWhen(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	r := s.Fixture.Enrol(1, "2016-03")
	for _, screen := range []browser.Screen{browser.Phone, browser.Phone.WithoutScript()} {
		tab := s.as(actor.Clerk, screen)
		tab.Go(s.URL + "/staff/subjects/" + r.Child.String())
		if n := browser.Eval[int](tab, `document.querySelectorAll(".masked form").length`); n != 3 {
			t.Errorf("%d values can be shown, 3 are granted", n)
		}
		button := `.summary > div:last-child form button`
		if screen.NoScript {
			tab.TapGo(button)
			if got := tab.Text(".value-clear"); got != "+86"+housetest.Phone(1) {
				t.Errorf("the page shows %q", got)
			}
		} else {
			tab.Tap(button)
			until(t, tab, `document.querySelector(".summary > div:last-child [data-value]").textContent.includes("154000")`)
		}
		if !strings.Contains(tab.Text("main"), "示例clerk") {
			t.Errorf("nobody's name stands beside the value: %s", tab.Text("main"))
		}
		if faint := browser.Eval[string](tab, faintMarks); faint != "" {
			t.Errorf("who looked and when can hardly be read: %s", faint)
		}
	}
}

// After four hours the proof is too old: the look leads to the step-up, and from
// there back to the record. S3-10.
func TestAnOldProofLeadsToTheStepUpAndBack(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	r := s.Fixture.Enrol(1, "2016-03")
	tab := s.as(actor.Clerk, browser.Phone)
	for range 26 { // at work, so that the session does not idle out
		s.Advance(10 * time.Minute)
		tab.Go(s.URL + web.PathStaff)
	}
	record := "/staff/subjects/" + r.Child.String()
	tab.Go(s.URL + record)
	tab.TapGo(`.summary > div:last-child form button`)
	if tab.Path() != web.PathStepUp {
		t.Fatalf("the look leads to %s", tab.Path())
	}
	flawless(t, tab, "step up")
	tab.Type("#f-password", housetest.Password)
	tab.TapGo(".card .btn-primary")
	if tab.Path() != record {
		t.Errorf("after the step-up the tab is at %s", tab.Path())
	}
}

// A refusal names its rule, its law, and how to ask. A sister store's record is
// not there at all. B3, I2.
func TestARefusalSaysWhichRuleAndHowToAsk(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	r := s.Fixture.Enrol(1, "2016-03")
	tab := s.as(actor.Teacher, browser.Phone)
	tab.Go(s.URL + "/staff/subjects/" + r.Child.String())
	if tab.Has(".masked form") {
		t.Error("a teacher without a grant has a button to look")
	}
	tab.TapGo(`a[href$="/message"]`)
	tab.TapGo(`button[value="call"]`)
	if !tab.Has(`a[href="/staff/grants/new"]`) {
		t.Errorf("the refusal does not say how to ask: %s", tab.Text("main"))
	}
	flawless(t, tab, "denied")
}

// A passkey is made and used with Chromium's own authenticator.
func TestAPasskeyIsMadeAndOpensTheDoor(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	tab := s.as(actor.Clerk, browser.Desktop)
	if _, err := chromedp.Call(tab.Context(), webauthn.Enable, webauthn.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	yes := true
	if _, err := chromedp.Call(tab.Context(), webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: "ctap2", Transport: "internal", HasResidentKey: yes, HasUserVerification: yes, IsUserVerified: yes, AutomaticPresenceSimulation: yes}}); err != nil {
		t.Fatal(err)
	}
	tab.Go(s.URL + "/staff/me")
	tab.TapGo(".passkey button")
	if !tab.Has(`button[name="passkey"]`) {
		t.Fatalf("no passkey was made: %s", tab.Text("main"))
	}
	flawless(t, tab, "self")
	tab.TapGo(`form[action="/sign-out"] button`)
	tab.Go(s.URL + web.PathStaffSignIn)
	flawless(t, tab, "sign in")
	tab.TapGo(".passkey button")
	if tab.Path() != web.PathStaff {
		t.Errorf("the passkey opened %s", tab.Path())
	}
}

// A roster with a source document is checked and applied; one without is
// quarantined and shows nothing; an extra column is refused by its name. S1-01,
// S1-04, I7.
func TestARosterComesInWithItsSource(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("good.csv", "\ufeff孩子姓名,出生年月,家长姓名,家长手机号\n欧阳示一,2016-03,欧阳例一,"+housetest.Phone(7)+"\n")
	extra := write("extra.csv", "\ufeff孩子姓名,出生年月,家长姓名,家长手机号,身份证号,学校\n欧阳示一,2016-03,欧阳例一,"+housetest.Phone(7)+",1,x\n")
	scan := write("scan.pdf", "scan")
	tab := s.as(actor.Officer, browser.Desktop)
	fill := func(file string, document bool) {
		tab.Go(s.URL + web.PathImports)
		tab.Tap(`input[value="migration"] + label`)
		tab.Choose("#f-basis", "contract")
		tab.Choose("#f-store", s.Store.String())
		tab.Upload("#f-roster", file)
		if document {
			tab.Type("#f-document", "A-12")
			tab.Upload("#f-scan", scan)
		}
		tab.TapGo(`form[enctype] .btn-primary`)
	}
	fill(extra, true)
	if text := tab.Text("main"); !strings.Contains(text, "身份证号") || browser.Eval[int](tab, `document.querySelectorAll("a[href='#f-roster']").length`) != 1 {
		t.Errorf("the extra columns are not named once, beside the file: %s", text)
	}
	flawless(t, tab, "imports")
	fill(good, false)
	if !tab.Has(".notice-warning") || tab.Has(`form[action$="/apply"]`) {
		t.Errorf("a roster without a source may be applied: %s", tab.Text("main"))
	}
	flawless(t, tab, "import quarantined")
	fill(good, true)
	tab.TapGo(`form[action$="/apply"] button`)
	if !tab.Has(".flash") {
		t.Errorf("the roster was not applied: %s", tab.Text("main"))
	}
	flawless(t, tab, "import applied")
}
