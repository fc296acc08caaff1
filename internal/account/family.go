package account

import (
	"context"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/secret"
)

// FamilyAttempt is what a guardian or a child of 14 and more sends to sign in.
type FamilyAttempt struct {
	Browser Browser
	Phone   secret.Text // as typed
	Code    secret.Text
	Device  string
	Former  secret.Text // session token that the browser had, which ends
}

// SignInFamily proves a phone by its code and opens a session for the record it
// belongs to. A phone that opens several records (one number for a guardian and a
// child, or recycled by the carrier) opens the first; Entry.Members lists all,
// and SwitchMember changes between them. Errors as ProvePhone; NotFound
// family.none when the phone is proved but opens nothing here, which its holder
// may know.
func (g *Register) SignInFamily(ctx context.Context, inst id.Institution, t FamilyAttempt) (Entry, error) {
	var entry Entry
	var nobody error
	err := g.withCode(ctx, inst, t.Browser, t.Phone, t.Code, func(tx *db.Tx, h handset) (err error) {
		entry, nobody, err = g.openFamily(tx, inst, h, t, tx.Now())
		return err
	})
	if err != nil {
		return Entry{}, err
	}
	return entry, nobody
}

// ContinueFamily opens a session on the strength of a phone that this browser
// has proved within the last 30 minutes, as right after enrolling. Errors as
// PhoneProved and SignInFamily.
func (g *Register) ContinueFamily(ctx context.Context, inst id.Institution, t FamilyAttempt) (Entry, error) {
	var entry Entry
	var nobody error
	err := g.DB.Update(ctx, inst, func(tx *db.Tx) error {
		proved, err := g.PhoneProved(tx, inst, t.Browser, t.Phone)
		if err != nil {
			return err
		}
		h, err := g.handset(tx, inst, t.Phone)
		if err != nil {
			return err
		}
		entry, nobody, err = g.openFamily(tx, inst, h, t, proved)
		return err
	})
	if err != nil {
		return Entry{}, err
	}
	return entry, nobody
}

// openFamily returns "nobody" beside err: the code is spent even so.
func (g *Register) openFamily(tx *db.Tx, inst id.Institution, h handset, t FamilyAttempt, proved time.Time) (e Entry, nobody, err error) {
	members, err := g.Families.ByPhone(tx, inst, h.number)
	if err != nil {
		return Entry{}, nil, err
	}
	if len(members) == 0 {
		return Entry{}, fault.New(fault.NotFound, "family.none"), nil
	}
	a := actor.Actor{Institution: inst, Subject: members[0].Subject, Role: members[0].Role, ProvedAt: proved}
	if e, err = g.open(tx, a, t.Device, t.Former); err != nil {
		return Entry{}, nil, err
	}
	if e.Members = members; len(members) > 1 {
		if err := insertMembers(tx, inst, e.Actor.Session, members); err != nil {
			return Entry{}, nil, err
		}
	}
	return e, nil, g.note(tx, ledger.SignIn, e.Actor, mark{Notes: []string{"code"}})
}

func insertMembers(tx *db.Tx, inst id.Institution, session id.Session, members []Member) error {
	for _, m := range members {
		if _, err := tx.Exec(`INSERT INTO session_member (institution_id, session_id, subject_id, role) VALUES ($1, $2, $3, $4)
			ON CONFLICT (institution_id, session_id, subject_id, role) DO NOTHING`, inst, session, m.Subject, string(m.Role)); err != nil {
			return err
		}
	}
	return nil
}

// SwitchMember lets the holder of a phone act for another record that it opens.
// The session gets a new token. NotFound: family.none.
func (g *Register) SwitchMember(ctx context.Context, token secret.Text, to Member) (Entry, error) {
	return g.change(ctx, token, func(tx *db.Tx, a *actor.Actor) error {
		var n int
		if err := tx.QueryRow(`SELECT count(*) FROM session_member
			WHERE institution_id = $1 AND session_id = $2 AND subject_id = $3 AND role = $4`,
			a.Institution, a.Session, to.Subject, string(to.Role)).Scan(&n); err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "family.none")
		}
		a.Subject, a.Role = to.Subject, to.Role
		return nil
	})
}

// Members lists the records that the phone of a family session opens; none if it
// opens only one.
func (g *Register) Members(ctx context.Context, a actor.Actor) (list []Member, err error) {
	err = g.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		list, err = db.List(tx, func(m *Member, scan db.Scan) error {
			return scan(&m.Subject, &m.Role)
		}, `SELECT subject_id, role FROM session_member
			WHERE institution_id = $1 AND session_id = $2 ORDER BY subject_id, role`, a.Institution, a.Session)
		return err
	})
	return list, err
}

// StepUpFamily proves the phone of a family session anew with a code. The session
// gets a new token. Errors as ProvePhone; NotFound family.none if the phone does
// not open the session's record.
func (g *Register) StepUpFamily(ctx context.Context, token secret.Text, t FamilyAttempt) (Entry, error) {
	inst, _, ok := readToken(token)
	if !ok {
		return Entry{}, errSession
	}
	var entry Entry
	err := g.withCode(ctx, inst, t.Browser, t.Phone, t.Code, func(tx *db.Tx, h handset) error {
		members, err := g.Families.ByPhone(tx, inst, h.number)
		if err != nil {
			return err
		}
		if entry, err = g.renewProof(tx, token); err != nil {
			return err
		}
		if own := (Member{entry.Actor.Subject, entry.Actor.Role}); !slices.Contains(members, own) {
			return fault.New(fault.NotFound, "family.none") // the session keeps its token
		}
		return g.note(tx, ledger.StepUp, entry.Actor, mark{Notes: []string{"code"}})
	})
	if err != nil {
		return Entry{}, err
	}
	return entry, nil
}
