package account

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/secret"
)

// NewStaff describes an account to be.
type NewStaff struct {
	Login, Name string
	Store       id.Store
	Roles       []actor.Role
	Ends        time.Time   // required for a vendor (S3-43)
	Password    secret.Text // only the operator may set one; then there is no invitation
}

// AddStaff makes an account and returns the token of its invitation, which its
// owner trades for a password: whoever adds an account never knows the password.
// Its roles come into force when a second person confirms them, except that the
// operator (actor.System) needs no second: somebody has to be first.
//
// Denied: role.not_yours, role.store. Conflict: login.taken, role.incompatible.
// Invalid: about login, name, roles, ends, password. Unauthenticated:
// stepup.needed.
func (g *Register) AddStaff(ctx context.Context, by actor.Actor, n NewStaff) (Staff, secret.Text, error) {
	s, hash, err := g.draft(ctx, by, &n)
	if err != nil {
		return Staff{}, secret.Text{}, err
	}
	var invite secret.Text
	err = g.DB.Update(ctx, by.Institution, func(tx *db.Tx) error {
		s.ID, s.Created = id.Make[id.Staff](tx.Now()), tx.Now()
		if err := g.insertStaff(tx, by, s, hash); err != nil {
			return err
		}
		for _, r := range n.Roles {
			if err := g.appoint(tx, by, s.ID, r); err != nil {
				return err
			}
		}
		invite = secret.Text{}
		if s.State == Invited {
			if invite, err = g.invite(tx, by.Institution, s.ID); err != nil {
				return err
			}
		}
		if err := g.note(tx, ledger.StaffAdded, by, about(s.ID)); err != nil {
			return err
		}
		s, err = selectStaff(tx, by.Institution, s.ID)
		return err
	})
	if err != nil {
		return Staff{}, secret.Text{}, err
	}
	return s, invite, nil
}

// draft checks what is asked and hashes a first password, outside any
// transaction.
func (g *Register) draft(ctx context.Context, by actor.Actor, n *NewStaff) (s Staff, hash string, err error) {
	s = Staff{Store: n.Store, State: Invited, Ends: n.Ends}
	if !by.Known() || by.Staff.IsZero() && by.Role != actor.System {
		return s, "", fault.New(fault.Denied, "role.not_yours")
	}
	if s.Login, err = checkLogin(n.Login); err != nil {
		return s, "", err
	}
	if s.Name, err = checkName(n.Name); err != nil {
		return s, "", err
	}
	if len(n.Roles) == 0 {
		return s, "", fault.At("roles", "role.missing")
	}
	for _, r := range n.Roles {
		if r == actor.Vendor && n.Ends.IsZero() {
			return s, "", fault.At("ends", "staff.ends_missing")
		}
	}
	if n.Password.Empty() {
		return s, "", nil
	}
	if by.Role != actor.System {
		return s, "", fault.New(fault.Denied, "role.not_yours")
	}
	s.State = Active
	if err := choose(n.Password, false, s); err != nil {
		return s, "", err
	}
	hash, err = g.Passwords.Hash(ctx, n.Password)
	return s, hash, err
}

