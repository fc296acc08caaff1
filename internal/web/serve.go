package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/web/problem"
)

// serve adapts a route: limits, who asks, whether they may, the handler, and
// what to say when it fails.
func (s *Server) serve(route Route) http.Handler {
	body, limit := route.MaxBody, route.Timeout
	if body == 0 {
		body = defaultMaxBody
	}
	if limit == 0 {
		limit = defaultTimeout
	}
	return http.HandlerFunc(func(w http.ResponseWriter, hr *http.Request) {
		e := eventOf(hr.Context())
		e.route = route.Pattern
		ctx, cancel := context.WithTimeout(hr.Context(), limit)
		defer cancel()
		hr = hr.WithContext(ctx)
		hr.Body = http.MaxBytesReader(w, hr.Body, body)

		r := &Request{Request: hr, ID: e.id, server: s}
		r.P, r.Look = s.lookOf(hr)
		err := s.enter(r, route.Access)
		e.role = r.Actor.Role
		if err == nil {
			err = route.Handler(w, r)
		}
		if err != nil {
			e.err = err
			s.fail(w, r, err)
		}
	})
}

// enter finds out who asks and stops those the route does not admit.
func (s *Server) enter(r *Request, a Access) error {
	who, err := s.sessions.Actor(r.Request)
	if err != nil {
		return err
	}
	r.Actor = who
	switch {
	case a.Public:
		return nil
	case !who.Known():
		return fault.New(fault.Unauthenticated, "page.sign_in")
	case !a.Admits(who.Role):
		return fault.New(fault.Denied, "page.role")
	case a.Fresh > 0 && s.now().Sub(who.ProvedAt) > a.Fresh:
		return fault.New(fault.Unauthenticated, "page.step_up")
	}
	return nil
}

// named serves a mount and records its pattern.
func (s *Server) named(m Mount) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		eventOf(r.Context()).route = m.Pattern
		m.Handler.ServeHTTP(w, r)
	})
}

// fail tells a person, or the script, what went wrong. Somebody who has to
// prove who they are is led to the right door and back afterwards.
func (s *Server) fail(w http.ResponseWriter, r *Request, err error) {
	v := problem.Of(err, r.P, r.ID)
	if v.Status == http.StatusUnauthorized {
		v.Next = s.door(r)
		s.rememberNext(w, r)
	}
	if r.WantsJSON() {
		_ = v.Write(w) // the reader has gone; nothing is left to tell
		return
	}
	if v.Next != "" {
		_ = r.Go(w, v.Next)
		return
	}
	page := problemPage{Page: r.Page("web.problem.title"), Problem: v}
	page.Page.Title = v.Title
	page.Path = PathHome // the address may hold what a person mistyped
	if err := r.show(w, v.Status, page.body()); err != nil {
		http.Error(w, v.Title, v.Status)
	}
}

// door is where the person proves who they are: the step-up for staff who are
// signed in already, otherwise the sign-in of families or of staff.
func (s *Server) door(r *Request) string {
	switch family := isFamily(r.Actor.Role) || r.URL.Path == PathFamily || strings.HasPrefix(r.URL.Path, PathFamily+"/"); {
	case family:
		return PathFamilySignIn
	case r.Actor.Known():
		return PathStepUp
	}
	return PathStaffSignIn
}

// rememberNext keeps the path a person wanted, for ten minutes. Ours are plain
// ASCII: what had to be escaped was typed by somebody, and may be a name.
func (s *Server) rememberNext(w http.ResponseWriter, r *Request) {
	next := r.URL.EscapedPath()
	if r.Method != http.MethodGet {
		next = r.PostFormValue("back")
	}
	if s.known(next) && !strings.Contains(next, "%") {
		s.jar.Set(w, nextCookie, next, nextAge)
	}
}

// Next returns the path a person wanted before the sign-in, or otherwise, and
// forgets it.
func (r *Request) Next(w http.ResponseWriter, otherwise string) string {
	next := r.server.jar.Get(r.Request, nextCookie)
	if next == "" {
		return otherwise
	}
	r.server.jar.Drop(w, nextCookie)
	if !r.server.known(next) {
		return otherwise
	}
	return next
}

func unknownPage(http.ResponseWriter, *Request) error {
	return fault.New(fault.NotFound, "page.unknown")
}
