package consent

import (
	"fmt"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// Answer is what somebody said to a new version of a notice. It agrees to
// nothing and stops nothing: every purpose stands where it stood, and on the
// text under which it was agreed to. It proves that the new text was shown, with
// a way to refuse of the same weight (S0-18).
type Answer struct {
	By     id.Subject // who read it: the answer stands in that person's own record
	Party  Party
	Accept bool
	Evidence
}

// Reply records an answer. It fails with fault.Invalid: consent.party, notice,
// screen or proof.
func Reply(tx *db.Tx, inst id.Institution, a Answer) error {
	switch {
	case a.By.IsZero(), a.Party != PartyGuardian && a.Party != PartyChild:
		return fault.New(fault.Invalid, "consent.party")
	case a.Notice.IsZero(), a.Hash == [32]byte{}:
		return fault.New(fault.Invalid, "consent.notice")
	case a.Screen == [32]byte{}:
		return fault.New(fault.Invalid, "consent.screen")
	case a.Proof != ProofSession:
		return fault.New(fault.Invalid, "consent.proof")
	}
	e := Event{ID: id.Make[id.Consent](tx.Now()), Subject: a.By, At: tx.Now(), Kind: Declined, Party: a.Party, By: a.By, Evidence: a.Evidence}
	if a.Accept {
		e.Kind = Acknowledged
	}
	return insertEvent(tx, inst, e)
}

// Answered reports whether somebody has answered a notice, in a subject's
// events: by a consent or a refusal on it, or by a reply to it.
func Answered(tx *db.Tx, inst id.Institution, subj, by id.Subject, notice id.Notice) (bool, error) {
	var n int
	err := tx.QueryRow(`SELECT COUNT(*) FROM consent_event
		WHERE institution_id = $1 AND subject_id = $2 AND by_id = $3 AND notice_id = $4`,
		inst, subj, by, notice).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("read answers: %w", err)
	}
	return n > 0, nil
}
