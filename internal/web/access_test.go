package web_test

import (
	"net/http"
	"regexp"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/web"
)

var wildcard = regexp.MustCompile(`\{[^}]*\}`)

// TestEveryRouteKeepsOutTheRolesItDoesNotName walks the real route list: nobody
// and every role that a route does not name are stopped before its handler. I4
func TestEveryRouteKeepsOutTheRolesItDoesNotName(t *testing.T) {
	inst := id.Make[id.Institution](time.Now())
	for _, role := range append([]actor.Role{""}, actor.Roles...) {
		who := actor.Actor{Institution: inst, Role: role, ProvedAt: time.Now()}
		s := serveAs(t, who)
		for _, r := range new(web.Site).Routes() {
			if r.Access.Admits(role) {
				continue
			}
			want := http.StatusForbidden
			if role == "" {
				want = http.StatusUnauthorized
			}
			resp, _ := ask(t, r.Method(), s.URL+wildcard.ReplaceAllString(r.Path(), "x"), "", "Accept", "application/json")
			if resp.StatusCode != want {
				t.Errorf("%s as %q: got %d, want %d", r.Pattern, role, resp.StatusCode, want)
			}
		}
	}
}

// TestStateChangesOnlyByPost keeps link previews and robots from consuming
// anything: a GET route has no form body, and every other method is a POST.
func TestStateChangesOnlyByPost(t *testing.T) {
	for _, r := range new(web.Site).Routes() {
		switch r.Method() {
		case "GET":
			if r.MaxBody != 0 {
				t.Errorf("%s takes a body", r.Pattern)
			}
		case "POST":
		default:
			t.Errorf("%s: browsers' forms send GET and POST only", r.Pattern)
		}
	}
}
