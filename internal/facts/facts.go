// Package facts gathers what the policy needs to know about one request: whose
// record it is, why it would be used, with whose leave. It reads and decides
// nothing. What it does not find stays at its strictest value.
package facts

import (
	"slices"
	"sync"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/subject"
)

// Gatherer knows where the facts are.
type Gatherer struct {
	Catalogue *catalogue.Catalogue
	Grants    *grant.Register
	Accounts  *account.Register

	swept sync.Map // id.Institution → the civil.Date that the sweep has reached
}

// bases says which basis of the policy stands for one of the catalogue.
var bases = map[catalogue.Basis]policy.Basis{
	catalogue.Consent: policy.BasisConsent, catalogue.Contract: policy.BasisContract,
	catalogue.Statutory: policy.BasisDuty, catalogue.Emergency: policy.BasisEmergency,
	catalogue.News: policy.BasisNews, catalogue.Published: policy.BasisPublic,
	catalogue.OtherLaw: policy.BasisLaw,
}

// Why fills in the purpose: whether it is in force, its legal basis, and whether
// it covers the fields. An unknown or banned purpose leaves the strictest case.
func (g *Gatherer) Why(tx *db.Tx, c *gate.Case) error {
	p, err := g.Catalogue.Purpose(tx, c.Actor.Institution, c.Purpose)
	switch fault.KindOf(err) {
	case fault.NotFound, fault.Denied:
		return nil
	}
	if err != nil {
		return err
	}
	c.Facts.PurposeActive, c.Facts.Basis = p.Active(tx.Now()), bases[p.Basis]
	c.Facts.FieldsInSchema = !slices.ContainsFunc(c.Fields, func(f string) bool { return !p.Allows(f) })
	return nil
}

// Who fills in what follows from the actor alone: a staff member's training and
// undertaking, what an API key is bound to. Families and the program need none.
func (g *Gatherer) Who(tx *db.Tx, c *gate.Case) error {
	c.Facts.QuotaLeft = true
	if c.Actor.Role == actor.Integrator {
		c.Facts.KeyPurposeBound = slices.Contains(c.Actor.Purposes, c.Purpose)
		c.Facts.KeyFieldsBound = !slices.ContainsFunc(c.Fields, func(f string) bool {
			return !slices.Contains(c.Actor.Fields, f)
		})
	}
	if c.Actor.Staff.IsZero() {
		return nil
	}
	st, err := g.Accounts.Standing(tx, c.Actor.Institution, c.Actor.Staff)
	c.Facts.Trained, c.Facts.Undertaking = st.Active && st.Trained, st.Active && st.Pledged
	return err
}

// Leave fills in whether a live grant of this staff member covers the act, and
// whether the day's quota has room for one more subject.
func (g *Gatherer) Leave(tx *db.Tx, c *gate.Case) error {
	if c.Actor.Staff.IsZero() {
		return nil
	}
	cover, err := g.Cover(tx, c)
	if err != nil {
		return err
	}
	cover.Fill(&c.Facts)
	if cover.Live {
		c.Grant = cover.Grant.ID
	}
	c.Facts.QuotaLeft, err = g.Grants.Left(tx, c.Actor.Institution, c.Actor.Staff, c.Subject, cover.Grant.Quota())
	return err
}

// Cover returns how far the grants of a member of staff reach toward the act.
// Who helps from outside gets fault.Erased capsule.over for somebody of an
// activity that is over: what was there is gone (S2-14).
func (g *Gatherer) Cover(tx *db.Tx, c *gate.Case) (grant.Cover, error) {
	use := grant.Use{Staff: c.Actor.Staff, Role: c.Actor.Role, Purpose: c.Purpose, Fields: c.Fields,
		Store: c.Store, Subject: c.Subject, Masked: c.Act == policy.SubjectView, At: tx.Now()}
	cover, err := g.Grants.Find(tx, c.Actor.Institution, use)
	outsider := c.Actor.Role == actor.Volunteer || c.Actor.Role == actor.Vendor
	if err != nil || cover.Subject || !outsider {
		return cover, err
	}
	past, err := g.Grants.Past(tx, c.Actor.Institution, c.Actor.Staff, c.Subject, tx.Now())
	if err == nil && past {
		err = fault.New(fault.Erased, "capsule.over")
	}
	return cover, err
}

// Spend counts the subject against the day's quota of a member of staff or of an
// API key; call it in the body. Limited: key.quota.
func (g *Gatherer) Spend(tx *db.Tx, c *gate.Case) error {
	if c.Actor.Staff.IsZero() {
		return g.SpendKey(tx, c, 1)
	}
	if _, err := g.Grants.Spend(tx, c.Actor, c.Subject); err != nil || c.Grant.IsZero() {
		return err
	}
	under, err := g.Cover(tx, c)
	if err != nil || under.Grant.ID != c.Grant {
		return err
	}
	return g.Grants.Use(tx, c.Actor.Institution, under.Grant)
}

// SpendKey counts n subjects against the day's quota of an API key; anybody else
// spends nothing. Limited: key.quota.
func (g *Gatherer) SpendKey(tx *db.Tx, c *gate.Case, n int) error {
	return g.Accounts.SpendKey(tx, c.Actor, n)
}

// Place says whether the act is done at the actor's own store. An account
// without a store works for the whole institution.
func (g *Gatherer) Place(c *gate.Case) {
	c.Facts.OwnStore = c.Actor.Store.IsZero() || c.Actor.Store == c.Store
}

// Record fills in whose record it is and what state it is in, and the consent
// for the purpose. For a guardian's record it is that of all its children together.
func (g *Gatherer) Record(tx *db.Tx, c *gate.Case, s subject.Subject) error {
	state, err := g.live(tx, s, c.Purpose)
	if err == nil {
		g.record(c, s, state)
	}
	return err
}

func (g *Gatherer) record(c *gate.Case, s subject.Subject, state consent.State) {
	c.Store = s.Store
	g.Place(c)
	c.Facts.Restricted = s.State == subject.Restricted
	c.Facts.Erased = s.State == subject.Erased
	c.Facts.Secluded = s.Secluded
	c.Facts.Consent = consents[state]
}

var consents = map[consent.State]policy.Consent{
	consent.StatePending: policy.ConsentPending, consent.StateLive: policy.ConsentLive,
	consent.StateRefused: policy.ConsentRefused, consent.StateWithdrawn: policy.ConsentWithdrawn,
	consent.StateExpired: policy.ConsentExpired, consent.StateRestricted: policy.ConsentPending,
}

// Child fills in what follows from a birth: the age band and who may speak.
func Child(c *gate.Case, b civil.Birth, on civil.Date, capacity consent.Capacity) {
	c.Facts.AgeBand = band(b.Band(on))
	c.Facts.Authority = policy.Authority(consent.Authority(b, on, capacity))
}

func band(b civil.Band) policy.AgeBand {
	switch b {
	case civil.Under14:
		return policy.Under14
	case civil.Adult:
		return policy.Adult
	}
	return policy.Teen
}
