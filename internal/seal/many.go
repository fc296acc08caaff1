package seal

import (
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
)

// SaveAll is Save for many new subjects of one institution at once: on PostgreSQL
// they share a round trip. Nothing may be saved twice; errors are those of Save.
func SaveAll(tx *db.Tx, all []*Sealer) error {
	if len(all) == 0 {
		return nil
	}
	for _, s := range all {
		if s.key.Empty() {
			return fault.New(fault.Conflict, "seal.exists")
		}
	}
	current, err := selectCurrent(tx, all[0].inst)
	if err != nil {
		return err
	}
	var fresh *ring
	rows := make([][]any, len(all))
	for i, s := range all {
		if s.version != current { // rotated since Prepare
			if fresh == nil {
				if fresh, err = s.v.read(tx, s.inst); err != nil {
					return err
				}
			}
			if err := s.wrap(fresh); err != nil {
				return err
			}
		}
		rows[i] = []any{s.inst, s.subject, s.version, s.wrapped, s.salt}
	}
	return tx.ExecMany(`INSERT INTO subject_key (institution_id, subject_id, version, wrapped, salt)
		VALUES ($1, $2, $3, $4, $5)`, rows)
}
