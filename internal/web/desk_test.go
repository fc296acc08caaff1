package web_test

import (
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/test/browser"
)

// A family is found by the number on its receipt, however it is typed; a name is
// told that it is neither number, and finds nobody (S3-46, B1).
func TestTheClerkFindsAFamilyByItsReceipt(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	r := s.Fixture.Enrol(1, "2016-03")
	tab := s.as(actor.Clerk, browser.Phone)
	wide := strings.NewReplacer("2", "２", "-", " ").Replace(r.Number)
	for typed, want := range map[string]string{
		r.Number: "找到1个孩子", strings.ToLower(strings.ReplaceAll(r.Number, "-", "")): "找到1个孩子", wide: "找到1个孩子",
		r.Number[:17] + "??": "不是手机号，也不是回执编号", "欧阳小甲": "不是手机号，也不是回执编号",
	} {
		tab.Go(s.URL + web.PathFind)
		tab.Type("#f-what", typed)
		tab.TapGo(".card .btn-primary")
		if text := tab.Text("main"); !strings.Contains(text, want) {
			t.Errorf("%q: the page does not say %q: %s", typed, want, text)
		}
	}
	tab.Go(s.URL + web.PathFind)
	tab.Type("#f-what", r.Number)
	tab.TapGo(".card .btn-primary")
	tab.TapGo(".card h2 a")
	if text := tab.Text(`.menu a[aria-current]`); browser.Eval[int](tab, `document.querySelectorAll('.menu a[aria-current][href="/staff/find"]').length`) != 1 {
		t.Errorf("whoever is at a record is shown to be at %q", text)
	}
}

// What a family stopped is said on its record, and neither a message nor a call
// is offered there or behind an old address (S0-04, B6).
func TestARecordDoesNotOfferToContactWhoStoppedIt(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	r := s.Fixture.Enrol(1, "2016-03")
	tab := s.as(actor.Clerk, browser.Phone)
	record := s.URL + "/staff/subjects/" + r.Child.String()
	tab.Go(record)
	if !tab.Has(`main a[href$="/message"]`) || !tab.Has(`main a[href$="/call"]`) || tab.Has(".notice-warning") {
		t.Fatalf("nothing is stopped yet: %s", tab.Text("main"))
	}
	if _, err := s.Fixture.House.Family.Withdraw(t.Context(), s.Guardian(r.Guardian), r.Child, "contact.class"); err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{"", "/message", "/call"} {
		tab.Go(record + page)
		flawless(t, tab, "silent"+page)
		if text := tab.Text("main"); !strings.Contains(text, "现在不能联系这家") || !strings.Contains(text, "上课联系：已停止使用") {
			t.Errorf("%q does not say that contact is stopped: %s", page, text)
		}
		if tab.Has(`main a[href$="/message"], main a[href$="/call"], main button[name="letter"], main form[action$="/call"]`) {
			t.Errorf("%q offers what is refused", page)
		}
	}
}

// A child of 14 that has not agreed yet is found, and its card says that it cannot
// be opened and why: no link leads to a refusal, and nobody speaks of a dispute
// (I6, S0-04).
func TestACardOfAChildThatHasNotAgreedSaysSo(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	enrolByProgram(t, s)
	tab := s.as(actor.Clerk, browser.Phone)
	tab.Go(s.URL + web.PathFind)
	tab.Type("#f-what", housetest.Phone(2))
	tab.TapGo(".card .btn-primary")
	flawless(t, tab, "find a child that waits")
	text := tab.Text("main")
	if !strings.Contains(text, "现在不能打开") || !strings.Contains(text, "同意以后才能打开") || strings.Contains(text, "争议") {
		t.Errorf("the card says: %s", text)
	}
	if tab.Has(".card h2 a") {
		t.Error("the card links to a record that opens to nobody")
	}
}

// Whoever may confirm a colleague's role is told on the first page, and the one
// who proposed it is not (I8).
func TestARoleToConfirmIsToldOnTheFirstPage(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	manager := s.as(actor.Manager, browser.Desktop)
	manager.Go(s.URL + web.PathPeople)
	manager.Type("#f-name", "周新")
	manager.Type("#f-login", "zhou.xin")
	manager.Tap(`input[name="role"][value="clerk"]`)
	manager.TapGo(`form[action="/staff/people"] .btn-primary`)
	invite := manager.Text(".breaks")
	joins := browser.Open(t, browser.Phone)
	joins.Go(invite)
	joins.Type("#f-password", "一句只有我自己才知道的很长的话")
	joins.TapGo(".btn-primary")
	const waits = "周新的岗位等人确认：前台"
	manager.Go(s.URL + web.PathStaff)
	if strings.Contains(manager.Text("main"), waits) {
		t.Error("the manager is told to confirm what the manager proposed")
	}
	officer := s.as(actor.Officer, browser.Phone)
	if !strings.Contains(officer.Text("main"), waits) {
		t.Fatalf("the officer is not told: %s", officer.Text("main"))
	}
	flawless(t, officer, "a role to confirm")
	officer.TapGo(`.tasks a[href="` + web.PathPeople + `"]`)
	officer.TapGo(`form[action$="/confirm"] button`)
	officer.Go(s.URL + web.PathStaff)
	if strings.Contains(officer.Text("main"), waits) {
		t.Error("it is still to be confirmed")
	}
}
