package ledger

import (
	"fmt"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/verify"
)

// Entry is an event with its place in the log.
type Entry struct {
	Index int64
	Event
	Leaf string // the entry itself, byte for byte
}

// Decode reads an entry back. The Subject stays zero: the entry does not know
// it. The error is that of verify.ParseLeaf, or says which identifier is none.
func Decode(body []byte) (Event, error) {
	l, err := verify.ParseLeaf(body)
	if err != nil {
		return Event{}, err
	}
	e := Event{
		Type: Type(l.Type), At: l.Time, Actor: l.Actor, Role: actor.Role(l.Role), Op: Operation(l.Operation),
		InCharge: l.InCharge, HandledBy: l.HandledBy, Purpose: l.Purpose, Fields: l.Fields,
		Commitment: l.Commitment, Allow: l.Denied == "", Code: l.Denied, Rules: l.Rules,
		Count: int(l.Count), Hash: l.Hash, Ref: l.Ref,
	}
	if e.ID, err = id.Parse[id.Event](l.Event); err != nil {
		return Event{}, fmt.Errorf("ledger: event: %w", err)
	}
	if l.Store != "" {
		if e.Store, err = id.Parse[id.Store](l.Store); err != nil {
			return Event{}, fmt.Errorf("ledger: store: %w", err)
		}
	}
	if l.Grant != "" {
		if e.Grant, err = id.Parse[id.Grant](l.Grant); err != nil {
			return Event{}, fmt.Errorf("ledger: grant: %w", err)
		}
	}
	return e, nil
}
