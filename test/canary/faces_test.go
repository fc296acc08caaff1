package canary_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/api"
	"github.com/wardfold/wardfold/internal/office"
	"github.com/wardfold/wardfold/internal/web"
)

// face is what people and programs see of a life, and everybody who may ask.
type face struct {
	*life
	pages    *web.Server
	programs *api.API
	people   map[string]actor.Actor
	child    string // a record that exists
	names    map[string]string
	asked    int
	refused4 int
}

// Actor makes face the sessions: the cookie names one of the people.
func (f *face) Actor(r *http.Request) (actor.Actor, error) {
	c, err := r.Cookie("session")
	if err != nil {
		return actor.Actor{}, nil
	}
	return f.people[c.Value], nil
}

// I3: every page and every operation is asked by everybody, with a canary in
// each place of the request, and answers, headers, addresses that people are
// sent on to, log lines and leaves are searched.
func TestNoFaceRepeatsWhatItWasToldI3(t *testing.T) {
	x := begin(t)
	r := x.Fixture.Enrol(1, "2016-03")
	f := &face{life: x, people: map[string]actor.Actor{}, child: r.Child.String(), names: map[string]string{}}
	for role := range x.Staff {
		f.people[string(role)] = x.As(role)
	}
	f.people["guardian"], f.people["child"] = x.Guardian(r.Guardian), x.Child(r.Child)
	f.people["integrator"] = actor.Actor{Institution: x.Founded.Institution, Role: actor.Integrator, Purposes: []string{"learner.manage"}}
	f.open()
	f.learn()
	f.visit()
	f.call()
	x.traces(t.Context(), "faces")
	x.said()
	if f.asked < 1000 || f.refused4 < f.asked/3 {
		t.Errorf("only %d requests, %d refused", f.asked, f.refused4)
	}
	if lines := bytes.Count(x.log.Bytes(), []byte("\n")); lines < f.asked/2 {
		t.Errorf("only %d log lines: the log was not caught", lines)
	}
	leaks := x.report()
	for i, leak := range leaks {
		if i == 40 {
			t.Errorf("… and %d more", len(leaks)-i)
			break
		}
		t.Error(leak)
	}
	t.Logf("%d requests, %d of them refused; %d kinds, %d traces: %d hits", f.asked, f.refused4, len(x.kinds), len(x.places), len(leaks))
}