func (g *Register) insertStaff(tx *db.Tx, by actor.Actor, s Staff, hash string) error {
	var taken int
	if err := tx.QueryRow(`SELECT count(*) FROM staff WHERE institution_id = $1 AND login = $2`,
		by.Institution, s.Login).Scan(&taken); err != nil {
		return err
	}
	if taken > 0 {
		return fault.New(fault.Conflict, "login.taken")
	}
	_, err := tx.Exec(`INSERT INTO staff (institution_id, staff_id, store_id, login, name, state, password, ends_at,
		created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		by.Institution, s.ID, s.Store, s.Login, s.Name, string(s.State), hash, s.Ends, by.Staff, s.Created.UnixMilli())
	return err
}

// Appoint gives an account one more role, in force once confirmed. Errors as
// AddStaff, and Denied role.self.
func (g *Register) Appoint(ctx context.Context, by actor.Actor, staff id.Staff, role actor.Role) error {
	return g.DB.Update(ctx, by.Institution, func(tx *db.Tx) error { return g.appoint(tx, by, staff, role) })
}

func (g *Register) appoint(tx *db.Tx, by actor.Actor, staff id.Staff, role actor.Role) error {
	s, err := g.reach(tx, by, staff, role, MayAppoint)
	if err != nil {
		return err
	}
	for _, a := range s.Appointments {
		switch {
		case a.Role == role:
			return fault.New(fault.Conflict, "role.held")
		case !Compatible(a.Role, role):
			return fault.New(fault.Conflict, "role.incompatible")
		}
	}
	confirmed := int64(0)
	if by.Role == actor.System {
		confirmed = tx.Now().UnixMilli()
	}
	if _, err := tx.Exec(`INSERT INTO staff_role (institution_id, staff_id, role, given_by, given_at, confirmed_at)
		VALUES ($1, $2, $3, $4, $5, $6)`, by.Institution, staff, string(role), by.Staff, tx.Now().UnixMilli(), confirmed); err != nil {
		return err
	}
	return g.note(tx, ledger.RoleGiven, by, about(staff, string(role)))
}

// Confirm is the second signature under an appointment. Who gives it has met the
// person: the account's owner must have accepted the invitation by then. Denied:
// role.self, role.same_person (I8), role.not_yours, role.store. Conflict:
// role.not_pending, staff.not_joined.
func (g *Register) Confirm(ctx context.Context, by actor.Actor, staff id.Staff, role actor.Role) error {
	return g.DB.Update(ctx, by.Institution, func(tx *db.Tx) error {
		s, err := g.reach(tx, by, staff, role, MayConfirm)
		if err != nil {
			return err
		}
		for _, a := range s.Appointments {
			if a.Role != role || !a.Confirmed.IsZero() {
				continue
			}
			switch {
			case a.By == by.Staff:
				return fault.New(fault.Denied, "role.same_person")
			case s.State != Active:
				return fault.New(fault.Conflict, "staff.not_joined")
			}
			if _, err := tx.Exec(`UPDATE staff_role SET confirmed_by = $1, confirmed_at = $2
				WHERE institution_id = $3 AND staff_id = $4 AND role = $5`,
				by.Staff, tx.Now().UnixMilli(), by.Institution, staff, string(role)); err != nil {
				return err
			}
			return g.note(tx, ledger.RoleConfirmed, by, about(staff, string(role)))
		}
		return fault.New(fault.Conflict, "role.not_pending")
	})
}

// Dismiss takes a role away, or refuses one that waits. The account's sessions
// end at once.
func (g *Register) Dismiss(ctx context.Context, by actor.Actor, staff id.Staff, role actor.Role) error {
	return g.DB.Update(ctx, by.Institution, func(tx *db.Tx) error {
		if _, err := g.reach(tx, by, staff, role, mayRemove); err != nil {
			return err
		}
		n, err := tx.Exec(`DELETE FROM staff_role WHERE institution_id = $1 AND staff_id = $2 AND role = $3`,
			by.Institution, staff, string(role))
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "role.unknown")
		}
		if err := g.endStaff(tx, by.Institution, staff); err != nil {
			return err
		}
		return g.note(tx, ledger.RoleTaken, by, about(staff, string(role)))
	})
}

// Remove ends an account for good: its sessions, its proofs, the API keys that it
// asked for, its grants. When it returns, nothing of it answers here; a second later, nowhere.
func (g *Register) Remove(ctx context.Context, by actor.Actor, staff id.Staff) error {
	return g.DB.Update(ctx, by.Institution, func(tx *db.Tx) error {
		if err := g.reachAll(tx, by, staff, mayRemove); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE staff SET state = 'removed', password = '', totp = NULL, totp_next = NULL,
			invite_hash = NULL, removed_at = $1 WHERE institution_id = $2 AND staff_id = $3`,
			tx.Now().UnixMilli(), by.Institution, staff); err != nil {
			return err
		}
		if err := g.dropProofs(tx, by.Institution, staff); err != nil {
			return err
		}
		if err := g.leave(tx, by, staff); err != nil {
			return err
		}
		return g.note(tx, ledger.StaffRemoved, by, about(staff))
	})
}

