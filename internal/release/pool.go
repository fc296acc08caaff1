package release

import (
	"context"
	"strings"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/trace/list"
)

// mostNumbers is how many relay numbers may be added at once.
const mostNumbers = 10_000

// AddNumbers puts relay numbers into the pool: mobile numbers of 11 digits that
// the institution controls and that no family has. It returns how many were new.
// Errors: fault.Invalid release.number, with the line; fault.Conflict
// release.number_real, with the line; what the gate refuses.
func (s *Service) AddNumbers(ctx context.Context, a actor.Actor, numbers []string) (added int, err error) {
	if len(numbers) == 0 || len(numbers) > mostNumbers {
		return 0, fault.At("numbers", "release.numbers", mostNumbers)
	}
	req := gate.Request{Actor: a, Act: policy.SystemDefine}
	_, err = s.Gate.Do(ctx, req, nil, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		added = 0
		for i, n := range numbers {
			number, ok := list.Phone(n)
			if !ok {
				return fault.At("numbers", "release.number", i+1)
			}
			taken, err := s.taken(tx, subject.ByPhone, a.Institution, number)
			if err != nil {
				return err
			}
			if taken {
				return fault.New(fault.Conflict, "release.number_real", i+1)
			}
			more, err := tx.Exec(`INSERT INTO relay_number (institution_id, number, added_at) VALUES ($1, $2, $3)
				ON CONFLICT (institution_id, number) DO NOTHING`, a.Institution, number, tx.Now().UnixMilli())
			if err != nil {
				return wrap("add a relay number", err)
			}
			added += int(more)
		}
		c.Count = added
		return nil
	})
	return added, err
}

// finder is subject.ByPhone or subject.OwnByPhone.
type finder func(*db.Tx, *seal.Vault, id.Institution, string, secret.Text) ([]subject.Subject, error)

// taken reports whether a family has a number. Who learns the answer asks with
// subject.ByPhone, which does not know those that are secluded.
func (s *Service) taken(tx *db.Tx, find finder, inst id.Institution, number string) (bool, error) {
	for _, f := range []string{subject.GuardianPhone, subject.LearnerPhone} {
		found, err := find(tx, s.Gate.Vault, inst, f, secret.NewText("+86"+strings.TrimSpace(number)))
		if err != nil || len(found) > 0 {
			return len(found) > 0, err
		}
	}
	return false, nil
}

// Pool returns the relay numbers of an institution, in order.
func Pool(tx *db.Tx, inst id.Institution) ([]string, error) {
	all, err := db.Column[string](tx, `SELECT number FROM relay_number WHERE institution_id = $1 ORDER BY number LIMIT $2`, inst, mostNumbers)
	return all, wrap("read the relay numbers", err)
}
