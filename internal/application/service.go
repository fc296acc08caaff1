package application

import (
	"context"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/facts"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

// Post takes a message on its way in the caller's transaction; package notify
// has one.
type Post interface {
	Send(tx *db.Tx, inst id.Institution, to secret.Text, template string, args ...string) (id.Message, error)
}

// Service is the use cases. It is safe for concurrent use. A nil Calendar is
// civil.China; without a Post no family is told by message.
type Service struct {
	Gate      *gate.Gate
	Facts     *facts.Gatherer
	Catalogue *catalogue.Catalogue
	Accounts  *account.Register
	Grants    *grant.Register
	Post      Post
	Calendar  *civil.Calendar
}

func (s *Service) calendar() *civil.Calendar {
	if s.Calendar != nil {
		return s.Calendar
	}
	return civil.China()
}

// Save keeps a draft, new when app is zero. A draft may lack anything but its
// kind. Errors: fault.Invalid application.kind, application.long;
// fault.Conflict application.drafts (too many), application.settled;
// fault.NotFound application.unknown (somebody else's).
func (s *Service) Save(ctx context.Context, a actor.Actor, app id.Application, f Form) (x Application, err error) {
	if !slices.Contains(Kinds, f.Kind) {
		return x, fault.At("kind", "application.kind")
	}
	if len(f.Title) > 4*MaxTitle || len(f.Why) > 4*MaxWords || len(f.Subjects) > MaxSubjects || len(f.Harms) > len(Harms) {
		return x, fault.New(fault.Invalid, "application.long")
	}
	err = s.Gate.DB.Update(ctx, a.Institution, func(tx *db.Tx) error {
		if app.IsZero() {
			n, err := drafts(tx, a.Institution, a.Staff)
			if err != nil {
				return err
			}
			if n >= MaxDrafts {
				return fault.New(fault.Conflict, "application.drafts", MaxDrafts)
			}
			x = Application{ID: id.Make[id.Application](tx.Now()), Institution: a.Institution, Form: f, Applicant: a.Staff,
				Role: a.Role, Home: a.Store, Written: tx.Now()}
			x.Case.State = Draft
			return insert(tx, x)
		}
		if x, err = s.own(tx, a, app); err != nil {
			return err
		}
		x.Form, x.Written = f, tx.Now()
		return save(tx, x, Draft)
	})
	return x, err
}

// own reads a draft of the actor's.
func (s *Service) own(tx *db.Tx, a actor.Actor, app id.Application) (Application, error) {
	x, err := Load(tx, a.Institution, app)
	switch {
	case err != nil:
		return x, err
	case x.Applicant != a.Staff:
		return Application{}, fault.New(fault.NotFound, "application.unknown")
	case x.Case.State != Draft:
		return Application{}, fault.New(fault.Conflict, "application.settled")
	}
	return x, nil
}

// Discard throws a draft away. Errors as Save.
func (s *Service) Discard(ctx context.Context, a actor.Actor, app id.Application) error {
	return s.Gate.DB.Update(ctx, a.Institution, func(tx *db.Tx) error {
		if _, err := s.own(tx, a, app); err != nil {
			return err
		}
		return discard(tx, a.Institution, app)
	})
}

// Hint is what similar applications used: the fields that at least half of the
// newest for a purpose asked for, and how many there were.
type Hint struct {
	Fields []string
	Of     int
}

// similarOnes is how many applications a hint looks back at.
const similarOnes = 20

// Hint compares with similar applications, so that nobody asks for more than
// others needed (S3-09).
func (s *Service) Hint(ctx context.Context, a actor.Actor, purpose string) (h Hint, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		lists, err := similar(tx, a.Institution, purpose, similarOnes)
		if err != nil {
			return err
		}
		counts := map[string]int{}
		for _, l := range lists {
			for _, f := range l {
				counts[f]++
			}
		}
		h = Hint{Of: len(lists)}
		for _, f := range catalogue.Fields {
			if n := counts[f.Code]; n > 0 && 2*n >= len(lists) {
				h.Fields = append(h.Fields, f.Code)
			}
		}
		return nil
	})
	return h, err
}

// Submit hands a draft in. Nothing of it changes any more, and everybody decides
// on the same paper. Errors: fault.Invalid application.incomplete with every
// part that is missing; fault.Conflict application.vacant.<role> when nobody
// could play that part; fault.Denied under BAN-06 when it would go to an individual
// (S3-48); what the gate refuses.
func (s *Service) Submit(ctx context.Context, a actor.Actor, app id.Application) (x Application, err error) {
	var p Plan
	know := func(tx *db.Tx, c *gate.Case) error {
		if x, err = s.own(tx, a, app); err != nil {
			return err
		}
		x.Form = x.Form.settled()
		b, err := s.bench(tx, a.Institution)
		if err != nil {
			return err
		}
		if p, err = s.plan(tx, a, x.Form, b); err != nil {
			return err
		}
		c.Purpose, c.Fields, c.Store, c.Ref, c.Count, c.Hash = x.Purpose, x.Fields, p.facts.Store, x.ID.String(), p.People, p.paper.Hash
		c.Facts.OwnStore = true // who may see which store is for those who decide
		c.Facts.RecipientNaturalPerson = x.Party != nil && x.Party.Kind == Individual
		if c.Facts.RecipientNaturalPerson {
			return s.Facts.Who(tx, c)
		}
		if slices.Contains(catalogue.Banned, x.Purpose) {
			return s.Facts.Who(tx, c) // the ban itself answers (I4)
		}
		if len(p.Missing) > 0 {
			f := fault.New(fault.Invalid, "application.incomplete", len(p.Missing))
			f.Fields = p.Missing
			return f
		}
		if err := b.Staffed(p.paper.Submit(tx.Now()), tx.Now()); err != nil {
			return err
		}
		return s.Facts.Who(tx, c)
	}
	_, err = s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.ApplicationSubmit}, know, func(tx *db.Tx, _ seal.Permit, _ *gate.Case) error {
		x.Submitted, x.Resolved, x.People, x.Case = tx.Now(), p.resolved, p.People, p.paper.Submit(tx.Now())
		x.Due = x.Case.due(s.calendar())
		if err := putUsers(tx, x); err != nil {
			return err
		}
		return save(tx, x, Draft)
	})
	return x, err
}

// settled brings a form to the shape that is stored and hashed: moments in UTC
// to the millisecond.
func (f Form) settled() Form {
	for _, t := range []*time.Time{&f.From, &f.Until, &f.Since, &f.Before} {
		if !t.IsZero() {
			*t = t.UTC().Truncate(time.Millisecond)
		}
	}
	return f
}
