package web_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/test/browser"
)

// The officer searches the log in words and has it verified in three presses
// (R3 of the screen list). S3-44, S3-46, I11.
func TestTheOfficerSearchesAndVerifiesTheLog(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	s.Fixture.Enrol(1, "2016-03")
	tab := s.as(actor.Officer, browser.Desktop)
	taps(t, tab, "R3", 3, func() {
		tab.TapGo(`.menu a[href="/staff/audit"]`)
		tab.TapGo(`form[action="/staff/audit/verify"] button`)
	})
	if !tab.Has(".notice-success") {
		t.Fatalf("the log does not verify: %s", tab.Text("main"))
	}
	flawless(t, tab, "audit")
	tab.Choose("#f-type", "enrol.completed")
	tab.TapGo(".filter .btn")
	if rows := browser.Eval[int](tab, `document.querySelectorAll("#entries tbody tr").length`); rows != 1 {
		t.Errorf("the filter leaves %d entries", rows)
	}
	if text := tab.Text("main"); strings.Contains(text, "154") && strings.Contains(text, "0001") {
		t.Error("an entry names a phone")
	}
}

// A notice with an empty block is not published, and what is wrong stands at its
// field; mended, it is. S0-18, S3-19, S3-55.
func TestTheEditorRefusesAnEmptyBlock(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	tab := s.as(actor.Officer, browser.Desktop)
	tab.Go(s.URL + web.PathNotices)
	flawless(t, tab, "notices")
	tab.Go(s.URL + web.PathNotices + "/new")
	flawless(t, tab, "notice editor")
	before := tab.Text(`[id="f-zh-CN-safety-plain"]`)
	tab.Type(`[id="f-zh-CN-safety-plain"]`, " ") // nothing at all the browser itself refuses
	tab.TapGo(`button[value="publish"]`)
	if !tab.Has(`[id="f-zh-CN-safety-plain-error"]`) {
		t.Errorf("an empty block was accepted: %s", tab.Path())
	}
	flawless(t, tab, "notice refused")
	tab.Type(`[id="f-zh-CN-safety-plain"]`, before+"好。")
	tab.TapGo(`button[value="check"]`)
	flawless(t, tab, "notice preview")
	tab.TapGo(`button[value="publish"]`)
	if !tab.Has(".flash") || tab.Path() != web.PathNotices {
		t.Errorf("nothing was published: %s", tab.Path())
	}
}

// A banned purpose is refused with its reason, and a budget needs a second
// person. I4, I7, I8.
func TestPurposesAndBudgetsKeepTheirLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	tab := s.as(actor.Officer, browser.Desktop)
	tab.Go(s.URL + web.PathPurposes)
	flawless(t, tab, "purposes")
	tab.Type("#f-code", "fundraising")
	tab.Choose("#f-basis", "consent")
	tab.Choose("#f-schema", "enrolment.minimal")
	tab.TapGo(`form[action="/staff/purposes"] .btn-primary`)
	if !tab.Has(".notice-danger") {
		t.Error("a banned purpose was taken")
	}
	tab.Go(s.URL + web.PathSchemas)
	flawless(t, tab, "schemas")
	tab.Type("#f-code", "trip.insurance")
	tab.Type(`[id="f-why-learner-name"]`, "保险单上要写被保险人的姓名")
	tab.TapGo(`form[action="/staff/schemas"] .btn-primary`)
	if !tab.Has(".flash") || tab.Has(`form[action$="/approve"]`) {
		t.Errorf("whoever proposed may approve: %s", tab.Text("main"))
	}
	for _, page := range []string{web.PathMasks, web.PathKeys, "/staff/me"} {
		tab.Go(s.URL + page)
		flawless(t, tab, page)
		if text := tab.Text("main"); page == web.PathMasks && (!strings.Contains(text, "只显示姓") || regexp.MustCompile(`1(0[1-9]|[1-9]\d)%`).MatchString(text)) {
			t.Errorf("the table of masks says %s", text) // S3-46
		}
	}
}

// Every page of staff holds on a phone in the dark and in English, for the role
// with the longest menu.
func TestThePagesOfStaffHoldInTheDark(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	s := newStaffSite(t)
	r := s.Fixture.Enrol(1, "2016-03")
	for role, paths := range map[actor.Role][]string{
		actor.Officer: {web.PathStaff, web.PathGrants, web.PathMatrix, web.PathPeople, web.PathNotices, web.PathPurposes, web.PathSchemas, web.PathImports, web.PathAudit, web.PathEvidence, web.PathLeaks, web.PathInventory, web.PathMasks, web.PathKeys},
		actor.Clerk:   {web.PathEnrol, web.PathFind, "/staff/subjects/" + r.Child.String(), web.PathGrants + "/new"},
	} {
		tab := s.as(role, browser.Phone.InDark())
		for _, path := range paths {
			tab.Go(s.URL + path)
			flawless(t, tab, "dark "+path)
		}
		tab.TapGo(`.foot button[value="en"]`)
		tab.Shot("staff english " + string(role))
	}
}
