package account

import (
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
)

// mark is what an entry says beside who, what and when.
type mark struct {
	Ref   string   // printed id of the account, session or key concerned
	Code  string   // fault code of a refusal
	Notes []string // roles, factors or providers concerned
	Count int
	Hash  [32]byte // of a certificate or a signed paper
}

// about is a mark that points at an account, with notes.
func about(staff id.Staff, notes ...string) mark { return mark{Ref: staff.String(), Notes: notes} }

// note appends an entry to the ledger in the caller's transaction. It names
// people by pseudonym; a family appears as a salted commitment, and a login or
// phone that belongs to nobody not at all (I3).
func (g *Register) note(tx *db.Tx, t ledger.Type, a actor.Actor, m mark) error {
	e := ledger.Event{
		ID: id.Make[id.Event](tx.Now()), Type: t, At: tx.Now(),
		Actor: a.ID(), Role: a.Role, Store: a.Store, Subject: a.Subject, Fields: m.Notes,
		Allow: m.Code == "", Code: m.Code, Count: m.Count, Hash: m.Hash, Ref: m.Ref,
	}
	if e.Actor == "" && e.Role == "" {
		e.HandledBy = string(actor.System) // nobody has proved anything yet
	}
	if !a.Subject.IsZero() {
		var err error
		if e.Commitment, err = g.Vault.Commitment(tx, a.Institution, a.Subject, e.ID); err != nil {
			return err
		}
	}
	ledger.Append(tx, e)
	return nil
}
