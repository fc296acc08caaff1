// Package site walks a web site for a scan: its own host only, as robots.txt
// allows (RFC 9309), one request at a time with a pause between them, with
// bounded pages, bytes and time. It follows what a visitor could follow and
// sends no form. It notes where pages send what visitors type, and whose scripts
// they load.
package site

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/temoto/robotstxt"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/source/flow"
)

// Agent is how the requests call themselves.
const Agent = "wardfold-scan"

// Options bound a walk. Zero fields mean the defaults in brackets.
type Options struct {
	Pages   int           // addresses that are fetched [2,000]
	Body    int64         // bytes of one answer [32 MiB]
	Pause   time.Duration // between requests [500 ms]; robots.txt may ask for more
	Timeout time.Duration // for one answer, all of it [20 s]
	Render  Renderer      // runs the scripts of pages; nil reads pages as they are sent
}

// Renderer gives the content of a page after its scripts have run, and the hosts
// that it wanted to talk to.
type Renderer interface {
	Render(ctx context.Context, address string) (content []byte, hosts []string, err error)
	Close() error
}

// defaults of Options, and further bounds.
const (
	defaultPages   = 2000
	defaultBody    = 32 << 20
	defaultPause   = 500 * time.Millisecond
	defaultTimeout = 20 * time.Second
	longestPause   = 10 * time.Second
	addressMax     = 2000 // bytes of an address
	variants       = 200  // addresses that differ only after the question mark
	failures       = 5    // in a row, before the site counts as gone
)

// Page is one answer.
type Page struct {
	Name    string // path and query of the address
	MIME    string
	Body    []byte
	Parties []Party
}

// Party is somebody else whom a page involves.
type Party struct {
	Host string
	How  string // "form", "script", "frame", "request"
}

// Walk lists the pages of a site as they are fetched. Errors are flow.Problems,
// after which it goes on, or else the last.
func Walk(ctx context.Context, root *url.URL, client *http.Client, opt Options) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		w := newWalk(root, client, opt)
		if err := w.robots(ctx); err != nil {
			yield(Page{}, err)
			return
		}
		w.add(root)
		for len(w.queue) > 0 {
			if w.fetched >= w.opt.Pages {
				yield(Page{}, &flow.Problem{Name: root.Host, Code: "source.pages", Args: []any{w.opt.Pages}})
				return
			}
			u := w.queue[0]
			w.queue = w.queue[1:]
			page, err := w.fetch(ctx, u)
			switch {
			case ctx.Err() != nil:
				yield(Page{}, ctx.Err())
				return
			case err == nil:
				w.failed = 0
			default:
				if w.gone(err) {
					yield(Page{}, &flow.Problem{Name: root.Host, Code: "source.silent", Err: err})
					return
				}
			}
			if !yield(page, err) {
				return
			}
		}
	}
}

type walk struct {
	root     *url.URL
	client   *http.Client
	opt      Options
	rules    *robotstxt.Group
	queue    []*url.URL
	seen     map[string]bool
	variants map[string]int
	fetched  int
	failed   int
	last     time.Time
}

func newWalk(root *url.URL, client *http.Client, opt Options) *walk {
	if client == nil {
		client = &http.Client{}
	}
	c := *client
	w := &walk{root: root, client: &c, opt: opt, seen: make(map[string]bool), variants: make(map[string]int)}
	c.CheckRedirect = w.redirect
	if w.opt.Pages <= 0 {
		w.opt.Pages = defaultPages
	}
	if w.opt.Body <= 0 {
		w.opt.Body = defaultBody
	}
	if w.opt.Pause <= 0 {
		w.opt.Pause = defaultPause
	}
	if w.opt.Timeout <= 0 {
		w.opt.Timeout = defaultTimeout
	}
	return w
}

var errOutside = errors.New("redirect to another host")

func (w *walk) redirect(r *http.Request, via []*http.Request) error {
	switch {
	case !w.own(r.URL):
		return errOutside
	case len(via) >= 10:
		return errors.New("redirected in a circle")
	}
	return nil
}

// own reports whether an address is on the host that was asked for. A site that
// leads from http to https stays the same.
func (w *walk) own(u *url.URL) bool {
	return u.Host == w.root.Host && (u.Scheme == w.root.Scheme || u.Scheme == "https") ||
		u.Hostname() == w.root.Hostname() && u.Scheme == "https" && u.Port() == "" && w.root.Port() == ""
}

// robots reads the rules of the site. A site that does not say, allows; one that
// fails to answer is not walked.
func (w *walk) robots(ctx context.Context) error {
	u := w.root.ResolveReference(&url.URL{Path: "/robots.txt"})
	status, body, _, err := w.get(ctx, u, 512<<10)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil && !errors.Is(err, errOutside) && !errors.Is(err, errLarge) {
		return &flow.Problem{Name: w.root.Host, Code: "source.silent", Err: err}
	}
	if err != nil {
		status = http.StatusNotFound
	}
	data, err := robotstxt.FromStatusAndBytes(status, body)
	if err != nil {
		return nil // rules that nobody can read forbid nothing
	}
	if w.rules = data.FindGroup(Agent); w.rules != nil && w.rules.CrawlDelay > w.opt.Pause {
		w.opt.Pause = min(w.rules.CrawlDelay, longestPause)
	}
	for _, s := range data.Sitemaps {
		w.sitemap(ctx, s)
	}
	return nil
}

