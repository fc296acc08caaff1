package desk

import (
	"context"
	"strings"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// Changes lists what waits for a second person, the oldest first: of the actor's
// store, or of all. It says neither what nor about whom.
func (s *Service) Changes(ctx context.Context, a actor.Actor) (list []subject.Change, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		all, err := subject.WaitingChanges(tx, a.Institution, 500)
		list = nil
		for _, c := range all {
			if a.Store.IsZero() || a.Store == c.Store {
				list = append(list, c)
			}
		}
		return err
	})
	return list, err
}

// Change is one change as its second person sees it: what kind, not what value.
type Change struct {
	subject.Change
	Of         id.Subject
	Field      string              // "" for an assessment
	Assessment *consent.Assessment // without its Basis, which is typed again
}

// Look opens a change for the person who may decide it. Errors as Decide.
func (s *Service) Look(ctx context.Context, a actor.Actor, which id.Change) (Change, error) {
	var x opened
	req := gate.Request{Actor: a, Act: policy.SubjectCorrect, Purpose: manage}
	_, err := s.Gate.Opening(ctx, req, s.opens(which, &x), func(_ *db.Tx, _ seal.Permit, c *gate.Case) error {
		c.Type = ledger.ViewMasked
		return nil
	})
	if x.Assessment != nil {
		x.Assessment.Basis = ""
	}
	return x.Change, err
}

// opened is a change with its body.
type opened struct {
	Change
	value secret.Text
}

// opens gathers the facts about a change and its decider: somebody else than who
// wrote it down, and a manager or officer (I8).
func (s *Service) opens(which id.Change, x *opened) gate.OpeningFacts {
	return func(tx *db.Tx, p seal.Permit, c *gate.Case) (err error) {
		*x = opened{}
		inst := c.Actor.Institution
		if x.Change.Change, err = subject.LoadChange(tx, inst, which); err != nil {
			return err
		}
		if _, err := subject.Load(tx, inst, x.Child); fault.KindOf(err) == fault.NotFound {
			return fault.New(fault.NotFound, "subject.change_unknown") // as if it had never been asked for
		} else if err != nil {
			return err
		}
		if c.Ref = which.String(); x.State != subject.ChangeWaiting {
			return fault.New(fault.Conflict, "subject.change_decided")
		}
		body, err := x.Open(tx, s.Gate.Vault, p, inst)
		if err != nil {
			return err
		}
		if x.Of, err = id.Parse[id.Subject](body["of"].Expose()); err != nil {
			return err
		}
		if found, ok, err := consent.ReadAssessment(body); err != nil {
			return err
		} else if ok {
			x.Assessment, x.value = &found, secret.NewText(found.Basis)
			c.Act = policy.CapacityAssess
		} else {
			x.Field, x.value = body["field"].Expose(), body["value"]
			c.Fields = fields(x.Field)
		}
		c.Subject = x.Of
		c.Facts.OwnRequest = c.Actor.Staff == x.AskedBy
		c.Facts.SecondPerson = !c.Facts.OwnRequest && (c.Actor.Role == actor.Manager || c.Actor.Role == actor.Officer)
		return s.knowChange(tx, c, x.Child)
	}
}

// Decide ends the waiting of a change. Who agrees types its value once more from
// the family's request, for an assessment the number of its document; what
// differs is Invalid, desk.differs, and nothing is changed. Denied for who wrote
// it down (I8) and, desk.people_only, for an API key; ApprovalNeeded for any role
// but manager and officer; Conflict subject.change_decided; NotFound.
func (s *Service) Decide(ctx context.Context, a actor.Actor, which id.Change, yes bool, again secret.Text) (gate.Outcome, error) {
	var x opened
	req := gate.Request{Actor: a, Act: policy.SubjectCorrect, Purpose: manage}
	return s.Gate.Opening(ctx, req, s.opens(which, &x), func(tx *db.Tx, p seal.Permit, c *gate.Case) error {
		if !yes {
			c.Type = ledger.ChangeRefused
			return subject.DecideChange(tx, s.Gate.Vault, a.Institution, x.Change.Change, a.Staff, subject.ChangeRefused, nil)
		}
		if err := x.same(again, s); err != nil {
			return err
		}
		var keep subject.Values
		if x.Assessment != nil {
			keep = x.Assessment.Body()
		}
		if err := subject.DecideChange(tx, s.Gate.Vault, a.Institution, x.Change.Change, a.Staff, subject.ChangeDone, keep); err != nil {
			return err
		}
		return s.carryOut(tx, p, a.Institution, x)
	})
}

