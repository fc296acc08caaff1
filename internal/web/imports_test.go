package web_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/intake"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/test/browser"
)

// What keeps a roster in quarantine is asked for as what it needs, a long one is
// told to the person who may release it and to nobody who may not, and what was
// signed on paper is not said to wait (S1-01, S1-04, I8).
func TestAQuarantinedRosterSaysWhatItNeedsAndWhoHelps(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	dir := t.TempDir()
	roster, scan := filepath.Join(dir, "long.csv"), filepath.Join(dir, "scan.pdf")
	lines := []string{"孩子姓名,出生年月,家长姓名,家长手机号"}
	for n := range 501 {
		lines = append(lines, fmt.Sprintf("欧阳示%c,2018-03,欧阳例,154%08d", '一'+rune(n), 30_000_000+n))
	}
	for file, text := range map[string]string{roster: strings.Join(lines, "\n"), scan: "scan"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const told = "1份名单等另一个人放行"
	officer, manager := s.as(actor.Officer, browser.Desktop), s.as(actor.Manager, browser.Phone)
	officer.Go(s.URL + web.PathImports)
	officer.Tap(`input[value="paper_consent"] + label`)
	officer.Choose("#f-basis", "consent")
	officer.Choose("#f-store", s.Store.String())
	officer.Upload("#f-roster", roster)
	officer.TapGo(`form[enctype] .btn-primary`)
	if attach := officer.Text(`form[action$="/attach"]`); strings.Contains(attach, "可不填") || strings.Contains(attach, "会被隔离") {
		t.Errorf("what the quarantine needs is asked for so: %s", attach)
	}
	manager.Go(s.URL + web.PathStaff)
	if strings.Contains(manager.Text("main"), told) {
		t.Error("the manager is asked to release a roster without a source")
	}
	officer.Type("#f-document", "A-12")
	officer.Upload("#f-scan", scan)
	officer.TapGo(`form[action$="/attach"] button`)
	batch := officer.Path()
	officer.Go(s.URL + web.PathStaff)
	if strings.Contains(officer.Text("main"), told) {
		t.Error("the officer is asked to release what the officer brought")
	}
	manager.Go(s.URL + web.PathStaff)
	manager.TapGo(`.tasks a[href="` + web.PathImports + `"]`)
	manager.Go(s.URL + batch)
	manager.TapGo(`form[action$="/release"] button`)
	manager.Go(s.URL + web.PathStaff)
	if strings.Contains(manager.Text("main"), told) {
		t.Error("a released roster is still to be released")
	}
	officer.Go(s.URL + batch)
	officer.TapGo(`form[action$="/apply"] button`)
	which, err := id.Parse[id.Batch](strings.TrimPrefix(batch, web.PathImports+"/"))
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) { // asked of the house: the page reloads itself
		b, err := s.Fixture.Intake.Load(t.Context(), s.As(actor.Officer), which)
		if err == nil && b.State == intake.Applied {
			break
		}
		if err != nil || time.Now().After(end) {
			t.Fatalf("the roster is %s: %v", b.State, err)
		}
	}
	officer.Go(s.URL + batch)
	if text := officer.Text("main"); !strings.Contains(text, "家长在纸上已经同意") || strings.Contains(text, "家长确认前") {
		t.Errorf("of what was signed on paper the page says: %s", text)
	}
}
