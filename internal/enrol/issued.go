package enrol

import (
	"context"

	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// Issued returns the enrolment behind a receipt number, for whoever holds the
// receipt: when, where and in which state. It names nobody. NotFound:
// enrol.receipt.
func (s *Service) Issued(ctx context.Context, inst id.Institution, number string) (Enrolment, error) {
	var e Enrolment
	err := s.Gate.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		e, err = ByReceipt(tx, inst, number)
		return err
	})
	if fault.KindOf(err) == fault.NotFound {
		return Enrolment{}, fault.New(fault.NotFound, "enrol.receipt")
	}
	return e, err
}

// given lists the purposes that a finished enrolment stands on.
func given(tx *db.Tx, e Enrolment) ([]string, error) {
	if e.Child.IsZero() {
		return nil, nil
	}
	all, err := consent.Standings(tx, e.Institution, e.Child)
	var out []string
	for _, st := range all {
		if st.State == consent.StateLive || st.State == consent.StatePending {
			out = append(out, st.Purpose)
		}
	}
	return out, err
}
