package web_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/test/browser"
)

// judged looks at the page that a tab shows: axe, targets, overflow, glyphs, and
// a picture when pictures are asked for.
func judged(t *testing.T, tab *browser.Tab, name string, target int) {
	t.Helper()
	tab.Shot(name)
	report(t, name+": axe", tab.Axe())
	report(t, name+": target too small", tab.SmallTargets(target))
	report(t, name+": sticks out", tab.Overflow())
	report(t, name+": no glyph", tab.Tofu())
}

// enrolling goes the whole way in a browser and calls look on every page.
func (w town) enrolling(t *testing.T, tab *browser.Tab, n int, birth string, look func(name string)) string {
	t.Helper()
	path := w.link(t)
	tab.Go(w.url + path)
	look("1 landing")
	tab.TapGo(`.answers button[value="yes"]`)
	look("2 phone")
	tab.Type(`input[name="guardian.phone"]`, housetest.Phone(n))
	tab.TapGo(`main .btn-wide`)
	look("3 code")
	tab.Type(`input[name="code"]`, w.Code(n).Expose())
	tab.TapGo(`main .btn-wide`)
	look("4 details")
	for name, value := range family(birth) {
		tab.Type(`input[name="`+name+`"]`, value)
	}
	tab.TapGo(`main .btn-wide`)
	look("5 check")
	tab.TapGo(`main button[value="yes"]`)
	look("6 done")
	return path
}

func nothing(string) {}

// G1: a guardian enrols with at most 8 taps and 4 fields besides the code, with
// and without script, on a phone and on a desk.
func TestEnrollingTakesFewTaps(t *testing.T) {
	if testing.Short() {
		t.Skip("browser")
	}
	for name, screen := range map[string]browser.Screen{
		"phone": browser.Phone, "phone without script": browser.Phone.WithoutScript(), "desk": browser.Desktop,
	} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t)
			tab := browser.Open(t, screen)
			path := w.enrolling(t, tab, 1, "201603", nothing)
			if tab.Taps() > 8 || tab.Path() != path+"/done" {
				t.Errorf("%d taps to %s", tab.Taps(), tab.Path())
			}
		})
	}
}

// Every page of an enrolment passes in every look, on the narrowest screen too.
func TestEveryPageOfAnEnrolmentIsAccessible(t *testing.T) {
	if testing.Short() {
		t.Skip("browser")
	}
	t.Parallel()
	for _, look := range append(looks[:len(looks):len(looks)], looks[0]) {
		w := newTown(t)
		tab := browser.Open(t, look.screen)
		target := 44
		if look.large {
			target = 60
			tab.Go(w.url + "/")
			tab.TapGo(`.top button[name$="large"]`)
		}
		w.enrolling(t, tab, 1, "201603", func(page string) { judged(t, tab, "enrol "+look.name+" "+page, target) })
	}
}

// The pages with what is wrong, with the child's own answer, and the receipt on
// paper.
func TestTheOtherPagesOfAnEnrolmentAreAccessible(t *testing.T) {
	if testing.Short() {
		t.Skip("browser")
	}
	t.Parallel()
	w := newTown(t)
	tab := browser.Open(t, browser.Phone)
	w.enrolling(t, tab, 2, "201203", func(page string) {
		if page == "4 details" {
			tab.Type(`input[name="learner.birth_month"]`, "201613")
			tab.Type(`input[name="learner.name"]`, "1")
			tab.Type(`input[name="guardian.name"]`, "2")
			tab.TapGo(`main .btn-wide`)
			judged(t, tab, "enrol wrong", 44)
		}
	})
	judged(t, tab, "enrol waiting", 44)
	tab.TapGo(`main form[action$="/child"] button`)
	judged(t, tab, "enrol child link", 44)
	tab.TapGo(`main a[href^="/c/"]`)
	judged(t, tab, "child cards", 44)
	tab.TapGo(`main button[value="yes"]`)
	judged(t, tab, "child done", 44)
	if pdf := tab.PDF(); len(pdf) < 1000 || strings.Count(string(pdf), "/Type /Page\n") > 1 {
		t.Errorf("the receipt prints as %d bytes", len(pdf))
	}
	path := w.link(t)
	w.toDetails(w.person(t), path, 3)
	tab.Go(w.url + path)
	judged(t, tab, "enrol taken", 44)
	path = w.link(t)
	w.Advance(time.Hour)
	tab.Go(w.url + path)
	judged(t, tab, "enrol expired", 44)
}

