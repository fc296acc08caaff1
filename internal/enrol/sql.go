package enrol

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

const columns = `enrolment_id, store_id, clerk_id, course, state, notice_id, phone_token, phone_tail,
	browser, child_id, guardian_id, receipt, opens, created_at, expires_at, changed_at`

const insertEnrolment = `INSERT INTO enrolment (institution_id, enrolment_id, store_id, clerk_id, course, state,
		notice_id, link, phone_token, phone_tail, browser, child_id, guardian_id, receipt, opens,
		created_at, expires_at, changed_at)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`

func insertArgs(e Enrolment, link []byte) []any {
	return []any{e.Institution, e.ID, e.Store, e.Clerk, e.Course, string(e.State), e.Notice, link,
		e.PhoneToken, e.PhoneTail, browserColumn(e), e.Child, e.Guardian, receiptColumn(e), e.Opens,
		e.CreatedAt.UnixMilli(), e.ExpiresAt.UnixMilli(), e.ChangedAt.UnixMilli()}
}

func insert(tx *db.Tx, e Enrolment, link []byte) error {
	_, err := tx.Exec(insertEnrolment, insertArgs(e, link)...)
	return wrap("insert enrolment", err)
}

func update(tx *db.Tx, e Enrolment) error {
	n, err := tx.Exec(`UPDATE enrolment SET state = $1, phone_token = $2, phone_tail = $3, browser = $4,
			child_id = $5, guardian_id = $6, receipt = $7, opens = $8, expires_at = $9, changed_at = $10
		WHERE institution_id = $11 AND enrolment_id = $12`,
		string(e.State), e.PhoneToken, e.PhoneTail, browserColumn(e), e.Child, e.Guardian,
		receiptColumn(e), e.Opens, e.ExpiresAt.UnixMilli(), e.ChangedAt.UnixMilli(), e.Institution, e.ID)
	if err == nil && n != 1 {
		return fault.New(fault.NotFound, "enrol.unknown")
	}
	return wrap("update enrolment", err)
}

// save writes a finished enrolment: one that a link began, or one that came
// whole and has no row yet.
func save(tx *db.Tx, e Enrolment) error {
	if e.fresh {
		return insert(tx, e, nil)
	}
	return update(tx, e)
}

// byLink finds the enrolment behind a link; fault.NotFound if there is none.
func byLink(tx *db.Tx, t Token) (Enrolment, error) {
	return one(tx, t.Institution, `SELECT `+columns+` FROM enrolment
		WHERE institution_id = $1 AND link = $2`, t.Institution, t.Hash())
}

// seen leaves out the enrolments of secluded children (S2-23†): for whoever is
// not the family they are not there.
const seen = ` AND NOT EXISTS (SELECT 1 FROM subject s WHERE s.institution_id = enrolment.institution_id
		AND s.subject_id = enrolment.child_id AND s.state = 'secluded')`

// Load reads an enrolment for staff; fault.NotFound if there is none that is seen.
func Load(tx *db.Tx, inst id.Institution, enr id.Enrolment) (Enrolment, error) {
	return one(tx, inst, `SELECT `+columns+` FROM enrolment
		WHERE institution_id = $1 AND enrolment_id = $2`+seen, inst, enr)
}

// load is Load for the family, by its own link.
func load(tx *db.Tx, inst id.Institution, enr id.Enrolment) (Enrolment, error) {
	return one(tx, inst, `SELECT `+columns+` FROM enrolment
		WHERE institution_id = $1 AND enrolment_id = $2`, inst, enr)
}

// ByReceipt finds an enrolment by its receipt number; fault.NotFound if there is
// none that is seen.
func ByReceipt(tx *db.Tx, inst id.Institution, receipt string) (Enrolment, error) {
	return one(tx, inst, `SELECT `+columns+` FROM enrolment
		WHERE institution_id = $1 AND receipt = $2`+seen, inst, receipt)
}

// OfChild lists a child's enrolments, newest first.
func OfChild(tx *db.Tx, inst id.Institution, child id.Subject) ([]Enrolment, error) {
	return many(tx, inst, `SELECT `+columns+` FROM enrolment
		WHERE institution_id = $1 AND child_id = $2 ORDER BY created_at DESC`, inst, child)
}

