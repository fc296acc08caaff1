package api

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/house"
	"github.com/wardfold/wardfold/internal/office"
)

// Version of the interface. Within it changes are additions only.
const Version = "1.0.0"

// Sessions tells who stands behind a request's session cookie. A request without
// one is the zero Actor and no error. Package web has it.
type Sessions interface {
	Actor(r *http.Request) (actor.Actor, error)
}

// Config is what the interface is made of.
type Config struct {
	House    *house.House
	Sessions Sessions     // nil: API keys only
	Log      *slog.Logger // nil is silence
}

// API answers programs under /v1 and /log. It is safe for concurrent use, brings
// its own request id, headers, log line and recovery, and is mounted beside the
// pages, not inside their chain.
type API struct {
	house      *house.House
	office     *office.Service
	sessions   Sessions
	log        *slog.Logger
	mux        *http.ServeMux
	huma       huma.API
	operations []Operation
	origin     *http.CrossOriginProtection
	flight     flight
	document   []byte
}

// New builds the interface.
func New(c Config) (*API, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	h := c.House
	s := &API{house: h, sessions: c.Sessions, log: c.Log, mux: http.NewServeMux(), origin: http.NewCrossOriginProtection(),
		office: &office.Service{Gate: h.Gate, Facts: h.Facts, Catalogue: h.Catalogue, Log: h.Log}}
	tellProblems()
	s.huma = humago.New(s.mux, settings())
	s.enrolments()
	s.subjects()
	s.families()
	s.changes()
	s.grants()
	s.notices()
	s.purposes()
	s.schemas()
	s.imports()
	s.audit()
	s.keys()
	s.staff()
	s.stores()
	s.uses()
	s.urgent()
	s.systems()
	s.exports()
	s.leaks()
	s.research()
	s.calls()
	s.compartment()
	var err error
	if s.document, err = document(s.huma.OpenAPI()); err != nil {
		return nil, err
	}
	s.mux.HandleFunc("GET /v1/openapi.json", s.serveDocument)
	s.mux.Handle("GET /log/", http.StripPrefix("/log", h.Log.Handler()))
	s.mux.HandleFunc("/", s.nowhere)
	return s, nil
}

// settings is huma without its conveniences: it adds no links to answers, serves
// no pages, and its error type is replaced (tellProblems).
func settings() huma.Config {
	c := huma.DefaultConfig("Wardfold", Version)
	c.Info.Description = "Keeps the personal information of minors: collects no more than was promised, " +
		"shows no more than the task needs, writes down every look before it happens."
	c.CreateHooks, c.Transformers = nil, nil
	c.DocsPath, c.OpenAPIPath, c.SchemasPath = "", "", ""
	c.Formats = map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	c.RejectUnknownQueryParameters = true
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key": {Type: "http", Scheme: "bearer", BearerFormat: "wf_…",
			Description: "An API key, bound to purposes, fields, a store and a daily quota."},
		"session": {Type: "apiKey", In: "cookie", Name: "__Host-session",
			Description: "The session of a person who signed in on the pages; from our own origin only."},
	}
	return c
}

// Operations returns every operation, for the authorisation matrix.
func (s *API) Operations() []Operation { return s.operations }

// ServeHTTP answers one request.
func (s *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c := &call{id: rand.Text()[:16], path: r.URL.Path, began: time.Now(), language: r.Header.Get("Accept-Language")}
	h := w.Header()
	h.Set("X-Request-Id", c.id)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	sw := &statusWriter{ResponseWriter: w, status: http.StatusOK}
	defer s.finish(sw, c)
	s.mux.ServeHTTP(sw, r.WithContext(context.WithValue(r.Context(), callKey{}, c)))
}

// finish recovers from a panic, whose value may hold what somebody sent and is
// therefore told by its type only, and writes the log line. What went well is a
// matter for debugging: the ledger has every act already.
func (s *API) finish(w *statusWriter, c *call) {
	if v := recover(); v != nil {
		if v == http.ErrAbortHandler {
			panic(v)
		}
		c.err = fmt.Errorf("panic of type %T at %s", v, places())
		if !w.wrote {
			s.refuse(w, c, c.err)
		}
	}
	level := slog.LevelDebug
	switch {
	case errors.Is(c.err, context.Canceled): // the client hung up: nobody's failure
		level = slog.LevelInfo
	case w.status >= 500:
		level = slog.LevelError
	case w.status >= 400:
		level = slog.LevelInfo
	}
	if !s.log.Enabled(context.Background(), level) {
		return
	}
	attrs := []slog.Attr{slog.String("id", c.id), slog.String("operation", c.operation), slog.Int("status", w.status),
		slog.Duration("took", time.Since(c.began)), slog.String("role", string(c.actor.Role)),
		slog.String("code", fault.CodeOf(c.err))}
	if w.status >= 500 && c.err != nil {
		attrs = append(attrs, slog.Any("error", c.err))
	}
	s.log.LogAttrs(context.Background(), level, "api", attrs...)
}
