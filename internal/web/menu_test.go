package web_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/web"
)

// TestEveryPageOfStaffHasOnePlaceInTheMenu: a page that was forgotten would stand
// below all others, and one that is gone would leave its key behind.
func TestEveryPageOfStaffHasOnePlaceInTheMenu(t *testing.T) {
	keys := web.MenuKeys()
	slices.Sort(keys)
	var want []string
	for _, r := range new(web.Site).Routes() {
		if r.Menu != "" && strings.HasPrefix(r.Path(), web.PathStaff) {
			want = append(want, r.Menu)
		}
	}
	slices.Sort(want)
	if !slices.Equal(keys, want) {
		t.Errorf("the menu has %v, the routes %v", keys, want)
	}
}

var (
	menuNav  = regexp.MustCompile(`(?s)<nav class="menu".*?</nav>`)
	menuLink = regexp.MustCompile(`href="(/[^"]*)"`)
)

// TestAMenuHasThePagesOfTheRoleAndTitlesOnlyWhenItIsLong: each page once; whoever
// has few reads no titles.
func TestAMenuHasThePagesOfTheRoleAndTitlesOnlyWhenItIsLong(t *testing.T) {
	for _, role := range actor.Roles {
		site := serveAs(t, actor.Actor{Institution: id.Make[id.Institution](time.Now()), Staff: id.Make[id.Staff](time.Now()), Role: role})
		_, body := ask(t, "GET", site.URL+"/check", "")
		nav := menuNav.FindString(body)
		var got, want []string
		for _, m := range menuLink.FindAllStringSubmatch(nav, -1) {
			got = append(got, m[1])
		}
		for _, r := range new(web.Site).Routes() {
			if r.Menu != "" && !r.Access.Public && r.Access.Admits(role) {
				want = append(want, strings.TrimSuffix(r.Path(), "{$}"))
			}
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: the menu leads to %v, want %v", role, got, want)
		}
		if titled := strings.Contains(nav, "menu-part"); titled != (len(got) > 9) {
			t.Errorf("%s: titles %v for %d pages", role, titled, len(got))
		}
	}
}
