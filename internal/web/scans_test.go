package web_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/survey"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/test/browser"
)

// The officer starts a scan in two presses, watches it, and reads what was found;
// no page shows a value. S0-17, S1-06, S3-04, I3.
func TestTheOfficerScansAFolder(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"名单.csv":      "学生姓名,身份证号,家长电话\n张小明,110101201603150015,13800005678\n李思雨,110101201011020014,13912345678\n王大伟,110101198603150010,13700001234\n",
		"通知/说明.txt":   "请张小明同学的家长到校，电话13800005678。",
		"broken.xlsx": "PK\x03\x04 nothing",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := siteOf(t, housetest.NewOn(t, house.Config{ScanFolder: filepath.Join(t.TempDir(), "scans"),
		Scans: []survey.Root{{Name: "共享盘", Path: dir}, {Name: "旧电脑", Path: "/nowhere"}}}))
	for _, screen := range []browser.Screen{browser.Desktop, browser.Phone} {
		tab := s.as(actor.Officer, screen)
		tab.Go(s.URL + web.PathScans)
		flawless(t, tab, fmt.Sprint("scans ", screen.Width))
		if screen == browser.Desktop {
			taps(t, tab, "scan", 1, func() { tab.TapGo(`form[action="/staff/scans"] .btn-primary`) })
		} else {
			tab.TapGo(`.tasks a, .task a, main ul a`)
		}
		tab.Wait(`a[href$="/report"]`)
		flawless(t, tab, fmt.Sprint("scan ", screen.Width))
		tab.TapGo(`a[href$="/report"]`)
		text := tab.Text("main")
		for _, want := range []string{"138****5678", "名单.csv", "不满14岁", "broken.xlsx"} {
			if !strings.Contains(text, want) {
				t.Errorf("the report lacks %s", want)
			}
		}
		for _, value := range []string{"110101201603150015", "13800005678", "张小明", dir} {
			if strings.Contains(text, value) {
				t.Error("the report shows a value or a path of the machine")
			}
		}
		flawless(t, tab, fmt.Sprint("scan report ", screen.Width))
	}

	// What could not be opened must not pass for a folder in which nothing is.
	tab := s.as(actor.Officer, browser.Desktop)
	tab.Go(s.URL + web.PathScans)
	tab.Tap(`input[value="旧电脑"]`)
	tab.TapGo(`form[action="/staff/scans"] .btn-primary`)
	tab.Wait(`.tag-warning`)
	if tab.Has(`a[href$="/report"]`) {
		t.Error("a report is offered where nothing was read")
	}
	tab.Go(s.URL + web.PathScans)
	if text := tab.Text(".tasks"); !strings.Contains(text, "没有查成") || !strings.Contains(text, "有1项没有查完") || strings.Contains(text, "没有查到个人信息") {
		t.Errorf("the list says %s", text)
	}
}
