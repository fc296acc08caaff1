// Package apitest gives tests the interface for programs over a real house, and
// a client that speaks to it as an integrator does.
package apitest

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/api"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/house/housetest"
	"github.com/wardfold/wardfold/internal/id"
)

// Face is the interface of a founded house.
type Face struct {
	*housetest.Fixture
	API *api.API
	Log *Log

	mu     sync.Mutex
	people map[string]actor.Actor
	n      int
}

// New returns the interface of a house on the engine and suite that the
// environment asks for.
func New(t testing.TB) *Face {
	t.Helper()
	return Over(housetest.New(t))
}

// Over returns the interface of a house that is there.
func Over(h *housetest.Fixture) *Face {
	h.T.Helper()
	f := &Face{Fixture: h, Log: new(Log), people: map[string]actor.Actor{}}
	log := slog.New(slog.NewJSONHandler(f.Log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	var err error
	if f.API, err = api.New(api.Config{House: f.House, Sessions: f, Log: log}); err != nil {
		f.T.Fatal(err)
	}
	return f
}

// Log keeps what was logged.
type Log struct {
	mu sync.Mutex
	b  strings.Builder
}

func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// Actor makes Face the sessions of the interface: the cookie names somebody whom
// SignedIn has introduced.
func (f *Face) Actor(r *http.Request) (actor.Actor, error) {
	c, err := r.Cookie("session")
	if err != nil {
		return actor.Actor{}, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.people[c.Value], nil
}

// Asker sends requests as somebody.
type Asker struct {
	f      *Face
	header string
	value  string
}

// SignedIn is somebody with a session.
func (f *Face) SignedIn(a actor.Actor) Asker {
	f.mu.Lock()
	defer f.mu.Unlock()
	name := fmt.Sprint("s", len(f.people))
	f.people[name] = a
	return Asker{f, "Cookie", "session=" + name}
}

// Nobody is somebody without session or key.
func (f *Face) Nobody() Asker { return Asker{f: f} }

// Bearer is a program with a key.
func (f *Face) Bearer(key string) Asker { return Asker{f, "Authorization", "Bearer " + key} }

// Bounds of the keys that Key makes.
var (
	Purposes = []string{"learner.manage", "contact.class", "course.deliver"}
	Fields   = []string{"learner.name", "learner.birth_month", "guardian.name", "guardian.phone"}
)

// Key makes an API key the whole way: asked for, approved by another, collected.
func (f *Face) Key(store id.Store, change func(*account.KeyRequest)) (string, id.APIKey) {
	f.T.Helper()
	ctx, manager := f.T.Context(), f.As(actor.Manager)
	r := account.KeyRequest{Label: "integration", Store: store, Purposes: Purposes, Fields: Fields,
		QuotaPerDay: 100_000, Expires: f.Now().AddDate(0, 2, 0)}
	if change != nil {
		change(&r)
	}
	key, err := f.Accounts.AskKey(ctx, manager, r)
	if err == nil {
		err = f.Accounts.ApproveKey(ctx, f.As(actor.Officer), key)
	}
	if err != nil {
		f.T.Fatal(err)
	}
	whole, err := f.Accounts.CollectKey(ctx, manager, key)
	if err != nil {
		f.T.Fatal(err)
	}
	return whole.Expose(), key
}

// Answer is what came back.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Into decodes the body.
func (a Answer) Into(t testing.TB, v any) {
	t.Helper()
	if err := json.Unmarshal(a.Body, v); err != nil {
		t.Fatalf("status %d, %v", a.Status, err)
	}
}

// Code is the code of a problem, or "".
func (a Answer) Code() string {
	var p struct{ Code string }
	_ = json.Unmarshal(a.Body, &p) // no problem has no code
	return p.Code
}

// Get asks for a path.
func (a Asker) Get(path string) Answer { return a.Send(http.MethodGet, path, "") }

// Delete asks for a path to be removed.
func (a Asker) Delete(path string) Answer { return a.Send(http.MethodDelete, path, "") }

// Post sends a body under a fresh Idempotency-Key.
func (a Asker) Post(path, body string) Answer {
	a.f.mu.Lock()
	a.f.n++
	key := fmt.Sprint("fresh-", a.f.n)
	a.f.mu.Unlock()
	return a.Send(http.MethodPost, path, body, "Idempotency-Key", key)
}

// Send sends a request with further headers, name and value in turn.
func (a Asker) Send(method, path, body string, headers ...string) Answer {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if a.header != "" {
		r.Header.Set(a.header, a.value)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	a.f.API.ServeHTTP(w, r)
	return Answer{w.Code, w.Header(), w.Body.Bytes()}
}

// Enrolment is the body of a whole enrolment of the nth invented family.
func (f *Face) Enrolment(n int, birth string) string {
	form := housetest.Form(n, birth)
	return fmt.Sprintf(`{"store":%q,"learner":{"name":%q,"birth_month":%q},"guardian":{"name":%q,"phone":%q},"agree":true,"screen":%q}`,
		f.Store, form.LearnerName.Expose(), birth, form.GuardianName.Expose(), housetest.Phone(n), strings.Repeat("5c", 32))
}

// Sign puts the asker's proof on a request of another face of the house.
func (a Asker) Sign(r *http.Request) {
	if a.header != "" {
		r.Header.Set(a.header, a.value)
	}
}

// Kept returns what is remembered of answers, as it lies in the database.
func (f *Face) Kept() (all []string) {
	f.View(func(tx *db.Tx) error {
		all = nil
		rows, err := tx.Query(`SELECT body FROM idempotency WHERE institution_id = $1 ORDER BY created_at`, f.Institution)
		if err != nil {
			return err
		}
		for rows.Next() {
			var body string
			if err := rows.Scan(&body); err != nil {
				return err
			}
			all = append(all, body)
		}
		return nil
	})
	return all
}
