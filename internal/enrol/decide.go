package enrol

import (
	"time"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
)

// keepGuardian saves the guardian's record, or finds the one that is there: the
// same proved phone with the same name. A phone that came to another person,
// as carriers reassign numbers, opens a record of its own, so nobody sees the
// children of the number's former owner.
func (s *Service) keepGuardian(tx *db.Tx, permit seal.Permit, inst id.Institution, c Clean, p *prepared) (id.Subject, error) {
	known, err := subject.OwnByToken(tx, inst, subject.GuardianPhone, p.guardian.Token(subject.GuardianPhone))
	if err != nil {
		return id.Subject{}, err
	}
	for _, g := range known {
		name, err := subject.OpenOwn(tx, s.Gate.Vault, permit, inst, g.ID, subject.GuardianName)
		if err != nil {
			return id.Subject{}, err
		}
		if name.Expose() == c.Guardian[subject.GuardianName].Expose() {
			return g.ID, subject.Uncover(tx, inst, g.ID) // of a child that is seen, from now on
		}
	}
	return p.guardian.ID(), p.guardian.Save(tx)
}

// decide records what the guardian agreed to and what not. Below 14 that is the
// whole consent. In the month of the 14th birthday the child must agree as well;
// after it the child alone decides and the guardian, who is here, is thereby
// informed. Until the child has spoken the record is restricted.
func (s *Service) decide(tx *db.Tx, e Enrolment, f Form, c Clean, p *prepared, r Receipt) (State, error) {
	// Nobody is assessed before there is a record (S2-20†).
	needs := consent.Needs(c.Birth, civil.DateOf(tx.Now()), consent.Able)
	if needs&consent.ByGuardian != 0 {
		_, err := consent.Decide(tx, e.Institution, consent.Decision{
			Subject: r.Child, Party: consent.PartyGuardian, By: r.Guardian,
			Give: r.Given, Refuse: r.Refused, Needs: needs, Notice: p.notice,
			Evidence: consent.EvidenceOf(p.notice, f.Language, f.Screen, consent.ProofSMS),
		})
		if err != nil {
			return "", err
		}
	}
	if needs&consent.ByChild == 0 {
		return settled(p.notice.Code), nil
	}
	return Waiting, subject.Restrict(tx, e.Institution, r.Child)
}

func (s *Service) now() time.Time { return s.Now() }
