package web_test

import (
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/relay"
	"github.com/wardfold/wardfold/test/browser"
)

// The clerk registers a desk telephone and calls a family from the child's
// record; no number is on any page, and the relay gets both (I1, I3).
func TestTheClerkCallsAFamilyWithoutSeeingTheNumber(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	line := &relay.Local{}
	s.Fixture.House.Desk.Line = line
	e, err := s.Fixture.House.Enrol.Issued(t.Context(), s.Institution, s.Fixture.Enrol(1, "2019-05").Number)
	if err != nil {
		t.Fatal(err)
	}
	tab := s.as(actor.Clerk, browser.Phone)
	tab.Go(s.URL + "/staff/subjects/" + e.Child.String())
	tab.TapGo(`main a[href$="/call"]`)
	flawless(t, tab, "call without a desk telephone")
	tab.Type("#f-phone", "010-8888 0000")
	tab.TapGo(`form[action$="/call/desk"] button`)
	flawless(t, tab, "call")
	tab.TapGo(`form[action$="/call"] button`)
	text := tab.Text("body")
	if !strings.Contains(text, "正在接通") || strings.Contains(text, housetest.Phone(1)) {
		t.Errorf("the page says:\n%s", text)
	}
	if calls := line.Calls(); len(calls) != 1 || !strings.HasSuffix(calls[0].Family.Expose(), housetest.Phone(1)) {
		t.Errorf("%d calls", len(calls))
	}
}
