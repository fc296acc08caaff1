package publish

import (
	"context"
	"slices"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/note"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
)

// Fasten writes down that one of the four locks of a story is there (S2-21†).
// Errors: fault.Invalid at lock, reference or on; Conflict publish.state.… unless
// the story is a draft.
func (s *Service) Fasten(ctx context.Context, a actor.Actor, which id.Publication, l Lock) error {
	if !slices.Contains(LockKinds, l.Kind) {
		return fault.At("lock", "publish.lock")
	}
	if l.Reference == "" || len(l.Reference) > longestWords {
		return fault.At("reference", "publish.reference")
	}
	if l.On.IsZero() || civil.DateOf(s.Gate.Now()).Before(l.On) {
		return fault.At("on", "publish.on")
	}
	if err := note.Check("reference", l.Reference); err != nil {
		return err
	}
	var p Publication
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.PublishPrepare}, s.know(which, &p), func(tx *db.Tx, _ seal.Permit, _ *gate.Case) error {
		if p.Occasion != Story {
			return fault.New(fault.Conflict, "publish.no_story")
		}
		if err := p.require(Draft); err != nil {
			return err
		}
		l.By = a.Staff
		return putLock(tx, p, l)
	})
	return err
}

// Unfasten writes down that a consent was withdrawn, or that a lock no longer
// holds. A story that is public comes down in the same breath, for good. Errors:
// NotFound publish.lock_open if it did not hold.
func (s *Service) Unfasten(ctx context.Context, a actor.Actor, which id.Publication, k LockKind) error {
	var p Publication
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.PublishWithdraw}, s.know(which, &p), func(tx *db.Tx, _ seal.Permit, _ *gate.Case) error {
		i := slices.IndexFunc(p.Locks, func(l Lock) bool { return l.Kind == k && l.EndedAt.IsZero() })
		if i < 0 {
			return fault.New(fault.NotFound, "publish.lock_open")
		}
		p.Locks[i].EndedAt = tx.Now()
		if err := putLock(tx, p, p.Locks[i]); err != nil || p.State != Published {
			return err
		}
		return s.close(tx, &p, Withdrawn)
	})
	return err
}
