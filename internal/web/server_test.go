package web_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/web"
)

// site is a running server with the gallery beside the real pages.
type site struct {
	*httptest.Server
	log *buffer
}

// buffer is a log that tests read while the server writes.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// as is a session that everybody shares.
type as actor.Actor

func (a as) Actor(*http.Request) (actor.Actor, error) { return actor.Actor(a), nil }

func serve(t *testing.T) site { return serveAs(t, actor.Actor{}) }

func serveAs(t *testing.T, who actor.Actor, more ...web.Route) site {
	t.Helper()
	log := new(buffer)
	pages := (&web.Site{Places: nowhere{}}).Routes()
	s, err := web.New(web.Config{
		Routes:   append(append(pages, galleries...), more...),
		Sessions: as(who), Now: time.Now, Jar: web.Jar{Plain: true},
		Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	ts := httptest.NewServer(s)
	t.Cleanup(ts.Close)
	return site{ts, log}
}

// nowhere is a directory with one invented institution, for the pages that
// everybody may open.
type nowhere struct{ web.Places }

func (nowhere) Directory(context.Context) ([]institution.Institution, error) {
	return []institution.Institution{{ID: id.Make[id.Institution](time.Unix(0, 0)), Name: "示例培训机构"}}, nil
}
