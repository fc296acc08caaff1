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
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
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
			mine, err := of(tx, a.Institution, a.Staff, 200)
			if err != nil {
				return err
			}
			mine = slices.DeleteFunc(mine, func(x Application) bool { return x.Case.State != Draft })
			if len(mine) >= MaxDrafts {
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

// Plan is what handing in a form would lead to: who must agree, what must be
// there, how many people it is about, and what is missing.
type Plan struct {
	Steps   []Step
	Needs   Needs
	People  int
	Missing []fault.Field

	facts    Facts
	resolved []id.Subject
	paper    Paper
}

// Plan looks a draft through without handing it in.
func (s *Service) Plan(ctx context.Context, a actor.Actor, f Form) (p Plan, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		b, err := s.bench(tx, a.Institution)
		if err != nil {
			return err
		}
		p, err = s.plan(tx, a, f, b)
		return err
	})
	return p, err
}

func (s *Service) plan(tx *db.Tx, a actor.Actor, f Form, b Bench) (p Plan, err error) {
	purpose, err := s.Catalogue.Purpose(tx, a.Institution, f.Purpose)
	if err != nil && fault.KindOf(err) != fault.NotFound && fault.KindOf(err) != fault.Denied {
		return p, err
	}
	inst, err := institution.Load(tx, a.Institution)
	if err != nil {
		return p, err
	}
	p.facts = f.facts(Facts{Kind: inst.Kind, Home: a.Store, Under14: inst.Kind != institution.University})
	if p.resolved, p.People, p.facts.Store, err = s.resolve(tx, a.Institution, f, p.facts.Store); err != nil {
		return p, err
	}
	p.facts.Subjects = p.People
	if p.facts.Departments, err = ownersOf(tx, a.Institution, f.Fields); err != nil {
		return p, err
	}
	p.Steps, p.Needs = Route(p.facts), NeedsOf(p.facts)
	p.Missing = f.Missing(p.Needs, purpose, tx.Now())
	if p.People == 0 && f.Range != RangeList && !slices.ContainsFunc(p.Missing, func(m fault.Field) bool { return m.Path == "store" || m.Path == "course" }) {
		p.Missing = append(p.Missing, fault.Field{Path: "range", Code: "application.nobody"})
	}
	wrong, makers, err := s.users(tx, a, f, p.facts.Store, b)
	p.Missing = append(p.Missing, wrong...)
	p.paper = Application{Form: f, Applicant: a.Staff}.paper(b.People[a.Staff].Unit(a.Role), makers, p.Steps,
		sealPaper(f, p.resolved, p.Steps))
	return p, err
}

// resolve finds the people that a form is about: the children and, beside each,
// the guardians; how many children; and the one store they are of, if it is one.
func (s *Service) resolve(tx *db.Tx, inst id.Institution, f Form, store id.Store) (all []id.Subject, n int, of id.Store, err error) {
	switch f.Range {
	case RangeStore, RangeAll:
		n, err = s.count(tx, inst, f.Range, store)
		return nil, n, store, err
	case RangeClass:
		if all, err = enrolledIn(tx, inst, f.Store, f.Course, f.Since, f.Before); err != nil {
			return nil, 0, store, err
		}
	case RangeList:
		for _, x := range f.Subjects {
			if !slices.Contains(all, x) {
				all = append(all, x)
			}
		}
	}
	of = store
	children := all
	for i, child := range children {
		row, err := subject.Load(tx, inst, child)
		if err == nil {
			err = row.Usable()
		}
		if err != nil {
			return nil, 0, store, err
		}
		if f.Range == RangeList && i == 0 {
			of = row.Store
		}
		if f.Range == RangeList && row.Store != of {
			of = id.Store{}
		}
		guardians, err := subject.Guardians(tx, inst, child)
		if err != nil {
			return nil, 0, store, err
		}
		all = append(slices.Clip(all), guardians...)
	}
	return all, len(children), of, nil
}

func (s *Service) count(tx *db.Tx, inst id.Institution, r Range, store id.Store) (int, error) {
	stores := []institution.Store{{ID: store}}
	if r == RangeAll {
		var err error
		if stores, err = institution.Stores(tx, inst); err != nil {
			return 0, err
		}
	}
	n := 0
	for _, x := range stores {
		children, err := enrolledIn(tx, inst, x.ID, "", time.Time{}, time.Time{})
		if err != nil {
			return 0, err
		}
		n += len(children)
	}
	return n, nil
}

// readers are the roles that may hold a grant, the nearest to the desk first; a
// capsule's helpers come from outside too.
var readers = []actor.Role{actor.Clerk, actor.Teacher, actor.Manager, actor.Officer, actor.Vendor, actor.Volunteer}

// userRole returns the role in which somebody would use a grant.
func userRole(p Person, k Kind) actor.Role {
	for _, r := range readers {
		if slices.Contains(p.Roles, r) && (r != actor.Volunteer || k == Capsule) {
			return r
		}
	}
	return ""
}

// users says what is wrong with those who would use the information, and who
// made their accounts. Source: S3-42, S3-43; issue: a helper owes the statement
// about an earlier activity first.
func (s *Service) users(tx *db.Tx, a actor.Actor, f Form, store id.Store, b Bench) (wrong []fault.Field, makers []id.Staff, err error) {
	for _, u := range f.Users {
		p := b.People[u]
		role := userRole(p, f.Kind)
		maker, err := s.Accounts.MadeBy(tx, a.Institution, u)
		if err != nil {
			return nil, nil, err
		}
		if !maker.IsZero() && !slices.Contains(makers, maker) {
			makers = append(makers, maker)
		}
		standing, err := s.Accounts.Standing(tx, a.Institution, u)
		if err != nil {
			return nil, nil, err
		}
		owes, err := s.owes(tx, a.Institution, u)
		if err != nil {
			return nil, nil, err
		}
		switch {
		case !p.Active || role == "":
			wrong = append(wrong, fault.Field{Path: "users", Code: "application.user"})
		case !standing.Pledged:
			wrong = append(wrong, fault.Field{Path: "users", Code: "application.user_pledge"})
		case !p.Store.IsZero() && !store.IsZero() && p.Store != store:
			wrong = append(wrong, fault.Field{Path: "users", Code: "application.user_store"})
		case owes:
			wrong = append(wrong, fault.Field{Path: "users", Code: "application.user_owes"})
		}
	}
	return wrong, makers, nil
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
