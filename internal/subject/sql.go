package subject

import (
	"bytes"
	"cmp"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

func insert(tx *db.Tx, s Subject) error {
	_, err := tx.Exec(`INSERT INTO subject (institution_id, subject_id, kind, store_id, state, source, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		s.Institution, s.ID, string(s.Kind), s.Store, string(s.State), s.Source, s.CreatedAt.UnixMilli())
	return wrap("insert subject", err)
}

// Load reads the part of a record that is not personal information. Absent
// subjects are fault.NotFound, and so are secluded ones.
func Load(tx *db.Tx, inst id.Institution, subj id.Subject) (Subject, error) {
	s, err := LoadOwn(tx, inst, subj)
	if err == nil && s.Secluded {
		return Subject{Institution: inst, ID: subj}, unknown()
	}
	return s, err
}

// LoadOwn is Load for the family itself: a secluded record is there, in the state
// that it would be in, and says that it is secluded.
func LoadOwn(tx *db.Tx, inst id.Institution, subj id.Subject) (Subject, error) {
	s := Subject{Institution: inst, ID: subj}
	var former State
	err := tx.QueryRow(`SELECT kind, store_id, state, former, source, created_at FROM subject
		WHERE institution_id = $1 AND subject_id = $2`, inst, subj).
		Scan(&s.Kind, &s.Store, &s.State, &former, &s.Source, &s.CreatedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return s, unknown()
	}
	if s.State == Secluded {
		s.State, s.Secluded = former, true
	}
	return s, wrap("load subject", err)
}

// Sealed is one sealed field with all that opening it takes, read in one go.
type Sealed struct {
	Subject
	field      string
	version    uint32
	ciphertext []byte
	wrapped    []byte
	salt       []byte
}

// LoadSealed reads one field of a record without opening it. A field that is
// not held is no error until it is opened; an absent subject is NotFound, and so
// is a secluded one.
func LoadSealed(tx *db.Tx, inst id.Institution, subj id.Subject, field string) (Sealed, error) {
	x, err := LoadOwnSealed(tx, inst, subj, field)
	if err == nil && x.Secluded {
		return NewSealed(inst, subj, field), unknown()
	}
	return x, err
}

// LoadOwnSealed is LoadSealed for the family itself: a secluded record is there.
func LoadOwnSealed(tx *db.Tx, inst id.Institution, subj id.Subject, field string) (Sealed, error) {
	x := NewSealed(inst, subj, field)
	err := x.Scan(tx.QueryRow(`SELECT s.kind, s.store_id, s.state, f.version, f.ciphertext, k.wrapped, k.salt
		FROM subject s
		LEFT JOIN sealed_field f ON f.institution_id = s.institution_id AND f.subject_id = s.subject_id AND f.field = $1
		LEFT JOIN subject_key k ON k.institution_id = s.institution_id AND k.subject_id = s.subject_id
		WHERE s.institution_id = $2 AND s.subject_id = $3`, field, inst, subj).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return x, unknown()
	}
	return x, wrap("load sealed field", err)
}

// NewSealed returns the place of a field, to Scan a row into.
func NewSealed(inst id.Institution, subj id.Subject, field string) Sealed {
	return Sealed{Subject: Subject{Institution: inst, ID: subj}, field: field}
}

// Scan reads kind, store_id and state of the subject, version and ciphertext of
// the field, wrapped key and salt from a row, in this order, and what follows
// into more: for statements of rooms above that join what else they must know,
// and look whether the record is Secluded.
func (x *Sealed) Scan(scan func(...any) error, more ...any) error {
	var kind, state string
	var version sql.NullInt64
	err := scan(append([]any{&kind, &x.Store, &state, &version, &x.ciphertext, &x.wrapped, &x.salt}, more...)...)
	x.Kind, x.State, x.version = Kind(kind), State(state), uint32(version.Int64)
	x.Secluded = x.State == Secluded
	return err
}

// putFields writes the sealed fields of a new record.
func putFields(tx *db.Tx, s Subject, fields []draftField) error {
	rows := make([][]any, len(fields))
	for i, f := range fields {
		rows[i] = []any{s.Institution, s.ID, f.code, int64(1), f.sealed, f.token}
	}
	return wrap("write sealed fields", tx.ExecMany(`INSERT INTO sealed_field
		(institution_id, subject_id, field, version, ciphertext, token) VALUES ($1, $2, $3, $4, $5, $6)`, rows))
}

// putField writes one sealed field and, for searchable ones, its blind index.
func putField(tx *db.Tx, inst id.Institution, subj id.Subject, field string, version uint32, ct, token []byte) error {
	_, err := tx.Exec(`INSERT INTO sealed_field (institution_id, subject_id, field, version, ciphertext, token)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (institution_id, subject_id, field)
		DO UPDATE SET version = excluded.version, ciphertext = excluded.ciphertext, token = excluded.token`,
		inst, subj, field, int64(version), ct, token)
	return wrap("write sealed field", err)
}

func fieldVersion(tx *db.Tx, inst id.Institution, subj id.Subject, field string) (uint32, error) {
	var v int64
	err := tx.QueryRow(`SELECT version FROM sealed_field
		WHERE institution_id = $1 AND subject_id = $2 AND field = $3`, inst, subj, field).Scan(&v)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return uint32(v), wrap("read field version", err)
}

// Held lists the codes of the fields held about a subject, in order.
func Held(tx *db.Tx, inst id.Institution, subj id.Subject) ([]string, error) {
	fields, err := db.Column[string](tx, `SELECT field FROM sealed_field
		WHERE institution_id = $1 AND subject_id = $2 ORDER BY field`, inst, subj)
	return fields, wrap("list fields", err)
}

// byToken finds the usable and the secluded subjects with this blind index, in
// order of identifier, which is that of time.
func byToken(tx *db.Tx, inst id.Institution, field string, token []byte) ([]Subject, error) {
	all, err := db.List(tx, func(s *Subject, scan db.Scan) error {
		err := scan(&s.ID, &s.Kind, &s.Store, &s.State, &s.Source, &s.CreatedAt)
		s.Institution, s.Secluded = inst, s.State == Secluded
		return err
	}, `SELECT s.subject_id, s.kind, s.store_id, s.state, s.source, s.created_at FROM sealed_field f
		JOIN subject s ON s.institution_id = f.institution_id AND s.subject_id = f.subject_id
		WHERE f.institution_id = $1 AND f.field = $2 AND f.token = $3 ORDER BY f.subject_id`, inst, field, token)
	usable := func(s Subject) bool { return s.State == Live || s.State == Restricted || s.Secluded }
	return slices.DeleteFunc(all, func(s Subject) bool { return !usable(s) }), wrap("find by index", err)
}

// tiesByToken joins the guardians behind a blind index to their children. CROSS
// keeps SQLite to this order. The few ties are sorted here: SQLite would build a
// tree for them.
func tiesByToken(tx *db.Tx, inst id.Institution, token []byte) ([]Tie, error) {
	list, err := db.List(tx, func(t *Tie, scan db.Scan) error { return scan(&t.Guardian, &t.Child) }, `SELECT m.guardian_id, m.child_id
		FROM sealed_field f CROSS JOIN subject s CROSS JOIN family m
		WHERE f.institution_id = $1 AND f.field = $2 AND f.token = $3
		AND s.institution_id = f.institution_id AND s.subject_id = f.subject_id AND s.state IN ('live', 'restricted')
		AND m.institution_id = f.institution_id AND m.guardian_id = f.subject_id`, inst, GuardianPhone, token)
	slices.SortFunc(list, func(a, b Tie) int {
		return cmp.Or(bytes.Compare(a.Guardian.Bytes(), b.Guardian.Bytes()), bytes.Compare(a.Child.Bytes(), b.Child.Bytes()))
	})
	return list, wrap("find by index", err)
}

// LoadAll reads every field of a record without opening any, in one statement.
// An absent subject is NotFound, and so is a secluded one; an erased one has no
// fields.
func LoadAll(tx *db.Tx, inst id.Institution, subj id.Subject) (Subject, map[string]Sealed, error) {
	return LoadBoth(tx, inst, subj, id.Subject{})
}

// LoadBoth is LoadAll for a child whose fields are wanted together with those of a
// guardian, who may be zero. A guardian who is absent adds none.
func LoadBoth(tx *db.Tx, inst id.Institution, child, guardian id.Subject) (Subject, map[string]Sealed, error) {
	s := Subject{Institution: inst, ID: child}
	rows, err := tx.Query(selectBoth, inst, child, guardian.Bytes())
	if err != nil {
		return s, nil, wrap("load record", err)
	}
	found, all := false, map[string]Sealed{}
	for rows.Next() {
		x := Sealed{Subject: Subject{Institution: inst}}
		var kind, state string
		var field sql.NullString
		var version sql.NullInt64
		if err := rows.Scan(&x.ID, &kind, &x.Store, &state, &x.Source, &x.Standings, &x.wrapped, &x.salt, &field, &version, &x.ciphertext); err != nil {
			return s, nil, wrap("load record", err)
		}
		x.Kind, x.State = Kind(kind), State(state)
		x.Secluded = x.State == Secluded
		if x.ID == child {
			found, s = true, x.Subject
		}
		if field.Valid {
			x.field, x.version = field.String, uint32(version.Int64)
			all[x.field] = x
		}
	}
	if !found || s.State == Secluded {
		return Subject{Institution: inst, ID: child}, nil, unknown()
	}
	return s, all, nil
}

// Two halves instead of an IN, for which SQLite would build a table each time.
const (
	selectBoth = selectAll + `$2 UNION ALL ` + selectAll + `$3`
	selectAll  = `SELECT s.subject_id, s.kind, s.store_id, s.state, s.source, s.standings, k.wrapped, k.salt, f.field, f.version, f.ciphertext
		FROM subject s
		LEFT JOIN subject_key k ON k.institution_id = s.institution_id AND k.subject_id = s.subject_id
		LEFT JOIN sealed_field f ON f.institution_id = s.institution_id AND f.subject_id = s.subject_id
		WHERE s.institution_id = $1 AND s.subject_id = `
)

// erase removes every sealed value and family tie and leaves the tombstone.
func erase(tx *db.Tx, inst id.Institution, subj id.Subject) error {
	if _, err := tx.Exec(`DELETE FROM sealed_field WHERE institution_id = $1 AND subject_id = $2`, inst, subj); err != nil {
		return wrap("drop sealed fields", err)
	}
	if _, err := tx.Exec(`DELETE FROM family WHERE institution_id = $1 AND guardian_id = $2`, inst, subj); err != nil {
		return wrap("drop family of guardian", err)
	}
	if _, err := tx.Exec(`DELETE FROM family WHERE institution_id = $1 AND child_id = $2`, inst, subj); err != nil {
		return wrap("drop family of child", err)
	}
	if _, err := tx.Exec(`DELETE FROM record_change WHERE institution_id = $1 AND child_id = $2`, inst, subj); err != nil {
		return wrap("drop changes", err)
	}
	_, err := tx.Exec(`UPDATE subject SET state = 'erased', former = '' WHERE institution_id = $1 AND subject_id = $2`, inst, subj)
	return wrap("leave a tombstone", err)
}

// Tie is one bond between a guardian and a child. Evidence is the level at
// which it was proved: G1 phone control, G2 seen in store, G4 court paper.
type Tie struct {
	Guardian, Child id.Subject
	Relation        string // parent, grandparent, other_guardian, institution
	Evidence        string
	Since           time.Time
}

// Bind ties a guardian to a child.
func Bind(tx *db.Tx, inst id.Institution, t Tie) error {
	_, err := tx.Exec(`INSERT INTO family (institution_id, guardian_id, child_id, relation, evidence, since)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (institution_id, guardian_id, child_id) DO NOTHING`,
		inst, t.Guardian, t.Child, t.Relation, t.Evidence, t.Since.UnixMilli())
	return wrap("bind family", err)
}

// Children lists the children tied to a guardian; secluded ones are not among
// them.
func Children(tx *db.Tx, inst id.Institution, guardian id.Subject) ([]id.Subject, error) {
	children, err := db.Column[id.Subject](tx, `SELECT f.child_id FROM family f
		JOIN subject s ON s.institution_id = f.institution_id AND s.subject_id = f.child_id
		WHERE f.institution_id = $1 AND f.guardian_id = $2 AND s.state <> 'secluded' ORDER BY f.child_id`, inst, guardian)
	return children, wrap("list children", err)
}

// OwnChildren is Children for the guardian: all of them.
func OwnChildren(tx *db.Tx, inst id.Institution, guardian id.Subject) ([]id.Subject, error) {
	children, err := db.Column[id.Subject](tx, `SELECT child_id FROM family
		WHERE institution_id = $1 AND guardian_id = $2 ORDER BY child_id`, inst, guardian)
	return children, wrap("list children", err)
}

// Guardians lists the guardians tied to a child.
func Guardians(tx *db.Tx, inst id.Institution, child id.Subject) ([]id.Subject, error) {
	guardians, err := db.Column[id.Subject](tx, `SELECT guardian_id FROM family
		WHERE institution_id = $1 AND child_id = $2 ORDER BY guardian_id`, inst, child)
	return guardians, wrap("list guardians", err)
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