// Reinvite is for who has lost every proof: it removes them all and returns the
// token of a new invitation. Roles must be confirmed again by a second person,
// for whoever holds the invitation could take over the account.
func (g *Register) Reinvite(ctx context.Context, by actor.Actor, staff id.Staff) (invite secret.Text, err error) {
	err = g.DB.Update(ctx, by.Institution, func(tx *db.Tx) error {
		if err := g.reachAll(tx, by, staff, MayAppoint); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE staff SET state = 'invited', password = '', totp = NULL, totp_next = NULL
			WHERE institution_id = $1 AND staff_id = $2`, by.Institution, staff); err != nil {
			return err
		}
		if by.Role != actor.System {
			if _, err := tx.Exec(`UPDATE staff_role SET given_by = $1, given_at = $2, confirmed_by = NULL, confirmed_at = 0
				WHERE institution_id = $3 AND staff_id = $4`, by.Staff, tx.Now().UnixMilli(), by.Institution, staff); err != nil {
				return err
			}
		}
		if err := g.dropProofs(tx, by.Institution, staff); err != nil {
			return err
		}
		if invite, err = g.invite(tx, by.Institution, staff); err != nil {
			return err
		}
		return g.note(tx, ledger.StaffInvited, by, about(staff))
	})
	if err != nil {
		return secret.Text{}, err
	}
	return invite, nil
}

// Unlock opens a login that 20 failures in a row had locked.
func (g *Register) Unlock(ctx context.Context, by actor.Actor, staff id.Staff) error {
	return g.DB.Update(ctx, by.Institution, func(tx *db.Tx) error {
		if err := g.reachAll(tx, by, staff, mayRemove); err != nil {
			return err
		}
		s, err := selectStaff(tx, by.Institution, staff)
		if err != nil {
			return err
		}
		target, err := g.loginTarget(tx, by.Institution, s.Login)
		if err != nil {
			return err
		}
		if err := g.right(tx, by.Institution, target); err != nil {
			return err
		}
		return g.note(tx, ledger.Unlocked, by, about(staff))
	})
}

// mayRemove is wider than MayAppoint: taking access away hurts nobody's data.
func mayRemove(by, role actor.Role) bool {
	return MayAppoint(by, role) || (by == actor.Officer || by == actor.SysAdmin) && role != actor.Owner
}

// reach loads the account that by wants to change in one role, if by may: freshly
// proved, entitled, in the same store, and not about himself or herself (I8).
func (g *Register) reach(tx *db.Tx, by actor.Actor, staff id.Staff, role actor.Role, may func(by, role actor.Role) bool) (Staff, error) {
	if by.Role != actor.System {
		if by.Staff.IsZero() {
			return Staff{}, fault.New(fault.Denied, "role.not_yours")
		}
		if err := Fresh(by, tx.Now()); err != nil {
			return Staff{}, err
		}
	}
	s, err := selectStaff(tx, by.Institution, staff)
	switch {
	case err != nil:
		return Staff{}, err
	case by.Role != actor.System && by.Staff == staff:
		return Staff{}, fault.New(fault.Denied, "role.self")
	case !may(by.Role, role):
		return Staff{}, fault.New(fault.Denied, "role.not_yours")
	case !by.Store.IsZero() && by.Store != s.Store:
		return Staff{}, fault.New(fault.Denied, "role.store")
	case s.State == Removed:
		return Staff{}, fault.New(fault.Conflict, "staff.removed")
	}
	return s, nil
}

// reachAll is reach for every role of an account, pending ones too; an account
// without any is reached like a clerk's.
func (g *Register) reachAll(tx *db.Tx, by actor.Actor, staff id.Staff, may func(by, role actor.Role) bool) error {
	s, err := g.reach(tx, by, staff, actor.Clerk, func(actor.Role, actor.Role) bool { return true })
	if err != nil {
		return err
	}
	roles := []actor.Role{actor.Clerk}
	if len(s.Appointments) > 0 {
		roles = nil
	}
	for _, a := range s.Appointments {
		roles = append(roles, a.Role)
	}
	for _, r := range roles {
		if !may(by.Role, r) {
			return fault.New(fault.Denied, "role.not_yours")
		}
	}
	return nil
}

// dropProofs ends the sessions of an account and removes what it signs in with.
func (g *Register) dropProofs(tx *db.Tx, inst id.Institution, staff id.Staff) error {
	for _, statement := range []string{
		`DELETE FROM passkey WHERE institution_id = $1 AND staff_id = $2`,
		`DELETE FROM staff_identity WHERE institution_id = $1 AND staff_id = $2`,
	} {
		if _, err := tx.Exec(statement, inst, staff); err != nil {
			return err
		}
	}
	return g.endStaff(tx, inst, staff)
}

// invite makes an invitation, the only one of its account.
func (g *Register) invite(tx *db.Tx, inst id.Institution, staff id.Staff) (secret.Text, error) {
	token, hash, err := g.newToken(inst)
	if err != nil {
		return secret.Text{}, err
	}
	nonce, err := g.nonce()
	if err != nil {
		return secret.Text{}, err
	}
	_, err = tx.Exec(`UPDATE staff SET invite_hash = $1, invite_until = $2, totp_next = $3
		WHERE institution_id = $4 AND staff_id = $5`,
		hash[:], tx.Now().Add(g.Limits.Invited).UnixMilli(), nonce, inst, staff)
	return token, err
}
