package subject

import (
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

func insertChange(tx *db.Tx, inst id.Institution, c Change) error {
	_, err := tx.Exec(`INSERT INTO record_change (institution_id, change_id, child_id, store_id, ref, version, sealed,
			asked_by, asked_at, state)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		inst, c.ID, c.Child, c.Store, c.Ref, int64(c.version), c.sealed, c.AskedBy, c.AskedAt.UnixMilli(), string(c.State))
	return wrap("ask for a change", err)
}

func updateChange(tx *db.Tx, inst id.Institution, c Change) error {
	n, err := tx.Exec(`UPDATE record_change SET version = $1, sealed = $2, state = $3, decided_by = $4, decided_at = $5
		WHERE institution_id = $6 AND change_id = $7 AND state = 'waiting'`,
		int64(c.version), c.sealed, string(c.State), c.Decided, c.At.UnixMilli(), inst, c.ID)
	if err == nil && n != 1 {
		return fault.New(fault.Conflict, "subject.change_decided")
	}
	return wrap("decide a change", err)
}

const changeColumns = `change_id, child_id, store_id, ref, version, sealed, asked_by, asked_at, state, decided_by, decided_at`

// LoadChange reads a change without opening it; NotFound subject.change_unknown.
func LoadChange(tx *db.Tx, inst id.Institution, which id.Change) (Change, error) {
	list, err := changes(tx, `SELECT `+changeColumns+` FROM record_change
		WHERE institution_id = $1 AND change_id = $2`, inst, which)
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "subject.change_unknown")
	}
	if err != nil {
		return Change{}, err
	}
	return list[0], nil
}

// DoneChanges lists the changes of a child's record that count, the latest
// first.
func DoneChanges(tx *db.Tx, inst id.Institution, child id.Subject) ([]Change, error) {
	return changes(tx, `SELECT `+changeColumns+` FROM record_change
		WHERE institution_id = $1 AND child_id = $2 AND state = 'done' ORDER BY decided_at DESC, change_id DESC`, inst, child)
}

// WaitingChanges lists the changes that wait for a second person, the oldest
// first, at most limit of them; those of secluded children are not among them.
func WaitingChanges(tx *db.Tx, inst id.Institution, limit int) ([]Change, error) {
	return changes(tx, `SELECT `+changeColumns+` FROM record_change
		WHERE institution_id = $1 AND state = 'waiting' AND NOT EXISTS (SELECT 1 FROM subject s
			WHERE s.institution_id = record_change.institution_id AND s.subject_id = record_change.child_id AND s.state = 'secluded')
		ORDER BY asked_at, change_id LIMIT $2`, inst, limit)
}

func changes(tx *db.Tx, query string, args ...any) ([]Change, error) {
	all, err := db.List(tx, func(c *Change, scan db.Scan) error {
		return scan(&c.ID, &c.Child, &c.Store, &c.Ref, &c.version, &c.sealed, &c.AskedBy, &c.AskedAt, &c.State, &c.Decided, &c.At)
	}, query, args...)
	return all, wrap("read changes", err)
}
