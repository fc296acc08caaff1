package enrol

import (
	"context"
	"strings"

	"golang.org/x/text/unicode/norm"

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

// CleanReceipt brings a receipt number as people type it, in capitals or not,
// with full-width digits, spaces or no hyphens, to its one form. ok is false if
// it cannot be one.
func CleanReceipt(typed string) (number string, ok bool) {
	s := strings.ToUpper(norm.NFKC.String(typed))
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -\t‐–—", r) {
			return -1
		}
		return r
	}, s)
	if len(s) != 16 || strings.Trim(s[:6], "0123456789") != "" || strings.Trim(s[6:], receiptAlphabet) != "" {
		return "", false
	}
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:], true
}