// signedIn opens the family's pages in a tab.
func (w town) signedIn(t *testing.T, tab *browser.Tab, n int) {
	t.Helper()
	tab.Go(w.url + "/me/sign-in")
	tab.Type(`input[name="phone"]`, housetest.Phone(n))
	tab.TapGo(`main .btn-wide`)
	tab.Type(`input[name="code"]`, w.Code(n).Expose())
	tab.TapGo(`main .btn-wide`)
}

// G2, G3: who looked in at most 3 taps, one purpose stopped in at most 4, with
// and without script (S3-33, B6).
func TestAFamilysTasksTakeFewTaps(t *testing.T) {
	if testing.Short() {
		t.Skip("browser")
	}
	for name, screen := range map[string]browser.Screen{"phone": browser.Phone, "without script": browser.Phone.WithoutScript()} {
		t.Run(name, func(t *testing.T) {
			w := newTown(t)
			r := w.Enrol(1, "2016-03")
			w.Advance(2 * time.Minute)
			tab := browser.Open(t, screen)
			w.signedIn(t, tab, 1)
			before := tab.Taps()
			tab.TapGo(`main a.door`)
			tab.TapGo(`main a.door`)
			if tab.Taps()-before > 3 || !strings.HasSuffix(tab.Path(), "/looks") {
				t.Errorf("who looked takes %d taps to %s", tab.Taps()-before, tab.Path())
			}
			tab.Go(w.url + "/me")
			before = tab.Taps()
			tab.TapGo(`main a.door`)
			tab.TapGo(`main a[href$="/withdraw/contact.class"]`)
			tab.TapGo(`main button.btn-danger`)
			if tab.Taps()-before > 4 || !strings.HasPrefix(tab.Path(), "/me/children/"+r.Child.String()+"/receipt/") {
				t.Errorf("stopping takes %d taps to %s", tab.Taps()-before, tab.Path())
			}
		})
	}
}

func TestEveryPageOfAFamilyIsAccessible(t *testing.T) {
	if testing.Short() {
		t.Skip("browser")
	}
	t.Parallel()
	for i, look := range looks {
		w := newTown(t)
		r := w.Enrol(1, "2016-03")
		if _, err := w.Desk.Reveal(t.Context(), w.As(actor.Clerk), r.Guardian, subject.GuardianPhone, "contact.class"); err != nil {
			t.Fatal(err)
		}
		_, _ = w.Desk.Reveal(t.Context(), w.As(actor.Teacher), r.Guardian, subject.GuardianPhone, "contact.class")
		w.Advance(2 * time.Minute)
		tab := browser.Open(t, look.screen)
		target := 44
		if look.large {
			target = 60
			tab.Go(w.url + "/")
			tab.TapGo(`.top button[name$="large"]`)
		}
		name := func(page string) string { return "family " + look.name + " " + page }
		w.signedIn(t, tab, 1)
		judged(t, tab, name("me"), target)
		base := "/me/children/" + r.Child.String()
		pages := []string{"", "/looks", "/withdraw/contact.class", "/delete"}
		if i == 0 {
			pages = append(pages, "/looks/all", "/give/photo.wall", "/correct/learner.birth_month", "/copy")
		}
		for _, page := range pages {
			tab.Go(w.url + base + page)
			judged(t, tab, name("child"+page), target)
		}
		tab.Go(w.url + "/me/devices")
		judged(t, tab, name("devices"), target)
		tab.Go(w.url + base + "/delete")
		tab.TapGo(`main button.btn-danger`)
		judged(t, tab, name("certificate"), target)
		tab.Go(w.url + "/notice/" + w.Institution.String() + "/" + w.Notice.ID.String())
		judged(t, tab, name("notice"), target)
		tab.Go(w.url + "/check/" + w.Institution.String() + "/" + r.Number)
		judged(t, tab, name("check"), target)
	}
}
