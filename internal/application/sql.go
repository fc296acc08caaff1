package application

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

const columns = `application_id, state, applicant_id, role, unit, store_id, form, route, subjects, people, makers, hash,
	written_at, submitted_at, due_at`

// insert writes a draft.
func insert(tx *db.Tx, x Application) error {
	form, err := json.Marshal(x.Form)
	if err != nil {
		return wrap("insert", err)
	}
	_, err = tx.Exec(`INSERT INTO application (institution_id, application_id, kind, state, applicant_id, role, unit, store_id,
			purpose, form, route, subjects, people, makers, hash, written_at, submitted_at, due_at, ends_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		x.Institution, x.ID, string(x.Kind), string(Draft), x.Applicant, string(x.Role), "", x.Home, x.Purpose, string(form),
		"[]", []byte{}, int64(0), []byte{}, []byte{}, x.Written.UnixMilli(), int64(0), int64(0), int64(0))
	return wrap("insert", err)
}

// save writes what changed, if the application is still in the state it was read
// in; otherwise somebody else was quicker: fault.Conflict application.settled.
func save(tx *db.Tx, x Application, from State) error {
	form, err := json.Marshal(x.Form)
	if err != nil {
		return wrap("save", err)
	}
	route, err := json.Marshal(x.Case.Steps)
	if err != nil {
		return wrap("save", err)
	}
	n, err := tx.Exec(`UPDATE application SET kind = $1, state = $2, unit = $3, purpose = $4, form = $5, route = $6, subjects = $7,
			people = $8, makers = $9, hash = $10, written_at = $11, submitted_at = $12, due_at = $13, ends_at = $14
		WHERE institution_id = $15 AND application_id = $16 AND state = $17`,
		string(x.Kind), string(x.Case.State), x.Case.Unit, x.Purpose, string(form), string(route), pack(x.Resolved),
		int64(x.People), pack(x.Case.Makers), x.Case.Hash[:], x.Written.UnixMilli(), x.Submitted, x.Due,
		x.Case.Until, x.Institution, x.ID, string(from))
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "application.settled")
	}
	return wrap("save", err)
}

func discard(tx *db.Tx, inst id.Institution, app id.Application) error {
	_, err := tx.Exec(`DELETE FROM application WHERE institution_id = $1 AND application_id = $2 AND state = 'draft'`, inst, app)
	return wrap("discard", err)
}

// addEvent appends what happened as the next of its application. Somebody else's
// event in its place is fault.Conflict application.settled.
func addEvent(tx *db.Tx, inst id.Institution, app id.Application, seq int, e Event) error {
	body, err := json.Marshal(e)
	if err != nil {
		return wrap("note", err)
	}
	n, err := tx.Exec(`INSERT INTO application_event (institution_id, application_id, seq, at, paper, body)
		VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (institution_id, application_id, seq) DO NOTHING`,
		inst, app, int64(seq), e.At.UnixMilli(), e.Paper[:], string(body))
	if err == nil && n == 0 {
		return fault.New(fault.Conflict, "application.settled")
	}
	return wrap("note", err)
}

// Load reads one application with its events, folded. Errors: fault.NotFound
// application.unknown; an error that is internal when the stored events break
// the rules.
func Load(tx *db.Tx, inst id.Institution, app id.Application) (Application, error) {
	x := Application{Institution: inst}
	err := x.scan(tx.QueryRow(`SELECT `+columns+` FROM application
		WHERE institution_id = $1 AND application_id = $2`, inst, app).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return Application{}, fault.New(fault.NotFound, "application.unknown")
	}
	if err != nil {
		return Application{}, wrap("load", err)
	}
	if x.Case.State == Draft {
		return x, nil
	}
	events, err := eventsOf(tx, history, inst, app)
	if err != nil {
		return Application{}, err
	}
	return x, x.fold(events[app])
}

// history reads the events of one application.
const history = `SELECT application_id, at, paper, body FROM application_event
	WHERE institution_id = $1 AND application_id = $2 ORDER BY seq`

// eventsOf reads events, of each application in order.
func eventsOf(tx *db.Tx, query string, args ...any) (map[id.Application][]Event, error) {
	rows, err := tx.Query(query, args...)
	if err != nil {
		return nil, wrap("read the events of", err)
	}
	all := map[id.Application][]Event{}
	for rows.Next() {
		var of id.Application
		var at time.Time
		var paper [32]byte
		var body []byte
		var e Event
		if err := rows.Scan(&of, &at, &paper, &body); err != nil {
			return nil, wrap("read the events of", err)
		}
		if err := json.Unmarshal(body, &e); err != nil {
			return nil, wrap("read the events of", err)
		}
		e.At, e.Paper = at, paper
		all[of] = append(all[of], e)
	}
	return all, nil
}

// fold derives where an application stands from its events; a draft has none.
func (x *Application) fold(events []Event) error {
	if x.Case.State == Draft {
		return nil
	}
	x.Events = events
	if sealPaper(x.Form, x.Resolved, x.Case.Steps) != x.Case.Hash {
		return wrap("fold", errors.New("the paper is not the one that was handed in"))
	}
	folded, err := x.Case.Fold(x.Submitted, x.Events)
	if err != nil {
		return wrap("fold", errors.New(fault.CodeOf(err)))
	}
	x.Case = folded
	return nil
}

func (x *Application) scan(scan db.Scan) error {
	var form, route, subjects, makers []byte
	var unit string
	var state State
	var sum [32]byte
	err := scan(&x.ID, &state, &x.Applicant, &x.Role, &unit, &x.Home, &form, &route, &subjects, &x.People, &makers, &sum,
		&x.Written, &x.Submitted, &x.Due)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(form, &x.Form); err != nil {
		return err
	}
	var steps []Step
	if err := json.Unmarshal(route, &steps); err != nil {
		return err
	}
	if x.Resolved, err = unpack(subjects, id.FromBytes[id.Subject]); err != nil {
		return err
	}
	who, err := unpack(makers, id.FromBytes[id.Staff])
	if err != nil {
		return err
	}
	x.Case = Case{Paper: x.paper(unit, who, steps, sum), State: state}
	return nil
}

// The lists, each with the statement that reads the events of all in it.
const (
	listed = `SELECT ` + columns + ` FROM application WHERE institution_id = $1 AND `
	events = `SELECT application_id, at, paper, body FROM application_event WHERE institution_id = $1 AND application_id IN (
		SELECT application_id FROM application WHERE institution_id = $1 AND `
	bySeq = `) ORDER BY application_id, seq`

	inStateFirst = `state = $2 ORDER BY submitted_at DESC, application_id LIMIT $3`
	pendingFirst = `state = 'pending' ORDER BY submitted_at, application_id LIMIT $2`
	writtenFirst = `applicant_id = $2 ORDER BY written_at DESC, application_id LIMIT $3`
	usersFirst   = `application_id IN (SELECT application_id FROM application_user
		WHERE institution_id = $1 AND staff_id = $2) ORDER BY application_id DESC LIMIT $3`
)

// many reads a list and folds it, in two statements however long it is.
func many(tx *db.Tx, inst id.Institution, query, events string, args ...any) ([]Application, error) {
	all, err := db.List(tx, func(x *Application, scan db.Scan) error {
		x.Institution = inst
		return x.scan(scan)
	}, query, args...)
	if err != nil || len(all) == 0 {
		return nil, wrap("list", err)
	}
	known, err := eventsOf(tx, events, args...)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if err := all[i].fold(known[all[i].ID]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// inState lists applications in a state, the newest first.
func inState(tx *db.Tx, inst id.Institution, s State, limit int) ([]Application, error) {
	return many(tx, inst, listed+inStateFirst, events+inStateFirst+bySeq, inst, string(s), int64(limit))
}

// pending lists what is to be decided, the oldest first.
func pending(tx *db.Tx, inst id.Institution, limit int) ([]Application, error) {
	return many(tx, inst, listed+pendingFirst, events+pendingFirst+bySeq, inst, int64(limit))
}

// of lists what a person wrote, the newest first.
func of(tx *db.Tx, inst id.Institution, who id.Staff, limit int) ([]Application, error) {
	return many(tx, inst, listed+writtenFirst, events+writtenFirst+bySeq, inst, who, int64(limit))
}

// drafts counts what a person is still writing.
func drafts(tx *db.Tx, inst id.Institution, who id.Staff) (n int, err error) {
	err = tx.QueryRow(`SELECT count(*) FROM application WHERE institution_id = $1 AND applicant_id = $2 AND state = 'draft'`, inst, who).Scan(&n)
	return n, wrap("count", err)
}

// using lists the applications of which a person is a user, the newest first.
func using(tx *db.Tx, inst id.Institution, who id.Staff, limit int) ([]Application, error) {
	return many(tx, inst, listed+usersFirst, events+usersFirst+bySeq, inst, who, int64(limit))
}

func putUsers(tx *db.Tx, x Application) error {
	for _, u := range x.Users {
		if _, err := tx.Exec(`INSERT INTO application_user (institution_id, staff_id, application_id) VALUES ($1, $2, $3)
			ON CONFLICT (institution_id, staff_id, application_id) DO NOTHING`, x.Institution, u, x.ID); err != nil {
			return wrap("name the users of", err)
		}
	}
	return nil
}

// similar lists the fields of the newest granted applications for a purpose, one
// list for each.
func similar(tx *db.Tx, inst id.Institution, purpose string, limit int) ([][]string, error) {
	fields, err := db.List(tx, func(fields *[]string, scan db.Scan) error {
		var text []byte
		var f Form
		if err := scan(&text); err != nil {
			return err
		}
		err := json.Unmarshal(text, &f)
		*fields = f.Fields
		return err
	}, `SELECT form FROM application WHERE institution_id = $1 AND purpose = $2 AND submitted_at > 0
		AND state IN ('granted', 'ended', 'closed') ORDER BY submitted_at DESC LIMIT $3`, inst, purpose, int64(limit))
	return fields, wrap("compare", err)
}

// enrolledIn lists the children enrolled in a course of a store between two
// moments; without a course, in any.
func enrolledIn(tx *db.Tx, inst id.Institution, store id.Store, course string, since, before time.Time) ([]id.Subject, error) {
	to := int64(1) << 62
	if !before.IsZero() {
		to = before.UnixMilli()
	}
	rows, err := tx.Query(`SELECT child_id, course FROM enrolment WHERE institution_id = $1 AND store_id = $2
		AND created_at >= $3 AND created_at < $4 AND child_id IS NOT NULL AND state IN ('enrolled', 'waiting')
		AND NOT EXISTS (SELECT 1 FROM subject s WHERE s.institution_id = enrolment.institution_id
			AND s.subject_id = enrolment.child_id AND s.state = 'secluded')
		ORDER BY created_at`, inst, store, since, to)
	if err != nil {
		return nil, wrap("find the people of", err)
	}
	var all []id.Subject
	seen := map[id.Subject]bool{}
	for rows.Next() {
		var child id.Subject
		var in string
		if err := rows.Scan(&child, &in); err != nil {
			return nil, wrap("find the people of", err)
		}
		if (course == "" || in == course) && !seen[child] {
			seen[child] = true
			all = append(all, child)
		}
	}
	return all, nil
}

func wrap(doing string, err error) error {
	if err != nil {
		return fmt.Errorf("application: %s application: %w", doing, err)
	}
	return nil
}

// pack lays identifiers end to end; unpack is its inverse.
func pack[T interface{ Bytes() []byte }](ids []T) []byte {
	b := make([]byte, 0, 16*len(ids))
	for _, x := range ids {
		b = append(b, x.Bytes()...)
	}
	return b
}

func unpack[T any](b []byte, read func([]byte) (T, error)) ([]T, error) {
	var all []T
	for ; len(b) > 0; b = b[min(16, len(b)):] {
		x, err := read(b[:min(16, len(b))])
		if err != nil {
			return nil, err
		}
		all = append(all, x)
	}
	return all, nil
}
