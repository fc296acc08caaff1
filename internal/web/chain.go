package web

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strings"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
)

// event is what the log keeps of one request, filled on the way and written
// once. It knows the route's pattern and never the address, a body or a header:
// those may name a child.
type event struct {
	id    string
	route string
	role  actor.Role
	err   error
}

type eventKey struct{}

// eventOf returns the request's event. Code outside the chain gets one that
// nobody reads.
func eventOf(ctx context.Context) *event {
	if e, ok := ctx.Value(eventKey{}).(*event); ok {
		return e
	}
	return new(event)
}

// identified gives the request an id of its own; one sent by a client is not
// believed.
func (s *Server) identified(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e := &event{id: rand.Text()[:16]}
		w.Header().Set("X-Request-Id", e.id)
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), eventKey{}, e)))
	})
}

// logged writes one line per request.
func (s *Server) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := s.now()
		sw := &statusWriter{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(sw, r)
		e := eventOf(r.Context())
		attrs := []slog.Attr{
			slog.String("id", e.id), slog.String("method", method(r)), slog.String("route", e.route),
			slog.Int("status", sw.status), slog.Int64("bytes", sw.bytes),
			slog.Duration("took", s.now().Sub(start)), slog.String("role", string(e.role)),
		}
		level := slog.LevelInfo
		if e.err != nil {
			attrs = append(attrs, slog.String("code", fault.CodeOf(e.err)))
		}
		if sw.status >= 500 && !errors.Is(e.err, context.Canceled) { // who hung up is nobody's failure
			level = slog.LevelError
			attrs = append(attrs, slog.Any("error", e.err))
		}
		s.log.LogAttrs(r.Context(), level, "request", attrs...)
	})
}

// method keeps a client from writing its own words into the log.
func method(r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return r.Method
	}
	return "other"
}

// recovered turns a panic into an error page. The value of a panic may hold
// what a person typed, so the log gets its type and the places it went through.
func (s *Server) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			v := recover()
			if v == nil {
				return
			}
			if v == http.ErrAbortHandler {
				panic(v)
			}
			e := eventOf(r.Context())
			e.err = fmt.Errorf("panic of type %T at %s", v, places())
			q := &Request{Request: r, ID: e.id, server: s}
			q.P, q.Look = s.lookOf(r)
			s.fail(w, q, e.err)
		}()
		next.ServeHTTP(w, r)
	})
}

// places lists the functions a panic went through, without arguments.
func places() string {
	var pcs [32]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(4, pcs[:])])
	var b strings.Builder
	for {
		f, more := frames.Next()
		fmt.Fprintf(&b, "%s:%d ", f.Function, f.Line)
		if !more {
			return b.String()
		}
	}
}

// contentPolicy allows nothing but our own files, and no text turned to code.
func contentPolicy(formTargets []string) string {
	forms := strings.TrimSpace("form-action 'self' " + strings.Join(formTargets, " "))
	return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
		forms + "; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; " +
		"require-trusted-types-for 'script'; trusted-types 'none'"
}

// hardened sets the headers every answer has. Answers are never stored, unless
// a handler says otherwise for what everybody may see.
func (s *Server) hardened(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", s.policy)
		h.Set("Strict-Transport-Security", "max-age=63072000")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Permissions-Policy", "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), payment=(), usb=(), publickey-credentials-create=(self), publickey-credentials-get=(self)")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// sameOrigin refuses a state change that another site's page asked for.
func (s *Server) sameOrigin(next http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(s.serve(Route{
		Pattern: "cross-site",
		Access:  Anyone,
		Handler: func(http.ResponseWriter, *Request) error { return fault.New(fault.Denied, "form.cross_site") },
	}))
	return guard.Handler(next)
}

// statusWriter remembers what was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
