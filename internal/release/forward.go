package release

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
	"github.com/wardfold/wardfold/trace/list"
)

// Dialled is a call that waits at the relay: somebody dialled one of its numbers,
// and an extension.
type Dialled struct {
	Number    string // 11 digits
	Extension string // 4 digits
	Leg       string // what the relay calls the waiting call
}

// MaxLeg bounds the relay's name of a call, in bytes.
const MaxLeg = 64

// waiting is how long a call that was dialled keeps its point.
const waiting = time.Minute

// Forward has the relay connect a waiting call with the family that an alias
// stands for, as long as the grant lives under which the file was collected, the
// child's record may be used, and the consent holds. Neither side sees the other's
// number. The entry, which names the file, is durable before the number leaves
// this program (I1), and the family reads of it.
//
// The actor is the relay, by an API key bound to the purpose and the field. Who
// dials is not known here: an alias that is dialled when its file is over means
// that the list is still about, and rings an alarm about who collected it. Errors:
// NotFound release.alias for what no file ever had; Erased when the file is over,
// and for a family that does not exist; Invalid release.dialled; what the gate
// refuses; those of the Line.
func (s *Service) Forward(ctx context.Context, a actor.Actor, d Dialled) (gate.Outcome, error) {
	number, ok := list.Phone(d.Number)
	switch {
	case !ok || len(d.Extension) != 4 || d.Leg == "" || len(d.Leg) > MaxLeg:
		return gate.Outcome{}, fault.At("number", "release.dialled")
	case s.Line == nil:
		return gate.Outcome{}, fault.New(fault.Unavailable, "call.none")
	}
	f := forwarding{Service: s}
	req := gate.Request{Actor: a, Act: policy.CallForward}
	out, err := s.Gate.Do(ctx, req, func(tx *db.Tx, c *gate.Case) error {
		return f.know(tx, c, list.Dialled(number, d.Extension))
	}, func(tx *db.Tx, p seal.Permit, c *gate.Case) (err error) {
		if err := s.Facts.Spend(tx, c); err != nil {
			return err
		}
		f.to = desk.Connection{ID: id.Make[id.Call](tx.Now()), Institution: a.Institution, Leg: d.Leg, Until: tx.Now().Add(waiting)}
		f.to.Family, err = f.sealed.Open(tx, s.Gate.Vault, p)
		return err
	})
	if err != nil {
		return gate.Outcome{}, f.late(ctx, a, err)
	}
	return out, s.Line.Connect(ctx, f.to)
}

// forwarding is one call on its way.
type forwarding struct {
	*Service
	from   Export
	grant  grant.Grant
	at     time.Time
	sealed subject.Sealed
	to     desk.Connection
}

// know gathers what the alias stands for: the first of the children in the file
// beside whom the number stands that may still be used.
func (f *forwarding) know(tx *db.Tx, c *gate.Case, alias string) error {
	f.from, f.at = Export{}, tx.Now()
	if c.Actor.Role != actor.Integrator {
		return nil // no rule lets them, and they do not learn which aliases there are
	}
	all, err := f.behind(tx, c.Actor.Institution, alias)
	if err != nil {
		return err
	}
	if f.from, err = Load(tx, c.Actor.Institution, all[0].Export); err != nil {
		return err
	}
	if f.grant, err = grant.Load(tx, c.Actor.Institution, f.from.Grant); err != nil {
		return err
	}
	c.Ref, c.Purpose, c.Grant = f.from.ID.String(), f.from.Purpose, f.from.Grant
	c.Fields, c.Store = []string{all[0].Field}, f.from.Store
	f.Facts.Place(c)
	if err := f.Facts.Who(tx, c); err != nil {
		return err
	}
	if err := f.Facts.Why(tx, c); err != nil || all[0].Who.IsZero() {
		return err
	}
	c.Subject = all[0].Who
	f.sealed, err = f.Facts.Sealed(tx, c, c.Subject, all[0].Field)
	if fault.KindOf(err) == fault.NotFound {
		c.Subject = id.Subject{} // like a family that does not exist
		return nil
	}
	if err != nil {
		return err
	}
	for _, r := range all {
		child, err := subject.Load(tx, c.Actor.Institution, r.Child)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		if child.Usable() != nil {
			continue
		}
		use := grant.Use{Staff: f.from.Collector, Role: f.grant.Role, Purpose: c.Purpose, Fields: c.Fields, Store: child.Store, Subject: r.Child, At: tx.Now()}
		f.grant.Covers(use).Fill(&c.Facts)
		if r.Child == c.Subject {
			return nil
		}
		if err := f.Facts.Sake(tx, c, r.Child); err != nil || c.Facts.Consent == policy.ConsentLive {
			return err
		}
	}
	return nil
}

// late rings when what was refused is an alias whose file is over.
func (f *forwarding) late(ctx context.Context, a actor.Actor, err error) error {
	if fault.KindOf(err) != fault.Erased || f.from.ID.IsZero() || f.grant.Live(f.at) {
		return err
	}
	about := actor.Actor{Institution: a.Institution, Staff: f.from.Collector, Role: f.grant.Role, Store: f.from.Store}
	if rung := f.Gate.DB.Update(ctx, a.Institution, func(tx *db.Tx) error {
		return f.Grants.Ring(tx, about, grant.Dialled)
	}); rung != nil {
		return rung
	}
	return err
}
