package enrol

import (
	"context"
	"errors"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// A link that anybody has seen to be over is buried: that it is over becomes
// durable, and a clock that goes back afterwards does not revive it. To bury
// changes nothing that anybody could see, so looking may do it.

// seen buries the enrolment of a link if err says that its time is over, and
// returns err.
func (s *Service) seen(ctx context.Context, t Token, err error) error {
	if fault.CodeOf(err) != "enrol.expired" {
		return err
	}
	return errors.Join(err, s.Gate.DB.Update(ctx, t.Institution, func(tx *db.Tx) error {
		e, err := byLink(tx, t)
		if err != nil {
			return err
		}
		return bury(tx, e)
	}))
}

// buried is seen for who knows the enrolment by its identifier.
func (s *Service) buried(ctx context.Context, inst id.Institution, enr id.Enrolment) error {
	return s.Gate.DB.Update(ctx, inst, func(tx *db.Tx) error {
		e, err := Load(tx, inst, enr)
		if err != nil {
			return err
		}
		return bury(tx, e)
	})
}

func bury(tx *db.Tx, e Enrolment) error {
	if e.State == Expired || e.At(tx.Now()) != Expired {
		return nil
	}
	return Move(tx, e, Expired)
}

// seenOwn does the same for a child's own link, which is over when its row is.
func (s *Service) seenOwn(ctx context.Context, t Token, err error) error {
	if fault.CodeOf(err) != "enrol.link" {
		return err
	}
	return errors.Join(err, s.Gate.DB.Update(ctx, t.Institution, func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM child_link WHERE institution_id = $1 AND link = $2 AND expires_at <= $3`,
			t.Institution, t.Hash(), tx.Now().UnixMilli())
		return wrap("end a child's link", err)
	}))
}
