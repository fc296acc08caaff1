package family

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// party says as whom the actor speaks.
func party(a actor.Actor) consent.Party {
	if a.Role == actor.Child {
		return consent.PartyChild
	}
	return consent.PartyGuardian
}

// Withdraw stops one purpose at once. Stopping what was never agreed to changes
// nothing and succeeds; what stands on being public already is refused from then
// on (S3-18).
func (s *Service) Withdraw(ctx context.Context, a actor.Actor, subj id.Subject, purpose string) (gate.Outcome, error) {
	req := ask(a, policy.ConsentWithdraw, subj)
	req.Purpose = purpose
	return s.Gate.Opening(ctx, req, s.know, func(tx *db.Tx, _ seal.Permit, _ *gate.Case) error {
		// What is written into the ledger of consents stays for ever: no free text.
		p, err := s.Catalogue.Purpose(tx, a.Institution, purpose)
		if err != nil {
			return err
		}
		stop := consent.Withdraw
		if p.Basis == catalogue.Published { // it stands without a consent that could be withdrawn
			stop = consent.Oppose
		}
		return stop(tx, a.Institution, consent.Withdrawal{
			Subject: subj, Party: party(a), By: a.Subject, Purposes: []string{purpose}, Proof: consent.ProofSession})
	})
}

// Give agrees to one more purpose of the notice in force, or adds the actor's
// word to the other's where both are needed. What a child says is told its guardian
// by a message; where the child alone decides, the consent counts with it (S2-17).
func (s *Service) Give(ctx context.Context, a actor.Actor, subj id.Subject, purpose, language string, screen [32]byte) (gate.Outcome, error) {
	req := ask(a, policy.ConsentGive, subj)
	req.Purpose = purpose
	return s.Gate.Opening(ctx, req, s.know, func(tx *db.Tx, p seal.Permit, c *gate.Case) error {
		n, err := s.Catalogue.CurrentNotice(tx, a.Institution, catalogue.EnrolmentNotice)
		if err != nil {
			return err
		}
		b, found, err := s.birth(tx, p, c)
		if err != nil {
			return err
		}
		if _, err := s.Catalogue.Purpose(tx, a.Institution, purpose); err != nil {
			return err
		}
		joins, _, err := consent.Waits(tx, a.Institution, subj, purpose)
		if err != nil {
			return err
		}
		c.Hash = n.Hash(language)
		d := consent.Decision{Subject: subj, Party: party(a), By: a.Subject, Joins: joins, Give: []string{purpose},
			Needs: consent.Needs(b, civil.DateOf(tx.Now()), found.Capacity), Notice: n,
			Evidence: consent.EvidenceOf(n, language, screen, consent.ProofSession)}
		d.Ref = found.Ref()
		given, err := consent.Decide(tx, a.Institution, d)
		if err != nil || d.Party != consent.PartyChild {
			return err
		}
		msg, err := s.Tell(tx, p, a.Institution, subj, "informed")
		if err != nil || msg.IsZero() || d.Needs&consent.Informed == 0 {
			return err // without a phone it waits until a guardian can be told
		}
		return consent.Inform(tx, a.Institution, subj, given, msg.String())
	})
}

// Correct replaces the value of one field. The old ciphertext no longer opens.
// A phone cannot be corrected here: whoever holds a session would take over the
// record; that is done with a code to the new phone, or in the store.
func (s *Service) Correct(ctx context.Context, a actor.Actor, subj id.Subject, field string, typed secret.Text) (gate.Outcome, error) {
	if field == subject.GuardianPhone || field == subject.LearnerPhone {
		return gate.Outcome{}, fault.At(field, "family.field", field)
	}
	val, err := subject.Judge(field, typed, s.Gate.Now())
	if err != nil {
		return gate.Outcome{}, err
	}
	req := ask(a, policy.SubjectCorrect, subj, field)
	return s.Gate.Opening(ctx, req, s.know, func(tx *db.Tx, p seal.Permit, c *gate.Case) error {
		if field == subject.LearnerBirth {
			if err := s.keepsSpeaker(tx, p, c, val); err != nil {
				return err
			}
		}
		b, err := s.Catalogue.Budget(tx, a.Institution, catalogue.Minimal)
		if err != nil {
			return err
		}
		return subject.Put(tx, s.Gate.Vault, b, a.Institution, subj, field, val)
	})
}

// keepsSpeaker returns nil if a corrected birth month leaves it to the same
// person to decide. One that does not would let whoever types it speak for the
// child, so it takes the store and a second person. Conflict family.birth_speaker.
func (s *Service) keepsSpeaker(tx *db.Tx, p seal.Permit, c *gate.Case, val secret.Text) error {
	today := civil.DateOf(tx.Now())
	now, found, err := s.birth(tx, p, c)
	if err != nil {
		return err
	}
	then, err := subject.Birth(val, today)
	if err == nil && consent.Authority(now, today, found.Capacity) != consent.Authority(then, today, found.Capacity) {
		err = fault.New(fault.Conflict, "family.birth_speaker")
	}
	return err
}

// Certificate says what an erasure destroyed. It names nobody.
type Certificate struct {
	Fields  []string // codes of the fields that were held
	Records int      // records erased: the child's and perhaps the guardian's
	At      time.Time
	gate.Outcome
}

// Erase destroys a child's record: its key, its values, its family ties, and
// the list of entries about it. From its return nothing of it opens, here or in
// a restored backup. The entry that it happened stays. The guardian's own record
// goes with the last child.
func (s *Service) Erase(ctx context.Context, a actor.Actor, subj id.Subject) (Certificate, error) {
	var cert Certificate
	out, err := s.Gate.Opening(ctx, ask(a, policy.SubjectErase, subj), s.know, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		held, err := heldOf(tx, a.Institution, subj)
		if err != nil {
			return err
		}
		gone, err := s.EraseIn(tx, a.Institution, subj)
		if err != nil {
			return err
		}
		c.Count, c.Fields = len(gone), held
		cert = Certificate{Fields: held, Records: len(gone), At: tx.Now()}
		return nil
	})
	if err != nil {
		return Certificate{}, err
	}
	cert.Outcome = out
	s.Clear(ctx)
	return cert, nil
}

// EraseIn erases a child in the caller's transaction and returns everybody whose
// key is gone. The tombstones are durable before it returns, and so before the
// erasure is: a crash in between erases too much rather than too little.
func (s *Service) EraseIn(tx *db.Tx, inst id.Institution, child id.Subject) ([]id.Subject, error) {
	gone, err := subject.Erase(tx, s.Gate.Vault, inst, child)
	if err != nil {
		return nil, err
	}
	for _, x := range gone {
		if err := consent.Forget(tx, inst, x); err != nil {
			return nil, err
		}
		if err := ledger.Forget(tx, x); err != nil {
			return nil, err
		}
		if err := s.Accounts.ForgetSubject(tx, inst, x); err != nil {
			return nil, err
		}
	}
	if s.Tombstones == nil {
		return gone, nil
	}
	return gone, s.Tombstones.Add(inst, gone, tx.Now())
}
