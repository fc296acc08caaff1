package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// lookOf reads how a person wants to read from a cookie such as
// "en.dark.large". It identifies nobody.
func (s *Server) lookOf(r *http.Request) (lang.Printer, ui.Look) {
	var look ui.Look
	tag := ""
	for part := range strings.SplitSeq(s.jar.Get(r, lookCookie), ".") {
		switch {
		case slices.Contains(lang.Tags, part):
			tag = part
		case part == "light" || part == "dark":
			look.Theme = part
		case part == "large":
			look.Large = true
		}
	}
	return lang.Negotiate(tag, r.Header.Get("Accept-Language")), look
}

// setLook changes one thing about the look and returns to the page.
func setLook(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	r.choose(w, func(name string) string { return r.PostForm.Get(name) })
	back := r.PostForm.Get("back")
	if !r.server.known(back) {
		back = "/"
	}
	return r.Go(w, back)
}

// Turned reports whether a form was sent by one of the switches of language,
// size or colours and not by its own button. What was typed has come along: the
// handler shows its page again, in the new look, and does nothing else. Call it
// right after ReadForm, before anything is said in a language.
func (r *Request) Turned(w http.ResponseWriter) bool {
	field := func(name string) string { return r.PostForm.Get(ui.LookField + name) }
	if field("large") == "" && field("theme") == "" && field("lang") == "" {
		return false
	}
	r.choose(w, field)
	r.turned = true
	return true
}

// choose changes one thing about the look, from now on and for this answer.
func (r *Request) choose(w http.ResponseWriter, field func(string) string) {
	look, tag := r.Look, ""
	if chosen := r.server.jar.Get(r.Request, lookCookie); strings.Contains(chosen, r.P.Tag()) {
		tag = r.P.Tag()
	}
	switch large := field("large"); large {
	case "on", "off":
		look.Large = large == "on"
	}
	switch theme := field("theme"); theme {
	case "light", "dark":
		look.Theme = theme
	case "auto":
		look.Theme = ""
	}
	if t := field("lang"); slices.Contains(lang.Tags, t) {
		tag = t
	}
	parts := []string{tag, look.Theme}
	if look.Large {
		parts = append(parts, "large")
	}
	r.server.jar.Set(w, lookCookie, strings.Join(parts, "."), lookAge)
	r.Look = look
	r.P = lang.Negotiate(tag, r.Header.Get("Accept-Language"))
}
