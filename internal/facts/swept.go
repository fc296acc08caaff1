package facts

import (
	"slices"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/subject"
)

// live returns the state of the consent for a purpose: of a child's record its
// own, of a guardian's that of all its children together. On a day that the sweep
// has not reached, a guardian's word of an earlier month is not trusted (B1).
func (g *Gatherer) live(tx *db.Tx, s subject.Subject, purpose string) (consent.State, error) {
	today := civil.DateOf(tx.Now())
	swept, err := g.sweptOn(tx, s.Institution, today)
	switch {
	case err != nil:
		return consent.StateNone, err
	case swept && s.Kind == subject.Guardian:
		return consent.LiveThrough(tx, s.Institution, s.ID, purpose)
	case swept:
		return consent.Live(tx, s.Institution, s.ID, purpose)
	case s.Kind != subject.Guardian:
		return consent.LiveUnswept(tx, s.Institution, s.ID, purpose, today)
	}
	children, err := subject.Children(tx, s.Institution, s.ID)
	if err != nil {
		return consent.StateNone, err
	}
	all := consent.StateNone
	for _, c := range children {
		one, err := consent.LiveUnswept(tx, s.Institution, c, purpose, today)
		if err != nil {
			return consent.StateNone, err
		}
		all = all.And(one)
	}
	return all, nil
}

// Sake narrows what holds for a guardian's record to one child: the consent is
// that child's alone, and a record of the child that may not be used closes the
// guardian's too. NotFound: subject.unknown, for somebody else's child.
func (g *Gatherer) Sake(tx *db.Tx, c *gate.Case, child id.Subject) error {
	inst := c.Actor.Institution
	children, err := subject.Children(tx, inst, c.Subject)
	if err != nil {
		return err
	}
	if !slices.Contains(children, child) {
		return fault.New(fault.NotFound, "subject.unknown")
	}
	row, err := subject.Load(tx, inst, child)
	if err != nil {
		return err
	}
	state, err := g.live(tx, row, c.Purpose)
	c.Facts.Consent = consents[state]
	c.Facts.Restricted = c.Facts.Restricted || row.State == subject.Restricted
	c.Facts.Erased = c.Facts.Erased || row.State == subject.Erased
	return err
}

// sweptOn reports whether the sweep has reached a day. Once it has, that is
// remembered, so the question costs one read a day.
func (g *Gatherer) sweptOn(tx *db.Tx, inst id.Institution, today civil.Date) (bool, error) {
	if known, ok := g.swept.Load(inst); ok && known == today {
		return true, nil
	}
	on, err := consent.SweptOn(tx, inst)
	if err != nil || on.IsZero() || on.Before(today) {
		return false, err
	}
	g.swept.Store(inst, today)
	return true, nil
}
