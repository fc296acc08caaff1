package grant

import (
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// Issue makes a grant that others have decided on already, in the caller's
// transaction: at the end of an application, or when the glass is broken. The
// caller answers for the decision and writes the entry. It is not for Ask.
func (r *Register) Issue(tx *db.Tx, g Grant) (Grant, error) {
	g.ID, g.State, g.AskedAt, g.DecidedAt = id.Make[id.Grant](tx.Now()), Approved, tx.Now(), tx.Now()
	if g.Applicant == g.Decider || g.Decider == g.Who || g.Decider.IsZero() {
		return Grant{}, fault.New(fault.Denied, "grant.own")
	}
	r.changed(tx, g.Institution, g.Who)
	return g, insert(tx, g)
}

// Use counts one opening against the bound of a grant, if it has one; call it in
// the body of the act. Limited: grant.used_up.
func (r *Register) Use(tx *db.Tx, inst id.Institution, g Grant) error {
	if g.Uses == 0 {
		return nil
	}
	r.changed(tx, inst, g.Who)
	n, err := tx.Exec(`UPDATE staff_grant SET used = used + 1
		WHERE institution_id = $1 AND grant_id = $2 AND used < uses`, inst, g.ID)
	if err == nil && n == 0 {
		return fault.New(fault.Limited, "grant.used_up")
	}
	return wrap("count the use of", err)
}

// Still reports whether a grant is in force now, for what takes longer than a
// moment: a download asks before every part, and stops when it is not. Denied:
// grant.over.
func (r *Register) Still(tx *db.Tx, inst id.Institution, gid id.Grant) error {
	g, err := Load(tx, inst, gid)
	if err == nil && !g.Live(tx.Now()) {
		return fault.New(fault.Denied, "grant.over")
	}
	return err
}

// Under lists the grants that an application led to.
func Under(tx *db.Tx, inst id.Institution, app id.Application) ([]Grant, error) {
	return list(tx, inst, `SELECT `+columns+` FROM staff_grant
		WHERE institution_id = $1 AND application_id = $2 ORDER BY grant_id`, inst, app)
}

// EndUnder ends every grant that an application led to, in the caller's
// transaction.
func (r *Register) EndUnder(tx *db.Tx, inst id.Institution, app id.Application) error {
	all, err := Under(tx, inst, app)
	if err != nil {
		return err
	}
	return r.endAll(tx, all)
}

func (r *Register) endAll(tx *db.Tx, all []Grant) error {
	for _, g := range all {
		if g.State == Refused || g.State == Ended {
			continue
		}
		from := g.State
		g.State, g.EndedAt = Ended, tx.Now()
		r.changed(tx, g.Institution, g.Who)
		if err := move(tx, g, from); err != nil {
			return err
		}
	}
	return nil
}

// Ready returns the reserve under which a person may break the glass at a place
// now. Zero and no error: there is none.
func (r *Register) Ready(tx *db.Tx, inst id.Institution, staff id.Staff, role actor.Role, store id.Store) (Grant, error) {
	all, err := Of(tx, inst, staff, tx.Now())
	if err != nil {
		return Grant{}, err
	}
	i := slices.IndexFunc(all, func(g Grant) bool {
		return g.State == Ready && g.Role == role && (g.Store.IsZero() || g.Store == store) && !tx.Now().Before(g.From)
	})
	if i < 0 {
		return Grant{}, nil
	}
	return all[i], nil
}

// Past reports whether a grant of a person once covered a subject and is over:
// what was in their capsule is gone, which is more than not there (S2-14).
func (r *Register) Past(tx *db.Tx, inst id.Institution, staff id.Staff, subj id.Subject, at time.Time) (bool, error) {
	all, err := list(tx, inst, `SELECT `+columns+` FROM staff_grant
		WHERE institution_id = $1 AND staff_id = $2 AND state IN ('approved', 'ended', 'held')
		ORDER BY ends_at DESC LIMIT 50`, inst, staff)
	return slices.ContainsFunc(all, func(g Grant) bool {
		return slices.Contains(g.Subjects, subj) && (g.State == Ended || !at.Before(g.Until))
	}), err
}

// EndOf ends the grants that an application led to for one person, in the
// caller's transaction.
func (r *Register) EndOf(tx *db.Tx, inst id.Institution, app id.Application, who id.Staff) error {
	all, err := Under(tx, inst, app)
	if err != nil {
		return err
	}
	return r.endAll(tx, slices.DeleteFunc(all, func(g Grant) bool { return g.Who != who }))
}

// Reaching returns the grant of an actor that reaches a subject now, whatever
// its purpose and fields. Zero and no error: there is none.
func (r *Register) Reaching(tx *db.Tx, inst id.Institution, u Use) (Grant, error) {
	all, err := Of(tx, inst, u.Staff, u.At)
	for _, g := range all {
		if c := g.Covers(u); c.Live && c.Subject {
			return g, nil
		}
	}
	return Grant{}, err
}

// Shut ends an emergency grant in the caller's transaction and notes when the
// family was told; zero is not yet.
func (r *Register) Shut(tx *db.Tx, inst id.Institution, gid id.Grant, told time.Time) error {
	g, err := Load(tx, inst, gid)
	if err != nil {
		return err
	}
	if g.ToldAt = told; !told.IsZero() {
		if err := setTold(tx, g); err != nil {
			return err
		}
	}
	return r.endAll(tx, []Grant{g})
}
