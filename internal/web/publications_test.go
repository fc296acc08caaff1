package web_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/test/browser"
)

// The whole desk through two people: the officer hands a list in and sees what is
// wrong with it and what it becomes; the manager approves; everybody reads the
// page, which says less; it takes itself down (S3-50, S3-51, S1-17, I8).
func TestTwoPeopleMakeAListPublic(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	t.Parallel()
	s := newStaffSite(t)
	file := filepath.Join(t.TempDir(), "名单.csv")
	list := "姓名,学号,身份证号,获奖\n王小明,20230001,11010519491231002X,一等奖\n李晓华,20230002,440524188001010014,二等奖\n张伟东,20230003,110101198603150010,三等奖\n"
	if err := os.WriteFile(file, []byte(list), 0o600); err != nil {
		t.Fatal(err)
	}
	officer := s.as(actor.Officer, browser.Phone)
	officer.Go(s.URL + web.PathPublications)
	flawless(t, officer, "publications")
	officer.TapGo(`a[href="/staff/publications/new"]`)
	fill := func(title string) {
		officer.Type("#f-title", title)
		officer.Upload("#f-file", file)
		officer.Tap(`input[name="occasion"][value="honour"]`)
		officer.Type("#f-article", "某条例第十条")
		officer.Tap(`input[name="ages"][value="from_14"]`)
		officer.Type("#f-school", "30000")
		officer.TapGo(`form[action="/staff/publications"] .btn-primary`)
	}
	fill("咨询13800001234")
	if !officer.Has("#f-title-error") {
		t.Errorf("a phone number in the title was taken: %s", officer.Text("main"))
	}
	flawless(t, officer, "publication refused")
	fill("2026年表彰名单公示")
	text := officer.Text("main")
	for _, want := range []string{"第3列“身份证号”是居民身份证号", "28号", "等同事批准", "王*", "一等奖", "遮住一部分", "删去"} {
		if !strings.Contains(text, want) {
			t.Errorf("the preview does not say %q:\n%s", want, text)
		}
	}
	says(t, text)
	if officer.Has(`form[action$="/approve"]`) {
		t.Error("who prepared it is offered to approve")
	}
	flawless(t, officer, "publication draft")

	manager := s.as(actor.Manager, browser.Desktop)
	if !strings.Contains(manager.Text("main"), "1份公示等你批准") {
		t.Errorf("the day does not begin with it: %s", manager.Text("main"))
	}
	manager.Go(s.URL + web.PathPublications)
	taps(t, manager, "approve a notice", 3, func() {
		manager.TapGo(`main a[href^="/staff/publications/pub_"]`)
		flawless(t, manager, "publication to approve")
		manager.Tap(`form[action$="/approve"] button[type="submit"]`)
		manager.TapGo(`#approve button[value="yes"]`)
	})
	flawless(t, manager, "publication approved")
	public := browser.Eval[string](manager, `document.querySelector('main a[href^="/notices/"]').getAttribute("href")`)

	for _, screen := range []browser.Screen{browser.Phone, browser.Desktop.InDark()} {
		anybody := browser.Open(t, screen)
		anybody.Go(s.URL + public)
		text = anybody.Text("main")
		for _, want := range []string{"2026年表彰名单公示", "自动撤下", "某条例第十条", "王*", "公示编号", "有异议，请联系"} {
			if !strings.Contains(text, want) {
				t.Errorf("the public page does not say %q:\n%s", want, text)
			}
		}
		says(t, text)
		flawless(t, anybody, "public notice")
	}
	here := browser.Eval[string](officer, "location.href")
	officer.Go(s.URL + web.PathStaff)
	if text := officer.Text("main"); !strings.Contains(text, "请把编号告诉家长") {
		t.Errorf("the officer's day does not say what comes next: %s", text)
	}
	officer.Go(here)
	if !officer.Has(`form[action$="/numbers"]`) {
		t.Errorf("no sheet of numbers: %s", officer.Text("main"))
	}
	sheet := browser.Eval[string](officer, `fetch(document.querySelector('form[action$="/numbers"]').action, {method: "POST"}).then(r => r.text())`)
	if strings.Count(sheet, "2026-") != 3 || strings.Contains(sheet, "王") {
		t.Errorf("the sheet: %s", sheet)
	}
	if again := browser.Eval[int](officer, `fetch(document.querySelector('form[action$="/numbers"]').action, {method: "POST"}).then(r => r.status)`); again == http.StatusOK {
		t.Error("the sheet was had twice")
	}
	resp, err := http.Get(s.URL + public)
	if err != nil || resp.Header.Get("X-Robots-Tag") == "" || resp.StatusCode != http.StatusOK {
		t.Errorf("%v %v", resp.Header, err)
	}
	s.Advance(9 * 24 * time.Hour)
	if resp, err = http.Get(s.URL + public); err != nil || resp.StatusCode != http.StatusNotFound {
		t.Errorf("after its days: %d %v", resp.StatusCode, err)
	}
}

func says(t *testing.T, text string) {
	t.Helper()
	for _, value := range []string{"11010519491231002X", "20230001", "王小明", "李晓华"} {
		if strings.Contains(text, value) {
			t.Errorf("a page shows %s", value)
		}
	}
}