// same returns nil if the value was typed a second time as the first.
func (x opened) same(again secret.Text, s *Service) (err error) {
	want, got := x.value.Expose(), strings.Join(strings.Fields(again.Expose()), " ")
	if x.Assessment == nil {
		typed, err := subject.Judge(x.Field, again, s.Gate.Now())
		if err != nil {
			return fault.At("again", fault.CodeOf(err))
		}
		got = typed.Expose()
	} else {
		want = strings.Join(strings.Fields(want), " ")
	}
	if got != want {
		return fault.At("again", "desk.differs")
	}
	return nil
}

// carryOut does what two people have agreed on.
func (s *Service) carryOut(tx *db.Tx, p seal.Permit, inst id.Institution, x opened) error {
	if x.Field == subject.GuardianPhone {
		return s.MovePhone(tx, p, inst, x.Of, x.value)
	}
	if x.Assessment == nil {
		b, err := s.Catalogue.Budget(tx, inst, catalogue.Minimal)
		if err != nil {
			return err
		}
		if err := subject.Put(tx, s.Gate.Vault, b, inst, x.Of, x.Field, x.value); err != nil || x.Field != subject.LearnerBirth {
			return err
		}
	}
	return s.reassess(tx, p, inst, x.Child)
}

// reassess brings the consents of a child into line with its birth month and
// capacity as they are now, and tells its guardians.
func (s *Service) reassess(tx *db.Tx, p seal.Permit, inst id.Institution, child id.Subject) error {
	v, err := subject.OpenOwn(tx, s.Gate.Vault, p, inst, child, subject.LearnerBirth)
	if err != nil {
		return err
	}
	birth, err := subject.Birth(v, civil.DateOf(tx.Now()))
	if err != nil {
		return err
	}
	found, err := consent.CapacityOf(tx, s.Gate.Vault, p, inst, child)
	if err != nil {
		return err
	}
	if _, err := consent.Reassess(tx, inst, child, birth, found.Capacity); err != nil {
		return err
	}
	if err := enrol.Hold(tx, inst, child); err != nil {
		return err
	}
	guardians, err := subject.Guardians(tx, inst, child)
	if err != nil {
		return err
	}
	for _, g := range guardians {
		if err := s.tell(tx, p, inst, g, "reviewed"); err != nil {
			return err
		}
	}
	return nil
}

// MovePhone gives a guardian's record another number: its search index moves
// with it, so the former number finds nothing and opens nothing any more. Both
// numbers are told, and every session and passkey of the guardian ends. Conflict
// family.phone_used if the number opens another guardian's record.
func (s *Service) MovePhone(tx *db.Tx, p seal.Permit, inst id.Institution, guardian id.Subject, number secret.Text) error {
	if err := s.free(tx, inst, guardian, number); err != nil {
		return err
	}
	if err := s.tell(tx, p, inst, guardian, "phone_left"); err != nil {
		return err
	}
	b, err := s.Catalogue.Budget(tx, inst, catalogue.Minimal)
	if err != nil {
		return err
	}
	if err := subject.Put(tx, s.Gate.Vault, b, inst, guardian, subject.GuardianPhone, number); err != nil {
		return err
	}
	if err := s.tell(tx, p, inst, guardian, "phone_new"); err != nil {
		return err
	}
	return s.Facts.Accounts.ForgetSubject(tx, inst, guardian)
}

// tell sends a guardian a message; one without a phone gets none.
func (s *Service) tell(tx *db.Tx, p seal.Permit, inst id.Institution, guardian id.Subject, template string) error {
	number, err := subject.OpenOwn(tx, s.Gate.Vault, p, inst, guardian, subject.GuardianPhone)
	if k := fault.KindOf(err); k == fault.Invalid || k == fault.Erased {
		return nil
	}
	if err != nil || s.Post == nil {
		return err
	}
	_, err = s.Post.Send(tx, inst, number, template)
	return err
}