// open builds both faces as the binary does, with a log at the finest level and
// one page that breaks.
func (f *face) open() {
	f.t.Helper()
	log := slog.New(slog.NewJSONHandler(&f.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	site := &web.Site{Origin: "https://fold.example", Places: f.House, Sessions: f.Accounts, Enrolments: f.House.Enrol, Confirmations: f.Intake,
		Families: f.House.Family, Phones: f.Accounts, Signer: f.House.Log.Signer}
	site.Staff = web.Staff{Accounts: f.Accounts, Enrol: f.House.Enrol, Desk: f.Desk, Grants: f.Grants,
		Office: &office.Service{Gate: f.Gate, Facts: f.Facts, Catalogue: f.Catalogue, Log: f.House.Log}, Evidence: f.House.Evidence}
	panics := web.Route{Pattern: "GET /panics", Access: web.Anyone, Handler: func(http.ResponseWriter, *web.Request) error {
		panic(errors.New(f.canary("value in a page's panic", "濮阳鼱鼹鼽")))
	}}
	fails := web.Route{Pattern: "GET /fails", Access: web.Anyone, Handler: func(http.ResponseWriter, *web.Request) error {
		return errors.New("an internal failure")
	}}
	var err error
	f.pages, err = web.New(web.Config{Routes: append(site.Routes(), panics, fails), Sessions: f, Now: f.Now, Jar: web.Jar{Plain: true}, Log: log})
	f.ok("open the pages", err)
	f.programs, err = api.New(api.Config{House: f.House, Sessions: f, Log: log})
	f.ok("open the interface", err)
}

var nameAttr = regexp.MustCompile(`name="([a-zA-Z0-9_.\[\]-]+)"`)

// learn reads the names of form fields from every page, and those of JSON from
// the interface's own document: each gets a canary.
func (f *face) learn() {
	for _, r := range f.pages.Routes() {
		if r.Method() != http.MethodGet {
			continue
		}
		for who := range f.people {
			w := f.ask(f.pages, who, http.MethodGet, f.path(r.Path(), f.child), nil, "text/html")
			for _, m := range nameAttr.FindAllStringSubmatch(w.Body.String(), -1) {
				f.names[m[1]] = ""
			}
		}
	}
	var doc any
	f.ok("read the document", json.Unmarshal(f.programs.Document(), &doc))
	properties(doc, f.names)
	for name := range f.names {
		sum := sha256.Sum256([]byte(name))
		value := fmt.Sprintf("濉鼬%x", sum[:6])
		if strings.Contains(name, "phone") {
			value = fmt.Sprintf("154%08d", binary.BigEndian.Uint32(sum[:])%100_000_000)
		}
		f.names[name] = f.kept("field "+name, value)
	}
}

func properties(v any, into map[string]string) {
	switch v := v.(type) {
	case map[string]any:
		if p, ok := v["properties"].(map[string]any); ok {
			for name := range p {
				into[name] = ""
			}
		}
		for _, x := range v {
			properties(x, into)
		}
	case []any:
		for _, x := range v {
			properties(x, into)
		}
	}
}

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

// path fills the wildcards of a pattern.
func (f *face) path(pattern, with string) string {
	pattern = strings.ReplaceAll(pattern, "{$}", "")
	return wildcard.ReplaceAllLiteralString(pattern, url.PathEscape(with))
}

// visit asks every page: with records that exist and with a canary in the path.
func (f *face) visit() {
	form := url.Values{}
	for name, value := range f.names {
		form.Set(name, value)
	}
	for _, r := range f.pages.Routes() {
		for _, who := range append(slices.Sorted(keysOf(f.people)), "") {
			for _, with := range []string{f.child, f.canary("path", "path鼩q7w2m鼰")} {
				var body io.Reader
				if r.Method() != http.MethodGet {
					body = strings.NewReader(form.Encode())
				}
				f.ask(f.pages, who, r.Method(), f.path(r.Path(), with), body, "application/json")
			}
		}
	}
	for _, path := range []string{"/" + url.PathEscape(f.canary("unknown page", "unknown鼴z8k1鼷")), "/panics", "/fails"} {
		f.ask(f.pages, "", http.MethodGet, path, nil, "application/json")
		f.ask(f.pages, "", http.MethodGet, path, nil, "text/html")
	}
}

// call asks every operation: a body of the right names, of unknown names, cut in
// the middle, and none.
func (f *face) call() {
	whole, err := json.Marshal(f.names)
	f.ok("marshal", err)
	strange, err := json.Marshal(map[string]any{f.canary("unknown name", "name鼯w5t9鼨"): map[string]any{"x": f.canary("unknown value", "value鼵n4d6鼫")}})
	f.ok("marshal", err)
	for _, o := range f.programs.Operations() {
		for _, who := range []string{"clerk", "manager", "officer", "guardian", "integrator", ""} {
			for _, with := range []string{f.child, f.canary("path of the interface", "path鼮c3x8鼺")} {
				for _, body := range []string{string(whole), string(strange), string(whole[:len(whole)/2]), ""} {
					f.ask(f.programs, who, o.Method, f.path(o.Path, with), strings.NewReader(body), "application/json")
				}
			}
		}
	}
}

func keysOf(m map[string]actor.Actor) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// ask sends one request with a canary in every header and parameter, and keeps
// what must hold none: headers, and the body of a refusal.
func (f *face) ask(h http.Handler, who, method, path string, body io.Reader, accept string) *httptest.ResponseRecorder {
	query := "?q=" + url.QueryEscape(f.canary("query", "查鼢m2k7鼣")) + "&next=" + url.QueryEscape("/"+f.canary("next", "next鼤p9z4")) +
		"&cursor=" + f.canary("cursor", "cursorv7h3k9q2x") + "&limit=" + f.canary("limit", "limitb6n1t8")
	r := httptest.NewRequestWithContext(f.t.Context(), method, path+query, body)
	r.Header.Set("Accept", accept)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if h == http.Handler(f.programs) {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+f.canary("bearer", "wf_bearer8s2k6w0q"))
		r.Header.Set("Idempotency-Key", f.kept("idempotency key", "idem-4f8a2c6e-鼥")+fmt.Sprint(f.asked))
		if who != "" {
			r.Header.Del("Authorization")
		}
	}
	r.Header.Set("User-Agent", f.kept("user agent", "agent-x5v1n8r3"))
	r.Header.Set("Referer", "https://elsewhere.example/"+f.canary("referer", "referer-d4j9m2"))
	r.Header.Set("X-Request-Id", f.canary("request id", "rid-h8c3w7z5"))
	r.Header.Set("X-Forwarded-For", f.canary("forwarded for", "203.0.113.77"))
	r.AddCookie(&http.Cookie{Name: "browser", Value: f.canary("browser typed", "browser-g2t6k1v9")})
	if who != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: who})
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	f.asked++
	where := fmt.Sprintf("%s %s (%d)", method, wildcardFree(path), w.Code)
	f.keep("the headers of "+where, fmt.Appendf(nil, "%v", w.Header()))
	if w.Code >= http.StatusBadRequest {
		f.refused4++
		// A form that is shown again shows what was typed, to who typed it.
		again := w.Code == http.StatusUnprocessableEntity && strings.HasPrefix(w.Header().Get("Content-Type"), "text/html")
		if accept == "application/json" && !again {
			f.keep("the refusal of "+where, w.Body.Bytes())
		}
	}
	return w
}

// wildcardFree keeps a canary in a path out of the report of the test itself.
func wildcardFree(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if len(p) > 24 || strings.Contains(p, "%") {
			parts[i] = "…"
		}
	}
	return strings.Join(parts, "/")
}
