package family

import (
	"context"
	"encoding/json"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/verify"
)

// Looks is a part of the list of who looked, newest first.
type Looks struct {
	Entries []ledger.Entry
	Next    int64 // for the next part; 0 when there is no more
}

// Looks lists the entries about a record: who, in which role, for what, when.
func (s *Service) Looks(ctx context.Context, a actor.Actor, subj id.Subject, before int64) (Looks, error) {
	var l Looks
	_, err := s.Gate.Opening(ctx, ask(a, policy.AccessView, subj), s.know, func(tx *db.Tx, _ seal.Permit, _ *gate.Case) error {
		page, err := ledger.ForSubject(tx, subj, before, 50)
		l = Looks{page.Entries, page.Next}
		return err
	})
	return l, err
}

// Proof returns a receipt for one entry about a record, which anybody can verify
// offline. It holds the opening of the commitment, so it belongs in the hands of
// the family alone. Unavailable, ledger.unsigned: ask again in a second.
func (s *Service) Proof(ctx context.Context, a actor.Actor, subj id.Subject, index int64) (verify.Receipt, error) {
	var r verify.Receipt
	_, err := s.Gate.Opening(ctx, ask(a, policy.AccessView, subj), s.know, func(tx *db.Tx, _ seal.Permit, _ *gate.Case) error {
		e, err := ledger.At(tx, index)
		if err != nil {
			return err
		}
		own, err := s.Gate.Vault.Commitment(tx, a.Institution, subj, e.Event.ID)
		if err != nil {
			return err
		}
		if e.Commitment != own {
			return fault.New(fault.NotFound, "ledger.no_entry")
		}
		salt, err := s.Gate.Vault.EventSalt(tx, a.Institution, subj, e.Event.ID)
		if err != nil {
			return err
		}
		r, err = s.Log.Receipt(tx, index, &verify.Opening{Subject: subj.String(), Salt: salt})
		return err
	})
	return r, err
}

// copied is the machine-readable copy (PIPL art. 45; MNR art. 34).
type copied struct {
	Format   string            `json:"format"`
	At       time.Time         `json:"at"`
	Record   string            `json:"record"`
	Fields   map[string]string `json:"fields"`
	Purposes []copiedPurpose   `json:"purposes"`
	Receipts []string          `json:"receipts"`
}

type copiedPurpose struct {
	Purpose string        `json:"purpose"`
	State   consent.State `json:"state"`
	Since   time.Time     `json:"since"`
}

// Copy returns everything held about a child and its guardian as a JSON file.
func (s *Service) Copy(ctx context.Context, a actor.Actor, subj id.Subject) ([]byte, gate.Outcome, error) {
	var file []byte
	out, err := s.Gate.Opening(ctx, ask(a, policy.SubjectCopy, subj), s.know, func(tx *db.Tx, p seal.Permit, _ *gate.Case) error {
		c, err := s.read(tx, p, a, subj)
		if err != nil {
			return err
		}
		doc := copied{Format: "wardfold/copy/1", At: tx.Now(), Record: subj.String(), Fields: map[string]string{}}
		if err := s.copyFields(tx, p, a, subj, doc.Fields); err != nil {
			return err
		}
		for _, st := range c.Standings {
			doc.Purposes = append(doc.Purposes, copiedPurpose{st.Purpose, st.State, st.Since})
		}
		for _, e := range c.Enrolled {
			doc.Receipts = append(doc.Receipts, e.Receipt)
		}
		file, err = json.MarshalIndent(doc, "", "  ")
		return err
	})
	return file, out, err
}

// copyFields opens every field of the child and, for a guardian, of the
// guardian's own record; one guardian never sees another's number.
func (s *Service) copyFields(tx *db.Tx, p seal.Permit, a actor.Actor, child id.Subject, into map[string]string) error {
	whose := []id.Subject{child}
	if a.Role == actor.Guardian {
		whose = append(whose, a.Subject)
	}
	for _, x := range whose {
		held, err := subject.Held(tx, a.Institution, x)
		if err != nil {
			return err
		}
		for _, field := range held {
			v, err := subject.OpenOwn(tx, s.Gate.Vault, p, a.Institution, x, field)
			if err != nil {
				return err
			}
			into[field] = v.Expose()
		}
	}
	return nil
}
