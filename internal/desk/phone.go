package desk

import (
	"context"
	"database/sql"
	"errors"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/phone"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

// phoneField is the place of a telephone under the key of its staff member. It is
// no field of the catalogue, so no record can have it.
const phoneField = "desk.phone"

// SetPhone registers the telephone at which a relay reaches the actor, on a fresh
// proof of identity, sealed under a key of the actor's own. Errors: those of
// phone.Desk; what the gate refuses.
func (s *Service) SetPhone(ctx context.Context, a actor.Actor, typed secret.Text) error {
	number, err := phone.Desk(typed)
	if err != nil {
		return err
	}
	_, err = s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.PhoneSet}, func(tx *db.Tx, c *gate.Case) error {
		c.Store = a.Store
		s.Facts.Place(c)
		return s.Facts.Who(tx, c)
	}, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		c.Ref = a.Staff.String()
		_, version, err := storedPhone(tx, a.Institution, a.Staff)
		if err != nil {
			return err
		}
		if version == 0 {
			if err := s.Gate.Vault.Create(tx, a.Institution, seal.Holder(a.Staff)); err != nil {
				return err
			}
		}
		place := seal.Place{Institution: a.Institution, Subject: seal.Holder(a.Staff), Field: phoneField, Version: version + 1}
		sealed, err := s.Gate.Vault.Seal(tx, place, number)
		if err != nil {
			return err
		}
		return storePhone(tx, place, a.Staff, sealed)
	})
	return err
}

// HasPhone reports whether the actor has registered a telephone.
func (s *Service) HasPhone(ctx context.Context, a actor.Actor) (has bool, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		_, version, err := storedPhone(tx, a.Institution, a.Staff)
		has = version > 0
		return err
	})
	return has, err
}

// ForgetPhone destroys the telephone of a staff member who leaves.
func ForgetPhone(tx *db.Tx, v *seal.Vault, inst id.Institution, staff id.Staff) error {
	n, err := tx.Exec(`DELETE FROM desk_phone WHERE institution_id = $1 AND staff_id = $2`, inst, staff)
	if err != nil || n == 0 {
		return err
	}
	return v.Erase(tx, inst, seal.Holder(staff))
}

func (s *Service) deskPhone(tx *db.Tx, p seal.Permit, a actor.Actor) (secret.Text, error) {
	sealed, version, err := storedPhone(tx, a.Institution, a.Staff)
	if err == nil && version == 0 {
		err = fault.New(fault.Conflict, "call.no_desk")
	}
	if err != nil {
		return secret.Text{}, err
	}
	return s.Gate.Vault.Open(tx, p, seal.Place{Institution: a.Institution, Subject: seal.Holder(a.Staff), Field: phoneField, Version: version}, sealed)
}

func storePhone(tx *db.Tx, at seal.Place, staff id.Staff, sealed []byte) error {
	_, err := tx.Exec(`INSERT INTO desk_phone (institution_id, staff_id, version, sealed, set_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (institution_id, staff_id) DO UPDATE SET version = excluded.version, sealed = excluded.sealed, set_at = excluded.set_at`,
		at.Institution, staff, at.Version, sealed, tx.Now())
	return err
}

// storedPhone reads a registered telephone; version 0 is none.
func storedPhone(tx *db.Tx, inst id.Institution, staff id.Staff) (sealed []byte, version uint32, err error) {
	err = tx.QueryRow(`SELECT version, sealed FROM desk_phone WHERE institution_id = $1 AND staff_id = $2`, inst, staff).Scan(&version, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return sealed, version, err
}
