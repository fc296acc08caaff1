package office

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/inventory"
	"github.com/wardfold/wardfold/internal/ledger"
)

// State is what those who answer for an institution should know before anything
// else. It names nobody.
type State struct {
	Unseen    time.Duration  // how long the oldest entry has waited for a witness
	Inventory inventory.Kept // the newest nightly scan; of the zero time if there is none
}

// Late reports whether witnesses have been silent for too long.
func (s State) Late() bool { return s.Unseen > ledger.WitnessLate }

// Halted reports whether what weighs heavily has stopped for it.
func (s State) Halted() bool { return s.Unseen > ledger.WitnessHalt }

// State reads it. It is no act on anybody's record and leaves no entry.
func (s *Service) State(ctx context.Context, a actor.Actor) (st State, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		if st.Unseen, err = s.Log.Unseen(tx); err != nil {
			return err
		}
		st.Inventory, err = inventory.Latest(tx, a.Institution)
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		return err
	})
	return st, err
}
