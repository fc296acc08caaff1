package web_test

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/web"
)

// FuzzReturningNeverLeavesTheSite: whatever a form says about where to return
// and whatever the look cookie holds, the answer leads to a page of ours.
func FuzzReturningNeverLeavesTheSite(f *testing.F) {
	s, err := web.New(web.Config{
		Routes: new(web.Site).Routes(), Sessions: as(actor.Actor{}), Now: time.Now,
		Jar: web.Jar{Plain: true}, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	})
	if err != nil {
		f.Fatal(err)
	}
	for _, back := range []string{"/", "//x.example", "/\\x", "https://x", "/%2f/x", "/..//x", "/problems/../..//x", "/?next=//x", "/#", "\x00"} {
		f.Add(back, "en.dark.large")
	}
	f.Fuzz(func(t *testing.T, back, look string) {
		r := httptest.NewRequest("POST", "/look", strings.NewReader(url.Values{"back": {back}, "theme": {look}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", "look="+url.QueryEscape(look))
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		to, err := url.Parse(w.Header().Get("Location"))
		if err != nil || w.Code != 303 || to.Host != "" || to.Scheme != "" || !strings.HasPrefix(w.Header().Get("Location"), "/") || strings.HasPrefix(w.Header().Get("Location"), "//") {
			t.Errorf("back to %q: %d to %q", back, w.Code, w.Header().Get("Location"))
		}
	})
}
