package account

import (
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// Everybody lists every account of an institution in the caller's transaction,
// removed ones too, by login: for rules about people together, such as who could
// decide what.
func Everybody(tx *db.Tx, inst id.Institution) ([]Staff, error) {
	roles, err := selectAppointments(tx, inst)
	if err != nil {
		return nil, err
	}
	all, err := db.List(tx, (*Staff).scan, `SELECT `+staffColumns+` FROM staff WHERE institution_id = $1 ORDER BY login`, inst)
	for i := range all {
		all[i].Appointments = roles[all[i].ID]
	}
	return all, err
}
