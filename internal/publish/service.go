package publish

import (
	"context"
	"encoding/json"
	"io"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/facts"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
)

// Service is the desk in an institution: an officer prepares, another person
// approves, the notice takes itself down. Fill in the fields, then use it.
type Service struct {
	Gate  *gate.Gate
	Facts *facts.Gatherer
	Rand  io.Reader
	Cache string // folder for compiled code of the file reader; may be ""
}

// who gathers the facts about the actor.
func (s *Service) who(tx *db.Tx, c *gate.Case) error {
	s.Facts.Place(c)
	return s.Facts.Who(tx, c)
}

// know is who, and whether the actor would decide on their own draft (I8).
func (s *Service) know(which id.Publication, p *Publication) gate.Facts {
	return func(tx *db.Tx, c *gate.Case) (err error) {
		if *p, err = load(tx, c.Actor.Institution, which); err != nil {
			return err
		}
		c.Ref, c.Count, c.Hash = p.ID.String(), p.Rows, p.Hash
		c.Facts.AgeBand = p.band()
		c.Facts.OwnRequest = !c.Actor.Staff.IsZero() && c.Actor.Staff == p.By
		return s.who(tx, c)
	}
}

// band is how old those are whom the page shows. The page of a list of children
// under 14, of aid or of need shows notice numbers and nobody, which is judged
// once more before it is public; BAN-09 is about people who are shown.
func (p Publication) band() policy.AgeBand {
	n := p.notice()
	if _, nobody := n.hidden(p.Ages); nobody {
		return policy.Adult
	}
	return policy.Teen
}

// Preview is what the second person decides on: the problems of the list that was
// brought, without its values, and what would be public.
type Preview struct {
	Publication
	Verdict Verdict
	Seen    [32]byte // of what would be public
}

// Look shows a publication. Looking at a draft opens it, so the entry is durable
// before this returns (I1). Errors: NotFound publish.unknown; what the gate
// refuses.
func (s *Service) Look(ctx context.Context, a actor.Actor, which id.Publication) (Preview, error) {
	var v Preview
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.PublishRead}, s.know(which, &v.Publication),
		func(tx *db.Tx, permit seal.Permit, _ *gate.Case) error {
			if v.State != Draft || v.parts == 0 {
				return nil
			}
			d, err := openDraft(tx, s.Gate.Vault, permit, v.Publication)
			if err != nil {
				return err
			}
			if v.Verdict, err = s.judged(v.notice(), d); err != nil {
				return err
			}
			_, v.Seen, err = page(v.Verdict.Proposal)
			return err
		})
	return v, err
}

// List gives the newest publications: no list of anybody, no entry. Errors: Denied
// for roles that may never read one.
func (s *Service) List(ctx context.Context, a actor.Actor) (list []Publication, err error) {
	if !s.Gate.Policy.MayEver(a.Role, policy.PublishRead) {
		return nil, fault.New(fault.Denied, "publish.denied")
	}
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		list, err = newest(tx, a.Institution)
		return err
	})
	return list, err
}

// Approve makes a draft public from now on and destroys the list. seen is the
// Seen of the Preview that the second person decided on. Errors: Denied for one's
// own draft (I8), Unauthenticated if the last proof of identity is too old,
// ApprovalNeeded publish.locked while a lock of a story is missing (S2-21†),
// Conflict publish.changed and publish.state.….
func (s *Service) Approve(ctx context.Context, a actor.Actor, which id.Publication, seen [32]byte) (Publication, error) {
	var p Publication
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.PublishApprove}, s.know(which, &p), func(tx *db.Tx, permit seal.Permit, c *gate.Case) error {
		if err := p.require(Draft); err != nil {
			return err
		}
		if len(p.Open()) > 0 {
			return fault.New(fault.ApprovalNeeded, "publish.locked")
		}
		d, err := openDraft(tx, s.Gate.Vault, permit, p)
		if err != nil {
			return err
		}
		v, err := s.judged(p.notice(), d)
		if err != nil {
			return err
		}
		if p.body, p.Hash, err = page(v.Proposal); err != nil {
			return err
		}
		if p.Hash != seen {
			return fault.New(fault.Conflict, "publish.changed")
		}
		if p.Occasion != Story {
			if p.numbers, err = json.Marshal(d.told()); err != nil {
				return err
			}
		}
		p.State, p.Approver, p.From, p.Least = Published, a.Staff, tx.Now(), v.Proposal.Fits.Least
		p.Until = civil.DateOf(p.From).AddDays(p.Days).End()
		c.Hash = p.Hash
		if err := destroy(tx, s.Gate.Vault, &p); err != nil {
			return err
		}
		return update(tx, p)
	})
	return p, err
}

