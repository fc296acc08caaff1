package enrol

import (
	"context"
	"io"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/account"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/facts"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/phone"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

// manage is the purpose of an enrolment as such.
const manage = "learner.manage"

// Service holds what the use cases need.
type Service struct {
	Gate      *gate.Gate
	Catalogue *catalogue.Catalogue
	Facts     *facts.Gatherer
	Accounts  *account.Register
	Now       func() time.Time
	Rand      io.Reader

	// Erase destroys a child's record with everything that leads to it, and its
	// tombstone is durable first: family.Service.EraseIn.
	Erase func(tx *db.Tx, inst id.Institution, child id.Subject) ([]id.Subject, error)

	// Tell sends every guardian of a child the message of a template and returns
	// the number of the last; the zero number if none of them has a phone here.
	Tell func(tx *db.Tx, p seal.Permit, inst id.Institution, child id.Subject, template string) (id.Message, error)

	// Clear is family.Service.Clear.
	Clear func(context.Context)
}

// Link is a fresh enrolment and the secret that its QR code shows.
type Link struct {
	Enrolment
	Token Token
}

// Start begins an enrolment at the clerk's store and returns its link. Nothing
// about anybody is stored. Invalid enrol.store for an account of no store.
func (s *Service) Start(ctx context.Context, a actor.Actor, course string) (Link, error) {
	return s.start(ctx, a, course, catalogue.EnrolmentNotice)
}

// start begins what a notice is for: an enrolment or a trial lesson.
func (s *Service) start(ctx context.Context, a actor.Actor, course, notice string) (Link, error) {
	if a.Store.IsZero() {
		return Link{}, fault.At("store", "enrol.store")
	}
	token, err := NewToken(a.Institution, s.Rand)
	if err != nil {
		return Link{}, err
	}
	var e Enrolment
	req := gate.Request{Actor: a, Act: policy.EnrolStart, Purpose: purposeOf(notice), Store: a.Store}
	_, err = s.Gate.Do(ctx, req, s.ownPlace, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		n, err := s.Catalogue.CurrentNotice(tx, a.Institution, notice)
		if err != nil {
			return err
		}
		now := tx.Now()
		e = Enrolment{Institution: a.Institution, ID: id.Make[id.Enrolment](now), Store: a.Store, Clerk: a.Staff,
			Course: course, State: Started, Notice: n.ID, CreatedAt: now, ExpiresAt: now.Add(LinkLife), ChangedAt: now}
		c.Ref = e.ID.String()
		return insert(tx, e, token.Hash())
	})
	return Link{e, token}, err
}

// ownPlace says that a clerk works at the clerk's own store.
func (s *Service) ownPlace(tx *db.Tx, c *gate.Case) error {
	if err := s.Facts.Who(tx, c); err != nil {
		return err
	}
	s.Facts.Place(c)
	return s.Facts.Why(tx, c)
}

// Landing is what the page behind a link shows.
type Landing struct {
	Enrolment
	State  State
	Store  institution.Store
	Notice catalogue.Notice
	Asked  []catalogue.Purpose // that the notice asks for, as the catalogue has them
	Given  []string            // what was agreed to, once that is recorded; for its own browser only
	Taken  bool                // another browser has it; PhoneTail says which
	Spoken bool                // on a child's own link: the child has decided
}

// Look reads what a link leads to. It changes nothing, whoever fetches it, but
// that a link whose time is over stays over.
func (s *Service) Look(ctx context.Context, t Token, b account.Browser) (Landing, error) {
	var l Landing
	err := s.Gate.DB.View(ctx, t.Institution, func(tx *db.Tx) (err error) {
		if l.Enrolment, err = byLink(tx, t); err != nil {
			return err
		}
		l.State = l.Enrolment.At(tx.Now())
		l.Taken = l.Browser != [32]byte{} && l.Browser != browserHash(b)
		return s.read(tx, &l)
	})
	if err == nil && l.State == Expired && l.Enrolment.State != Expired {
		err = s.buried(ctx, l.Institution, l.ID)
	}
	return l, err
}

// read adds the notice and the store to what a link leads to.
func (s *Service) read(tx *db.Tx, l *Landing) (err error) {
	if l.Notice, err = s.Catalogue.Notice(tx, l.Institution, l.Enrolment.Notice); err != nil {
		return err
	}
	all, err := s.Catalogue.Purposes(tx, l.Institution)
	if err != nil {
		return err
	}
	for _, p := range all {
		if slices.Contains(l.Notice.Purposes(), p.Code) {
			l.Asked = append(l.Asked, p)
		}
	}
	if !l.Taken {
		if l.Given, err = given(tx, l.Enrolment); err != nil {
			return err
		}
	}
	l.Store, err = institution.StoreOf(tx, l.Institution, l.Enrolment.Store)
	return err
}

