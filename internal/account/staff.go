package account

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
)

// State is where an account is in its life.
type State string

// The states. An invited account has no proof yet; a removed one stays, because
// the audit names it, and never comes back.
const (
	Invited State = "invited"
	Active  State = "active"
	Removed State = "removed"
)

// Staff is one account of a member of staff, an outside helper or an overseer's
// officer. One person has one account.
type Staff struct {
	ID            id.Staff
	Store         id.Store // zero for the whole institution
	Login         string   // folded
	Name          string   // as colleagues see it; families see Masked(Name)
	State         State
	Appointments  []Appointment
	OneTime       bool      // has one-time codes
	TrainedUntil  time.Time // zero: never trained (S0-16)
	PledgedAt     time.Time // zero: no confidentiality pledge (S3-42, S3-43)
	Ends          time.Time // zero: no end date
	Created, Left time.Time
}

// Appointment is one role of one account.
type Appointment struct {
	Role        actor.Role
	By          id.Staff // zero: the operator
	At          time.Time
	Confirmed   time.Time // zero: not in force
	ConfirmedBy id.Staff
}

// Holds reports whether an appointment to the role is in force.
func (s Staff) Holds(r actor.Role) bool {
	return slices.ContainsFunc(s.Appointments, func(a Appointment) bool { return a.Role == r && !a.Confirmed.IsZero() })
}

// Standing is what the policy asks about a member of staff at the moment of an
// act.
type Standing struct {
	Active  bool // neither removed nor past the end date
	Trained bool // holds a training certificate that is valid now (S0-16)
	Pledged bool // has signed the confidentiality pledge (S3-42, S3-43)
}

// Standing reads, in the caller's transaction, whether an account is in order. An
// account that does not exist is not.
func (g *Register) Standing(tx *db.Tx, inst id.Institution, staff id.Staff) (Standing, error) {
	var state State
	var trained, pledged, ends int64
	err := tx.QueryRow(`SELECT state, trained_until, pledged_at, ends_at FROM staff
		WHERE institution_id = $1 AND staff_id = $2`, inst, staff).Scan(&state, &trained, &pledged, &ends)
	if errors.Is(err, sql.ErrNoRows) {
		return Standing{}, nil
	}
	now := tx.Now().UnixMilli()
	return Standing{Active: state == Active && (ends == 0 || ends > now), Trained: trained > now, Pledged: pledged > 0}, err
}

// Staff returns one account; NotFound "staff.unknown".
func (g *Register) Staff(ctx context.Context, inst id.Institution, staff id.Staff) (s Staff, err error) {
	err = g.DB.View(ctx, inst, func(tx *db.Tx) error {
		s, err = selectStaff(tx, inst, staff)
		return err
	})
	return s, err
}

// StaffOf lists the accounts of a store, or of the institution if store is zero,
// by login; removed ones only if asked for.
func (g *Register) StaffOf(ctx context.Context, inst id.Institution, store id.Store, removed bool) (list []Staff, err error) {
	err = g.DB.View(ctx, inst, func(tx *db.Tx) error {
		all, err := Everybody(tx, inst)
		list = slices.DeleteFunc(all, func(s Staff) bool {
			return !store.IsZero() && s.Store != store || !removed && s.State == Removed
		})
		return err
	})
	return list, err
}

// RecordTraining notes until when a training certificate is valid; certificate is
// its hash. Somebody else than its holder records it. Until there is one,
// the holder opens no personal information (S0-16).
func (g *Register) RecordTraining(tx *db.Tx, by actor.Actor, staff id.Staff, until time.Time, certificate [32]byte) error {
	if by.Staff == staff && by.Role != actor.System {
		return fault.New(fault.Denied, "role.self")
	}
	n, err := tx.Exec(`UPDATE staff SET trained_until = $1 WHERE institution_id = $2 AND staff_id = $3 AND state <> 'removed'`,
		until.UnixMilli(), by.Institution, staff)
	if err != nil {
		return err
	}
	if n == 0 {
		return errStaff
	}
	return g.note(tx, ledger.StaffTrained, by, mark{Ref: staff.String(), Hash: certificate})
}

// trainingLife is the longest that a training certificate counts before it has to
// be earned again (S0-19).
const trainingLife = 366 * day

// mayTrain reports whether a role may record the training of somebody in another.
func mayTrain(by, role actor.Role) bool { return MayAppoint(by, role) || by == actor.Officer }

