package account

import (
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// Everybody lists every account of an institution in the caller's transaction,
// removed ones too, by login: for rules about people together, such as who could
// decide what.
func Everybody(tx *db.Tx, inst id.Institution) (list []Staff, err error) {
	roles, err := selectAppointments(tx, inst)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(`SELECT `+staffColumns+` FROM staff WHERE institution_id = $1 ORDER BY login`, inst)
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		s, err := scanStaff(rows.Scan)
		if err != nil {
			return nil, err
		}
		s.Appointments = roles[s.ID]
		list = append(list, s)
	}
	return list, rows.Err()
}
