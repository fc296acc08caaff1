package ledger

import (
	"fmt"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/verify"
)

// Pending is an entry on its way into the log. After the Update in which it was
// appended has returned nil, Index is its place for ever.
type Pending struct {
	event id.Event
	index int64
	at    int64
	kind  Type
	actor any // 16 bytes, or nil
	body  []byte
	about id.Subject
	err   error
}

// Index returns the index of the entry's leaf. Before Update has returned nil
// it means nothing.
func (p *Pending) Index() int64 { return p.index }

// ID returns the event's identifier; it is known at once.
func (p *Pending) ID() id.Event { return p.event }

// Append adds e to the log of the transaction's institution. The entry gets its
// index when the transaction's batch commits, and is durable with it.
//
// An event that breaks a rule fails the whole transaction: Update returns
// fault.Invalid with code ledger.bad_event. So an act whose entry cannot be
// written does not happen, even if nobody looks at the result (invariant I1).
func Append(tx *db.Tx, e Event) *Pending {
	if e.At.IsZero() {
		e.At = tx.Now()
	}
	if e.ID.IsZero() {
		e.ID = id.Make[id.Event](e.At)
	}
	p := &Pending{event: e.ID, about: e.Subject}
	tx.Defer(p)
	var l verify.Leaf
	if l, p.err = e.leaf(); p.err != nil {
		return p
	}
	p.at, p.kind, p.actor = e.At.UnixMilli(), e.Type, actorBytes(e.Actor)
	p.body = l.AppendTo(make([]byte, 0, 384))
	return p
}

// actorBytes is the identifier of a checked actor without its kind; the two
// kinds cannot collide.
func actorBytes(printed string) any {
	if s, err := id.Parse[id.Staff](printed); err == nil {
		return s.Bytes()
	}
	if k, err := id.Parse[id.APIKey](printed); err == nil {
		return k.Bytes()
	}
	return nil
}

// Flush writes what Append deferred: it is db.Config.Flush. It runs inside the
// batch's transaction, for one institution at a time, and gives the entries the
// next indexes in the order of their appending. An index that was handed out is
// in the same commit as its entry, so the log has no gaps.
func Flush(tx *db.Tx, items []any) error {
	list := make([]*Pending, 0, len(items))
	for _, item := range items {
		switch p := item.(type) {
		case *Pending:
			if p.err != nil {
				return p.err
			}
			list = append(list, p)
		case forgotten:
			p.strike(list)
		default:
			return fmt.Errorf("ledger: cannot flush a %T", item)
		}
	}
	if len(list) == 0 {
		return nil
	}
	next, err := takeIndexes(tx, list)
	if err != nil {
		return err
	}
	inst := tx.Institution().Bytes()
	events, subjects := make([]any, 0, 6*len(list)), make([]any, 0, 4*len(list))
	for i, p := range list {
		p.index = next + int64(i)
		events = append(events, inst, p.index, p.at, string(p.kind), p.actor, p.body)
		if !p.about.IsZero() {
			subjects = append(subjects, inst, p.index/spanRows, p.about.Bytes(), p.index)
		}
	}
	if err := insert(tx, insertEvents, 6, events); err != nil {
		return err
	}
	return insert(tx, insertSubjects, 4, subjects)
}

// takeIndexes reserves len(list) indexes and returns the first. It also keeps
// how far time has ever stepped back between entries, which bounds searches by
// time (see within).
func takeIndexes(tx *db.Tx, list []*Pending) (int64, error) {
	newest, oldest, skew := list[0].at, list[0].at, int64(0)
	for _, p := range list {
		skew = max(skew, newest-p.at)
		newest, oldest = max(newest, p.at), min(oldest, p.at)
	}
	var end int64
	err := tx.QueryRow(takeIndex, tx.Institution().Bytes(), int64(len(list)), newest, skew, oldest).Scan(&end)
	return end - int64(len(list)), err
}
