package desk

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/phone"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// Line asks a relay to connect two telephones; package relay has some. A nil error
// means that it has taken the call over and rings the desk first. Neither end is
// shown the other's number. Connect must return when ctx is done.
type Line interface {
	Connect(ctx context.Context, c Connection) error
}

// Connection is one call that a relay is asked for. It is clear text: a Line must
// neither keep nor log it.
type Connection struct {
	ID          id.Call
	Institution id.Institution
	Desk        secret.Text // E.164; empty with a Leg
	Leg         string      // the relay's name of a call that waits there already, for an alias that was dialled
	Family      secret.Text // E.164
	Until       time.Time   // after that it has lost its point
}

// ringing is how long a call that could not be connected keeps its point.
const ringing = 2 * time.Minute

// Call has a relay connect the actor's desk telephone with a family. The actor
// never sees the number. The audit entry is durable before the number leaves this
// program (I1); it counts against the day's quota, and the family reads of it.
// Asked again, it rings again.
//
// Errors: what the gate refuses; fault.Conflict call.no_desk when the actor has
// registered no telephone; fault.Unavailable call.none without a relay; those of
// the Line.
func (s *Service) Call(ctx context.Context, a actor.Actor, guardian id.Subject, purpose string) (gate.Outcome, error) {
	if s.Line == nil {
		return gate.Outcome{}, fault.New(fault.Unavailable, "call.none")
	}
	var sealed subject.Sealed
	var c Connection
	req := gate.Request{Actor: a, Act: policy.CallConnect, Purpose: purpose, Fields: []string{subject.GuardianPhone}, Subject: guardian}
	know := func(tx *db.Tx, gc *gate.Case) (err error) {
		if sealed, err = s.Facts.Sealed(tx, gc, guardian, subject.GuardianPhone); err != nil {
			return err
		}
		return s.stand(tx, gc)
	}
	out, err := s.Gate.Do(ctx, req, know, func(tx *db.Tx, p seal.Permit, gc *gate.Case) (err error) {
		c = Connection{ID: id.Make[id.Call](tx.Now()), Institution: a.Institution, Until: tx.Now().Add(ringing)}
		if c.Desk, err = s.deskPhone(tx, p, a); err != nil {
			return err
		}
		if err := s.Facts.Spend(tx, gc); err != nil {
			return err
		}
		c.Family, err = sealed.Open(tx, s.Gate.Vault, p)
		gc.Ref = c.ID.String()
		return err
	})
	if err != nil {
		return gate.Outcome{}, err
	}
	return out, s.Line.Connect(ctx, c)
}

// phoneField is the place of a telephone under the key of its staff member. It is
// no field of the catalogue, so no record can have it.
const phoneField = "desk.phone"

// keyOf is the subject under which a staff member has a key. Staff and people on
// record never share an identifier: both are random.
func keyOf(s id.Staff) id.Subject {
	k, err := id.FromBytes[id.Subject](s.Bytes())
	if err != nil {
		panic(err) // an identifier has 16 bytes
	}
	return k
}

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
			if err := s.Gate.Vault.Create(tx, a.Institution, keyOf(a.Staff)); err != nil {
				return err
			}
		}
		place := seal.Place{Institution: a.Institution, Subject: keyOf(a.Staff), Field: phoneField, Version: version + 1}
		sealed, err := s.Gate.Vault.Seal(tx, place, number)
		if err != nil {
			return err
		}
		_, err = tx.Exec(`INSERT INTO desk_phone (institution_id, staff_id, version, sealed, set_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (institution_id, staff_id) DO UPDATE SET version = excluded.version, sealed = excluded.sealed, set_at = excluded.set_at`,
			a.Institution, a.Staff, int64(place.Version), sealed, tx.Now().UnixMilli())
		return err
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
	return v.Erase(tx, inst, keyOf(staff))
}

func (s *Service) deskPhone(tx *db.Tx, p seal.Permit, a actor.Actor) (secret.Text, error) {
	sealed, version, err := storedPhone(tx, a.Institution, a.Staff)
	if err == nil && version == 0 {
		err = fault.New(fault.Conflict, "call.no_desk")
	}
	if err != nil {
		return secret.Text{}, err
	}
	return s.Gate.Vault.Open(tx, p, seal.Place{Institution: a.Institution, Subject: keyOf(a.Staff), Field: phoneField, Version: version}, sealed)
}

// storedPhone reads a registered telephone; version 0 is none.
func storedPhone(tx *db.Tx, inst id.Institution, staff id.Staff) (sealed []byte, version uint32, err error) {
	var v int64
	err = tx.QueryRow(`SELECT version, sealed FROM desk_phone WHERE institution_id = $1 AND staff_id = $2`, inst, staff).Scan(&v, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, nil
	}
	return sealed, uint32(v), err
}
