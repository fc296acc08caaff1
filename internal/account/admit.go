package account

import (
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/secret"
)

// Admit opens a session for a member of a family on the strength of a link that
// the caller has checked in the same transaction: a child of 14 or more who left
// no phone has nothing else to prove itself by. former is the session token that
// the browser had, which ends.
func (g *Register) Admit(tx *db.Tx, inst id.Institution, m Member, device string, former secret.Text) (Entry, error) {
	e, err := g.open(tx, actor.Actor{Institution: inst, Subject: m.Subject, Role: m.Role}, device, former)
	if err != nil {
		return Entry{}, err
	}
	return e, g.note(tx, ledger.SignIn, e.Actor, mark{Notes: []string{"link"}})
}
