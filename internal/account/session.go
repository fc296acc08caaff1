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
	"github.com/wardfold/wardfold/internal/secret"
)

// Errors made once: refusing a stale cookie must cost nothing.
var (
	errSession = fault.New(fault.Unauthenticated, "session.ended")
	errBrowser = fault.New(fault.Unauthenticated, "session.browser")
)

// touch is how stale the base's knowledge of a session's last use may be. A use
// is written at most this often.
const touch = time.Minute

// Session is one sign-in as its owner sees it in the list of devices.
type Session struct {
	ID                    id.Session
	Role                  actor.Role
	Device                string // short label of program and system
	Created, Seen, Proved time.Time
	Expires               time.Time
}

// Actor says who stands behind a session token: the one question of every
// request. A session read within the last second is answered from memory.
// Unauthenticated "session.ended" covers every token that does not count,
// whatever the reason; Unavailable if the base does not answer.
func (g *Register) Actor(ctx context.Context, token secret.Text) (actor.Actor, error) {
	inst, hash, ok := readToken(token)
	if !ok {
		return actor.Actor{}, errSession
	}
	now := g.Now().UnixMilli()
	e, err := g.sessions.find(hash, now, func() (*entry, error) { return g.readSession(ctx, inst, hash) })
	if err != nil {
		return actor.Actor{}, err
	}
	if !e.live(now) {
		g.bury(ctx, inst, hash)
		return actor.Actor{}, errSession
	}
	e.seen.Store(now)
	if w := e.written.Load(); now-w > touch.Milliseconds() && e.written.CompareAndSwap(w, now) {
		g.touch(ctx, inst, hash, now)
	}
	return e.actor, nil
}

// bury removes a session that has ended, so that a clock set back cannot revive
// it. It happens once for each: the next question finds nothing. Whether or not
// the base can write now, the session is refused.
func (g *Register) bury(ctx context.Context, inst id.Institution, hash [32]byte) {
	_ = g.DB.Update(ctx, inst, func(tx *db.Tx) error { return g.deleteSession(tx, inst, hash) })
}

