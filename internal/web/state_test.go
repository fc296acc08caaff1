package web_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/inventory"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/office"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/test/browser"
	"github.com/wardfold/wardfold/verify/logtest"
)

// R6: after a quarter of an hour without a witness those in charge see it first
// of all; after a day the page says what has stopped, and it has: the rules do
// not change, while looking up a family goes on.
func TestASilentWitnessIsToldAndThenStopsWhatWeighs(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	s.Fixture.Log.Witnesses = []ledger.Witness{{URL: "http://127.0.0.1:1", Key: logtest.Witness("bureau.example")}}
	r := s.Fixture.Enrol(1, "2016-03")
	if err := s.Fixture.Log.Step(t.Context(), s.Institution); err != nil {
		t.Fatal(err)
	}
	tab := s.as(actor.Officer, browser.Phone)
	tab.Go(s.URL + web.PathStaff)
	if tab.Has(".notice") {
		t.Errorf("told at once: %s", tab.Text("main"))
	}
	s.Advance(16 * time.Minute)
	tab = s.as(actor.Officer, browser.Phone) // a session that nobody uses ends
	if text := tab.Text("main"); !strings.Contains(text, "外部见证没有回应") {
		t.Errorf("after 16 minutes: %s", text)
	}
	flawless(t, tab, "witness late")
	clerk := s.as(actor.Clerk, browser.Phone)
	if strings.Contains(clerk.Text("main"), "见证") {
		t.Error("the clerk is told what only the officer can act on")
	}
	s.Advance(24 * time.Hour)
	officer, clerking := s.As(actor.Officer), s.As(actor.Clerk)
	desk := office.Service{Gate: s.Gate, Facts: s.Facts, Catalogue: s.Catalogue, Log: s.Fixture.Log}
	_, err := desk.DefinePurpose(t.Context(), officer, catalogue.DefaultPurposes()[0])
	if fault.CodeOf(err) != "policy.halted" || fault.KindOf(err) != fault.Unavailable {
		t.Errorf("a purpose was defined after a day without a witness: %v", err)
	}
	if _, err := s.Desk.View(t.Context(), clerking, r.Child, "contact.class"); err != nil {
		t.Errorf("looking up a family has stopped: %v", err)
	}
	again := s.as(actor.Officer, browser.Phone)
	if text := again.Text("main"); !strings.Contains(text, "超过24小时") {
		t.Errorf("after a day: %s", text)
	}
	flawless(t, again, "witness halted")
}

// S0-01: the nightly scan of what is stored is on the officer's page and in the
// log: four fields, every one admitted; and a fifth is told.
func TestTheOfficerSeesTheNightlyScan(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	s.Fixture.Enrol(1, "2016-03")
	tab := s.as(actor.Officer, browser.Phone)
	tab.Go(s.URL + web.PathInventory)
	flawless(t, tab, "inventory none")
	if _, err := inventory.Keep(t.Context(), s.DB, s.Catalogue, s.Institution); err != nil {
		t.Fatal(err)
	}
	tab.Go(s.URL + web.PathInventory)
	flawless(t, tab, "inventory")
	if n := browser.Eval[int](tab, `document.querySelectorAll("#fields tbody tr").length`); n != 4 || !tab.Has(".notice-success") {
		t.Errorf("%d fields: %s", n, tab.Text("main"))
	}
	s.Update(func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE sealed_field SET field = 'learner.school' WHERE institution_id = $1 AND field = 'guardian.name'`, s.Institution)
		return err
	})
	s.Advance(time.Hour)
	k, err := inventory.Keep(t.Context(), s.DB, s.Catalogue, s.Institution)
	if err != nil || k.Found["outside"] != 1 {
		t.Fatalf("%+v, %v", k, err)
	}
	tab = s.as(actor.Officer, browser.Phone)
	tab.TapGo(`.notice a[href="/staff/inventory"]`)
	if !strings.Contains(tab.Text("main"), "没有任何批准的字段表允许") {
		t.Errorf("the fifth field is not told: %s", tab.Text("main"))
	}
	flawless(t, tab, "inventory differs")
}
