// Package ui is the face every page wears: one shell, the components, one
// stylesheet and one small script. It knows no feature and no request; it turns
// typed, display-ready values into HTML.
//
// A page embeds Page in its own struct and wraps its content in Shell:
//
//	type receiptPage struct {
//		ui.Page
//		Number string
//	}
//
//	templ (v receiptPage) body() {
//		@ui.Shell(v.Page) {
//			<h1>{ v.P.T("home.title") }</h1>
//		}
//	}
//
// What every component promises: it works without script, it has a name and a
// role for a screen reader, its target is 44 pixels (60 in large print), no
// meaning hangs on colour alone, and it prints. It refuses inline script and
// style, so that the content security policy can too.
package ui

import (
	"strings"

	"github.com/wardfold/wardfold/internal/lang"
)

// Face chooses measure, text size and menu of a page.
type Face string

// The faces. Public and Family are narrow and large, one question per screen;
// Staff is wide and dense with the menu on the left.
const (
	Public Face = "public"
	Family Face = "family"
	Staff  Face = "staff"
)

// Look is what a person chose about appearance. The zero Look follows the
// device.
type Look struct {
	Theme string // "", "light" or "dark"
	Large bool   // 大字版: 22 px text, 60 px targets
}

// Page is what every page has. Pages embed it.
type Page struct {
	P      lang.Printer
	Title  string // the h1 and the browser's title; unique per page
	Face   Face
	Look   Look
	Path   string // path of this page, where the switches return to
	Who    string // who is signed in, in words ("前台，静安店"); "" for nobody
	Mark   string // stands faintly over the whole page, so that a photograph says whose screen it was and when; "" for none
	Out    string // path that signs out by POST; "" for nobody
	Nav    []NavPart
	Keep   string // path that takes the form with KeepID when a switch of the look is pressed; "" for none
	Flash  string // one sentence about what has just been done
	Errors Errors // what is wrong with the form on this page
}

// NavPart is a part of the menu, with a title where the menu is long.
type NavPart struct {
	Title string
	Items []NavItem
}

// NavItem is one entry of the menu.
type NavItem struct {
	Href, Text string
	Current    bool
	Count      int // open items; 0 shows nothing
}

// KeepID is the element id of the one form of a page whose fields travel along
// when the language, the size or the colours are switched in the middle of it.
const KeepID = "typed"

// LookField begins the names of the switches when they travel with a form.
const LookField = "look."

// heading is the browser's title: a problem comes first, so that a screen
// reader says so at once.
func (p Page) heading() string {
	title := p.Title + " · " + p.P.T("ui.brand")
	if len(p.Errors) > 0 {
		return p.P.T("ui.title.problem", title)
	}
	return title
}

// Blame says what is wrong with the form on the page.
func (p *Page) Blame(e Errors) { p.Errors = e }

// Errors lists what is wrong with a form, in the order of its fields.
type Errors []FieldError

// FieldError is one wrong field. Text never repeats the value.
type FieldError struct{ Field, Text string }

// For returns the words about one field, or "".
func (e Errors) For(field string) string {
	for _, f := range e {
		if f.Field == field {
			return f.Text
		}
	}
	return ""
}

// Kind colours buttons, notices and tags; the words carry the meaning.
type Kind string

// The kinds.
const (
	Plain   Kind = "plain"
	Primary Kind = "primary"
	Info    Kind = "info"
	Success Kind = "success"
	Warning Kind = "warning"
	Danger  Kind = "danger"
)

// icon returns the picture that goes with a kind.
func (k Kind) icon() string {
	switch k {
	case Success:
		return "check"
	case Warning:
		return "warn"
	case Danger:
		return "stop"
	}
	return "info"
}

// fieldID makes the element id of a form field.
func fieldID(name string) string {
	return "f-" + strings.NewReplacer(".", "-", "/", "-", " ", "-").Replace(name)
}

// onOff names the state a press leads to.
func onOff(large bool) string {
	if large {
		return "off"
	}
	return "on"
}

func themeOf(l Look) string {
	if l.Theme == "" {
		return "auto"
	}
	return l.Theme
}