// touch tells the base of a use. A base that cannot write now is no reason to
// refuse a reader: the session merely idles out sooner after a restart.
func (g *Register) touch(ctx context.Context, inst id.Institution, hash [32]byte, now int64) {
	_ = g.DB.Update(ctx, inst, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE session SET seen_at = $1
			WHERE institution_id = $2 AND token_hash = $3 AND seen_at < $1`, now, inst, hash[:])
		return err
	})
}

func (g *Register) readSession(ctx context.Context, inst id.Institution, hash [32]byte) (*entry, error) {
	var e *entry
	err := g.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		e, err = g.selectSession(tx, inst, hash)
		return err
	})
	return e, err
}

func (g *Register) selectSession(tx *db.Tx, inst id.Institution, hash [32]byte) (*entry, error) {
	var proved, seen int64
	e := &entry{actor: actor.Actor{Institution: inst}}
	a := &e.actor
	// The account is looked at too: whatever ended it, no session outlives it.
	err := tx.QueryRow(`SELECT s.session_id, s.staff_id, s.subject_id, s.store_id, s.role, s.seen_at, s.proved_at, s.expires_at
		FROM session s LEFT JOIN staff a ON a.institution_id = s.institution_id AND a.staff_id = s.staff_id
		WHERE s.institution_id = $1 AND s.token_hash = $2
		AND (s.staff_id IS NULL OR (a.state = 'active' AND (a.ends_at = 0 OR a.ends_at > $3)))`,
		inst, hash[:], g.Now().UnixMilli()).
		Scan(&a.Session, &a.Staff, &a.Subject, &a.Store, &a.Role, &seen, &proved, &e.expires)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errSession
	}
	if err != nil {
		return nil, err
	}
	a.ProvedAt = time.UnixMilli(proved).UTC()
	e.idle = g.idle(*a).Milliseconds()
	e.seen.Store(seen)
	e.written.Store(seen)
	return e, nil
}

func (g *Register) idle(a actor.Actor) time.Duration {
	if a.Staff.IsZero() {
		return g.Limits.FamilyIdle
	}
	return g.Limits.StaffIdle
}

func (g *Register) life(a actor.Actor) time.Duration {
	if a.Staff.IsZero() {
		return g.Limits.FamilySession
	}
	return g.Limits.StaffSession
}

// open starts a session for a, whose Session it fills, and whose ProvedAt is now
// unless it says otherwise. The session that the browser had before, if any, ends: signing in never adopts a token
// that somebody else may have planted.
func (g *Register) open(tx *db.Tx, a actor.Actor, device string, former secret.Text) (Entry, error) {
	if inst, hash, ok := readToken(former); ok && inst == a.Institution {
		if err := g.deleteSession(tx, inst, hash); err != nil {
			return Entry{}, err
		}
	}
	now := tx.Now()
	a.Session = id.Make[id.Session](now)
	if a.ProvedAt.IsZero() {
		a.ProvedAt = now
	}
	token, hash, err := g.newToken(a.Institution)
	if err != nil {
		return Entry{}, err
	}
	return Entry{Token: token, Actor: a}, insertSession(tx, a, hash, label(device), now, now.Add(g.life(a)))
}

func insertSession(tx *db.Tx, a actor.Actor, hash [32]byte, device string, created, expires time.Time) error {
	_, err := tx.Exec(`INSERT INTO session (institution_id, token_hash, session_id, staff_id, subject_id, store_id,
		role, device, created_at, seen_at, proved_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		a.Institution, hash[:], a.Session, a.Staff, a.Subject, a.Store, string(a.Role), device,
		created.UnixMilli(), tx.Now().UnixMilli(), a.ProvedAt.UnixMilli(), expires.UnixMilli())
	return err
}

// renew gives a session a new token, after change has altered who it stands for
// or how well that is proved. The old token is dead when the commit is durable.
func (g *Register) renew(tx *db.Tx, token secret.Text, change func(a *actor.Actor) error) (Entry, error) {
	inst, hash, ok := readToken(token)
	if !ok {
		return Entry{}, errSession
	}
	e, err := g.selectSession(tx, inst, hash)
	if err != nil {
		return Entry{}, err
	}
	if !e.live(tx.Now().UnixMilli()) {
		return Entry{}, errSession
	}
	var device string
	var created int64
	if err := tx.QueryRow(`SELECT device, created_at FROM session WHERE institution_id = $1 AND token_hash = $2`,
		inst, hash[:]).Scan(&device, &created); err != nil {
		return Entry{}, err
	}
	a := e.actor
	if err := change(&a); err != nil {
		return Entry{}, err
	}
	if _, err := tx.Exec(`DELETE FROM session WHERE institution_id = $1 AND token_hash = $2`, inst, hash[:]); err != nil {
		return Entry{}, err
	}
	tx.AfterCommit(func() { g.sessions.dropOne(hash) })
	fresh, freshHash, err := g.newToken(inst)
	if err != nil {
		return Entry{}, err
	}
	return Entry{Token: fresh, Actor: a},
		insertSession(tx, a, freshHash, device, time.UnixMilli(created), time.UnixMilli(e.expires))
}

// SignOut ends the session of a token. A token that does not count is no error.
func (g *Register) SignOut(ctx context.Context, token secret.Text) error {
	inst, hash, ok := readToken(token)
	if !ok {
		return nil
	}
	return g.DB.Update(ctx, inst, func(tx *db.Tx) error {
		e, err := g.selectSession(tx, inst, hash)
		if errors.Is(err, fault.Unauthenticated) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := g.deleteSession(tx, inst, hash); err != nil {
			return err
		}
		return g.note(tx, ledger.SignOut, e.actor, mark{})
	})
}

// Sessions lists the actor's own live sessions, the latest first.
func (g *Register) Sessions(ctx context.Context, a actor.Actor) (list []Session, err error) {
	column, owner := ownerOf(a)
	err = g.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		list, err = db.List(tx, func(s *Session, scan db.Scan) error {
			return scan(&s.ID, &s.Role, &s.Device, &s.Created, &s.Seen, &s.Proved, &s.Expires)
		}, `SELECT session_id, role, device, created_at, seen_at, proved_at, expires_at
			FROM session WHERE institution_id = $1 AND `+column+` = $2 AND expires_at > $3
			ORDER BY created_at DESC, session_id`, a.Institution, owner, tx.Now())
		list = slices.DeleteFunc(list, func(s Session) bool { return tx.Now().Sub(s.Seen) > g.idle(a) })
		return err
	})
	return list, err
}

