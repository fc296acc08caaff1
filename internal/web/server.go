package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/web/ui"
)

// Well-known pages that more than one page leads to.
const (
	PathHome         = "/"
	PathFamily       = "/me"
	PathFamilySignIn = "/me/sign-in"
	PathStaffSignIn  = "/staff/sign-in"
	PathStaff        = "/staff"
	PathStepUp       = "/staff/step-up"
	PathSignOut      = "/sign-out"
)

// Limits of one request unless its route says otherwise.
const (
	defaultMaxBody = 64 << 10
	defaultTimeout = 15 * time.Second
)

// Sessions tells who asks. A request without a session is the zero Actor and
// no error; an error means that the session could not be looked up.
type Sessions interface {
	Actor(r *http.Request) (actor.Actor, error)
}

// Config is what the server is made of.
type Config struct {
	Routes   []Route
	Mounts   []Mount // faces for programs: the JSON interface, the log's tiles
	Sessions Sessions
	Log      *slog.Logger
	Now      func() time.Time
	Jar      Jar
	// FormTargets are further origins a form may lead to, for the sign-in of
	// an identity provider: "https://login.example".
	FormTargets []string
}

// Mount is a handler of its own behind the same chain. It limits its requests'
// size and time and finds out who asks by itself.
type Mount struct {
	Pattern string
	Handler http.Handler
}

// Server answers people. It is safe for concurrent use.
type Server struct {
	routes   []Route
	mux      *http.ServeMux
	chain    http.Handler
	sessions Sessions
	log      *slog.Logger
	now      func() time.Time
	jar      Jar
	policy   string
}

// New builds the server and refuses a route that nobody could enter or that
// names no method.
func New(c Config) (*Server, error) {
	s := &Server{
		mux: http.NewServeMux(), sessions: c.Sessions, log: c.Log, now: c.Now, jar: c.Jar,
		policy: contentPolicy(c.FormTargets),
	}
	s.routes = append(s.routes, c.Routes...)
	s.routes = append(s.routes, Route{Pattern: "POST /look", Handler: setLook, Access: Anyone})
	for _, r := range s.routes {
		if r.Method() == "" || r.Path() == "" || r.Handler == nil {
			return nil, fmt.Errorf("route %q needs a method, a path and a handler", r.Pattern)
		}
		if !r.Access.Public && len(r.Access.Roles) == 0 {
			return nil, fmt.Errorf("route %q admits nobody", r.Pattern)
		}
		s.mux.Handle(r.Pattern, s.serve(r))
	}
	for _, m := range c.Mounts {
		s.mux.Handle(m.Pattern, s.named(m))
	}
	s.mux.HandleFunc("GET /assets/", ui.ServeAssets)
	s.mux.Handle("/", s.serve(Route{Handler: unknownPage, Access: Anyone}))

	s.chain = s.identified(s.logged(s.recovered(s.hardened(s.sameOrigin(s.mux)))))
	return s, nil
}

// Routes returns the whole route list, for the authorisation matrix.
func (s *Server) Routes() []Route { return s.routes }

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.chain.ServeHTTP(w, r) }

// Listener returns an http.Server with the time limits that keep slow clients
// from holding it: 5 s for a header, 30 s for a whole request, 16 KiB of header.
func (s *Server) Listener(addr string) *http.Server {
	return &http.Server{
		Addr: addr, Handler: s,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 16 << 10,
		ErrorLog:       slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
}