// Continue binds the link to the browser that goes on past the notice. A second
// browser is refused with enrol.taken and counted, so that the clerk sees it.
func (s *Service) Continue(ctx context.Context, t Token, b account.Browser) error {
	var taken error
	err := s.Gate.DB.Update(ctx, t.Institution, func(tx *db.Tx) error {
		taken = nil
		e, err := byLink(tx, t)
		if err != nil {
			return err
		}
		if err := e.require(tx.Now(), Started, Opened, Declared); err != nil {
			return err
		}
		e.ChangedAt = tx.Now()
		switch {
		case e.State == Started:
			e.State, e.Browser = Opened, browserHash(b)
		case e.Browser != browserHash(b):
			e.Opens++
			taken = e.sameBrowser(b)
		}
		return update(tx, e)
	})
	if err != nil {
		return s.seen(ctx, t, err)
	}
	return taken
}

// Decline ends an enrolment at the family's word: nothing was collected, and
// nothing is. The clerk sees it; nobody is asked again by this link.
func (s *Service) Decline(ctx context.Context, t Token, b account.Browser) error {
	a := actor.Actor{Institution: t.Institution, Role: actor.Guardian}
	req := gate.Request{Actor: a, Act: policy.EnrolCancel, Purpose: manage}
	_, err := s.Gate.Do(ctx, req, func(tx *db.Tx, c *gate.Case) error {
		c.Facts.OwnChild = true // the enrolment in hand
		return nil
	}, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		e, err := byLink(tx, t)
		if err != nil {
			return err
		}
		if err := e.require(tx.Now(), Started, Opened, Declared); err != nil {
			return err
		}
		if e.State != Started {
			if err := e.sameBrowser(b); err != nil {
				return err
			}
		}
		e.State, e.ChangedAt = Declined, tx.Now()
		c.Store, c.Ref = e.Store, e.ID.String()
		return update(tx, e)
	})
	return s.seen(ctx, t, err)
}

// SendCode sends a code to the phone that the person typed.
func (s *Service) SendCode(ctx context.Context, t Token, b account.Browser, phone secret.Text) error {
	if err := s.check(ctx, t, b, Opened, Declared); err != nil {
		return err
	}
	return s.Accounts.RequestCode(ctx, t.Institution, b, phone, account.ToProve)
}

// Prove checks the code. With it the wish to enrol is declared (S0-02).
func (s *Service) Prove(ctx context.Context, t Token, b account.Browser, typed, code secret.Text) error {
	if err := s.check(ctx, t, b, Opened, Declared); err != nil {
		return err
	}
	number, err := phone.Normalise(typed)
	if err != nil {
		return err
	}
	if err := s.Accounts.ProvePhone(ctx, t.Institution, b, number, code); err != nil {
		return err
	}
	a := actor.Actor{Institution: t.Institution, Role: actor.Guardian}
	req := gate.Request{Actor: a, Act: policy.EnrolOpen, Purpose: manage}
	_, err = s.Gate.Do(ctx, req, func(_ *db.Tx, c *gate.Case) error {
		c.Facts.OwnChild = true // the enrolment in hand
		return nil
	}, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		e, err := byLink(tx, t)
		if err != nil {
			return err
		}
		e.State, e.PhoneTail, e.ChangedAt = Declared, tail(number), tx.Now()
		c.Store, c.Ref = e.Store, e.ID.String()
		return update(tx, e)
	})
	return err
}

// check returns nil if the link is in one of the states and this browser's.
func (s *Service) check(ctx context.Context, t Token, b account.Browser, want ...State) error {
	return s.seen(ctx, t, s.Gate.DB.View(ctx, t.Institution, func(tx *db.Tx) error {
		e, err := byLink(tx, t)
		if err != nil {
			return err
		}
		if err := e.require(tx.Now(), want...); err != nil {
			return err
		}
		return e.sameBrowser(b)
	}))
}

// tail returns the last two digits of a phone in E.164, enough to tell a family which of
// its own phones opened a link.
func tail(number secret.Text) string {
	s := number.Expose()
	return s[max(0, len(s)-2):]
}

// Status reads an enrolment for the clerk's screen.
func (s *Service) Status(ctx context.Context, a actor.Actor, enr id.Enrolment) (Enrolment, error) {
	var e Enrolment
	var was State
	err := s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		if e, err = Load(tx, a.Institution, enr); err != nil {
			return err
		}
		was = e.State
		if !a.Store.IsZero() && e.Store != a.Store {
			return fault.New(fault.NotFound, "enrol.link")
		}
		e.State = e.At(tx.Now())
		return nil
	})
	if err == nil && e.State == Expired && was != Expired {
		err = s.buried(ctx, a.Institution, enr)
	}
	return e, err
}
