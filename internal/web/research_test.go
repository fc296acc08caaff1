package web_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/deid/noise"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/research"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/test/browser"
	"github.com/wardfold/wardfold/verify"
)

// The whole way of research data through two people, on a phone and a desk: people
// and budget, list, a try that fails and says why, one that passes, noisy counts,
// approval, the file once, the certificate (S2-06, S3-47, I8).
func TestTwoPeopleLetResearchDataGo(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	file := filepath.Join(t.TempDir(), "名单.csv")
	if err := os.WriteFile(file, []byte(housetest.Pupils(0, 600)), 0o600); err != nil {
		t.Fatal(err)
	}
	manager := s.as(actor.Manager, browser.Desktop)
	manager.Go(s.URL + web.PathResearch + "/people")
	manager.Type("#f-name", "2026级全体学生")
	manager.Type("#f-people", "3000")
	manager.TapGo(`form[action="/staff/research/people"] .btn-primary`)
	flawless(t, manager, "research people")

	officer := s.as(actor.Officer, browser.Phone)
	officer.Go(s.URL + web.PathResearch)
	flawless(t, officer, "research none")
	officer.TapGo(`a[href="/staff/research/new"]`)
	officer.Upload("#f-file", file)
	pick(officer, "#f-population", 1)
	officer.Type("#f-purpose", "困难学生资助研究")
	officer.Type("#f-recipient", "某大学教育学院")
	opened(officer)
	if text := officer.Text("main"); !strings.Contains(text, "超过32MB") || !strings.Contains(text, "wardfold anonymise LIST.csv") {
		t.Errorf("what to do with a larger list is not said:\n%s", text)
	}
	flawless(t, officer, "research form")
	officer.TapGo(`form[action="/staff/research"] .btn-primary`)
	text := officer.Text("main")
	for _, want := range []string{"等检验", "学号", "直接认出是谁", "困难类别", "600"} {
		if !strings.Contains(text, want) {
			t.Errorf("the draft does not say %q:\n%s", want, text)
		}
	}
	flawless(t, officer, "research draft")
	opened(officer)
	officer.Type("#f-presence", "0.05")
	officer.TapGo(`form[action$="/try"] .btn-primary`)
	if text = officer.Text("main"); !officer.Has("#f-presence-error") || !strings.Contains(text, "附上总体名册") {
		t.Errorf("a share of a population that nobody knows:\n%s", text)
	}
	opened(officer)
	officer.Type("#f-presence", "")
	officer.Type("#f-k", "3")
	officer.TapGo(`form[action$="/try"] .btn-primary`)
	if text = officer.Text("main"); !strings.Contains(text, "仍然是个人信息") || !strings.Contains(text, "认出一个人的风险是") {
		t.Errorf("a failed try does not say why:\n%s", text)
	}
	if !strings.Contains(text, "高于5.0%。请把每组的人数（k）加大") || !officer.Has(`a[href="#try"]`) {
		t.Errorf("a failed try does not say what to do:\n%s", text)
	}
	flawless(t, officer, "research failed")
	officer.Type("#f-k", "20")
	officer.TapGo(`form[action$="/try"] .btn-primary`)
	if text = officer.Text("main"); !strings.Contains(text, "等批准") || !officer.Has("main svg polyline") || officer.Has(`form[action$="/approve"]`) {
		t.Errorf("a try that passes:\n%s", text)
	}
	if strings.Contains(text, "20230001") || strings.Contains(text, "王子") {
		t.Error("a page shows somebody")
	}
	flawless(t, officer, "research passed")
	here := browser.Eval[string](officer, "location.pathname")

	counts := s.as(actor.Officer, browser.Desktop.InDark())
	counts.Go(s.URL + here)
	opened(counts)
	pick(counts, "#f-by-1", 1)
	counts.Type("#f-epsilon", "0.5")
	counts.TapGo(`form[action$="/count"] .btn-primary`)
	if text = counts.Text("main"); !strings.Contains(text, "全部") || !strings.Contains(text, "今年的额度还剩0.5") {
		t.Errorf("noisy counts:\n%s", text)
	}
	flawless(t, counts, "research counts")

	manager.Go(s.URL + web.PathStaff)
	if !strings.Contains(manager.Text("main"), "1份研究数据等你批准") {
		t.Errorf("the day does not begin with it: %s", manager.Text("main"))
	}
	manager.TapGo(`main a[href="/staff/research"]`)
	manager.TapGo(`main a[href^="/staff/research/dst_"]`)
	text = manager.Text("main")
	for _, want := range []string{"2026级全体学生", "自动销毁时间", "最高风险5%", "知道某个人就在数据里的人", "每组至少多少人", "困难类别", "原样写出", "不写出", "说得粗一些"} {
		if !strings.Contains(text, want) {
			t.Errorf("who decides is not told %q:\n%s", want, text)
		}
	}
	flawless(t, manager, "research to approve")
	manager.Tap(`form[action$="/approve"] button[type="submit"]`)
	manager.TapGo(`#approve button[value="yes"]`)
	flawless(t, manager, "research approved")

	officer.Go(s.URL + web.PathStaff)
	if !strings.Contains(officer.Text("main"), "可以领取了") {
		t.Errorf("the officer's day does not say what comes next: %s", officer.Text("main"))
	}
	officer.TapGo(`main a[href="` + here + `"]`)
	flawless(t, officer, "research to collect")
	take := `fetch(location.pathname + "/collect", {method: "POST"})`
	data := browser.Eval[string](officer, take+`.then(r => r.text())`)
	cert := browser.Eval[string](officer, `fetch(location.pathname + "/certificate").then(r => r.text())`)
	if again := browser.Eval[int](officer, take+`.then(r => r.status)`); again == http.StatusOK {
		t.Error("the file was had twice")
	}
	released, err := verify.ParseRelease([]byte(cert))
	if err != nil {
		t.Fatal(err)
	}
	stated, err := released.Verify(verify.Key{})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := stated.Check(strings.NewReader(data)); err != nil || c.Smallest < 20 {
		t.Errorf("%+v %v", c, err)
	}
	officer.Go(s.URL + here)
	flawless(t, officer, "research collected")
	certified(t, s, cert)
}

