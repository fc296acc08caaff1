package enrol

import (
	"context"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/secret"
)

// Enter opens the pages of a child that has decided, on the strength of its own
// link. The link stays good for its seven days; a guardian can have a new one
// made, which ends it. Errors: NotFound enrol.link; Conflict enrol.enquiry while
// the child has not decided.
func (s *Service) Enter(ctx context.Context, t Token, device string, former secret.Text) (account.Entry, error) {
	var entry account.Entry
	err := s.Gate.DB.Update(ctx, t.Institution, func(tx *db.Tx) error {
		e, err := byChildLink(tx, t)
		if err != nil {
			return err
		}
		if err := e.require(tx.Now(), Enrolled, Trial); err != nil {
			return err
		}
		entry, err = s.Accounts.Admit(tx, t.Institution, account.Member{Subject: e.Child, Role: actor.Child}, device, former)
		return err
	})
	return entry, s.seenOwn(ctx, t, err)
}

// spoken reports whether the child has ever decided for itself.
func spoken(tx *db.Tx, e Enrolment) (bool, error) {
	events, err := consent.Events(tx, e.Institution, e.Child)
	for _, ev := range events {
		if ev.Party == consent.PartyChild {
			return true, nil
		}
	}
	return false, err
}