// Train records that a member of staff passed a training, until when that counts,
// and the hash of the certificate. By a manager for the store, by the officer or
// owner for anybody, freshly proved, never for oneself. Denied: role.self,
// role.not_yours, role.store. Invalid: staff.trained_until for a day in the past or
// more than a year ahead.
func (g *Register) Train(ctx context.Context, by actor.Actor, staff id.Staff, until time.Time, certificate [32]byte) error {
	return g.DB.Update(ctx, by.Institution, func(tx *db.Tx) error {
		if err := g.reachAll(tx, by, staff, mayTrain); err != nil {
			return err
		}
		if now := tx.Now(); until.Before(now) || until.Sub(now) > trainingLife {
			return fault.At("until", "staff.trained_until")
		}
		return g.RecordTraining(tx, by, staff, until, certificate)
	})
}

// Pledge records that the actor has signed the confidentiality pledge in person;
// document is the hash of its text. Unauthenticated stepup.needed.
func (g *Register) Pledge(ctx context.Context, a actor.Actor, document [32]byte) error {
	return g.DB.Update(ctx, a.Institution, func(tx *db.Tx) error {
		if err := Fresh(a, tx.Now()); err != nil {
			return err
		}
		return g.RecordPledge(tx, a, a.Staff, document)
	})
}

// RecordPledge notes that a member of staff has signed the confidentiality
// pledge, or a vendor the undertaking; document is the hash of what was signed.
// It is signed in person: nobody signs for somebody else but the operator.
func (g *Register) RecordPledge(tx *db.Tx, by actor.Actor, staff id.Staff, document [32]byte) error {
	if by.Staff != staff && by.Role != actor.System {
		return fault.New(fault.Denied, "pledge.not_own")
	}
	n, err := tx.Exec(`UPDATE staff SET pledged_at = $1, pledge_hash = $2
		WHERE institution_id = $3 AND staff_id = $4 AND state <> 'removed'`,
		tx.Now().UnixMilli(), document[:], by.Institution, staff)
	if err != nil {
		return err
	}
	if n == 0 {
		return errStaff
	}
	return g.note(tx, ledger.StaffPledged, by, mark{Ref: staff.String(), Hash: document})
}

var errStaff = fault.New(fault.NotFound, "staff.unknown")

const staffColumns = `staff_id, store_id, login, name, state, totp, trained_until, pledged_at, ends_at, created_at, removed_at`

func (s *Staff) scan(scan db.Scan) error {
	var totp []byte
	err := scan(&s.ID, &s.Store, &s.Login, &s.Name, &s.State, &totp, &s.TrainedUntil, &s.PledgedAt, &s.Ends, &s.Created, &s.Left)
	s.OneTime = len(totp) > 0
	return err
}

// selectStaff returns an account with its appointments.
func selectStaff(tx *db.Tx, inst id.Institution, staff id.Staff) (s Staff, err error) {
	err = s.scan(tx.QueryRow(`SELECT `+staffColumns+` FROM staff
		WHERE institution_id = $1 AND staff_id = $2`, inst, staff).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Staff{}, errStaff
	}
	if err != nil {
		return Staff{}, err
	}
	s.Appointments, err = db.List(tx, func(a *Appointment, scan db.Scan) error {
		var who id.Staff
		return a.scan(scan, &who)
	}, `SELECT `+roleColumns+` FROM staff_role
		WHERE institution_id = $1 AND staff_id = $2 ORDER BY role`, inst, staff)
	return s, err
}

const roleColumns = `staff_id, role, given_by, given_at, confirmed_by, confirmed_at`

func (a *Appointment) scan(scan db.Scan, who *id.Staff) error {
	return scan(who, &a.Role, &a.By, &a.At, &a.ConfirmedBy, &a.Confirmed)
}

func selectAppointments(tx *db.Tx, inst id.Institution) (map[id.Staff][]Appointment, error) {
	rows, err := tx.Query(`SELECT `+roleColumns+` FROM staff_role WHERE institution_id = $1 ORDER BY staff_id, role`, inst)
	if err != nil {
		return nil, err
	}
	all := make(map[id.Staff][]Appointment)
	for rows.Next() {
		var who id.Staff
		var a Appointment
		if err := a.scan(rows.Scan, &who); err != nil {
			return nil, err
		}
		all[who] = append(all[who], a)
	}
	return all, nil
}
