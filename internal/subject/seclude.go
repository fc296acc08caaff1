package subject

import (
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// Seclude hides the record of a child, and that of each guardian who has no other
// child that is seen. What was sealed stays where it is. NotFound unless the
// record is live or restricted.
func Seclude(tx *db.Tx, inst id.Institution, child id.Subject) error {
	n, err := cover(tx, inst, child)
	if err == nil && n == 0 {
		return unknown()
	}
	if err != nil {
		return err
	}
	guardians, err := Guardians(tx, inst, child)
	for _, g := range guardians {
		if err == nil {
			err = coverGuardian(tx, inst, g)
		}
	}
	return err
}

// Uncover ends the seclusion of one record: it is back in the state that it would
// be in without. Who is not secluded stays as they are.
func Uncover(tx *db.Tx, inst id.Institution, subj id.Subject) error {
	_, err := tx.Exec(`UPDATE subject SET state = former, former = ''
		WHERE institution_id = $1 AND subject_id = $2 AND state = 'secluded'`, inst, subj)
	return wrap("uncover a record", err)
}

// LetOut is the opposite of Seclude: the child is seen again, and its guardians.
func LetOut(tx *db.Tx, inst id.Institution, child id.Subject) error {
	guardians, err := Guardians(tx, inst, child)
	for _, x := range append(guardians, child) {
		if err == nil {
			err = Uncover(tx, inst, x)
		}
	}
	return err
}

func cover(tx *db.Tx, inst id.Institution, subj id.Subject) (int64, error) {
	n, err := tx.Exec(`UPDATE subject SET former = state, state = 'secluded'
		WHERE institution_id = $1 AND subject_id = $2 AND state IN ('live', 'restricted')`, inst, subj)
	return n, wrap("cover a record", err)
}

// coverGuardian hides a guardian none of whose children is seen: one who is found
// and has no child would tell that there is one.
func coverGuardian(tx *db.Tx, inst id.Institution, guardian id.Subject) error {
	seen, err := Children(tx, inst, guardian)
	if err != nil || len(seen) > 0 {
		return err
	}
	_, err = cover(tx, inst, guardian)
	return err
}

// setState writes a state, beneath the seclusion if there is one.
func setState(tx *db.Tx, inst id.Institution, subj id.Subject, s State) error {
	_, err := tx.Exec(`UPDATE subject SET former = CASE WHEN state = 'secluded' THEN $1 ELSE former END,
			state = CASE WHEN state = 'secluded' THEN state ELSE $1 END
		WHERE institution_id = $2 AND subject_id = $3`, string(s), inst, subj)
	return wrap("set subject state", err)
}
