package web_test

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/internal/web/ui"
	"github.com/wardfold/wardfold/test/browser"
)

// playground is a page with everything the script enhances, and the answers it
// asks for.
func playground(polls *atomic.Int32, posts *atomic.Int32) []web.Route {
	reveal := func(w http.ResponseWriter, r *web.Request) error {
		posts.Add(1)
		switch r.PostFormValue("field") {
		case "allowed":
			if r.WantsJSON() {
				return r.JSON(w, map[string]any{"value": "13800005678", "mark": "李四", "seconds": 1})
			}
			v := r.Page("home.title")
			v.Title = "联系电话"
			return r.Show(w, in(ui.Shell(v), el("h1", "", v.Title), ui.Shown(v.P, ui.Clear{Label: "电话", Value: "13800005678", Mask: "138****5678", Seconds: 60})))
		case "sign-in":
			return fault.New(fault.Unauthenticated, "page.step_up")
		}
		return fault.New(fault.Denied, "page.role")
	}
	page := func(w http.ResponseWriter, r *web.Request) error {
		v := r.Page("home.title")
		v.Title = "试一试"
		return r.Show(w, in(ui.Shell(v), el("h1", "", v.Title),
			div("allowed", ui.Hide(v.P, ui.Reveal{Label: "电话", Value: "138****5678", Action: "/play/reveal", Fields: []ui.Hidden{{Name: "field", Value: "allowed"}}})),
			div("denied", ui.Hide(v.P, ui.Reveal{Label: "电话", Value: "139****0000", Action: "/play/reveal", Fields: []ui.Hidden{{Name: "field", Value: "denied"}}})),
			div("expired", ui.Hide(v.P, ui.Reveal{Label: "电话", Value: "137****0000", Action: "/play/reveal", Fields: []ui.Hidden{{Name: "field", Value: "sign-in"}}})),
			form(ui.Field(v.P, ui.Input{Name: "month", Label: "出生年月", Type: ui.Month})),
			ui.FilterBox(v.P, "rows"), ui.Grid(ui.Table{ID: "rows", Caption: "门店", Heads: []ui.Head{{Text: "门店"}}, Rows: [][]ui.Cell{ui.Words("静安店"), ui.Words("徐汇店")}}),
			div("again", ui.Wait(v.P, ui.Button{Text: "重发"}, 1)),
			ui.Confirm(v.P, "sure", "/play/done", "停止使用？", "马上生效。", ui.Button{Text: "停止", Kind: ui.Danger}),
			div("state", ui.Poll(v.P, "/play/state", "/play", "等扫码", 1))))
	}
	state := func(w http.ResponseWriter, r *web.Request) error {
		if polls.Add(1) == 1 {
			return r.JSON(w, map[string]any{"text": "已打开"})
		}
		return r.JSON(w, map[string]any{"text": "已同意", "done": true})
	}
	done := func(w http.ResponseWriter, r *web.Request) error { return r.Go(w, "/problems/page.role") }
	return []web.Route{
		{Pattern: "GET /play", Access: web.Anyone, Handler: page},
		{Pattern: "GET /play/state", Access: web.Anyone, Handler: state},
		{Pattern: "POST /play/reveal", Access: web.Anyone, Handler: reveal},
		{Pattern: "POST /play/done", Access: web.Anyone, Handler: done},
	}
}

func open(t *testing.T, screen browser.Screen) (*browser.Tab, *atomic.Int32) {
	t.Helper()
	polls, posts := new(atomic.Int32), new(atomic.Int32)
	s := serveAs(t, actor.Actor{}, playground(polls, posts)...)
	tab := browser.Open(t, screen)
	tab.Go(s.URL + "/play")
	return tab, posts
}

// until waits for a condition in the page.
func until(t *testing.T, tab *browser.Tab, condition string) {
	t.Helper()
	for range 200 {
		if browser.Eval[bool](tab, condition) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Errorf("never true: %s", condition)
}

func textIs(selector, want string) string {
	return fmt.Sprintf("document.querySelector(%q).textContent.trim() === %q", selector, want)
}

// TestARevealedValueHidesAgainByItself shows a value in place once, with the
// mark of who looked, and then the mask again.
func TestARevealedValueHidesAgainByItself(t *testing.T) {
	tab, posts := open(t, browser.Phone)
	tab.Tap(".allowed button")
	until(t, tab, textIs(".allowed .value", "13800005678"))
	if got := tab.Text(".allowed .mark"); got[:len("李四")] != "李四" {
		t.Errorf("the mark says %q", got)
	}
	until(t, tab, textIs(".allowed .value", "138****5678"))
	tab.Tap(".denied button")
	until(t, tab, `document.querySelector(".denied .mark").textContent.length > 5`)
	if got := tab.Text(".denied .value"); got != "139****0000" {
		t.Errorf("a denied value shows %q", got)
	}
	if posts.Load() != 2 {
		t.Errorf("%d requests for 2 looks", posts.Load())
	}
}

func TestAWornOutProofLeadsToTheSignIn(t *testing.T) {
	tab, _ := open(t, browser.Phone)
	tab.TapGo(".expired button")
	if got := tab.Path(); got != web.PathStaffSignIn {
		t.Errorf("the tab is at %s", got)
	}
}

func TestTheScriptAddsItsConveniences(t *testing.T) {
	tab, _ := open(t, browser.Desktop)
	tab.Type("#f-month", "２０１６０３")
	until(t, tab, textIs(".echo", "2016年3月"))
	tab.Type("#rows-filter", "徐汇")
	until(t, tab, `document.querySelectorAll("#rows tbody tr:not([hidden])").length === 1`)
	until(t, tab, `!document.querySelector(".again button").disabled`)
	until(t, tab, textIs(".state [data-text]", "已同意"))
	tab.Tap(`form[data-enhance="confirm"] button`)
	tab.Wait("#sure[open]")
	tab.Tap(`#sure button[value="no"]`)
	if tab.Path() != "/play" {
		t.Error("a cancelled form was sent")
	}
	tab.Tap(`form[data-enhance="confirm"] button`)
	tab.Wait("#sure[open]")
	tab.TapGo(`#sure button[value="yes"]`)
	if tab.Path() != "/problems/page.role" {
		t.Errorf("a confirmed form led to %s", tab.Path())
	}
	if tab.Taps() != 4 {
		t.Errorf("%d taps counted", tab.Taps())
	}
}

// TestEverythingWorksWithoutScript: the same forms, sent by the browser itself.
func TestEverythingWorksWithoutScript(t *testing.T) {
	tab, posts := open(t, browser.Phone.WithoutScript())
	if tab.Has(".scripted") {
		t.Fatal("the script ran")
	}
	tab.TapGo(".allowed button")
	if got := tab.Text(".value-clear"); got != "13800005678" || posts.Load() != 1 {
		t.Errorf("the page shows %q after %d requests", got, posts.Load())
	}
	tab.TapGo(`.top button[name="large"]`)
	if !tab.Has(`html[data-size="large"]`) {
		t.Error("large print needs the script")
	}
	tab.TapGo(`.foot button[value="dark"]`)
	if !tab.Has(`html[data-theme="dark"]`) {
		t.Error("dark needs the script")
	}
}
