package web_test

import (
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/test/browser"
	"github.com/wardfold/wardfold/verify"
)

// The officer makes the one file that carries the burden of proof in three
// presses from the audit, and whoever gets it verifies it without this program
// (B15, S1-12, PIPL art. 69).
func TestTheOfficerMakesAnEvidencePack(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	r := s.Fixture.Enrol(1, "2016-03")
	tab := s.as(actor.Officer, browser.Phone)
	tab.Go(s.URL + web.PathAudit)
	tab.TapGo(`a[href="/staff/evidence"]`)
	flawless(t, tab, "evidence")
	tab.Type("#f-from", "20261399")
	tab.TapGo(`form[action="/staff/evidence"] .btn-primary`)
	if !tab.Has("#f-from-error") {
		t.Errorf("a thirteenth month was taken: %s", tab.Text("main"))
	}
	flawless(t, tab, "evidence refused")
	tab.Type("#f-from", "20260101")
	tab.Type("#f-receipt", "2611-22K7-7KQM-X4TD")
	tab.TapGo(`form[action="/staff/evidence"] .btn-primary`)
	if !strings.Contains(tab.Text("main"), "没有这张回执") {
		t.Errorf("an unknown receipt: %s", tab.Text("main"))
	}
	tab.Type("#f-receipt", r.Number)
	file := browser.Eval[string](tab, `fetch("/staff/evidence", {method: "POST", body: new URLSearchParams(new FormData(document.querySelector('form[action="/staff/evidence"]')))}).then(r => r.text())`)
	pack, err := verify.ParseEvidence([]byte(file))
	if err != nil {
		t.Fatalf("%v: %.200s", err, file)
	}
	signer, err := s.Fixture.Log.Signer(s.Institution)
	if err != nil {
		t.Fatal(err)
	}
	p, err := pack.Verify(signer.Key())
	if err != nil {
		t.Fatal(err)
	}
	if pack.About != r.Child.String() || p.Seal.Actor != s.Staff[actor.Officer].ID.String() {
		t.Errorf("about %s, made by %s", pack.About, p.Seal.Actor)
	}
}
