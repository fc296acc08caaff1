package web

import (
	"context"
	"net/http"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/family"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/lang"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// pathRenew is where a family reads a new version of the notice (S0-18).
const pathRenew = "/me/notice"

// Renewals is what a family says to a new version of the notice. Package family
// has it.
type Renewals interface {
	News(ctx context.Context, a actor.Actor) (catalogue.Notice, bool, error)
	Answer(ctx context.Context, a actor.Actor, r family.Reply) (gate.Outcome, error)
}

func (s *Site) renewRoutes() []Route {
	self := Only(Itself, actor.Guardian, actor.Child)
	return []Route{
		{Pattern: "GET " + pathRenew, Handler: s.askRenew, Access: self},
		{Pattern: "POST " + pathRenew, Handler: s.renew, Access: self},
	}
}

// renewing leads from any page of a family to the notice, when that is what has
// to be read first.
func renewing(routes []Route) []Route {
	for i, route := range routes {
		routes[i].Handler = func(w http.ResponseWriter, r *Request) error {
			err := route.Handler(w, r)
			if fault.CodeOf(err) == "family.notice" {
				return r.Go(w, pathRenew)
			}
			return err
		}
	}
	return routes
}

// renewPage shows the new version with two answers of the same weight.
type renewPage struct {
	ui.Page
	Notice catalogue.Notice
	Words  catalogue.Words
	Say    lang.Printer // in the language of the notice
}

func (s *Site) askRenew(w http.ResponseWriter, r *Request) error {
	n, due, err := s.Families.News(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	if !due {
		return r.Go(w, PathFamily)
	}
	tongue := tongueOf(n, r.P.Tag())
	v := renewPage{Page: r.Page("renew.title"), Notice: n, Words: n.Words[tongue], Say: lang.For(tongue)}
	return r.Show(w, v.body())
}

// renew takes the answer to exactly the version that the page showed; if a newer
// one has come meanwhile, that one is shown.
func (s *Site) renew(w http.ResponseWriter, r *Request) error {
	if err := r.ReadForm(); err != nil {
		return err
	}
	which, err := id.Parse[id.Notice](r.PostForm.Get("notice"))
	if err != nil {
		return r.Go(w, pathRenew)
	}
	n, err := s.Places.NoticeOf(r.Context(), r.Actor.Institution, which)
	if err != nil {
		return err
	}
	tongue, accept := r.PostForm.Get("language"), r.PostForm.Get("answer") == "yes"
	if _, ok := n.Words[tongue]; !ok || !accept && r.PostForm.Get("answer") != "no" {
		return r.Go(w, pathRenew)
	}
	screen, err := screenHash(r.Context(), renewPage{Notice: n, Words: n.Words[tongue], Say: lang.For(tongue)}.part())
	if err != nil {
		return err
	}
	_, err = s.Families.Answer(r.Context(), r.Actor, family.Reply{Notice: which, Language: tongue, Screen: screen, Accept: accept})
	if fault.CodeOf(err) == "family.notice_newer" {
		return r.Go(w, pathRenew)
	}
	if err != nil {
		return err
	}
	if !accept {
		return r.GoSaying(w, PathFamily, "flash.notice_kept")
	}
	return r.Go(w, PathFamily)
}
