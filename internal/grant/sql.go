package grant

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

const columns = `grant_id, staff_id, role, purpose, fields, store_id, subjects, starts_at, ends_at, per_day, reason,
	emergency, state, applicant_id, asked_at, decider_id, decided_at, closed_at, told_at,
	masked, uses, used, reserve, application_id, origin_id`

func insert(tx *db.Tx, g Grant) error {
	_, err := tx.Exec(`INSERT INTO staff_grant (institution_id, `+columns+`)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
		$21, $22, $23, $24, $25, $26)`,
		g.Institution, g.ID, g.Who, string(g.Role), g.Purpose, strings.Join(g.Fields, " "), g.Store, pack(g.Subjects),
		g.From.UnixMilli(), g.Until.UnixMilli(), int64(g.PerDay), string(g.Reason), g.Emergency, string(g.State),
		g.Applicant, g.AskedAt.UnixMilli(), g.Decider, g.DecidedAt, int64(0), int64(0),
		g.Masked, int64(g.Uses), int64(0), g.Reserve, g.Case, g.Origin)
	return wrap("insert", err)
}

// Load reads one grant. An absent one is fault.NotFound grant.unknown.
func Load(tx *db.Tx, inst id.Institution, gid id.Grant) (Grant, error) {
	g := Grant{Institution: inst}
	err := g.scan(tx.QueryRow(`SELECT `+columns+` FROM staff_grant
		WHERE institution_id = $1 AND grant_id = $2`, inst, gid).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Grant{}, fault.New(fault.NotFound, "grant.unknown")
	}
	return g, wrap("load", err)
}

// Of lists the grants of one person that have not run out at a moment: asked
// for, approved, held and ready ones, in the order of their end.
func Of(tx *db.Tx, inst id.Institution, staff id.Staff, at time.Time) ([]Grant, error) {
	return list(tx, inst, `SELECT `+columns+` FROM staff_grant
		WHERE institution_id = $1 AND staff_id = $2 AND ends_at > $3 AND state IN ('asked', 'approved', 'held', 'ready')
		ORDER BY ends_at, grant_id`, inst, staff, at.UnixMilli())
}

// Waiting lists what is to be decided, oldest first, at most limit.
func Waiting(tx *db.Tx, inst id.Institution, at time.Time, limit int) ([]Grant, error) {
	return list(tx, inst, `SELECT `+columns+` FROM staff_grant
		WHERE institution_id = $1 AND state = 'asked' AND ends_at > $2
		ORDER BY ends_at, grant_id LIMIT $3`, inst, at.UnixMilli(), int64(limit))
}

// Running lists every approved grant that has not run out at a moment.
func Running(tx *db.Tx, inst id.Institution, at time.Time) ([]Grant, error) {
	return list(tx, inst, `SELECT `+columns+` FROM staff_grant
		WHERE institution_id = $1 AND state = 'approved' AND ends_at > $2
		ORDER BY ends_at, grant_id`, inst, at.UnixMilli())
}

// Untold lists the emergency grants whose family should have been told by a
// moment and was not: each is an alarm (S3-16).
func Untold(tx *db.Tx, inst id.Institution, at time.Time) ([]Grant, error) {
	return list(tx, inst, `SELECT `+columns+` FROM staff_grant
		WHERE institution_id = $1 AND emergency = 1 AND told_at = 0 AND state IN ('approved', 'ended')
		AND decided_at < $2 ORDER BY grant_id`, inst, at.Add(-MaxEmergency).UnixMilli())
}

func list(tx *db.Tx, inst id.Institution, query string, args ...any) ([]Grant, error) {
	all, err := db.List(tx, func(g *Grant, scan db.Scan) error {
		g.Institution = inst
		return g.scan(scan)
	}, query, args...)
	return all, wrap("list", err)
}

func (g *Grant) scan(scan db.Scan) error {
	var fields string
	var subjects []byte
	err := scan(&g.ID, &g.Who, &g.Role, &g.Purpose, &fields, &g.Store, &subjects, &g.From, &g.Until, &g.PerDay, &g.Reason,
		&g.Emergency, &g.State, &g.Applicant, &g.AskedAt, &g.Decider, &g.DecidedAt, &g.EndedAt, &g.ToldAt,
		&g.Masked, &g.Uses, &g.Used, &g.Reserve, &g.Case, &g.Origin)
	if err != nil {
		return err
	}
	g.Fields = strings.Fields(fields)
	g.Subjects, err = unpack(subjects)
	return err
}

// move changes the state of a grant that is still in the state it was read in;
// otherwise somebody else was quicker, which is fault.Conflict grant.decided.
func move(tx *db.Tx, g Grant, from State) error {
	n, err := tx.Exec(`UPDATE staff_grant SET state = $1, decider_id = $2, decided_at = $3, closed_at = $4
		WHERE institution_id = $5 AND grant_id = $6 AND state = $7`, string(g.State), g.Decider,
		g.DecidedAt, g.EndedAt, g.Institution, g.ID, string(from))
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "grant.decided")
	}
	return wrap("change", err)
}

func setTold(tx *db.Tx, g Grant) error {
	_, err := tx.Exec(`UPDATE staff_grant SET told_at = $1 WHERE institution_id = $2 AND grant_id = $3`,
		g.ToldAt, g.Institution, g.ID)
	return wrap("note the notice of", err)
}

func endAll(tx *db.Tx, inst id.Institution, staff id.Staff) error {
	_, err := tx.Exec(`UPDATE staff_grant SET state = 'ended', closed_at = $1
		WHERE institution_id = $2 AND staff_id = $3 AND state IN ('asked', 'approved', 'held', 'ready')`,
		tx.Now().UnixMilli(), inst, staff)
	return wrap("end all", err)
}

func wrap(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("grant: %s grant: %w", doing, err)
	}
	return nil
}

// pack lays identifiers end to end; unpack is its inverse.
func pack(subjects []id.Subject) []byte {
	b := make([]byte, 0, 16*len(subjects))
	for _, s := range subjects {
		b = append(b, s.Bytes()...)
	}
	return b
}

func unpack(b []byte) ([]id.Subject, error) {
	var all []id.Subject
	for ; len(b) > 0; b = b[min(16, len(b)):] {
		s, err := id.FromBytes[id.Subject](b[:min(16, len(b))])
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}
