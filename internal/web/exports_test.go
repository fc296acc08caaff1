package web_test

import (
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/test/browser"
)

// TestAFileLeavesOnce in a browser: the teacher registers an export under a
// granted application and collects it; a second try is told so; the officer sees
// who took it (S1-17, S3-22). Where numbers would stand it has aliases (S1-05),
// and whose screen it is stands over every page (S2-09).
func TestAFileLeavesOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newCampusSite(t)
	x, err := s.uni.Submit(s.uni.Use(func(f *application.Form) { f.Place = "device" }))
	if err != nil {
		t.Fatal(err)
	}
	for x.Case.State == application.Pending {
		step := x.Case.Open()[0]
		role := x.Case.Steps[step].Role
		login := map[actor.Role]string{actor.DataOwner: x.Case.Steps[step].Department, actor.CyberOffice: "office", actor.Leader: "leader", actor.Officer: "officer"}[role]
		if x, err = s.Applications.Decide(t.Context(), s.uni.Person(login, role), x.ID, application.Answer{Step: step, Agree: true}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Releases.AddNumbers(t.Context(), s.uni.Person("officer", actor.Officer), []string{"17000000001"}); err != nil {
		t.Fatal(err)
	}
	tab := s.in("teacher", browser.Phone)
	tab.Go(s.URL + web.PathExports)
	flawless(t, tab, "exports new")
	tab.Tap(`input[name="numbers"][value="alias"]`)
	tab.Tap(`input[name="application"]`)
	tab.Tap(`input[name="format"][value="csv"]`)
	tab.TapGo(`form[action="` + web.PathExports + `"] button`)
	flawless(t, tab, "exports waiting")
	fetch := `fetch(document.querySelector('form[action^="` + web.PathExports + `/exp_"]').action, {method: "POST"}).then(r => r.text())`
	file := browser.Eval[string](tab, fetch)
	if lines := strings.Split(strings.TrimSpace(file), "\n"); len(lines) != 3 || !strings.Contains(lines[0], "编号") {
		t.Errorf("the file has %d lines", len(lines))
	}
	if strings.Count(file, "17000000001-") != 2 || strings.Contains(file, "+86") {
		t.Error("the file has numbers, not aliases")
	}
	if again := browser.Eval[string](tab, fetch); !strings.Contains(again, "已经领取过") {
		t.Error("it was handed over twice, or nobody said why not")
	}
	tab = s.in("officer", browser.Desktop.InDark())
	tab.Go(s.URL + web.PathExports)
	flawless(t, tab, "exports of the officer")
	if mark := tab.Text(".watermark"); !strings.Contains(mark, s.uni.People["officer"].ID.String()+" 2026年") {
		t.Errorf("over the officer's page stands %.60q", mark)
	}
	if text := tab.Text("main"); !strings.Contains(text, "示例teacher") || !strings.Contains(text, "已领取") {
		t.Errorf("the officer does not see who took it: %s", text)
	}
}
