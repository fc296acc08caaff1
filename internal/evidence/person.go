package evidence

import (
	"fmt"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/verify"
)

// about adds every entry about the child of the receipt, whenever it was made,
// and the receipts of its consents. It returns the openings. Once the child is
// erased there is nothing left to find (I10), and the pack says no more than
// that.
func (c *collection) about(tx *db.Tx, p seal.Permit) (map[int64]*verify.Opening, error) {
	before, child, vault := len(c.found), c.enrolment.Child, c.s.Gate.Vault
	openings := map[int64]*verify.Opening{}
	if err := c.list(tx, ledger.Filter{Subject: child}); err != nil {
		return nil, err
	}
	for _, e := range c.found[before:] {
		salt, err := vault.EventSalt(tx, c.inst, child, e.ID)
		if err != nil {
			return nil, err
		}
		if seal.Commit(salt, child) == e.Commitment {
			openings[e.Index] = &verify.Opening{Subject: child.String(), Salt: salt}
		}
	}
	return openings, c.receipts(tx, p)
}

// receipts adds a receipt for each consent of the child, in the shape of ISO/IEC
// TS 27560. It names nobody; the birth month is opened for the age band alone.
func (c *collection) receipts(tx *db.Tx, p seal.Permit) error {
	child := c.enrolment.Child
	v, err := subject.OpenOwn(tx, c.s.Gate.Vault, p, c.inst, child, subject.LearnerBirth)
	if fault.KindOf(err) == fault.Erased || fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	today := civil.DateOf(tx.Now())
	birth, err := subject.Birth(v, today)
	if err != nil {
		return err
	}
	r := consent.ReceiptFor{Number: c.enrolment.Receipt, Institution: c.inst, Subject: child, Band: birth.Band(today),
		Storage: []string{"CN"}, Withdrawal: "/me"}
	if r.Events, err = consent.Events(tx, c.inst, child); err != nil {
		return err
	}
	if r.Purposes, err = c.s.Catalogue.Purposes(tx, c.inst); err != nil {
		return err
	}
	if r.Budget, err = c.s.Catalogue.Budget(tx, c.inst, catalogue.Minimal); err != nil {
		return err
	}
	for _, e := range r.Events {
		if e.Kind != consent.Given || !e.Of.IsZero() {
			continue
		}
		if err := c.receipt(tx, r, e); err != nil {
			return err
		}
	}
	return nil
}

func (c *collection) receipt(tx *db.Tx, r consent.ReceiptFor, e consent.Event) (err error) {
	r.Consent = e.ID
	if e.Notice != (id.Notice{}) {
		if r.Notice, err = c.s.Catalogue.Notice(tx, c.inst, e.Notice); err != nil {
			return err
		}
	}
	text, err := r.Encode()
	if err != nil {
		return err
	}
	c.texts = append(c.texts, verify.Paper{Name: fmt.Sprintf("consent-%s.json", e.ID), Text: string(text)})
	return nil
}
