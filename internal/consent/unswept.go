package consent

import (
	"database/sql"
	"errors"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// LiveUnswept is Live on a day that the sweep has not reached. Births are kept
// as months (S0-01), so authority passes on the first of one: what rests on a
// guardian and was settled this month still counts, and what is older counts as
// expired until the sweep has looked.
func LiveUnswept(tx *db.Tx, inst id.Institution, subj id.Subject, purpose string, today civil.Date) (State, error) {
	var packed string
	var guarded int
	err := tx.QueryRow(`SELECT standings, guarded FROM subject WHERE institution_id = $1 AND subject_id = $2`,
		inst, subj).Scan(&packed, &guarded)
	if errors.Is(err, sql.ErrNoRows) {
		return StateNone, nil
	}
	if err != nil {
		return StateNone, wrap("look up state", err)
	}
	s, err := unpack(packed, purpose)
	if err == nil && s.State == StateLive && guarded == 1 && civil.DateOf(s.Since).YearMonth() != today.YearMonth() {
		s.State = StateExpired
	}
	return s.State, wrap("look up state", err)
}
