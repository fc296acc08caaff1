package web_test

import (
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/test/browser"
)

// An officer seals a record away from the child's own page; the clerk finds nobody
// any more; one officer asks, the other agrees, the first sees one item (S2-23†).
func TestTwoOfficersOpenASealedRecord(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	r := s.Fixture.Enrol(7, "2016-03")
	second := s.Hire("officer2", id.Store{}, actor.Officer)
	if err := s.Instruct(t.Context(), s.Institution, second.ID, s.Now().AddDate(1, 0, 0), [32]byte{1}); err != nil {
		t.Fatal(err)
	}
	find := func(tab *browser.Tab) {
		tab.Go(s.URL + web.PathFind)
		tab.Type("#f-what", housetest.Phone(7))
		tab.TapGo(`form[action="` + web.PathFind + `"] .btn-primary`)
	}
	one := s.as(actor.Officer, browser.Phone)
	one.Go(s.URL + web.PathCompartment)
	flawless(t, one, "compartment empty")
	find(one)
	one.TapGo(`a[href$="/seclude"]`)
	flawless(t, one, "seclude")
	one.Type("#f-case", "孩子被打伤了")
	one.TapGo(`form[action$="/seclude"] button`)
	flawless(t, one, "seclude wrong")
	one.Type("#f-case", "（2026）沪0105刑初12号")
	one.TapGo(`form[action$="/seclude"] button`)
	flawless(t, one, "secluded")
	file := one.Path()

	clerk := s.as(actor.Clerk, browser.Desktop)
	find(clerk)
	if text := clerk.Text("main"); !strings.Contains(text, "没有找到") || strings.Contains(text, "154****0007") {
		t.Errorf("the clerk reads: %s", text)
	}

	one.Tap(`input[name="kind"][value="open"]`)
	one.Tap(`input[name="fields"][value="guardian.phone"]`)
	one.Type("#f-case", "(2026)沪0105刑初12号")
	one.TapGo(`form[action$="/ask"] .btn-primary`)
	flawless(t, one, "sealed asked")
	if one.Has(`form[action$="/agree"]`) {
		t.Error("who asked is offered to agree")
	}

	two := browser.Open(t, browser.Desktop.InDark())
	two.Go(s.URL + web.PathStaffSignIn)
	s.signIn(two, "officer2")
	two.Go(s.URL + web.PathCompartment)
	flawless(t, two, "compartment")
	two.Go(s.URL + file)
	flawless(t, two, "sealed to agree")
	two.Tap(`form[action$="/agree"] button`)
	two.TapGo(`dialog[open] button[value="yes"]`)
	flawless(t, two, "sealed agreed")
	if two.Has(`form[action$="/open"]`) {
		t.Error("who agreed is offered to open")
	}

	one.Go(s.URL + file)
	flawless(t, one, "sealed to open")
	one.Tap(`form[action$="/open"] button`)
	one.Wait(`[data-value][data-mask]`)
	if text := one.Text("main"); !strings.Contains(text, housetest.Phone(7)) {
		t.Errorf("the officer reads: %s", text)
	}
	one.Shot("staff sealed open")
	for _, tab := range []*browser.Tab{one, two} {
		if text := tab.Text("main"); strings.Contains(text, "欧阳") || strings.Contains(text, r.Number) {
			t.Error("the compartment names the child")
		}
	}
}
