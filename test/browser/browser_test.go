package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/test/browser"
)

func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// bad is a page with one of each fault that the measures must find.
const bad = `<!DOCTYPE html><html><head><meta name="viewport" content="width=device-width"><title>x</title></head><body>
<a href="/x" style="display:inline-block">x</a>
<p>A <a href="/y">sentence</a> with a link.</p>
<div style="width:2000px">wide</div>
<p>` + "\U0010FFFC" + `</p>
<img src="/no.png"><input>
</body></html>`

func page(t *testing.T, header, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if header != "" {
			w.Header().Set("Content-Security-Policy", header)
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func TestTheMeasuresFindWhatIsBad(t *testing.T) {
	tab := browser.Open(t, browser.Phone)
	tab.Go(page(t, "", bad))
	for what, found := range map[string][]string{
		"small targets": tab.SmallTargets(44), "overflow": tab.Overflow(), "tofu": tab.Tofu(), "axe": tab.Axe(),
	} {
		if len(found) == 0 {
			t.Errorf("%s: nothing found", what)
		}
	}
	if found := strings.Join(tab.SmallTargets(44), "\n"); strings.Contains(found, "sentence") {
		t.Errorf("a link in a sentence counts as a target: %s", found)
	}
}

// TestTroubleIsNoticed looks at a tab that a stand-in for the test watches.
func TestTroubleIsNoticed(t *testing.T) {
	for name, c := range map[string]struct{ policy, body, want string }{
		"policy":     {"default-src 'none'", `<style>p{color:red}</style>`, "content security policy"},
		"other site": {"", `<img src="http://127.0.0.1:1/pixel.png" alt="">`, "another site"},
		"exception":  {"", `<script>throw new Error("x")</script>`, "exception"},
	} {
		quiet := &silent{TB: t}
		tab := browser.Open(quiet, browser.Desktop)
		tab.Go(page(t, c.policy, c.body))
		browser.Eval[bool](tab, "new Promise((r) => setTimeout(() => r(true), 300))")
		if found := strings.Join(tab.Trouble(), "\n"); !strings.Contains(found, c.want) {
			t.Errorf("%s: found %q", name, found)
		}
		quiet.end()
		if quiet.errors == 0 {
			t.Errorf("%s: the test would have passed", name)
		}
	}
}

// silent is a test whose failures are counted and not reported.
type silent struct {
	testing.TB
	errors   int
	cleanups []func()
}

func (s *silent) Errorf(string, ...any) { s.errors++ }
func (s *silent) Cleanup(f func())      { s.cleanups = append(s.cleanups, f) }
func (s *silent) end() {
	for _, f := range s.cleanups {
		f()
	}
}

func TestTabsShareNoCookiesAndScriptCanBeOff(t *testing.T) {
	address := page(t, "", `<title>t</title><p id="p">off</p><script>document.getElementById("p").textContent="on"; document.cookie="a=1"</script>`)
	first, second := browser.Open(t, browser.Phone), browser.Open(t, browser.Phone.WithoutScript())
	first.Go(address)
	second.Go(address)
	if first.Text("#p") != "on" || second.Text("#p") != "off" {
		t.Errorf("with script %q, without %q", first.Text("#p"), second.Text("#p"))
	}
	if got := browser.Eval[string](second, "document.cookie"); got != "" {
		t.Errorf("the second tab has the cookie %q", got)
	}
	if pdf := first.PDF(); !strings.HasPrefix(string(pdf), "%PDF") {
		t.Error("no PDF")
	}
}
