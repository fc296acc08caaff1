package catalogue

import (
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// Versions lists every published version of every notice, newest first within a
// code: what people were shown at which time.
func (c *Catalogue) Versions(tx *db.Tx, inst id.Institution) ([]Notice, error) {
	ids, err := db.Column[id.Notice](tx, `SELECT notice_id FROM notice WHERE institution_id = $1 ORDER BY code, version DESC`, inst)
	if err != nil {
		return nil, wrap("list notices", err)
	}
	var out []Notice
	for _, which := range ids {
		n, err := c.Notice(tx, inst, which)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}
