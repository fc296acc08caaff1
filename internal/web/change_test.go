package web_test

import (
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/test/browser"
)

// changed writes a change down as the clerk and decides it as the manager, and
// calls look on every page.
func (s staffSite) changed(clerk, manager *browser.Tab, r enrol.Receipt, what, again string, fill func(*browser.Tab), look func(*browser.Tab, string)) {
	s.t.Helper()
	clerk.Go(s.URL + "/staff/subjects/" + r.Child.String() + "/change")
	look(clerk, "choose")
	clerk.TapGo(`main a[href*="what=` + what + `"]`)
	look(clerk, what)
	fill(clerk)
	if !clerk.Has(".flash") || clerk.Path() != web.PathChanges {
		s.t.Fatalf("%s was not written down: %s", what, clerk.Text("main"))
	}
	look(clerk, what+" waits")
	manager.Go(s.URL + web.PathStaff)
	manager.TapGo(`.tasks a[href="/staff/changes"]`)
	look(manager, what+" list")
	manager.TapGo(`main a[href^="/staff/changes/"]`)
	look(manager, what+" second look")
	manager.Type(`input[name="again"]`, "差")
	manager.TapGo(`button[value="yes"]`)
	look(manager, what+" differs")
	manager.Type(`input[name="again"]`, again)
	manager.TapGo(`button[value="yes"]`)
	if !manager.Has(".flash") {
		s.t.Errorf("%s was not done: %s", what, manager.Text("main"))
	}
}

// S3-25, S3-33, S2-20†, I8: in the store, with and without script, a clerk
// writes down what the family asks for and the manager looks again: a name, a
// lost phone, an assessment. No list says which is which (S2-01).
func TestTheDeskChangesARecordWithASecondLook(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	for name, screens := range map[string][2]browser.Screen{
		"desk and phone":          {browser.Desktop, browser.Phone.InDark()},
		"narrow without a script": {browser.Narrow.WithoutScript(), browser.Narrow.WithoutScript()},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStaffSite(t)
			r, teen := s.Fixture.Enrol(1, "2016-03"), s.Fixture.Enrol(2, "2011-03")
			clerk, manager := s.as(actor.Clerk, screens[0]), s.as(actor.Manager, screens[1])
			look := func(tab *browser.Tab, page string) {
				if strings.HasPrefix(name, "narrow") {
					report(t, page+" sticks out", tab.Overflow())
					return
				}
				flawless(t, tab, "change "+page)
			}
			s.changed(clerk, manager, r, subject.GuardianName, "欧阳改", func(tab *browser.Tab) {
				tab.Type(`input[name="guardian.name"]`, "欧阳改")
				tab.Type(`input[name="ref"]`, "P-2026-7")
				tab.TapGo("main .btn-primary")
			}, look)
			s.changed(clerk, manager, r, subject.GuardianPhone, housetest.Phone(9), func(tab *browser.Tab) {
				tab.Type(`input[name="guardian.phone"]`, housetest.Phone(9))
				tab.Type(`input[name="ref"]`, r.Number)
				tab.TapGo("main .btn-primary")
				look(tab, "phone code")
				tab.Type(`input[name="code"]`, s.Code(9).Expose())
				tab.TapGo("main .btn-primary")
			}, look)
			s.changed(clerk, manager, teen, "assessment", "评定书118", func(tab *browser.Tab) {
				tab.Tap(`label[for="f-finding"]`)
				tab.Type(`input[name="by"]`, "区残联评定组")
				tab.Type(`input[name="basis"]`, "评定书118")
				tab.Type(`input[name="on"]`, "2026年10月1日")
				tab.Type(`input[name="ref"]`, "P-2026-8")
				tab.TapGo("main .btn-primary")
				look(tab, "assessment wrong")
				tab.Type(`input[name="on"]`, "20261001")
				tab.TapGo("main .btn-primary")
			}, look)
			c, err := s.Family.Child(t.Context(), s.Guardian(teen.Guardian), teen.Child)
			if err != nil || c.Speaker != consent.Guardian {
				t.Errorf("after the assessment %s decides, %v", c.Speaker, err)
			}
		})
	}
}
