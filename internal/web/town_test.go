package web_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/web"
)

// town is a real house with its pages on a real server.
type town struct {
	*housetest.Fixture
	url string
	log *buffer
}

func newTown(t *testing.T) town {
	t.Helper()
	return newTownOn(t, house.Config{}, func(*housetest.Fixture) web.Staff { return web.Staff{} })
}

// newTownOn is newTown with a house of the test's own choice and pages of staff.
func newTownOn(t *testing.T, c house.Config, staff func(*housetest.Fixture) web.Staff) town {
	t.Helper()
	f := housetest.NewOn(t, c)
	ts := httptest.NewUnstartedServer(nil)
	origin := "http://" + ts.Listener.Addr().String()
	log, jar := new(buffer), web.Jar{Plain: true}
	site := &web.Site{Origin: origin, Places: f.House, Sessions: f.Accounts, Enrolments: f.House.Enrol,
		Families: f.House.Family, Phones: f.Accounts, Signer: f.Log.Signer, Confirmations: f.Intake, Staff: staff(f)}
	s, err := web.New(web.Config{Routes: site.Routes(), Sessions: web.CookieSessions{Jar: jar, Accounts: f.Accounts},
		Now: f.Now, Jar: jar, Log: slog.New(slog.NewTextHandler(log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	ts.Config.Handler = s
	ts.Start()
	t.Cleanup(ts.Close)
	return town{f, origin, log}
}

// link starts an enrolment as the clerk does and returns its path.
func (w town) link(t *testing.T) string {
	t.Helper()
	l, err := w.House.Enrol.Start(t.Context(), w.As(actor.Clerk), "示例课程")
	if err != nil {
		t.Fatal(err)
	}
	return "/q/" + l.Token.String()
}

// state reads where the enrolment of a path stands.
func (w town) state(t *testing.T, path string) enrol.Landing {
	t.Helper()
	token, err := enrol.ParseToken(strings.TrimPrefix(path, "/q/"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := w.House.Enrol.Look(t.Context(), token, secret.Text{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// seal signs a head over every entry so far.
func (w town) seal(t *testing.T) {
	t.Helper()
	if err := w.Log.Step(t.Context(), w.Institution); err != nil {
		t.Fatal(err)
	}
}

// person is somebody with a browser of their own.
type person struct {
	t      *testing.T
	base   string
	client *http.Client
	seen   *[]string // every address this browser asked for
}

func (w town) person(t *testing.T) person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := person{t: t, base: w.url, client: &http.Client{Jar: jar}, seen: &[]string{}}
	p.client.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		*p.seen = append(*p.seen, r.URL.String())
		return nil
	}
	return p
}

// view is one answer, read.
type view struct {
	t      *testing.T
	p      person
	status int
	path   string
	body   string
	header http.Header
	root   *html.Node
}

func (p person) get(path string) view {
	p.t.Helper()
	r, err := http.NewRequest(http.MethodGet, p.base+path, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	return p.do(r)
}

func (p person) post(path string, form url.Values) view {
	p.t.Helper()
	r, err := http.NewRequest(http.MethodPost, p.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return p.do(r)
}

func (p person) do(r *http.Request) view {
	p.t.Helper()
	r.Header.Set("Accept-Language", "zh-CN")
	r.Header.Set("Accept", "text/html")
	*p.seen = append(*p.seen, r.URL.String())
	resp, err := p.client.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	root, err := html.Parse(strings.NewReader(string(body)))
	if err != nil {
		p.t.Fatal(err)
	}
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/html") && r.Method != http.MethodHead {
		for _, f := range markup(root) {
			p.t.Errorf("%s: %s", resp.Request.URL.Path, f)
		}
	}
	return view{p.t, p, resp.StatusCode, resp.Request.URL.Path, string(body), resp.Header, root}
}

// submit fills the form that leads to action and sends it with the button
// name=value: exactly what a browser without script would send.
func (v view) submit(action, button string, fill map[string]string) view {
	v.t.Helper()
	form := v.form(action)
	if form == nil {
		v.t.Fatalf("%s has no form to %s:\n%s", v.path, action, text(first(v.root, "main")))
	}
	values := url.Values{}
	each(form, func(n *html.Node) {
		switch n.Data {
		case "input":
			box := attr(n, "type") == "checkbox" || attr(n, "type") == "radio"
			if !box || has(n, "checked") {
				values.Add(attr(n, "name"), attr(n, "value"))
			}
		case "textarea":
			values.Add(attr(n, "name"), text(n))
		}
	})
	for k, x := range fill {
		values.Set(k, x)
	}
	if name, value, ok := strings.Cut(button, "="); ok {
		values.Set(name, value)
	}
	return v.p.post(action, values)
}

func (v view) form(action string) *html.Node {
	var found *html.Node
	each(v.root, func(n *html.Node) {
		if n.Data == "form" && attr(n, "action") == action && found == nil {
			found = n
		}
	})
	return found
}

// fields lists the names of what a person can type or choose on a page.
func (v view) fields() []string {
	var out []string
	main := first(v.root, "main")
	each(main, func(n *html.Node) {
		if n.Data == "input" && attr(n, "type") != "hidden" || n.Data == "select" || n.Data == "textarea" {
			out = append(out, attr(n, "name"))
		}
	})
	return out
}

func (v view) says(words ...string) view {
	v.t.Helper()
	said := text(first(v.root, "body"))
	for _, w := range words {
		if !strings.Contains(said, w) {
			v.t.Errorf("%s (%d) does not say %q:\n%s", v.path, v.status, w, said)
		}
	}
	return v
}

// blamed reports whether the page says that something on it has to be corrected.
func (v view) blamed() bool { return strings.HasPrefix(text(first(v.root, "title")), "有问题") }

func (v view) at(path string) view {
	v.t.Helper()
	if v.path != path {
		v.t.Fatalf("at %s (%d), want %s:\n%s", v.path, v.status, path, text(first(v.root, "main")))
	}
	return v
}

func has(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}