// Withdraw takes a notice down at once, or gives up a draft. What was shown is
// deleted; the record stays. Errors: Conflict publish.state.….
func (s *Service) Withdraw(ctx context.Context, a actor.Actor, which id.Publication) (Publication, error) {
	return s.end(ctx, a, which, map[State]State{Draft: Refused, Published: Withdrawn})
}

// end ends a publication whose state is in the table.
func (s *Service) end(ctx context.Context, a actor.Actor, which id.Publication, becomes map[State]State) (Publication, error) {
	var p Publication
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.PublishWithdraw}, s.know(which, &p), func(tx *db.Tx, _ seal.Permit, _ *gate.Case) error {
		if becomes[p.State] == "" {
			return p.require()
		}
		return s.close(tx, &p, becomes[p.State])
	})
	return p, err
}

func (s *Service) close(tx *db.Tx, p *Publication, state State) error {
	p.State, p.EndedAt, p.body, p.numbers = state, tx.Now(), nil, nil
	if err := destroy(tx, s.Gate.Vault, p); err != nil {
		return err
	}
	return update(tx, *p)
}

// Told is what one family is to be told.
type Told struct {
	Number string `json:"number"`
	Record string `json:"record,omitempty"` // whose, of a list that came from the records
}

// told says of each row which number it has.
func (d draft) told() []Told {
	list := make([]Told, len(d.Numbers))
	for i, n := range d.Numbers {
		list[i].Number = n
		if i < len(d.Records) {
			list[i].Record = d.Records[i]
		}
	}
	return list
}

// seen leaves out those whose record is not there (S2-23†).
func seen(tx *db.Tx, inst id.Institution, list []Told) (left []Told, err error) {
	for _, x := range list {
		if x.Record == "" {
			left = append(left, x)
			continue
		}
		child, err := id.Parse[id.Subject](x.Record)
		if err == nil {
			_, err = subject.Load(tx, inst, child)
		}
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		left = append(left, x)
	}
	return left, nil
}

// Numbers hands the preparer, once, the notice number of each row of the list
// that they brought, to tell the families one by one. Errors: Denied
// publish.not_yours; Erased publish.taken.
func (s *Service) Numbers(ctx context.Context, a actor.Actor, which id.Publication) (list []Told, err error) {
	var p Publication
	_, err = s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.PublishRead}, s.know(which, &p), func(tx *db.Tx, _ seal.Permit, _ *gate.Case) error {
		if p.By != a.Staff {
			return fault.New(fault.Denied, "publish.not_yours")
		}
		if err := p.require(Published); err != nil {
			return err
		}
		if !p.HasNumbers() {
			return fault.New(fault.Erased, "publish.taken")
		}
		if err := json.Unmarshal(p.numbers, &list); err != nil {
			return err
		}
		if list, err = seen(tx, a.Institution, list); err != nil {
			return err
		}
		p.numbers = nil
		return update(tx, p)
	})
	return list, err
}

// Sweep takes down what has stood its days and destroys drafts that nobody
// approved. It returns how many.
func (s *Service) Sweep(ctx context.Context, inst id.Institution) (n int, err error) {
	var list []Publication
	if err = s.Gate.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		list, err = due(tx, inst, tx.Now())
		return err
	}); err != nil {
		return 0, err
	}
	system := actor.Actor{Institution: inst, Role: actor.System}
	for _, p := range list {
		_, err := s.end(ctx, system, p.ID, map[State]State{Draft: Lapsed, Published: Ended})
		if err != nil && fault.KindOf(err) != fault.Conflict { // somebody was quicker
			return n, err
		}
		n++
	}
	return n, nil
}
