package gate

import (
	"context"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// Done is an act that was allowed, inside its transaction and before the commit.
type Done struct {
	Ref   string   // printed id of the object that the act made or changed
	Event id.Event // its audit entry
}

// A Witness sees an act within its transaction. An error undoes the act.
type Witness func(tx *db.Tx, d Done) error

type witnessKey struct{}

// Along returns a context under which every act that the gate allows also runs
// w, last in the same transaction. It is how a face remembers what it answered:
// the memory and the act become durable together or not at all. A refusal is
// not witnessed. Like a body, w may run again when the database retries.
func Along(ctx context.Context, w Witness) context.Context {
	return context.WithValue(ctx, witnessKey{}, w)
}

// OnTheWay returns a context for an act on the way to another one, which alone is
// witnessed: a face that is asked again after half of the way goes all of it again.
func OnTheWay(ctx context.Context) context.Context {
	return context.WithValue(ctx, witnessKey{}, nil)
}

// witness runs the context's witness, if there is one.
func witness(ctx context.Context, tx *db.Tx, d Done) error {
	if w, ok := ctx.Value(witnessKey{}).(Witness); ok {
		return w(tx, d)
	}
	return nil
}