// EndSession ends one of the actor's own sessions; NotFound for any other.
func (g *Register) EndSession(ctx context.Context, a actor.Actor, session id.Session) error {
	column, owner := ownerOf(a)
	return g.DB.Update(ctx, a.Institution, func(tx *db.Tx) error {
		n, err := tx.Exec(`DELETE FROM session WHERE institution_id = $1 AND session_id = $2 AND `+column+` = $3`,
			a.Institution, session, owner)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.New(fault.NotFound, "session.unknown")
		}
		if err := deleteMembers(tx, a.Institution, session); err != nil {
			return err
		}
		tx.AfterCommit(g.sessions.drop)
		return g.note(tx, ledger.SignOut, a, mark{Ref: session.String()})
	})
}

// EndOthers ends all of the actor's sessions but this one and returns how many.
func (g *Register) EndOthers(ctx context.Context, a actor.Actor) (ended int, err error) {
	column, owner := ownerOf(a)
	err = g.DB.Update(ctx, a.Institution, func(tx *db.Tx) error {
		n, err := tx.Exec(`DELETE FROM session WHERE institution_id = $1 AND `+column+` = $2 AND session_id <> $3`,
			a.Institution, owner, a.Session)
		if err != nil {
			return err
		}
		ended = int(n)
		tx.AfterCommit(g.sessions.drop)
		return g.note(tx, ledger.SignOut, a, mark{Count: ended})
	})
	return ended, err
}

// ownerOf returns the column and the value that name whose session, passkey or
// proof a row is. The column is one of two literals.
func ownerOf(a actor.Actor) (column string, owner any) {
	if a.Staff.IsZero() {
		return "subject_id", a.Subject
	}
	return "staff_id", a.Staff
}

func (g *Register) deleteSession(tx *db.Tx, inst id.Institution, hash [32]byte) error {
	var session id.Session
	err := tx.QueryRow(`DELETE FROM session WHERE institution_id = $1 AND token_hash = $2 RETURNING session_id`,
		inst, hash[:]).Scan(&session)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	tx.AfterCommit(func() { g.sessions.dropOne(hash) })
	return deleteMembers(tx, inst, session)
}

func deleteMembers(tx *db.Tx, inst id.Institution, session id.Session) error {
	_, err := tx.Exec(`DELETE FROM session_member WHERE institution_id = $1 AND session_id = $2`, inst, session)
	return err
}

// endStaff ends every session of a member of staff.
func (g *Register) endStaff(tx *db.Tx, inst id.Institution, staff id.Staff) error {
	tx.AfterCommit(g.sessions.drop)
	_, err := tx.Exec(`DELETE FROM session WHERE institution_id = $1 AND staff_id = $2`, inst, staff)
	return err
}

// ForgetSubject removes sessions and passkeys of a record, as when it is erased
// or its phone is changed. Part of the caller's transaction.
func (g *Register) ForgetSubject(tx *db.Tx, inst id.Institution, subject id.Subject) error {
	tx.AfterCommit(g.sessions.drop)
	for _, statement := range []string{
		`DELETE FROM session WHERE institution_id = $1 AND subject_id = $2`,
		`DELETE FROM passkey WHERE institution_id = $1 AND subject_id = $2`,
	} {
		if _, err := tx.Exec(statement, inst, subject); err != nil {
			return err
		}
	}
	// Other records that the same phone opens keep their sessions, without it.
	_, err := tx.Exec(`DELETE FROM session_member WHERE institution_id = $1 AND subject_id = $2`, inst, subject)
	return err
}

func (g *Register) sweep(tx *db.Tx, inst id.Institution) error {
	now := tx.Now()
	for _, s := range []struct {
		statement string
		before    time.Time
	}{
		{`DELETE FROM session_member WHERE institution_id = $1 AND session_id IN
			(SELECT session_id FROM session WHERE institution_id = $1 AND expires_at < $2)`, now},
		{`DELETE FROM session WHERE institution_id = $1 AND expires_at < $2`, now},
		{`DELETE FROM phone_code WHERE institution_id = $1 AND expires_at < $2`, now.Add(-time.Hour)},
		{`DELETE FROM phone_send WHERE institution_id = $1 AND sent_at < $2`, now.Add(-day)},
		{`DELETE FROM phone_proof WHERE institution_id = $1 AND proved_at < $2`, now.Add(-g.Limits.PhoneProof)},
		{`DELETE FROM ceremony WHERE institution_id = $1 AND expires_at < $2`, now},
	} {
		if _, err := tx.Exec(s.statement, inst, s.before.UnixMilli()); err != nil {
			return err
		}
	}
	_, err := tx.Exec(`DELETE FROM api_key_use WHERE institution_id = $1 AND day < $2`, inst, dayNumber(now)-400)
	return err
}

const day = 24 * time.Hour
