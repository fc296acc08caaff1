package facts

import (
	"database/sql"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/subject"
)

// Sealed reads one field of a record, sealed, and gathers what Record gathers
// about it: everything in one read, for this is what a reveal waits for.
func (g *Gatherer) Sealed(tx *db.Tx, c *gate.Case, subj id.Subject, field string) (subject.Sealed, error) {
	inst := c.Actor.Institution
	swept, err := g.sweptOn(tx, inst, civil.DateOf(tx.Now()))
	if err != nil {
		return subject.Sealed{}, err
	}
	if !swept {
		x, err := subject.LoadSealed(tx, inst, subj, field)
		if err != nil {
			return x, err
		}
		c.Salt = x.Salt()
		return x, g.Record(tx, c, x.Subject)
	}
	x, state, err := sealedWithState(tx, inst, subj, field, c.Purpose)
	if err != nil {
		return x, err
	}
	c.Salt = x.Salt()
	g.record(c, x.Subject, state)
	return x, nil
}

// SealedAhead are the questions of Sealed on most days.
func SealedAhead(inst id.Institution, subj id.Subject, field string) []db.Question {
	return []db.Question{{Query: selectSealed, Args: []any{field, inst, subj}}}
}

const selectSealed = `SELECT s.kind, s.store_id, s.state, f.version, f.ciphertext, k.wrapped, k.salt,
		CASE WHEN s.kind = 'guardian' THEN c.standings ELSE s.standings END
	FROM subject s
	LEFT JOIN sealed_field f ON f.institution_id = s.institution_id AND f.subject_id = s.subject_id AND f.field = $1
	LEFT JOIN subject_key k ON k.institution_id = s.institution_id AND k.subject_id = s.subject_id
	LEFT JOIN family m ON m.institution_id = s.institution_id AND m.guardian_id = CASE WHEN s.kind = 'guardian' THEN s.subject_id END
	LEFT JOIN subject c ON c.institution_id = m.institution_id AND c.subject_id = m.child_id AND c.state <> 'secluded'
	WHERE s.institution_id = $2 AND s.subject_id = $3`

// sealedWithState reads the sealed field with the derived consents: a child's own,
// or those of a guardian's children, one row for each; of a secluded child none
// counts, and a secluded record is NotFound.
func sealedWithState(tx *db.Tx, inst id.Institution, subj id.Subject, field, purpose string) (subject.Sealed, consent.State, error) {
	x, all := subject.NewSealed(inst, subj, field), consent.StateNone
	rows, err := tx.Query(selectSealed, field, inst, subj)
	if err != nil {
		return x, all, err
	}
	found := false
	for rows.Next() {
		var standings sql.NullString
		if err := x.Scan(rows.Scan, &standings); err != nil {
			return x, all, err
		}
		found = true
		one, err := consent.StateIn(standings.String, purpose)
		if err != nil {
			return x, all, err
		}
		all = all.And(one)
	}
	if !found || x.Secluded {
		return x, all, fault.New(fault.NotFound, "subject.unknown")
	}
	return x, all, nil
}
