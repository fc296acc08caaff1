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
	look, tag := r.Look, ""
	if chosen := r.server.jar.Get(r.Request, lookCookie); strings.Contains(chosen, r.P.Tag()) {
		tag = r.P.Tag()
	}
	switch large := r.PostForm.Get("large"); large {
	case "on", "off":
		look.Large = large == "on"
	}
	switch theme := r.PostForm.Get("theme"); theme {
	case "light", "dark":
		look.Theme = theme
	case "auto":
		look.Theme = ""
	}
	if t := r.PostForm.Get("lang"); slices.Contains(lang.Tags, t) {
		tag = t
	}
	parts := []string{tag, look.Theme}
	if look.Large {
		parts = append(parts, "large")
	}
	r.server.jar.Set(w, lookCookie, strings.Join(parts, "."), lookAge)
	back := r.PostForm.Get("back")
	if !r.server.known(back) {
		back = "/"
	}
	return r.Go(w, back)
}
