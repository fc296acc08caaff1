package family

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/phone"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// oldProof is how old the last code to the former number may be when it is given
// up: a session alone, found on a lost phone, must not take the record along.
const oldProof = 30 * time.Minute

// NewPhone sends a code to the number that a guardian wants from now on. Errors
// as account.Register.RequestCode.
func (s *Service) NewPhone(ctx context.Context, a actor.Actor, b account.Browser, typed secret.Text) error {
	if err := mayMove(a, s.Gate.Now()); err != nil {
		return err
	}
	return s.Accounts.RequestCode(ctx, a.Institution, b, typed, account.ToProve)
}

// ChangePhone gives the guardian's own record another number. The former one was
// proved by the sign-in, no longer than 30 minutes ago, the new one by its code.
// From its return the former number finds and opens nothing; both are told; every
// session of the guardian has ended, this one too. Who has lost the former number
// goes to the store (desk.Service.Ask).
//
// Unauthenticated: stepup.needed, and the codes of account.Register.ProvePhone.
// Invalid: family.phone_same, family.phone_used, and as phone.Normalise. Denied
// role.not_yours for anybody but a guardian.
func (s *Service) ChangePhone(ctx context.Context, a actor.Actor, b account.Browser, typed, code secret.Text) (gate.Outcome, error) {
	if err := mayMove(a, s.Gate.Now()); err != nil {
		return gate.Outcome{}, err
	}
	number, err := phone.Normalise(typed)
	if err != nil {
		return gate.Outcome{}, err
	}
	if err := s.Accounts.ProvePhone(ctx, a.Institution, b, number, code); err != nil {
		return gate.Outcome{}, err
	}
	req := ask(a, policy.SubjectCorrect, a.Subject, subject.GuardianPhone)
	return s.Gate.Opening(ctx, req, s.know, func(tx *db.Tx, p seal.Permit, _ *gate.Case) error {
		if _, err := s.Accounts.PhoneProved(tx, a.Institution, b, number); err != nil {
			return err
		}
		same, err := subject.OwnByPhone(tx, s.Gate.Vault, a.Institution, subject.GuardianPhone, number)
		if err != nil {
			return err
		}
		for _, g := range same {
			if g.ID == a.Subject {
				return fault.At(subject.GuardianPhone, "family.phone_same")
			}
		}
		return s.MovePhone(tx, p, a.Institution, a.Subject, number)
	})
}

// mayMove returns nil for a guardian who has lately proved the former number.
func mayMove(a actor.Actor, now time.Time) error {
	if a.Role != actor.Guardian {
		return fault.New(fault.Denied, "role.not_yours")
	}
	if age := now.Sub(a.ProvedAt); age > oldProof || age < -time.Minute {
		return fault.New(fault.Unauthenticated, "stepup.needed")
	}
	return nil
}
