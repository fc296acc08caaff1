package web_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/test/browser"
)

// typedIn is what a field of the page that a tab shows has in it.
func typedIn(tab *browser.Tab, name string) string {
	return browser.Eval[string](tab, `document.querySelector('[name="`+name+`"]')?.value ?? "(no field)"`)
}

// G1: the browser's own Back, Forward and Reload lead from page to page of an
// enrolment, with and without script: no question about sending a form again,
// nothing typed is lost, and no address has anything typed in it.
func TestBackAndReloadJustWorkInAnEnrolment(t *testing.T) {
	if testing.Short() {
		t.Skip("browser")
	}
	t.Parallel()
	for name, screen := range map[string]browser.Screen{"with script": browser.Phone, "without": browser.Phone.WithoutScript()} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t)
			tab := browser.Open(t, screen)
			w.walkBack(t, tab)
		})
	}
}

func (w town) walkBack(t *testing.T, tab *browser.Tab) {
	t.Helper()
	at := func(path string, fields map[string]string) {
		t.Helper()
		if tab.Path() != path {
			t.Fatalf("at %s, want %s", tab.Path(), path)
		}
		for name, want := range fields {
			if got := typedIn(tab, name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
	var path string
	who := family("201603")
	w.enrolling(t, tab, 1, "201603", func(name string) {
		switch name {
		case "5 check":
			path = strings.TrimSuffix(tab.Path(), "/check")
			tab.Tap(`input[name="optional.survey"]`)
			tab.Back()
			at(path+"/details", who)
			tab.Reload()
			at(path+"/details", who)
			tab.Back()
			at(path+"/code", nil)
			if !tab.Has(`main a[href="` + path + `/details"]`) {
				t.Error("the page of the code does not lead on")
			}
			tab.Back()
			at(path+"/phone", map[string]string{"guardian.phone": housetest.Phone(1)})
			for range 3 {
				tab.Forward()
			}
			at(path+"/check", who)
			tab.Reload()
			at(path+"/check", who)
			if browser.Eval[bool](tab, `document.querySelector('[name="optional.photo.wall"]').checked`) {
				t.Error("something optional came on by itself")
			}
		case "6 done":
			at(path+"/done", nil)
			tab.Back()
			at(path+"/done", nil) // there is nothing left to check
		}
	})
}

// The same where a family signs in; a mistake on the way is told once.
func TestBackAndReloadJustWorkAtTheSignIn(t *testing.T) {
	if testing.Short() {
		t.Skip("browser")
	}
	t.Parallel()
	w := newTown(t)
	w.Enrol(1, "2016-03")
	w.Advance(2 * time.Minute)
	tab := browser.Open(t, browser.Phone)
	tab.Go(w.url + "/me/sign-in")
	tab.Type(`input[name="phone"]`, "15400x")
	tab.TapGo(`main .btn-wide`)
	if tab.Path() != "/me/sign-in" || !tab.Has(".error") {
		t.Fatal("the mistake is not told")
	}
	tab.Reload()
	if typedIn(tab, "phone") != "15400x" || tab.Has(".error") {
		t.Error("loaded again, the page repeats what was wrong, or loses what was typed")
	}
	tab.Type(`input[name="phone"]`, housetest.Phone(1))
	tab.TapGo(`main .btn-wide`)
	tab.Reload()
	if tab.Path() != "/me/sign-in/code" {
		t.Fatalf("at %s", tab.Path())
	}
	tab.Back()
	if tab.Path() != "/me/sign-in" || typedIn(tab, "phone") != housetest.Phone(1) {
		t.Errorf("back leads to %s", tab.Path())
	}
	tab.Forward()
	tab.Reload()
	tab.Type(`input[name="code"]`, w.Code(1).Expose())
	tab.TapGo(`main .btn-wide`)
	if tab.Path() != "/me" {
		t.Fatalf("at %s", tab.Path())
	}
	tab.Back()
	if tab.Path() != "/me/sign-in" || typedIn(tab, "phone") != "" {
		t.Errorf("after the sign-in, back leads to %s", tab.Path())
	}
}

// A form that came back with its mistakes leaves no page behind that asks whether to
// send it again: Back leads to the page, which is fetched anew.
func TestBackPastAMistakeAsksNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("browser")
	}
	t.Parallel()
	w := newTown(t)
	r := w.Enrol(1, "2016-03")
	w.Advance(2 * time.Minute)
	tab := browser.Open(t, browser.Phone)
	w.signedIn(t, tab, 1)
	path := "/me/children/" + r.Child.String() + "/correct/learner.name"
	tab.Go(w.url + path)
	tab.Type(`input[name="learner.name"]`, "13800138000")
	tab.TapGo(`main .btn-wide`)
	if tab.Path() != path || !tab.Has(".error") {
		t.Fatalf("at %s, the mistake is not told", tab.Path())
	}
	tab.Type(`input[name="learner.name"]`, "欧阳示二")
	tab.TapGo(`main .btn-wide`)
	if tab.Path() == path {
		t.Fatal("the name was not taken")
	}
	tab.Back()
	if tab.Path() != path || tab.Has(".error") || !tab.Has(`input[name="learner.name"]`) {
		t.Errorf("Back leads to %s: %s", tab.Path(), tab.Text("body"))
	}
}
