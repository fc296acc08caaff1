package desk

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// Line asks a relay to connect two telephones; package relay has some. A nil error
// means that it has taken the call over and rings the desk first. Neither end is
// shown the other's number. Connect must return when ctx is done.
type Line interface {
	Connect(ctx context.Context, c Connection) error
}

// Connection is one call that a relay is asked for. It is clear text: a Line must
// neither keep nor log it.
type Connection struct {
	ID          id.Call
	Institution id.Institution
	Desk        secret.Text // E.164; empty with a Leg
	Leg         string      // the relay's name of a call that waits there already, for an alias that was dialled
	Family      secret.Text // E.164
	Until       time.Time   // after that it has lost its point
}

// ringing is how long a call that could not be connected keeps its point.
const ringing = 2 * time.Minute

// Call has a relay connect the actor's desk telephone with a family. The actor
// never sees the number. The audit entry is durable before the number leaves this
// program (I1); it counts against the day's quota, and the family reads of it.
// Asked again, it rings again.
//
// Errors: what the gate refuses; fault.Conflict call.no_desk when the actor has
// registered no telephone; fault.Unavailable call.none without a relay; those of
// the Line.
func (s *Service) Call(ctx context.Context, a actor.Actor, guardian id.Subject, purpose string) (gate.Outcome, error) {
	if s.Line == nil {
		return gate.Outcome{}, fault.New(fault.Unavailable, "call.none")
	}
	var sealed subject.Sealed
	var c Connection
	req := gate.Request{Actor: a, Act: policy.CallConnect, Purpose: purpose, Fields: []string{subject.GuardianPhone}, Subject: guardian}
	know := func(tx *db.Tx, gc *gate.Case) (err error) {
		if sealed, err = s.Facts.Sealed(tx, gc, guardian, subject.GuardianPhone); err != nil {
			return err
		}
		return s.stand(tx, gc)
	}
	out, err := s.Gate.Do(ctx, req, know, func(tx *db.Tx, p seal.Permit, gc *gate.Case) (err error) {
		c = Connection{ID: id.Make[id.Call](tx.Now()), Institution: a.Institution, Until: tx.Now().Add(ringing)}
		if c.Desk, err = s.deskPhone(tx, p, a); err != nil {
			return err
		}
		if err := s.seldom(tx, gc); err != nil {
			return err
		}
		if err := s.Facts.Spend(tx, gc); err != nil {
			return err
		}
		c.Family, err = sealed.Open(tx, s.Gate.Vault, p)
		gc.Ref = c.ID.String()
		return err
	})
	if err != nil {
		return gate.Outcome{}, err
	}
	return out, s.Line.Connect(ctx, c)
}
