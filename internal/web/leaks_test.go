package web_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/test/browser"
)

// The officer seals a list that was found outside and traces it to the account
// that had looked at its families, in four presses (B10, S1-05).
func TestTheOfficerTracesALeakedList(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	var list strings.Builder
	list.WriteString("姓名,电话\n")
	for n := range 24 {
		r := s.Fixture.Enrol(n, "2019-05")
		if n >= 16 {
			continue
		}
		if _, err := s.Desk.Reveal(t.Context(), s.As(actor.Clerk), r.Guardian, subject.GuardianPhone, "contact.class"); err != nil {
			t.Fatal(err)
		}
		list.WriteString(housetest.Form(n, "2019-05").LearnerName.Expose() + "," + housetest.Phone(n) + "\n")
	}
	list.WriteString("赵陌生,13800001234\n")
	file := filepath.Join(t.TempDir(), "found.csv")
	if err := os.WriteFile(file, []byte(list.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	tab := s.as(actor.Officer, browser.Phone)
	tab.Go(s.URL + web.PathLeaks)
	flawless(t, tab, "leaks")
	tab.Upload("#f-file", file)
	tab.TapGo(`form[action="/staff/leaks"] .btn-primary`)
	flawless(t, tab, "leak received")
	tab.TapGo(`form[action$="/trace"] button`)
	flawless(t, tab, "leak traced")
	text := tab.Text("main")
	for _, want := range []string{"只要所有查看都有记录", "示例clerk", "它不说是谁泄露的", "接收并封存", "得出结果"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "154000") || strings.Contains(text, "欧阳示") {
		t.Error("the page shows a child")
	}
	dark := s.as(actor.Auditor, browser.Desktop.InDark())
	dark.Go(s.URL + web.PathLeaks)
	dark.TapGo(`.task a, main a[href^="/staff/leaks/"]`)
	flawless(t, dark, "leak read by the auditor")
	if dark.Has(`form[action$="/trace"]`) {
		t.Error("the auditor is offered to trace")
	}
}
