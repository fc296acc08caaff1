package application

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/subject"
)

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
	var children, beside []id.Subject
	for _, child := range all {
		row, err := subject.Load(tx, inst, child)
		if fault.KindOf(err) == fault.NotFound {
			continue // secluded since, or never there (S2-23†)
		}
		if err == nil {
			err = row.Usable()
		}
		if err != nil {
			return nil, 0, store, err
		}
		if f.Range == RangeList && len(children) == 0 {
			of = row.Store
		}
		if f.Range == RangeList && row.Store != of {
			of = id.Store{}
		}
		guardians, err := subject.Guardians(tx, inst, child)
		if err != nil {
			return nil, 0, store, err
		}
		children, beside = append(children, child), append(beside, guardians...)
	}
	if len(all) > 0 && len(children) == 0 { // a list of nobody must not become one of everybody
		return nil, 0, store, fault.New(fault.NotFound, "subject.unknown")
	}
	return append(children, beside...), len(children), of, nil
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

// Numbers finds the children behind receipt numbers and printed identifiers, one
// on a line, so that a list can be written without a name. Invalid:
// application.receipt when one is not found.
func (s *Service) Numbers(ctx context.Context, a actor.Actor, typed string) (list []id.Subject, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		list = nil
		for _, line := range strings.FieldsFunc(typed, func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == '，' || r == '、' }) {
			child, err := s.number(tx, a.Institution, line)
			if err != nil {
				return err
			}
			if !slices.Contains(list, child) {
				list = append(list, child)
			}
		}
		return nil
	})
	return list, err
}

func (s *Service) number(tx *db.Tx, inst id.Institution, line string) (id.Subject, error) {
	if child, err := id.Parse[id.Subject](line[strings.LastIndexByte(line, '/')+1:]); err == nil {
		row, err := subject.Load(tx, inst, child)
		if fault.KindOf(err) == fault.NotFound || row.Kind == subject.Guardian {
			return child, fault.At("subjects", "application.receipt")
		}
		return child, err
	}
	e, err := enrol.ByReceipt(tx, inst, strings.ToUpper(line))
	if fault.KindOf(err) == fault.NotFound || err == nil && e.Child.IsZero() {
		return id.Subject{}, fault.At("subjects", "application.receipt")
	}
	return e.Child, err
}
