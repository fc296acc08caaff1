package browser

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience bounds every single step, on a machine that is busy with others.
const patience = 30 * time.Second

// Tab is one browser tab of one test, with its own cookies. Its methods end the
// test when a step does not work. A Tab is used by one goroutine.
type Tab struct {
	t    testing.TB
	ctx  context.Context
	taps int

	mu      sync.Mutex
	origin  string
	trouble []string
}

// Open opens an empty tab on a screen. The test fails at its end if a page did
// something it must not (see Trouble).
func Open(t testing.TB, s Screen) *Tab {
	t.Helper()
	root := start(t)
	ctx, closeTab := chromedp.NewContext(root, chromedp.WithNewBrowserContext())
	tab := &Tab{t: t, ctx: ctx}
	t.Cleanup(func() {
		for _, x := range tab.Trouble() {
			t.Errorf("the page did what it must not: %s", x)
		}
		closeTab()
	})
	tab.must("open tab", chromedp.Do(ctx))
	tab.must("watch tab", chromedp.Listen(ctx, tab.watch))
	_, err := chromedp.Call(ctx, audits.Enable, cdp.Empty{})
	tab.must("watch policy", err)
	tab.wear(s)
	return tab
}

// wear gives the tab its screen.
func (b *Tab) wear(s Screen) {
	b.t.Helper()
	scale, theme := max(s.Scale, 1), "light"
	if s.Dark {
		theme = "dark"
	}
	_, err := chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
		Width: s.Width, Height: s.Height, DeviceScaleFactor: scale, Mobile: s.Touch,
	})
	b.must("set screen", err)
	_, err = chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: theme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		},
	})
	b.must("set theme", err)
	_, err = chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: s.NoScript})
	b.must("switch script", err)
}

// watch notes what a page must not do. It runs on the browser's own goroutine.
func (b *Tab) watch(ev any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch ev := ev.(type) {
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(ev.Request.URL); err == nil && b.origin != "" && u.Scheme != "data" && u.Scheme+"://"+u.Host != b.origin {
			b.trouble = append(b.trouble, "request to another site: "+u.Scheme+"://"+u.Host)
		}
	case *runtime.EventExceptionThrown:
		b.trouble = append(b.trouble, "exception: "+ev.ExceptionDetails.Text)
	case *audits.EventIssueAdded:
		if ev.Issue.Code == audits.InspectorIssueCodeContentSecurityPolicyIssue {
			d := ev.Issue.Details.ContentSecurityPolicyIssueDetails
			b.trouble = append(b.trouble, fmt.Sprintf("content security policy: %s %s", d.ViolatedDirective, d.BlockedURL))
		}
	}
}

// Trouble lists policy violations, requests to other sites and exceptions.
func (b *Tab) Trouble() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.trouble...)
}

// Go opens an address, as by scanning a code or typing; it is not a tap.
func (b *Tab) Go(address string) {
	b.t.Helper()
	u, err := url.Parse(address)
	b.must("parse address", err)
	b.mu.Lock()
	b.origin = u.Scheme + "://" + u.Host
	b.mu.Unlock()
	b.do("open "+u.Path, chromedp.Navigate(address))
}

// Tap presses what a CSS selector finds first, and counts it.
func (b *Tab) Tap(selector string) {
	b.t.Helper()
	b.taps++
	b.do("tap "+selector, chromedp.Click(chromedp.CSS(selector)))
}

// TapGo taps and waits until the page it leads to has loaded.
func (b *Tab) TapGo(selector string) {
	b.t.Helper()
	b.taps++
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.WaitEvent(page.LoadEventFired, nil, chromedp.Click(chromedp.CSS(selector))))
	b.must("tap and go "+selector, err)
}

// Back presses the browser's own button and waits for the page it leads to; as
// with Forward and Reload, that is no tap on a page.
func (b *Tab) Back() { b.t.Helper(); b.travel(-1) }

