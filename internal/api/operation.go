package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/secret"
)

// Relation ties who asks to the thing asked about.
type Relation string

// The relations.
const (
	Institution Relation = "institution" // something of the asker's institution
	OwnStore    Relation = "own_store"   // something of the store where the asker works
	OwnRecord   Relation = "own_record"  // the asker's child or own record
)

// Access says who may carry out an operation, for the matrix and for readers.
type Access struct {
	Roles    []actor.Role
	Relation Relation
}

// Operation is one line of the list of operations.
type Operation struct {
	ID, Method, Path string
	Access           Access
	Act              policy.Act // what the gate decides on; empty where the door asks for the role itself
	Noun             string     // tag
	Summary, Law     string
	Status           int   // of success; 0 is 200
	MaxBody          int64 // bytes; 0 is 16 KiB

	fresh  bool     // the answer to a POST is never kept
	roster bool     // the body is a roster: read as it comes, described by hand
	file   bool     // the body is one file
	parts  []string // or a form of files of these names, of which the first may come alone
	long   bool     // takes minutes, or brings a large file
}

const defaultMaxBody = 16 << 10

// patience is how long an operation may take that is known to be long.
const patience = 10 * time.Minute

// problems are the statuses with which any operation may refuse.
var problems = []int{401, 403, 404, 406, 413, 415, 422, 429, 500, 503}

// described turns a line of the list into the framework's operation.
func (s *API) described(op Operation) huma.Operation {
	if op.MaxBody == 0 {
		op.MaxBody = defaultMaxBody
	}
	s.operations = append(s.operations, op)
	h := huma.Operation{OperationID: op.ID, Method: op.Method, Path: op.Path, DefaultStatus: op.Status,
		Summary: op.Summary, Description: description(op), Tags: []string{op.Noun}, MaxBodyBytes: op.MaxBody,
		BodyReadTimeout: -1, Errors: slices.Clone(problems), Security: []map[string][]string{{"key": {}}, {"session": {}}}}
	h.Errors = append(h.Errors, http.StatusConflict, http.StatusGone)
	h.Middlewares = huma.Middlewares{s.door(op)}
	return h
}

func description(op Operation) string {
	var roles []string
	for _, r := range op.Access.Roles {
		roles = append(roles, string(r))
	}
	text := "For: " + strings.Join(roles, ", ") + " (" + string(op.Access.Relation) + ")."
	if op.Law != "" {
		text += " Source: " + op.Law + "."
	}
	return text
}

// door finds out who asks and refuses nobody; it checks the key of idempotency.
// A role that the list does not name is turned away here only where no gate
// follows: what the gate refuses is written down as well.
func (s *API) door(op Operation) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		c := callOf(ctx.Context())
		c.operation, c.asked, c.named = op.ID, ctx.Operation(), s.huma.OpenAPI().Components.Schemas
		r, w := humago.Unwrap(ctx)
		if err := s.admit(w, r, c, op); err != nil {
			s.refuse(w, c, err)
			return
		}
		next(ctx)
	}
}

func (s *API) admit(w http.ResponseWriter, r *http.Request, c *call, op Operation) (err error) {
	if c.actor, err = s.who(r); err != nil {
		return err
	}
	if op.Act == "" && !slices.Contains(op.Access.Roles, c.actor.Role) {
		return fault.New(fault.Denied, "api.role")
	}
	if op.Method != http.MethodPost {
		return nil
	}
	if op.long {
		later := c.began.Add(patience)
		rc := http.NewResponseController(w) // a server of our own; another keeps the limits it has
		_, _ = rc.SetReadDeadline(later), rc.SetWriteDeadline(later)
	}
	if c.key, err = idempotencyKey(r); err != nil || op.fresh {
		return err
	}
	if op.file {
		return c.readFile(w, r, op)
	}
	if op.roster {
		err = c.readRoster(w, r, op.MaxBody)
		r.Body = http.NoBody
		return err
	}
	c.body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, op.MaxBody))
	r.Body = io.NopCloser(bytes.NewReader(c.body))
	if _, large := errors.AsType[*http.MaxBytesError](err); err != nil && !large {
		return fault.New(fault.Invalid, "api.unreadable").Because(err)
	}
	return err
}

var errNobody = fault.New(fault.Unauthenticated, "api.sign_in")

// who establishes the actor: an API key, or else the session cookie. A cookie
// comes along whoever made the browser ask, so a change must come from our own
// origin.
func (s *API) who(r *http.Request) (actor.Actor, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		key, ok := strings.CutPrefix(header, "Bearer ")
		if !ok {
			return actor.Actor{}, errNobody
		}
		return s.house.Accounts.KeyActor(r.Context(), secret.NewText(key))
	}
	if s.sessions == nil {
		return actor.Actor{}, errNobody
	}
	if err := s.origin.Check(r); err != nil {
		return actor.Actor{}, fault.New(fault.Denied, "form.cross_site")
	}
	a, err := s.sessions.Actor(r)
	if err == nil && !a.Known() {
		err = errNobody
	}
	return a, err
}

// read registers an operation that changes nothing but the ledger.
func read[I, O any](s *API, op Operation, do func(context.Context, actor.Actor, *I) (*O, error)) {
	op.Method = http.MethodGet
	huma.Register(s.huma, s.described(op), func(ctx context.Context, in *I) (*O, error) {
		return do(ctx, callOf(ctx).actor, in)
	})
}

// show registers a POST whose answer is never kept: it changes nothing but the
// ledger, and asked again it is done again and written down again.
func show[I, O any](s *API, op Operation, do func(context.Context, actor.Actor, *I) (*O, error)) {
	op.Method, op.fresh = http.MethodPost, true
	huma.Register(s.huma, s.described(op), func(ctx context.Context, in *I) (*O, error) {
		return do(ctx, callOf(ctx).actor, in)
	})
}

// remove registers a DELETE: asked again, it finds the thing gone.
func remove[I, O any](s *API, op Operation, do func(context.Context, actor.Actor, *I) (*O, error)) {
	op.Method = http.MethodDelete
	huma.Register(s.huma, s.described(op), func(ctx context.Context, in *I) (*O, error) {
		return do(ctx, callOf(ctx).actor, in)
	})
}

// change registers a POST that happens once for each key. do notes in kept what
// the answer can be told from again, unless the gate does; again tells it, or is
// nil when the answer held a secret that is shown once.
func change[I, O any](s *API, op Operation, do func(context.Context, actor.Actor, *I, *kept) (*O, error),
	again func(context.Context, actor.Actor, kept) (*O, error),
) {
	op.Method = http.MethodPost
	huma.Register(s.huma, s.described(op), func(ctx context.Context, in *I) (*O, error) {
		return once(ctx, s, callOf(ctx), in, do, again)
	})
}
