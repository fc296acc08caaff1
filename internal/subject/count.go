package subject

import (
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// Count returns how many records of a kind an institution holds, in whatever
// state but erased. It reads the whole table of subjects: for daily figures.
func Count(tx *db.Tx, inst id.Institution, k Kind) (n int, err error) {
	err = tx.QueryRow(`SELECT COUNT(*) FROM subject WHERE institution_id = $1 AND kind = $2 AND state <> $3`,
		inst, string(k), string(Erased)).Scan(&n)
	return n, wrap("count subjects", err)
}
