package web_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/web"
)

// ask sends a request and returns the answer with its body. Redirects are not
// followed.
func ask(t *testing.T, method, address, body string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(text)
}

func TestEveryAnswerForbidsEverythingButOurOwnFiles(t *testing.T) {
	s := serve(t)
	for _, path := range []string{"/", "/no-such-page", "/gallery/break", "/problems/page.unknown"} {
		resp, _ := ask(t, "GET", s.URL+path, "")
		for header, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
			"Strict-Transport-Security": "max-age=63072000",
		} {
			if got := resp.Header.Get(header); got != want {
				t.Errorf("%s: %s is %q, want %q", path, header, got, want)
			}
		}
		policy := resp.Header.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for 'script'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: policy lacks %s", path, part)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy allows something unsafe", path)
		}
	}
}

// TestLogsAndErrorPagesRepeatNothingThatWasSent is I3 for this face: not in the
// log, not on the page, even when the program itself panics with it.
func TestLogsAndErrorPagesRepeatNothingThatWasSent(t *testing.T) {
	const needle = "13800138000"
	s := serveAs(t, actor.Actor{}, web.Route{Pattern: "POST /fail/{x}", Access: web.Anyone, Handler: func(_ http.ResponseWriter, r *web.Request) error {
		return fault.At("guardian.phone", "form.required")
	}})
	for _, path := range []string{"/gallery/break?phone=" + needle, "/" + needle, "/problems/" + needle} {
		if _, body := ask(t, "GET", s.URL+path, ""); strings.Contains(body, needle) {
			t.Errorf("GET %.20s repeats the number", path)
		}
	}
	resp, body := ask(t, "POST", s.URL+"/fail/"+needle, "phone="+needle, "User-Agent", needle, "Referer", s.URL+"/"+needle)
	if resp.StatusCode != 422 || strings.Contains(body, needle) {
		t.Errorf("POST answers %d", resp.StatusCode)
	}
	log := s.log.String()
	if strings.Contains(log, needle) {
		t.Error("the log repeats the number")
	}
	for _, want := range []string{`route="POST /fail/{x}"`, "code=form.required", "panic of type string", resp.Header.Get("X-Request-Id")} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %s", want)
		}
	}
}

func TestAPanicBecomesAPageWithARequestID(t *testing.T) {
	s := serve(t)
	resp, body := ask(t, "GET", s.URL+"/gallery/break", "")
	if resp.StatusCode != 500 || !strings.Contains(body, resp.Header.Get("X-Request-Id")) || !strings.Contains(body, "</html>") {
		t.Errorf("got %d and %d bytes", resp.StatusCode, len(body))
	}
}

func TestAnotherSitesPageChangesNothing(t *testing.T) {
	s := serve(t)
	for header, status := range map[string]int{"cross-site": 403, "same-site": 403, "same-origin": 303, "none": 303} {
		resp, _ := ask(t, "POST", s.URL+"/look", "theme=dark&back=/", "Sec-Fetch-Site", header)
		if resp.StatusCode != status {
			t.Errorf("Sec-Fetch-Site %s: got %d, want %d", header, resp.StatusCode, status)
		}
	}
}

func TestTheLookIsKeptAndLeadsBackToKnownPagesOnly(t *testing.T) {
	s := serve(t)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Jar: jar}
	for _, step := range []struct{ form, want string }{
		{"theme=dark&back=/", `data-theme="dark"`},
		{"large=on&back=/", `data-size="large"`},
		{"lang=en&back=/", `lang="en"`},
		{"theme=auto&back=/", `data-size="large"`},
	} {
		form, err := url.ParseQuery(step.form)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.PostForm(s.URL+"/look", form)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || !strings.Contains(string(body), step.want) {
			t.Errorf("after %s the page lacks %s", step.form, step.want)
		}
	}
	for back, want := range map[string]string{
		"/problems/page.role": "/problems/page.role", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/",
		"/unknown": "/", "/look": "/", "": "/", "/\r\nX: y": "/",
	} {
		resp, _ := ask(t, "POST", s.URL+"/look", url.Values{"back": {back}}.Encode())
		if got := resp.Header.Get("Location"); got != want {
			t.Errorf("back to %q leads to %q", back, got)
		}
	}
}

func TestTooLargeABodyIsRefusedInWords(t *testing.T) {
	s := serve(t)
	resp, body := ask(t, "POST", s.URL+"/look", "back="+strings.Repeat("x", 65<<10), "Accept", "application/json")
	if resp.StatusCode != 413 || !strings.Contains(body, "form.unknown") {
		t.Errorf("got %d %s", resp.StatusCode, body)
	}
}

func TestEachRouteAdmitsWhoItNames(t *testing.T) {
	room := web.Route{Pattern: "GET /room", Access: web.Only(web.OwnStore, actor.Clerk).Within(4 * time.Hour), Handler: func(w http.ResponseWriter, r *web.Request) error {
		return r.JSON(w, "in")
	}}
	inst := id.Make[id.Institution](time.Now())
	who := func(role actor.Role, age time.Duration) actor.Actor {
		return actor.Actor{Institution: inst, Role: role, ProvedAt: time.Now().Add(-age)}
	}
	for _, c := range []struct {
		name     string
		who      actor.Actor
		status   int
		location string
	}{
		{"nobody", actor.Actor{}, 303, web.PathStaffSignIn},
		{"a clerk just proved", who(actor.Clerk, time.Minute), 200, ""},
		{"a clerk proved 5 hours ago", who(actor.Clerk, 5*time.Hour), 303, web.PathStepUp},
		{"a teacher", who(actor.Teacher, 0), 403, ""},
		{"a guardian", who(actor.Guardian, 0), 403, ""},
		{"an actor of no institution", actor.Actor{Role: actor.Clerk, ProvedAt: time.Now()}, 303, web.PathStaffSignIn},
	} {
		s := serveAs(t, c.who, room)
		resp, _ := ask(t, "GET", s.URL+"/room", "")
		if resp.StatusCode != c.status || resp.Header.Get("Location") != c.location {
			t.Errorf("%s: got %d to %q", c.name, resp.StatusCode, resp.Header.Get("Location"))
		}
		resp, body := ask(t, "GET", s.URL+"/room", "", "Accept", "application/json")
		if c.status == 303 && (resp.StatusCode != 401 || !strings.Contains(body, c.location)) {
			t.Errorf("%s by script: got %d %s", c.name, resp.StatusCode, body)
		}
	}
}

func TestARouteThatAdmitsNobodyIsRefusedAtStart(t *testing.T) {
	for _, r := range []web.Route{{Pattern: "GET /x"}, {Pattern: "/x", Access: web.Anyone}, {Pattern: "GET /x", Handler: func(http.ResponseWriter, *web.Request) error { return nil }}} {
		if _, err := web.New(web.Config{Routes: []web.Route{r}}); err == nil {
			t.Errorf("%+v was taken", r)
		}
	}
}

func TestCookiesAreHostOnlySecureAndUnreadableByScript(t *testing.T) {
	w := httptest.NewRecorder()
	web.Jar{}.Set(w, "session", "x", time.Hour)
	got := w.Header().Get("Set-Cookie")
	for _, part := range []string{"__Host-session=x", "Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=3600"} {
		if !strings.Contains(got, part) {
			t.Errorf("%s lacks %s", got, part)
		}
	}
}
