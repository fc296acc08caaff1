package api

import (
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/secret"
)

// shown is the one place of this package where a secret leaves its wrapping: for
// an answer that the gate has allowed and the log already holds, or for the
// secret of a new key or invitation, once.
func shown(t secret.Text) string { return t.Expose() }

// Entry is the audit entry of an act. It is durable.
type Entry struct {
	Index int64  `json:"index" doc:"Leaf index in the institution's log." example:"4711"`
	Event string `json:"event" doc:"Identifier of the entry." example:"evt_06f1p3k8x5s4m2q7w9z0a1b2c3"`
}

func entryOf(o gate.Outcome) Entry { return Entry{o.Index(), o.Event.String()} }

// Done is the answer to an act that makes nothing but its entry.
type Done struct {
	Body struct {
		Entry Entry `json:"entry"`
	}
}

func done(o gate.Outcome, err error) (*Done, error) {
	if err != nil {
		return nil, err
	}
	var d Done
	d.Body.Entry = entryOf(o)
	return &d, nil
}
