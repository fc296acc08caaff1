package site

import (
	"context"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/wardfold/wardfold/internal/fault"
)

// settle is how long a page that has loaded may still change.
const settle = 1500 * time.Millisecond

// Chromium renders pages in a headless browser that is let out to one host only.
type Chromium struct {
	host  string
	dir   string
	ctx   context.Context
	close func()
}

// NewChromium starts the browser for a host. Errors: fault.Unavailable
// source.browser.
func NewChromium(host string) (*Chromium, error) {
	path, err := browser()
	if err != nil {
		return nil, fault.New(fault.Unavailable, "source.browser").Because(err)
	}
	dir, err := os.MkdirTemp("", "wardfold-browser-")
	if err != nil {
		return nil, fault.New(fault.Unavailable, "source.browser").Because(err)
	}
	only := (&url.URL{Host: host}).Hostname()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(dir), chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("accept-lang", "zh-CN"), chromedp.UserAgent(Agent),
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND , EXCLUDE "+only))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses its sandbox to root
	}
	alloc, stopAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(alloc)
	c := &Chromium{host: host, dir: dir, ctx: ctx, close: func() { stop(); stopAlloc() }}
	if err := chromedp.Do(ctx); err != nil {
		return nil, errors.Join(fault.New(fault.Unavailable, "source.browser").Because(err), c.Close())
	}
	return c, nil
}

func browser() (string, error) {
	var err error
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		var path string
		if path, err = exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", err
}

// Render opens an address in a tab of its own, lets the scripts run, and gives
// what a visitor would then have.
func (c *Chromium) Render(ctx context.Context, address string) ([]byte, []string, error) {
	tab, closeTab := chromedp.NewContext(c.ctx, chromedp.WithNewBrowserContext())
	defer closeTab()
	stop := context.AfterFunc(ctx, closeTab)
	defer stop()
	if err := chromedp.Do(tab); err != nil {
		return nil, nil, err
	}
	var mu sync.Mutex
	hosts := make(map[string]bool)
	err := chromedp.Listen(tab, func(ev any) {
		if e, ok := ev.(*network.EventRequestWillBeSent); ok {
			if u, err := url.Parse(e.Request.URL); err == nil && u.Host != "" && u.Host != c.host {
				mu.Lock()
				hosts[u.Host] = true
				mu.Unlock()
			}
		}
	})
	if err != nil {
		return nil, nil, err
	}
	if err := chromedp.Do(tab, chromedp.Navigate(address), chromedp.Sleep(settle)); err != nil {
		return nil, nil, err
	}
	content, err := chromedp.Run(tab, chromedp.Evaluate[string](`document.documentElement.outerHTML.slice(0, 16777216)`))
	if err != nil {
		return nil, nil, err
	}
	mu.Lock()
	defer mu.Unlock()
	list := make([]string, 0, len(hosts))
	for h := range hosts {
		list = append(list, h)
	}
	return []byte(content), list, nil
}

// Close ends the browser and removes what it left.
func (c *Chromium) Close() error {
	c.close()
	for range 50 { // its children write for a moment after it has stopped
		if os.RemoveAll(c.dir) == nil {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return os.RemoveAll(c.dir)
}
