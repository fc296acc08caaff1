package desk

import (
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/ledger"
)

// Quiet is how long a family is left alone, by message and by call, after it was
// approached for something that it does not need. Source: PIPL art. 24, SAIC Order
// 73 art. 11: no commercial messages that were not wanted; the number of days is
// that of the cooling-off after a refusal.
const Quiet = 30 * 24 * time.Hour

// seldom lets a family be approached once in Quiet for each optional purpose, by
// whatever store of the institution: what the course itself needs has no such
// bound (S1-03). Limited: desk.often.
func (s *Service) seldom(tx *db.Tx, c *gate.Case) error {
	p, err := s.Catalogue.Purpose(tx, c.Actor.Institution, c.Purpose)
	switch fault.KindOf(err) {
	case fault.NotFound, fault.Denied:
		return nil // the rules refuse it
	}
	if err != nil || p.Required {
		return err
	}
	for _, t := range []ledger.Type{ledger.MessageSent, ledger.CallAsked} {
		page, err := ledger.List(tx, ledger.Filter{Type: t, Subject: c.Subject, Purpose: c.Purpose, From: tx.Now().Add(-Quiet), Limit: 1})
		if err != nil {
			return err
		}
		if len(page.Entries) > 0 {
			return fault.New(fault.Limited, "desk.often", page.Entries[0].At.Add(Quiet))
		}
	}
	return nil
}