// sitemap adds the addresses that the site itself lists.
func (w *walk) sitemap(ctx context.Context, address string) {
	u, err := w.root.Parse(address)
	if err != nil || !w.own(u) {
		return
	}
	status, body, _, err := w.get(ctx, u, w.opt.Body)
	if err != nil || status != http.StatusOK {
		return
	}
	for rest := body; len(w.queue) < w.opt.Pages; {
		_, after, ok := bytes.Cut(rest, []byte("<loc>"))
		if !ok {
			return
		}
		loc, more, ok := bytes.Cut(after, []byte("</loc>"))
		if !ok {
			return
		}
		rest = more
		if u, err := w.root.Parse(strings.TrimSpace(string(loc))); err == nil {
			w.add(u)
		}
	}
}

// add queues an address unless it is known, foreign, or one of too many variants.
func (w *walk) add(u *url.URL) {
	u = &url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery, Fragment: u.Fragment}
	if w.opt.Render == nil || !strings.HasPrefix(u.Fragment, "/") && !strings.HasPrefix(u.Fragment, "!") {
		u.Fragment = ""
	}
	if u.Path == "" {
		u.Path = "/"
	}
	key := u.String()
	if !w.own(u) || w.seen[key] || len(key) > addressMax || w.variants[u.Path] >= variants || len(w.seen) > 50*w.opt.Pages {
		return
	}
	w.seen[key] = true
	w.variants[u.Path]++
	w.queue = append(w.queue, u)
}

// gone counts failures that follow each other.
func (w *walk) gone(err error) bool {
	p, ok := errors.AsType[*flow.Problem](err)
	if !ok || p.Code != "source.silent" {
		w.failed = 0
		return false
	}
	w.failed++
	return w.failed >= failures || w.fetched == 1
}

func (w *walk) fetch(ctx context.Context, u *url.URL) (Page, error) {
	name := nameOf(u)
	if w.rules != nil && !w.rules.Test(u.RequestURI()) {
		return Page{}, &flow.Problem{Name: name, Code: "source.robots", Skipped: true}
	}
	w.fetched++
	status, body, kind, err := w.get(ctx, u, w.opt.Body)
	switch {
	case errors.Is(err, errOutside):
		return Page{}, &flow.Problem{Name: name, Code: "source.outside", Skipped: true}
	case errors.Is(err, errLarge):
		return Page{}, &flow.Problem{Name: name, Code: "source.large", Args: []any{w.opt.Body >> 20}}
	case err != nil:
		return Page{}, &flow.Problem{Name: name, Code: "source.silent", Err: err}
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return Page{}, &flow.Problem{Name: name, Code: "source.closed_page", Skipped: true, Args: []any{status}}
	case status == http.StatusNotFound || status == http.StatusGone:
		return Page{}, &flow.Problem{Name: name, Code: "source.no_page", Skipped: true, Args: []any{status}}
	case status >= 400:
		return Page{}, &flow.Problem{Name: name, Code: "source.refused", Args: []any{status}}
	}
	p := Page{Name: name, MIME: kind, Body: body}
	if kind != "text/html" && kind != "application/xhtml+xml" {
		return p, nil
	}
	var hosts []string
	if w.opt.Render != nil {
		inner, cancel := context.WithTimeout(ctx, 2*w.opt.Timeout)
		body, asked, err := w.opt.Render.Render(inner, u.String())
		cancel()
		if err != nil {
			return Page{}, &flow.Problem{Name: name, Code: "source.render", Err: err}
		}
		p.Body, hosts = body, asked
	}
	links, parties := read(u, p.Body)
	for _, l := range links {
		w.add(l)
	}
	p.Parties = w.others(parties, hosts)
	return p, nil
}

// others leaves the site itself out of what its pages involve.
func (w *walk) others(parties []Party, hosts []string) (out []Party) {
	for _, h := range hosts {
		parties = append(parties, Party{h, "request"})
	}
	known := make(map[Party]bool)
	for _, p := range parties {
		if p.Host != "" && p.Host != w.root.Host && !known[p] {
			known[p] = true
			out = append(out, p)
		}
	}
	return out
}

// nameOf is an address without its host: the scan's target names that.
func nameOf(u *url.URL) string {
	name := u.RequestURI()
	if u.Fragment != "" {
		name += "#" + u.Fragment
	}
	return name
}

var errLarge = errors.New("answer too large")

// get makes one request, after the pause.
func (w *walk) get(ctx context.Context, u *url.URL, most int64) (status int, body []byte, kind string, err error) {
	if wait := w.opt.Pause - time.Since(w.last); wait > 0 && !w.last.IsZero() {
		select {
		case <-ctx.Done():
			return 0, nil, "", ctx.Err()
		case <-time.After(wait):
		}
	}
	defer func() { w.last = time.Now() }()
	ctx, cancel := context.WithTimeout(ctx, w.opt.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return 0, nil, "", err
	}
	r.Header.Set("User-Agent", Agent)
	r.Header.Set("Accept-Language", "zh-CN,zh;q=0.9,en;q=0.5")
	resp, err := w.client.Do(r)
	if err != nil {
		return 0, nil, "", err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, most+1))
	if err != nil {
		return 0, nil, "", err
	}
	if int64(len(body)) > most {
		return 0, nil, "", errLarge
	}
	kind, _, err = mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		kind = mime.TypeByExtension(path.Ext(u.Path))
	}
	return resp.StatusCode, body, kind, nil
}

// Parse reads an address that may be walked. Errors: fault.Invalid source.target.
func Parse(target string) (*url.URL, error) {
	u, err := url.Parse(target)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fault.New(fault.Invalid, "source.target").Because(fmt.Errorf("no address of a site"))
	}
	u.User, u.Fragment = nil, u.EscapedFragment()
	return u, nil
}
