package web_test

import (
	"os"
	"strings"
	"testing"

	"github.com/wardfold/wardfold/internal/web"
	"github.com/wardfold/wardfold/test/browser"
)

// The long tests run side by side: each has a town and tabs of its own, and waits
// for the browser longer than it works.
func TestMain(m *testing.M) { os.Exit(browser.Main(m)) }

// pages are the addresses every look is judged on: the gallery, an error page,
// and every public page without a wildcard.
var pages = append([]string{"/gallery/family", "/gallery/staff", "/no-such-page"}, publicPages()...)

func publicPages() []string {
	var found []string
	for _, r := range new(web.Site).Routes() {
		path := strings.TrimSuffix(r.Path(), "{$}")
		// Without a phone that was typed, the page of its code leads back.
		if r.Method() == "GET" && r.Access.Public && !strings.Contains(path, "{") && path != web.PathFamilySignIn+"/code" {
			found = append(found, path)
		}
	}
	return found
}

// looks are the ways people read: screen, and what they switched on.
var looks = []struct {
	name   string
	screen browser.Screen
	large  bool
}{
	{"phone", browser.Phone, false},
	{"phone in dark", browser.Phone.InDark(), false},
	{"phone in large print", browser.Phone, true},
	{"desk", browser.Desktop, false},
	{"desk in dark and large print", browser.Desktop.InDark(), true},
}

// TestEveryComponentIsAccessible is the gate of the design system: nothing that
// axe-core finds, targets a finger hits, no character without a glyph.
func TestEveryComponentIsAccessible(t *testing.T) {
	if testing.Short() {
		t.Skip("half a minute of browser")
	}
	t.Parallel()
	site := serve(t)
	for _, look := range looks {
		t.Run(look.name, func(t *testing.T) {
			tab, target := browser.Open(t, look.screen), 44
			if look.large {
				tab.Go(site.URL + pages[0])
				tab.TapGo(`.top button[name$="large"]`)
				target = 60
			}
			for _, page := range pages {
				tab.Go(site.URL + page)
				if large := browser.Eval[bool](tab, `document.documentElement.dataset.size === "large"`); large != look.large {
					t.Errorf("%s in large print: %v", page, large)
				}
				judged(t, tab, look.name+" "+page, target)
			}
		})
	}
}

func TestNothingSticksOutOnTheNarrowestScreen(t *testing.T) {
	if testing.Short() {
		t.Skip("half a minute of browser")
	}
	t.Parallel()
	site := serve(t)
	for _, page := range pages {
		tab := browser.Open(t, browser.Narrow)
		tab.Go(site.URL + page)
		report(t, page+" sticks out", tab.Overflow())
		if page == "/no-such-page" {
			continue
		}
		tab.TapGo(`.top button[name$="large"]`)
		tab.Shot("narrow " + page)
		report(t, page+" in large print sticks out", tab.Overflow())
	}
}

func report(t *testing.T, what string, findings []string) {
	t.Helper()
	for _, f := range findings {
		t.Errorf("%s: %s", what, f)
	}
}
