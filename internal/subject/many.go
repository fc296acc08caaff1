package subject

import (
	"slices"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/seal"
)

// SaveAll writes many new records of one institution in the caller's transaction.
// On PostgreSQL each table takes one round trip for all of them.
func SaveAll(tx *db.Tx, drafts []*Draft) error {
	var rows, fields [][]any
	sealers := make([]*seal.Sealer, len(drafts))
	for i, d := range drafts {
		s := d.subject
		sealers[i] = d.sealer
		rows = append(rows, []any{s.Institution, s.ID, string(s.Kind), s.Store, string(s.State), s.Source, tx.Now().UnixMilli()})
		for _, f := range d.fields {
			fields = append(fields, []any{s.Institution, s.ID, f.code, int64(1), f.sealed, f.token})
		}
	}
	err := tx.ExecMany(`INSERT INTO subject (institution_id, subject_id, kind, store_id, state, source, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, rows)
	if err != nil {
		return wrap("insert subjects", err)
	}
	if err := seal.SaveAll(tx, sealers); err != nil {
		return err
	}
	return wrap("write sealed fields", tx.ExecMany(`INSERT INTO sealed_field
		(institution_id, subject_id, field, version, ciphertext, token) VALUES ($1, $2, $3, $4, $5, $6)`, fields))
}

// BindAll is Bind for many ties.
func BindAll(tx *db.Tx, inst id.Institution, ties []Tie) error {
	rows := make([][]any, len(ties))
	for i, t := range ties {
		rows[i] = []any{inst, t.Guardian, t.Child, t.Relation, t.Evidence, t.Since.UnixMilli()}
	}
	return wrap("bind families", tx.ExecMany(`INSERT INTO family (institution_id, guardian_id, child_id, relation, evidence, since)
		VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (institution_id, guardian_id, child_id) DO NOTHING`, rows))
}

// lookups is how many tokens one statement of Taken asks for.
const lookups = 32

// Taken reports which blind indexes some record of the institution has already,
// whatever its state.
func Taken(tx *db.Tx, inst id.Institution, field string, tokens [][]byte) (map[string]bool, error) {
	found := map[string]bool{}
	for part := range slices.Chunk(tokens, lookups) {
		args := make([]any, 0, lookups+2)
		args = append(args, inst, field)
		for i := range lookups { // one text for every length: the last is asked for again
			args = append(args, part[min(i, len(part)-1)])
		}
		known, err := db.Column[string](tx, `SELECT DISTINCT token FROM sealed_field WHERE institution_id = $1 AND field = $2 AND token IN
			($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26,
			$27, $28, $29, $30, $31, $32, $33, $34)`, args...)
		if err != nil {
			return nil, wrap("find by index", err)
		}
		for _, token := range known {
			found[token] = true
		}
	}
	return found, nil
}

// LiveChildren lists the children of a store whose records are live, or of every
// store if it is zero, in the order of identifiers and at most limit of them.
func LiveChildren(tx *db.Tx, inst id.Institution, store id.Store, limit int) (all []id.Subject, err error) {
	if store.IsZero() {
		all, err = db.Column[id.Subject](tx, `SELECT subject_id FROM subject WHERE institution_id = $1 AND kind = 'child'
			AND state = 'live' ORDER BY subject_id LIMIT $2`, inst, limit)
	} else {
		all, err = db.Column[id.Subject](tx, `SELECT subject_id FROM subject WHERE institution_id = $1 AND kind = 'child'
			AND state = 'live' AND store_id = $2 ORDER BY subject_id LIMIT $3`, inst, store, limit)
	}
	return all, wrap("list children", err)
}