// S2-21†: a story waits for its four locks.
func TestAStoryWaitsForFourLocks(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newStaffSite(t)
	officer := s.as(actor.Officer, browser.Desktop.InDark())
	officer.Go(s.URL + web.PathPublications + "/new?kind=story")
	flawless(t, officer, "story form")
	officer.Type("#f-title", "一次种树活动")
	officer.Type("#f-text", "志愿者和孩子们一起种树。联系电话13800001234。")
	officer.TapGo(`form[action="/staff/publications"] .btn-primary`)
	if text := officer.Text("main"); strings.Contains(text, "13800001234") || strings.Count(text, "还没有") != 4 {
		t.Errorf("the draft: %s", text)
	}
	for _, want := range []string{"四件事没有办齐", "还差4件", "请先办齐四件事"} {
		if text := officer.Text("main"); !strings.Contains(text, want) {
			t.Errorf("the locked story does not say %q:\n%s", want, text)
		}
	}
	flawless(t, officer, "story locked")
	manager := s.as(actor.Manager, browser.Phone)
	manager.Go(browser.Eval[string](officer, "location.href"))
	if text := manager.Text("main"); !strings.Contains(text, "还差4件") || manager.Has(`form[action$="/approve"]`) {
		t.Errorf("the second person is not told what is missing:\n%s", text)
	}
	flawless(t, manager, "story to wait for")
	for range 4 {
		officer.Type("#f-reference", "档案2026-7")
		officer.Type("#f-on", "20261120")
		officer.TapGo(`form[action$="/lock"] button[type="submit"]`)
	}
	if text := officer.Text("main"); strings.Contains(text, "还没有") || strings.Contains(text, "还差") || !strings.Contains(text, "等同事批准") {
		t.Errorf("still locked: %s", text)
	}
	flawless(t, officer, "story unlocked")
}

// book writes a workbook as schools have them: a title above the header.
func book(t *testing.T, rows ...[]string) string {
	t.Helper()
	x := excelize.NewFile()
	for r, row := range rows {
		for c, cell := range row {
			at, err := excelize.CoordinatesToCellName(c+1, r+1)
			if err == nil {
				err = x.SetCellStr("Sheet1", at, cell)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	path := filepath.Join(t.TempDir(), "名单.xlsx")
	if err := x.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// S2-23†, S3-51, S3-54: a workbook about aid shows numbers and nobody; a list of
// the records comes under a granted application, with an entry for each family;
// the officer tells each family its number, from the record beside it.
func TestAidAndRecordsArePublishedByNumber(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	s := newCampusSite(t)
	s.uni.System("contacts", "registry", subject.GuardianPhone)
	app := s.uni.Paper([]string{subject.LearnerName}, nil)
	officer := s.in("officer", browser.Phone.InDark())
	begin := func(title, occasion string) {
		officer.Go(s.URL + web.PathPublications + "/new")
		officer.Type("#f-title", title)
		officer.Tap(`input[name="occasion"][value="` + occasion + `"]`)
		officer.Type("#f-article", "某条例第十条")
		officer.Tap(`input[name="audience"][value="school"]`)
	}
	finish := func() { officer.TapGo(`form[action="/staff/publications"] .btn-primary`) }
	begin("2026年资助名单公示", "aid")
	flawless(t, officer, "publication form")
	officer.Upload("#f-file", book(t, []string{"2026年资助名单"}, []string{"姓名", "学院", "家庭情况", "银行卡号", "等级"},
		[]string{"王小明", "文学院", "低保户", "6222021234567890128", "一等"}, []string{"李晓华", "理学院", "单亲", "6222021234567890128", "二等"}))
	finish()
	text := officer.Text("main")
	for _, want := range []string{"这类名单只能写公示编号", "第3列“家庭情况”是困境身份", "第4列“银行卡号”是银行卡号", "换成公示编号", "对得上的人数", "本校师生和家长"} {
		if !strings.Contains(text, want) {
			t.Errorf("the preview does not say %q:\n%s", want, text)
		}
	}
	for _, never := range []string{"低保", "6222", "王"} {
		if strings.Contains(text, never) {
			t.Errorf("the preview shows %s", never)
		}
	}
	flawless(t, officer, "publication of aid")
	s.Advance(time.Minute) // so that it is the newest of the list
	begin("2026年录取名单公示", "ordinary")
	officer.Choose("#f-from", app.String())
	finish()
	text = officer.Text("main")
	if !strings.Contains(text, "换成公示编号") || strings.Contains(text, "欧阳") {
		t.Fatalf("the list of the records: %s", text)
	}
	flawless(t, officer, "publication from the records")
	leader := s.in("leader", browser.Phone)
	if !strings.Contains(leader.Text("main"), "2份公示等你批准") {
		t.Errorf("the leader's day: %s", leader.Text("main"))
	}
	leader.Go(s.URL + web.PathPublications)
	leader.TapGo(`main a[href^="/staff/publications/pub_"]`)
	flawless(t, leader, "publication to approve on a phone")
	leader.Tap(`form[action$="/approve"] button[type="submit"]`)
	leader.TapGo(`#approve button[value="yes"]`)
	officer.Go(browser.Eval[string](officer, "location.href"))
	sheet := browser.Eval[string](officer, `fetch(document.querySelector('form[action$="/numbers"]').action, {method: "POST"}).then(r => r.text())`)
	if strings.Count(sheet, "/staff/subjects/sub_") != 2 {
		t.Errorf("the sheet: %s", sheet)
	}
	anybody := browser.Open(t, browser.Phone)
	anybody.Go(s.URL + browser.Eval[string](leader, `document.querySelector('main a[href^="/notices/"]').getAttribute("href")`))
	flawless(t, anybody, "public notice on a phone")
}
