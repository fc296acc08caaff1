package consent

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

func insertEvent(tx *db.Tx, inst id.Institution, e Event) error {
	_, err := tx.Exec(`INSERT INTO consent_event (institution_id, subject_id, event_id, of_id, at, kind, party,
			by_id, purposes, needs, notice_id, notice_hash, language, screen_hash, proof, ref)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		inst, e.Subject, e.ID, e.Of, e.At.UnixMilli(), string(e.Kind), string(e.Party),
		e.By, strings.Join(e.Purposes, ","), int64(e.Needs), e.Notice, hashColumn(e.Hash),
		textColumn(e.Language), hashColumn(e.Screen), textColumn(string(e.Proof)), textColumn(e.Ref))
	return wrap("record event", err)
}

// Events returns the ledger of one subject in order of time.
func Events(tx *db.Tx, inst id.Institution, subj id.Subject) ([]Event, error) {
	all, err := db.List(tx, func(e *Event, scan db.Scan) error {
		var purposes string
		err := scan(&e.ID, &e.Of, &e.At, &e.Kind, &e.Party, &e.By, &purposes, &e.Needs, &e.Notice,
			&e.Hash, &e.Language, &e.Screen, &e.Proof, &e.Ref)
		e.Subject = subj
		if purposes != "" {
			e.Purposes = strings.Split(purposes, ",")
		}
		return err
	}, `SELECT event_id, of_id, at, kind, party, by_id, purposes, needs, notice_id,
			notice_hash, COALESCE(language, ''), screen_hash, COALESCE(proof, ''), COALESCE(ref, '')
		FROM consent_event WHERE institution_id = $1 AND subject_id = $2 ORDER BY at, event_id`, inst, subj)
	return all, wrap("read events", err)
}

func saveStandings(tx *db.Tx, inst id.Institution, subj id.Subject, all []Standing) error {
	n, err := tx.Exec(saveDerived, guarded(all), pack(all), inst, subj)
	if err == nil && n == 0 {
		err = errors.New("the subject has no record")
	}
	return wrap("derive state", err)
}

const saveDerived = `UPDATE subject SET guarded = $1, standings = $2 WHERE institution_id = $3 AND subject_id = $4`

// Live returns the state for one purpose: the gate's question, one indexed
// read. Without any event it is StateNone.
func Live(tx *db.Tx, inst id.Institution, subj id.Subject, purpose string) (State, error) {
	s, err := derived(tx, inst, subj, purpose)
	return s.State, err
}

// LiveThrough returns the state for one purpose of a guardian's record, which is
// held for the children's sake: that of all of them that are not secluded (State.And).
// One read.
func LiveThrough(tx *db.Tx, inst id.Institution, guardian id.Subject, purpose string) (State, error) {
	rows, err := tx.Query(`SELECT s.standings FROM family f
		JOIN subject s ON s.institution_id = f.institution_id AND s.subject_id = f.child_id AND s.state <> 'secluded'
		WHERE f.institution_id = $1 AND f.guardian_id = $2`, inst, guardian)
	if err != nil {
		return StateNone, wrap("look up state", err)
	}
	all := StateNone
	for rows.Next() {
		var packed string
		if err := rows.Scan(&packed); err != nil {
			return StateNone, wrap("look up state", err)
		}
		one, err := StateIn(packed, purpose)
		if err != nil {
			return StateNone, err
		}
		all = all.And(one)
	}
	return all, nil
}

// StateIn returns the state for one purpose in the column standings of a subject,
// for statements of rooms above that read it with the rest of the row.
func StateIn(standings, purpose string) (State, error) {
	s, err := unpack(standings, purpose)
	return s.State, wrap("look up state", err)
}

// derived returns the derived state and its beginning.
func derived(tx *db.Tx, inst id.Institution, subj id.Subject, purpose string) (Standing, error) {
	packed, err := packedOf(tx, inst, subj)
	if err != nil {
		return Standing{}, err
	}
	s, err := unpack(packed, purpose)
	return s, wrap("look up state", err)
}

// packedOf reads all derived states; "" if there are none.
func packedOf(tx *db.Tx, inst id.Institution, subj id.Subject) (packed string, err error) {
	err = tx.QueryRow(`SELECT standings FROM subject WHERE institution_id = $1 AND subject_id = $2`,
		inst, subj).Scan(&packed)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return packed, wrap("look up state", err)
}

// StandingsIn returns where every purpose stands by the column standings of a
// subject, in order of purpose: the state and since when, and nothing more.
func StandingsIn(standings string) ([]Standing, error) {
	all, err := unpackAll(standings)
	return all, wrap("look up state", err)
}

// Standings returns where every purpose of a subject stands, in order of
// purpose, folded from its events.
func Standings(tx *db.Tx, inst id.Institution, subj id.Subject) ([]Standing, error) {
	events, err := Events(tx, inst, subj)
	return Fold(events), err
}

func deleteStandings(tx *db.Tx, inst id.Institution, subj id.Subject) error {
	_, err := tx.Exec(`UPDATE subject SET guarded = 0, standings = '' WHERE institution_id = $1 AND subject_id = $2`, inst, subj)
	return wrap("forget state", err)
}

func selectCandidates(tx *db.Tx, inst id.Institution, after id.Subject, limit int) ([]id.Subject, error) {
	all, err := db.Column[id.Subject](tx, `SELECT subject_id FROM subject
		WHERE institution_id = $1 AND subject_id > $2 AND guarded = 1
		ORDER BY subject_id LIMIT $3`, inst, after.Bytes(), limit)
	return all, wrap("list candidates", err)
}

func hashColumn(h [32]byte) []byte {
	if h == ([32]byte{}) {
		return nil
	}
	return h[:]
}

func textColumn(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("consent: %s: %w", what, err)
}
