package source_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/source"
	"github.com/wardfold/wardfold/internal/source/site"
)

// town is a small web site that counts who asks for what.
type town struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
	times []time.Time
}

func newTown(t testing.TB, pages map[string]string) *town {
	t.Helper()
	s := &town{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked, s.times = append(s.asked, r.Method+" "+r.URL.RequestURI()), append(s.times, time.Now())
		s.mu.Unlock()
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, "http://elsewhere.invalid/", http.StatusFound)
			return
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
			return
		case "/never":
			<-r.Context().Done()
			return
		case "/endless":
			for r.Context().Err() == nil {
				if _, err := w.Write([]byte(strings.Repeat("a", 1<<16))); err != nil {
					return
				}
			}
			return
		case "/drip":
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte("a"))
				w.(http.Flusher).Flush()
				time.Sleep(50 * time.Millisecond)
			}
			return
		case "/calendar":
			fmt.Fprintf(w, `<a href="/calendar?n=%sx">next</a>`, r.URL.Query().Get("n"))
			return
		}
		page, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if strings.HasPrefix(page, "<") {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
		}
		_, _ = w.Write([]byte(page))
	}))
	t.Cleanup(s.CloseClientConnections)
	t.Cleanup(s.Close)
	return s
}

func (s *town) saw(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.asked {
		if strings.HasSuffix(a, " "+path) {
			return true
		}
	}
	return false
}

func swift() source.Options {
	o := plain
	o.Site = site.Options{Pause: time.Millisecond, Timeout: 700 * time.Millisecond, Body: 1 << 20}
	return o
}

// TestASiteIsWalkedWithinItsBounds: its own host, its robots.txt, files that it
// offers, and third parties that it involves (S0-17).
func TestASiteIsWalkedWithinItsBounds(t *testing.T) { // S0-17
	t.Parallel()
	s := newTown(t, map[string]string{
		"/robots.txt": "User-agent: *\nDisallow: /private\nSitemap: /map.xml\n",
		"/map.xml":    "<urlset><url><loc>/listed.html</loc></url></urlset>",
		"/": `<html><a href="/list.html#top">名单</a> <a href="http://elsewhere.invalid/x">away</a> <a href="/private/a.html">p</a> <a href="/roster.csv">csv</a>
			<a href="/away">r</a> <a href="mailto:a@b">m</a><a href="/missing">x</a><form method="post" action="https://collect.invalid/f"><input name="phone"></form>
			<script src="https://sdk.invalid/a.js"></script></html>`,
		"/list.html":      `<html><p>联系电话：13800005678</p><a href="/">home</a><a href="/list.html?x=1">again</a></html>`,
		"/listed.html":    `<html><p>只在地图里13900001234</p></html>`,
		"/roster.csv":     "姓名,电话\n张小明,13800005678\n李思雨,13900001234\n",
		"/private/a.html": `<html>secret</html>`,
	})
	h := hear(t, s.URL, swift())
	h.want(t, "/list.html", "13800005678")
	h.want(t, "/listed.html", "13900001234")
	h.want(t, "/roster.csv", "2 张小明|13800005678")
	if s.saw("/private/a.html") || h.problems["/private/a.html"] != "source.robots" {
		t.Error("robots.txt was not kept")
	}
	if h.problems["/away"] != "source.outside" || h.problems["/missing"] != "source.no_page" {
		t.Errorf("problems %v", h.problems)
	}
	for _, a := range s.asked {
		if !strings.HasPrefix(a, "GET ") {
			t.Errorf("asked %s", a)
		}
	}
	parties := map[string]bool{}
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	for p, err := range site.Walk(t.Context(), u, nil, swift().Site) {
		if err == nil {
			for _, o := range p.Parties {
				parties[o.How+" "+o.Host] = true
			}
		}
	}
	if !parties["form collect.invalid"] || !parties["script sdk.invalid"] || len(parties) != 2 {
		t.Errorf("parties %v", parties)
	}
}

// TestASiteThatHangsDripsOrNeverEndsIsLeft (issue: bad input).
func TestASiteThatHangsDripsOrNeverEndsIsLeft(t *testing.T) {
	t.Parallel()
	s := newTown(t, map[string]string{
		"/":        `<html><a href="/never">a</a><a href="/endless">b</a><a href="/drip">c</a><a href="/round">d</a><a href="/calendar">e</a><a href="/good">f</a></html>`,
		"/good":    `<html>13800005678</html>`,
		"/huge":    "",
		"/another": "",
	})
	opt := swift()
	opt.Site.Pages = 60
	begin := time.Now()
	h := hear(t, s.URL, opt)
	h.want(t, "/good", "13800005678")
	for name, code := range map[string]string{"/never": "source.silent", "/endless": "source.large", "/drip": "source.silent", "/round": "source.silent"} {
		if h.problems[name] != code {
			t.Errorf("%s: %q, want %s", name, h.problems[name], code)
		}
	}
	u, _ := url.Parse(s.URL)
	if h.problems[u.Host] != "source.pages" {
		t.Errorf("the endless calendar was not bounded: %v", h.problems)
	}
	if time.Since(begin) > 20*time.Second {
		t.Error("it waited")
	}
}

func TestASiteThatIsNotThereIsOneLine(t *testing.T) {
	t.Parallel()
	h := hear(t, "http://127.0.0.1:1/", swift())
	if len(h.problems) != 1 || h.problems["127.0.0.1:1"] != "source.silent" {
		t.Errorf("problems %v", h.problems)
	}
}

func TestThePauseIsKept(t *testing.T) {
	t.Parallel()
	s := newTown(t, map[string]string{"/": `<html><a href="/a">a</a><a href="/b">b</a></html>`, "/a": "x", "/b": "y"})
	opt := swift()
	opt.Site.Pause = 150 * time.Millisecond
	hear(t, s.URL, opt)
	for i := 1; i < len(s.times); i++ {
		if d := s.times[i].Sub(s.times[i-1]); d < 140*time.Millisecond {
			t.Errorf("request %d came %v after the one before", i, d)
		}
	}
}

// TestPagesThatAreScriptsAreRendered: mini-program style pages have no words
// until their scripts have run.
func TestPagesThatAreScriptsAreRendered(t *testing.T) {
	if _, err := exec.LookPath("chromium"); err != nil {
		t.Skip("NOT TESTED IN A BROWSER: ", err)
	}
	s := newTown(t, map[string]string{"/": `<html><body><div id="a"></div><script>
		document.getElementById("a").textContent = "联系电话：138" + "0000" + "5678";
		fetch("http://tracker.invalid/x").catch(function(){});
		var l = document.createElement("a"); l.href = "/second"; l.textContent = "下一页"; document.body.appendChild(l);
		</script></body></html>`, "/second": "<html>139<script>document.body.textContent='电话139'+'00001234'</script></html>"})
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	browser, err := site.NewChromium(u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer browser.Close()
	opt := swift()
	opt.Site.Render, opt.Site.Timeout = browser, 20*time.Second
	h := hear(t, s.URL, opt)
	h.want(t, "/", "联系电话：13800005678")
	h.want(t, "/second", "13900001234")
	found := false
	for p, err := range site.Walk(t.Context(), u, nil, opt.Site) {
		if err == nil {
			for _, o := range p.Parties {
				found = found || o == site.Party{Host: "tracker.invalid", How: "request"}
			}
		}
	}
	if !found {
		t.Error("the host that the script talked to was not noted")
	}
}
