// Package gate is the one door to sealed information (invariant I2) and to
// every act that the law cares about.
//
// Do gathers facts, lets the policy decide, runs the act with a permit to
// open sealed values, and appends the audit entry, all in one transaction. It
// returns only after the commit is durable, so what the body opened may be
// shown then and not before (I1). A refusal is an entry too. No flag, role or
// code path goes round it: seal.Mint is called here and nowhere else, and
// arch_test.go proves that.
//
// The body may be run again when the database asks for a retry, so it must have
// no effect outside the transaction except on variables it overwrites.
package gate

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
)

// Request says who wants to do what, for which purpose, to whom.
type Request struct {
	Actor   actor.Actor
	Act     policy.Act
	Purpose string     // code of the catalogue; never empty for acts on personal information
	Fields  []string   // field codes that the act touches
	Subject id.Subject // the child or guardian concerned; zero for acts on no one person
	Store   id.Store   // the store that answers for the record

	Ahead []db.Question // what the facts will ask, if that is known beforehand (db.UpdateAhead)
}

// Case is a request together with what is known about it. The facts function
// fills it from the database; the body may add to what the entry will say.
type Case struct {
	Request
	Facts   policy.Facts
	Grant   id.Grant                         // the grant that the act stands on, if any
	Salt    []byte                           // the subject's ledger salt, when the caller has read it already
	Commit  func(id.Event) ([32]byte, error) // stands for a subject that is not saved yet
	Also    []Party                          // others whom the same look showed: each has a line of their own
	Ref     string                           // printed id of the object that the act made or changed
	Count   int                              // subjects or rows concerned, when more than one
	Hash    [32]byte                         // hash of a document involved, such as the notice shown
	Type    ledger.Type                      // set to say it more exactly than the act does
	Secrecy bool                             // the entry must not name the subject even by commitment
}

// Party is a subject beside the one of the request, with its ledger salt.
type Party struct {
	Subject id.Subject
	Salt    []byte
}

// Outcome is the audit entry of an act that was allowed and is durable.
type Outcome struct {
	Entry *ledger.Pending
	Event id.Event
	At    time.Time
	Rules []string
}

// Index returns the leaf index of the entry in the institution's log.
func (o Outcome) Index() int64 { return o.Entry.Index() }

// Gate holds the parts that every act needs. All are safe for concurrent use.
type Gate struct {
	DB     *db.DB
	Vault  *seal.Vault
	Policy *policy.Engine
	Now    func() time.Time // for what is decided before a transaction begins

	// Known reports whether a purpose and a field are in the institution's
	// vocabulary. An entry names no others: whatever was typed in their place
	// might be a name (I3). Nil means that all are.
	Known func(tx *db.Tx, inst id.Institution, purpose, field string) (bool, error)

	// InCharge finds the person in charge of what is used for a purpose in a
	// store; zero if nobody has been named. Nil means that nobody ever is.
	InCharge func(tx *db.Tx, inst id.Institution, purpose string, store id.Store) (id.Staff, error)

	// Unwitnessed reports whether no witness has seen the log for too long (R6).
	// It is asked for weighty acts only; nil means that there are no witnesses.
	Unwitnessed func(tx *db.Tx) (bool, error)
}

// Unknown stands in an entry for a purpose or a field outside the vocabulary.
const Unknown = "unknown"

// Codes returns a purpose and fields as an entry may name them.
func (g *Gate) Codes(tx *db.Tx, inst id.Institution, purpose string, fields []string) (string, []string, error) {
	if g.Known == nil {
		return purpose, fields, nil
	}
	ok, err := g.Known(tx, inst, purpose, "")
	if err != nil {
		return "", nil, err
	}
	if !ok {
		purpose = Unknown
	}
	for i, f := range fields {
		ok, err := g.Known(tx, inst, "", f)
		if err != nil {
			return "", nil, err
		}
		if !ok {
			fields = slices.Clone(fields) // the caller's own stays as it is
			fields[i] = Unknown
		}
	}
	return purpose, fields, nil
}

// Facts gathers what the policy needs to know about one request.
type Facts func(tx *db.Tx, c *Case) error

// Body does the act. It may open sealed values with the permit.
type Body func(tx *db.Tx, p seal.Permit, c *Case) error

// OpeningFacts is Facts for an act whose facts are themselves sealed: who may
// speak for a child follows from the birth month. What it opens is not shown
// unless the act is allowed, and the entry says so either way.
type OpeningFacts func(tx *db.Tx, p seal.Permit, c *Case) error

// Opening is Do with facts that need a permit.
func (g *Gate) Opening(ctx context.Context, r Request, facts OpeningFacts, body Body) (Outcome, error) {
	return g.Do(ctx, r, func(tx *db.Tx, c *Case) error {
		p := seal.Mint()
		defer p.Revoke()
		return facts(tx, p, c)
	}, body)
}

// Do decides and carries out one act. It returns fault.Denied with the
// determining rules when the policy refuses, ConsentNeeded or ApprovalNeeded
// when that is what is missing, whatever the body returned, and Unavailable
// when the log could not be written; in every one of these nothing may be
// shown. On success the act and its entry are durable.
func (g *Gate) Do(ctx context.Context, r Request, facts Facts, body Body) (Outcome, error) {
	var out Outcome
	var refused error
	err := g.DB.UpdateAhead(ctx, r.Actor.Institution, r.Ahead, func(tx *db.Tx) error {
		out, refused = Outcome{}, nil
		c := Case{Request: r}
		if err := g.gather(tx, &c, facts); err != nil {
			return err
		}
		d := g.Policy.Decide(c.question())
		out.Rules = d.Rules
		if !d.Allow {
			refused = g.Policy.Refusal(d)
			_, err := g.append(tx, &c, d, fault.CodeOf(refused))
			return err
		}
		if body != nil {
			if err := act(tx, &c, body); err != nil {
				return err
			}
		}
		e, err := g.append(tx, &c, d, "")
		if err != nil {
			return err
		}
		out.Entry, out.Event, out.At = e, e.ID(), tx.Now()
		return witness(ctx, tx, Done{c.Ref, out.Event})
	})
	if err != nil {
		return Outcome{}, g.noteRefusal(ctx, r, err)
	}
	if refused != nil {
		return Outcome{}, refused
	}
	return out, nil
}

// act runs the body with a permit that ends with it.
func act(tx *db.Tx, c *Case, body Body) error {
	p := seal.Mint()
	defer p.Revoke()
	return body(tx, p, c)
}

func (g *Gate) gather(tx *db.Tx, c *Case, facts Facts) error {
	c.Facts.SameInstitution = true
	c.Facts.StepUpFresh = fresh(c.Actor, tx.Now())
	if g.Unwitnessed != nil && c.Act.Weighty() {
		var err error
		if c.Facts.Unwitnessed, err = g.Unwitnessed(tx); err != nil {
			return err
		}
	}
	if facts == nil {
		return nil
	}
	return facts(tx, c)
}

// noteRefusal records a refusal that the body itself found, such as an erased
// subject, since its own transaction was rolled back with everything in it.
func (g *Gate) noteRefusal(ctx context.Context, r Request, err error) error {
	switch fault.KindOf(err) {
	case fault.Denied, fault.NotFound, fault.ConsentNeeded, fault.ApprovalNeeded, fault.Erased, fault.Limited:
	default:
		return err
	}
	entry := g.DB.Update(ctx, r.Actor.Institution, func(tx *db.Tx) error {
		c := Case{Request: r}
		_, aerr := g.append(tx, &c, policy.Decision{}, fault.CodeOf(err))
		return aerr
	})
	return errors.Join(err, entry)
}
