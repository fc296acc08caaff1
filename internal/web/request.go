package web

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/web/problem"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// Request is what a handler gets: the HTTP request, who asks, and how they
// read. The zero Actor is somebody who is not signed in.
type Request struct {
	*http.Request
	Actor  actor.Actor
	P      lang.Printer
	Look   ui.Look
	ID     string // request id, also in the log and on error pages
	server *Server
	turned bool // sent by a switch of the look: look.go
}

// Page begins the page with the title of a message key: language, look, menu,
// who is signed in, and what was just done.
func (r *Request) Page(title string, args ...any) ui.Page {
	v := ui.Page{
		P: r.P, Title: r.P.T(title, args...), Look: r.Look, Path: r.URL.Path,
		Face: faceOf(r.Actor.Role), Flash: r.flash(),
	}
	if r.Actor.Known() {
		v.Who = r.P.T("role." + string(r.Actor.Role))
		v.Out = PathSignOut
		v.Nav = r.menu()
	}
	if !r.Actor.Staff.IsZero() {
		v.Mark = r.Actor.Staff.String() + " " + r.P.Time(r.server.now())
	}
	return v
}

func faceOf(role actor.Role) ui.Face {
	switch {
	case role == "":
		return ui.Public
	case isFamily(role):
		return ui.Family
	}
	return ui.Staff
}

func isFamily(role actor.Role) bool { return role == actor.Guardian || role == actor.Child }

// Show answers with a page. The page is made whole before the first byte
// leaves, so an error in it becomes an error page and not half a page.
func (r *Request) Show(w http.ResponseWriter, page templ.Component) error {
	return r.show(w, http.StatusOK, page)
}

// ShowAgain answers with a form that has to be corrected.
func (r *Request) ShowAgain(w http.ResponseWriter, page templ.Component) error {
	return r.show(w, http.StatusUnprocessableEntity, page)
}

// formPage is a page with a form, which can say what is wrong with it.
type formPage[V any] interface {
	*V
	Blame(ui.Errors)
	body() templ.Component
}

// showAgain is ShowAgain for a page that is made anew.
func showAgain[V any, P formPage[V]](w http.ResponseWriter, r *Request, errs ui.Errors, page func(*Request) (V, error)) error {
	v, err := page(r)
	if err != nil {
		return err
	}
	P(&v).Blame(errs)
	return r.ShowAgain(w, P(&v).body())
}

func (r *Request) show(w http.ResponseWriter, status int, page templ.Component) error {
	var b bytes.Buffer
	if err := page.Render(r.Context(), &b); err != nil {
		return err
	}
	r.dropFlash(w)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // the reader has gone; nothing is left to tell
	return nil
}

// JSON answers with v, for the script.
func (r *Request) JSON(w http.ResponseWriter, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(b)
	return nil
}

// WantsJSON reports whether a program asked, our script among them, and not the
// browser's own link or form.
func (r *Request) WantsJSON() bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}

// Go sends the person to another page of this site after a POST.
func (r *Request) Go(w http.ResponseWriter, path string) error {
	http.Redirect(w, r.Request, path, http.StatusSeeOther)
	return nil
}

// GoSaying does as Go, and the next page begins with the sentence of a message
// key, which must begin with "flash.".
func (r *Request) GoSaying(w http.ResponseWriter, path, key string) error {
	r.server.jar.Set(w, flashCookie, key, flashAge)
	return r.Go(w, path)
}

// flash reads the sentence left by GoSaying. The cookie holds a key and no
// text, so whoever forges it can only choose among our own sentences.
func (r *Request) flash() string {
	key := r.server.jar.Get(r.Request, flashCookie)
	if !strings.HasPrefix(key, "flash.") || !r.P.Has(key) {
		return ""
	}
	return r.P.T(key)
}

func (r *Request) dropFlash(w http.ResponseWriter) {
	if r.server.jar.Get(r.Request, flashCookie) != "" {
		r.server.jar.Drop(w, flashCookie)
	}
}

// Wrong turns an Invalid fault into the lines of a form's error summary. ok is
// false when err is something else, which the handler returns as it is.
func (r *Request) Wrong(err error) (lines ui.Errors, ok bool) {
	if fault.KindOf(err) != fault.Invalid {
		return nil, false
	}
	v := problem.Of(err, r.P, r.ID)
	for _, f := range v.Errors {
		lines = append(lines, ui.FieldError{Field: f.Pointer, Text: f.Detail})
	}
	if len(lines) == 0 {
		lines = ui.Errors{{Text: v.Detail}}
	}
	return lines, true
}

// known reports whether path is a page of this site that a GET may show.
func (s *Server) known(path string) bool {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n") {
		return false
	}
	probe, err := http.NewRequest(http.MethodGet, path, nil)
	if err != nil || probe.URL.Host != "" {
		return false
	}
	_, pattern := s.mux.Handler(probe)
	return slices.ContainsFunc(s.routes, func(r Route) bool { return r.Pattern == pattern && r.Method() == http.MethodGet })
}
