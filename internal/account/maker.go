package account

import (
	"database/sql"
	"errors"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// MadeBy returns who made an account; zero for the operator and for an account
// that does not exist.
func (g *Register) MadeBy(tx *db.Tx, inst id.Institution, staff id.Staff) (by id.Staff, err error) {
	err = tx.QueryRow(`SELECT created_by FROM staff WHERE institution_id = $1 AND staff_id = $2`, inst, staff).Scan(&by)
	if errors.Is(err, sql.ErrNoRows) {
		return id.Staff{}, nil
	}
	return by, err
}
