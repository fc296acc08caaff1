// Package browser drives a real Chromium for tests: it opens pages as people
// do, on a phone or at a desk, light or dark, with script or without, and
// measures what they meet. Only tests import it.
//
// One browser runs per test process; every Tab has cookies of its own and is
// closed with its test. A tab fails its test when a page breaks its content
// security policy, asks another site for anything, or throws.
//
//	func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }
//
//	tab := browser.Open(t, browser.Phone)
//	tab.Go(server.URL + "/")
//	tab.Tap("a.door")
package browser

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Screen is what a person holds or sits at.
type Screen struct {
	Width, Height int64
	Scale         float64 // device pixels per CSS pixel; 0 is 1
	Touch         bool
	Dark          bool
	NoScript      bool
}

// The screens the tests use.
var (
	Phone   = Screen{Width: 390, Height: 844, Scale: 2, Touch: true}
	Desktop = Screen{Width: 1366, Height: 900}
	Narrow  = Screen{Width: 320, Height: 640, Touch: true} // the narrowest that WCAG 1.4.10 asks for
)

// InDark returns the screen of a person who prefers dark.
func (s Screen) InDark() Screen { s.Dark = true; return s }

// WithoutScript returns the screen of a browser that runs no script.
func (s Screen) WithoutScript() Screen { s.NoScript = true; return s }

// shared is the process's one browser.
var shared struct {
	once  sync.Once
	ctx   context.Context
	close func()
	err   error
}

// Main runs the tests of a package and closes the browser after them.
func Main(m *testing.M) int {
	code := m.Run()
	if shared.close != nil {
		shared.close()
	}
	return code
}

// start launches Chromium once. Without one, tests are skipped, except in CI.
func start(t testing.TB) context.Context {
	t.Helper()
	shared.once.Do(launch)
	if shared.err == nil {
		return shared.ctx
	}
	if os.Getenv("CI") == "true" {
		t.Fatal(shared.err)
	}
	t.Skip("NO BROWSER TEST RAN: ", shared.err)
	return nil
}

func launch() {
	path, err := exec.LookPath("chromium")
	if err != nil {
		shared.err = fmt.Errorf("find Chromium (Debian package chromium): %w", err)
		return
	}
	dir, err := os.MkdirTemp("", "wardfold-chromium-")
	if err != nil {
		shared.err = err
		return
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(dir),
		chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("font-render-hinting", "none"),
		chromedp.Flag("accept-lang", "zh-CN"),
	)
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(alloc)
	shared.ctx, shared.err = ctx, chromedp.Do(ctx)
	shared.close = func() {
		stop()
		stopAlloc()
		removeAll(dir)
	}
}

// removeAll tries for a while, because Chromium's children write for a moment
// after it has stopped.
func removeAll(dir string) {
	for range 50 {
		if os.RemoveAll(dir) == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}
