package consent

import (
	"slices"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
)

// Waits returns the consent that waits for somebody else's word, and for which
// of the purposes asked; zero and none if nothing waits. If several consents
// wait, it is that of the last purpose.
func Waits(tx *db.Tx, inst id.Institution, subj id.Subject, asked ...string) (c id.Consent, purposes []string, err error) {
	all, err := Standings(tx, inst, subj)
	for _, s := range all {
		if s.State != StatePending || len(asked) > 0 && !slices.Contains(asked, s.Purpose) {
			continue
		}
		if s.Consent != c {
			c, purposes = s.Consent, nil
		}
		purposes = append(purposes, s.Purpose)
	}
	return c, purposes, err
}

// AllLive reports whether every one of the purposes is agreed to by whom it needs.
func AllLive(tx *db.Tx, inst id.Institution, subj id.Subject, purposes []string) (bool, error) {
	all, err := Standings(tx, inst, subj)
	live := 0
	for _, s := range all {
		if s.State == StateLive && slices.Contains(purposes, s.Purpose) {
			live++
		}
	}
	return live == len(purposes), err
}
