package api

import (
	"context"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/intake"
)

// call is what this package keeps of one request on its way through the router.
// Use cases never see it: they get the actor as a parameter.
type call struct {
	id        string
	operation string
	asked     *huma.Operation // and its description, whose names
	named     huma.Registry   // a refusal points to
	path      string
	language  string            // Accept-Language as sent; read only when there is something to say
	key       string            // Idempotency-Key, checked
	body      []byte            // as sent, when it has to be compared with an earlier one
	roster    intake.Form       // of an upload
	file      []byte            // of an upload
	parts     map[string][]byte // of an upload of several files
	actor     actor.Actor
	began     time.Time
	err       error
}

type callKey struct{}

func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return new(call)
}

// statusWriter remembers what was answered.
type statusWriter struct {
	http.ResponseWriter
	status int
	wrote  bool
}

func (w *statusWriter) WriteHeader(status int) {
	w.status, w.wrote = status, true
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(b []byte) (int, error) {
	w.wrote = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

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
