package consent

import (
	"database/sql"
	"errors"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// At 14 authority passes to the child, and what the guardian alone agreed to
// ends (B1). When that is follows from the birth, which is sealed; a date of
// handover beside the consent would be the birth month in clear. So nothing is
// stored: on every day that a month or a birthday can begin, a sweep asks
// Candidates for subjects whose consent rests on a guardian, opens each birth
// inside the gate, in the name of the program and with an audit entry, and calls
// HandOver. SweptOn says how far that has come, and a caller that finds it
// behind today must not trust a guardian's consent.

// Handover returns the day from which a guardian's consent no longer counts: the
// day after the 14th birthday, or the first of the month after the birth month.
func Handover(birth civil.Birth) civil.Date {
	_, last := birth.Turns(civil.AgeOfConsent)
	return last.AddDays(1)
}

// Candidates lists up to limit subjects, in order of identifier after a given
// one, that have a consent in force or pending which rests on a guardian.
func Candidates(tx *db.Tx, inst id.Institution, after id.Subject, limit int) ([]id.Subject, error) {
	return selectCandidates(tx, inst, after, limit)
}

// HandOver passes authority to the child if the day has come, and returns the
// purposes whose consent ended by it. What the child itself had agreed to goes
// on. With a current assessment that the child cannot express a will nothing
// passes.
func HandOver(tx *db.Tx, inst id.Institution, subj id.Subject, birth civil.Birth, c Capacity) ([]string, error) {
	if Needs(birth, civil.DateOf(tx.Now()), c)&ByGuardian != 0 {
		return nil, nil
	}
	past, err := Events(tx, inst, subj)
	if err != nil {
		return nil, err
	}
	before := Fold(past)
	if !guarded(before) {
		return nil, nil
	}
	e := Event{Subject: subj, Kind: HandedOver, Party: PartySystem}
	if _, err := add(tx, inst, past, e); err != nil {
		return nil, err
	}
	after, err := Standings(tx, inst, subj)
	if err != nil {
		return nil, err
	}
	return ended(before, after), nil
}

// guarded reports whether a consent in force or pending rests on a guardian.
func guarded(all []Standing) bool {
	for _, s := range all {
		switch s.State {
		case StateLive, StatePending, StateRestricted:
			if s.Needs&ByGuardian != 0 {
				return true
			}
		}
	}
	return false
}

func ended(before, after []Standing) []string {
	was := map[string]State{}
	for _, s := range before {
		was[s.Purpose] = s.State
	}
	var out []string
	for _, s := range after {
		if s.State == StateExpired && was[s.Purpose] != StateExpired {
			out = append(out, s.Purpose)
		}
	}
	return out
}

// SweptOn returns the day up to which the sweep is complete; the zero Date if
// there was none.
func SweptOn(tx *db.Tx, inst id.Institution) (civil.Date, error) {
	var s string
	err := tx.QueryRow(`SELECT swept_on FROM consent_sweep WHERE institution_id = $1`, inst).Scan(&s)
	if errors.Is(err, sql.ErrNoRows) {
		return civil.Date{}, nil
	}
	if err != nil {
		return civil.Date{}, wrap("look up sweep", err)
	}
	d, err := civil.ParseDate(s)
	return d, wrap("look up sweep", err)
}

// SetSwept records that the sweep of a day is complete.
func SetSwept(tx *db.Tx, inst id.Institution, on civil.Date) error {
	_, err := tx.Exec(`INSERT INTO consent_sweep (institution_id, swept_on) VALUES ($1, $2)
		ON CONFLICT (institution_id) DO UPDATE SET swept_on = excluded.swept_on`, inst, on.String())
	return wrap("record sweep", err)
}