// certified: who gets the data, or oversees the institution, holds nothing but the
// certificate, and is told whether it is genuine.
func certified(t *testing.T, s staffSite, cert string) {
	t.Helper()
	anybody := browser.Open(t, browser.Phone)
	anybody.Go(s.URL + "/check")
	for proof, want := range map[string][]string{cert: {"证书属实", "示例培训机构", "k=20", "困难类别", "wardcheck"}, strings.Replace(cert, `\"read\":`, `\"read\":1`, 1): {"不属实"}} {
		browser.Eval[bool](anybody, fmt.Sprintf(`(() => { document.querySelector("#f-proof").value = %q; return true })()`, proof))
		anybody.TapGo(`form[action="/check"] button[type="submit"]`)
		for _, x := range want {
			if text := anybody.Text("main"); !strings.Contains(text, x) {
				t.Errorf("the certificate is checked without %q:\n%s", x, text)
			}
		}
		flawless(t, anybody, "certificate checked "+want[0])
	}
}

// S2-06, S3-39, S3-47: an officer draws research data from the records under a
// granted application instead of bringing a file, and no page shows anybody.
func TestResearchDataComeFromTheRecords(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newCampusSite(t)
	app := s.uni.Paper([]string{subject.LearnerName, subject.LearnerBirth}, s.uni.Everybody)
	if _, err := s.Research.SetPopulation(t.Context(), s.uni.Person("leader", actor.Leader), research.Population{Name: "全体学生", People: 300, Total: noise.One}); err != nil {
		t.Fatal(err)
	}
	officer := s.in("officer", browser.Phone)
	officer.Go(s.URL + web.PathResearch + "/new")
	propose := func() {
		pick(officer, "#f-population", 1)
		officer.Type("#f-purpose", "年龄分布研究")
		officer.Type("#f-recipient", "某大学教育学院")
		officer.TapGo(`form[action="/staff/research"] .btn-primary`)
	}
	flawless(t, officer, "research form with applications")
	propose() // neither a file nor an application
	if !officer.Has("#f-file-error") {
		t.Errorf("nothing was handed in: %s", officer.Text("main"))
	}
	officer.Choose("#f-from", app.String())
	propose()
	text := officer.Text("main")
	for _, want := range []string{"等检验", "档案编号", "直接认出是谁", "出生年月", "3种不同的内容"} {
		if !strings.Contains(text, want) {
			t.Errorf("the draft does not say %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "欧阳") || strings.Contains(text, "sub_") {
		t.Error("a page shows somebody")
	}
	flawless(t, officer, "research draft from the records")
}

// opened unfolds what a page keeps for those who ask.
func opened(tab *browser.Tab) {
	browser.Eval[bool](tab, `document.querySelectorAll("main details").forEach(d => d.open = true) === undefined`)
}

// pick chooses the n-th answer of a select.
func pick(tab *browser.Tab, sel string, n int) {
	browser.Eval[bool](tab, fmt.Sprintf(`(() => { const s = document.querySelector(%q); s.selectedIndex = %d; s.dispatchEvent(new Event("change", {bubbles: true})); return true })()`, sel, n))
}
