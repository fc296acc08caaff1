package matrix_test

import (
	"testing"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/api"
	"github.com/wardfold/wardfold/internal/compartment"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/secret"
)

// sealed is a fresh thing for an operation on a sealed file: the file, or a request
// that waits for a second officer. Who opens or lets out did not ask, so the rules
// say that approval is needed.
func (w *world) sealed(t *testing.T, op api.Operation) string {
	t.Helper()
	f := w.secluded(t)
	switch op.ID {
	case "sealed-agree", "sealed-open":
		return w.unsealing(t, f, compartment.ToOpen).String()
	case "sealed-release":
		return w.unsealing(t, f, compartment.ToLetOut).String()
	}
	return f.ID.String()
}

func (w *world) secluded(t *testing.T) compartment.File {
	t.Helper()
	f, err := w.Compartment.Seclude(t.Context(), w.As(actor.Officer), w.enrol(t, "2016-03").child, secret.NewText("2026-7号"))
	w.must(t, err)
	return f
}

func (w *world) unsealing(t *testing.T, f compartment.File, k compartment.Kind) id.Unsealing {
	t.Helper()
	var fields []string
	if k == compartment.ToOpen {
		fields = []string{"learner.name"}
	}
	r, err := w.Compartment.Ask(t.Context(), w.officer(t), f.ID, k, fields, secret.NewText("2026-7号"))
	w.must(t, err)
	return r.ID
}

// officer is a second officer, who asks.
func (w *world) officer(t *testing.T) actor.Actor {
	t.Helper()
	if w.asking.IsZero() {
		s := w.Hire("asking", id.Store{}, actor.Officer)
		w.must(t, w.Instruct(t.Context(), w.Institution, s.ID, w.Now().AddDate(1, 0, 0), [32]byte{1}))
		w.asking = s.ID
	}
	return actor.Actor{Institution: w.Institution, Staff: w.asking, Role: actor.Officer, ProvedAt: w.Now()}
}