// Recent lists a store's newest enrolments, at most limit of them.
func Recent(tx *db.Tx, inst id.Institution, store id.Store, limit int) ([]Enrolment, error) {
	return many(tx, inst, `SELECT `+columns+` FROM enrolment
		WHERE institution_id = $1 AND store_id = $2`+seen+` ORDER BY created_at DESC LIMIT $3`, inst, store, limit)
}

// dueTrials lists trial lessons that were given before a moment, the oldest first.
func dueTrials(tx *db.Tx, inst id.Institution, before time.Time, limit int) ([]Enrolment, error) {
	return many(tx, inst, `SELECT `+columns+` FROM enrolment
		WHERE institution_id = $1 AND state = 'trial' AND changed_at < $2 ORDER BY changed_at LIMIT $3`, inst, before, limit)
}

// Count counts a store's enrolments by state, from a moment on.
func Count(tx *db.Tx, inst id.Institution, store id.Store, from time.Time) (map[State]int, error) {
	all, err := db.Map[State, int](tx, `SELECT state, COUNT(*) FROM enrolment
		WHERE institution_id = $1 AND store_id = $2 AND created_at >= $3`+seen+` GROUP BY state`, inst, store, from)
	return all, wrap("count enrolments", err)
}

func one(tx *db.Tx, inst id.Institution, query string, args ...any) (Enrolment, error) {
	list, err := many(tx, inst, query, args...)
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "enrol.link")
	}
	if err != nil {
		return Enrolment{}, err
	}
	return list[0], nil
}

func many(tx *db.Tx, inst id.Institution, query string, args ...any) ([]Enrolment, error) {
	all, err := db.List(tx, func(e *Enrolment, scan db.Scan) error {
		var receipt sql.NullString
		err := scan(&e.ID, &e.Store, &e.Clerk, &e.Course, &e.State, &e.Notice, &e.PhoneToken, &e.PhoneTail,
			&e.Browser, &e.Child, &e.Guardian, &receipt, &e.Opens, &e.CreatedAt, &e.ExpiresAt, &e.ChangedAt)
		e.Institution, e.Receipt = inst, receipt.String
		return err
	}, query, args...)
	return all, wrap("read enrolments", err)
}

func browserColumn(e Enrolment) []byte {
	if e.Browser == [32]byte{} {
		return nil
	}
	return e.Browser[:]
}

func receiptColumn(e Enrolment) any {
	if e.Receipt == "" {
		return nil
	}
	return e.Receipt
}

func wrap(doing string, err error) error {
	if err == nil || errors.Is(err, fault.Conflict) {
		return err
	}
	return fmt.Errorf("%s: %w", doing, err)
}

func putChildLink(tx *db.Tx, e Enrolment, link []byte, until time.Time) error {
	// Links are few and short-lived, so the one before is found without an index.
	if _, err := tx.Exec(`DELETE FROM child_link WHERE institution_id = $1 AND enrolment_id = $2`, e.Institution, e.ID); err != nil {
		return wrap("end the child's former link", err)
	}
	_, err := tx.Exec(`INSERT INTO child_link (institution_id, link, enrolment_id, expires_at) VALUES ($1, $2, $3, $4)`,
		e.Institution, link, e.ID, until.UnixMilli())
	return wrap("write child link", err)
}

// byChildLink finds the enrolment behind a child's own link; NotFound if there
// is none or it is over.
func byChildLink(tx *db.Tx, t Token) (Enrolment, error) {
	var enr id.Enrolment
	err := tx.QueryRow(`SELECT enrolment_id FROM child_link
		WHERE institution_id = $1 AND link = $2 AND expires_at > $3`, t.Institution, t.Hash(), tx.Now().UnixMilli()).Scan(&enr)
	if errors.Is(err, sql.ErrNoRows) {
		return Enrolment{}, fault.New(fault.NotFound, "enrol.link")
	}
	if err != nil {
		return Enrolment{}, wrap("find child link", err)
	}
	return load(tx, t.Institution, enr)
}