// Forward takes Back back.
func (b *Tab) Forward() { b.t.Helper(); b.travel(1) }

// travel goes so many pages in the tab's history. The browser may take the page
// out of a cache of its own, which loads nothing, so it waits for the page to be
// there and not for it to be loaded.
func (b *Tab) travel(pages int64) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	h, err := chromedp.Call(ctx, page.GetNavigationHistory, cdp.Empty{})
	b.must("read the history", err)
	to := h.CurrentIndex + pages
	if to < 0 || to >= int64(len(h.Entries)) {
		b.t.Fatalf("there are %d pages in the history, this is %d", len(h.Entries), h.CurrentIndex)
	}
	press := chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: h.Entries[to].ID})
		return err
	})
	_, err = chromedp.Run(ctx, chromedp.WaitEvent(page.FrameNavigated, nil, press))
	b.must("go through the history", err)
	for Eval[string](b, `document.readyState`) != "complete" {
		time.Sleep(10 * time.Millisecond)
	}
}

// Reload loads the page again.
func (b *Tab) Reload() { b.t.Helper(); b.do("reload", chromedp.Reload()) }

// Taps is how often the person has pressed something.
func (b *Tab) Taps() int { return b.taps }

// Type fills a field in place of what it held.
func (b *Tab) Type(selector, text string) {
	b.t.Helper()
	b.do("type into "+selector, chromedp.Steps(
		chromedp.WaitVisible(chromedp.CSS(selector)),
		chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector(%q).value = ""`, selector)),
		chromedp.SendKeys(chromedp.CSS(selector), text)))
}

// Choose puts the value of a list or a date field.
func (b *Tab) Choose(selector, value string) {
	b.t.Helper()
	b.do("choose in "+selector, chromedp.SetValue(chromedp.CSS(selector), value))
}

// Upload puts files into a file field.
func (b *Tab) Upload(selector string, files ...string) {
	b.t.Helper()
	b.do("upload into "+selector, chromedp.SetUploadFiles(chromedp.CSS(selector), files))
}

// Wait waits until something is to be seen.
func (b *Tab) Wait(selector string) {
	b.t.Helper()
	b.do("wait for "+selector, chromedp.WaitVisible(chromedp.CSS(selector)))
}

// Text returns the visible text of what a selector finds first.
func (b *Tab) Text(selector string) string {
	b.t.Helper()
	return Eval[string](b, fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ""`, selector))
}

// Has reports whether a selector finds anything now.
func (b *Tab) Has(selector string) bool {
	b.t.Helper()
	return Eval[bool](b, fmt.Sprintf(`document.querySelector(%q) !== null`, selector))
}

// Path returns the path the tab is at.
func (b *Tab) Path() string {
	b.t.Helper()
	return Eval[string](b, `location.pathname`)
}

// Eval runs an expression in the page and returns its value.
func Eval[T any](b *Tab, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	b.must("evaluate", err)
	return v
}

// Shot writes a picture of the whole page into the directory that
// WARDFOLD_SHOTS names, and does nothing without it.
func (b *Tab) Shot(name string) {
	b.t.Helper()
	dir := os.Getenv("WARDFOLD_SHOTS")
	if dir == "" {
		return
	}
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	b.must("take picture", err)
	b.must("make folder", os.MkdirAll(dir, 0o755))
	b.must("write picture", os.WriteFile(filepath.Join(dir, strings.ReplaceAll(name, "/", "-")+".png"), png, 0o644))
}

// PDF prints the page as A4 and returns the document.
func (b *Tab) PDF() []byte {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	pdf, err := chromedp.Run(ctx, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize()))
	b.must("print", err)
	return pdf
}

// Context is the tab's chromedp context, for what this package does not offer.
func (b *Tab) Context() context.Context { return b.ctx }

func (b *Tab) do(what string, step chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	b.must(what, chromedp.Do(ctx, step))
}

func (b *Tab) must(what string, err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatalf("%s: %v", what, err)
	}
}
