package facts

import (
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/subject"
)

// Capsule brings a look by who helps from outside down to the capsule that the
// child is in: its purpose and its fields, whatever was asked for. Without one
// the rules deny; of an activity that is over, fault.Erased capsule.over.
// A look by anybody else stays as it is. Source: 18-department Measures, clause
// on volunteers (S2-14).
func (g *Gatherer) Capsule(tx *db.Tx, c *gate.Case, s subject.Subject) error {
	if c.Actor.Role != actor.Volunteer && c.Actor.Role != actor.Vendor {
		return nil
	}
	in, err := g.Grants.Reaching(tx, c.Actor.Institution, grant.Use{Staff: c.Actor.Staff, Role: c.Actor.Role, Store: s.Store,
		Subject: s.ID, Masked: true, At: tx.Now()})
	if err != nil {
		return err
	}
	if !in.ID.IsZero() {
		c.Purpose, c.Fields = in.Purpose, in.Fields
		return nil
	}
	past, err := g.Grants.Past(tx, c.Actor.Institution, c.Actor.Staff, s.ID, tx.Now())
	if err == nil && past {
		err = fault.New(fault.Erased, "capsule.over")
	}
	return err
}
