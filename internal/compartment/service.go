package compartment

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/facts"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
	"github.com/wardfold/wardfold/internal/subject"
)

// ShownFor is how long an opened value stays on the screen.
const ShownFor = 60 * time.Second

// listed bounds the lists: files, and requests of one.
const listed = 200

// Service holds what the use cases need. Each is for officers alone.
type Service struct {
	Gate  *gate.Gate
	Facts *facts.Gatherer
}

func request(a actor.Actor, act policy.Act, fields ...string) gate.Request {
	return gate.Request{Actor: a, Act: act, Purpose: catalogue.ChildProtection, Fields: fields}
}

// Seclude puts a child's record into the compartment under the number of a case, at
// once and by one officer. A guardian of no other child goes with it. Errors: those
// of CleanCase; NotFound subject.unknown; what the gate refuses.
func (s *Service) Seclude(ctx context.Context, a actor.Actor, child id.Subject, typed secret.Text) (File, error) {
	number, err := CleanCase(typed)
	if err != nil {
		return File{}, err
	}
	var f File
	req := request(a, policy.CompartmentSeclude)
	req.Subject = child
	_, err = s.Gate.Do(ctx, req, func(tx *db.Tx, c *gate.Case) error {
		row, err := subject.Load(tx, a.Institution, child)
		if err == nil && row.Kind != subject.Child {
			err = fault.New(fault.NotFound, "subject.unknown")
		}
		if err != nil {
			return err
		}
		return s.know(tx, c, row)
	}, func(tx *db.Tx, _ seal.Permit, c *gate.Case) (err error) {
		f = File{ID: id.Make[id.SealedFile](tx.Now()), child: child, By: a.Staff, At: tx.Now()}
		if f.sealed, err = s.Gate.Vault.Seal(tx, f.place(a.Institution), number); err != nil {
			return err
		}
		if err := insertFile(tx, a.Institution, f); err != nil {
			return err
		}
		c.Ref = f.ID.String()
		return subject.Seclude(tx, a.Institution, child)
	})
	return f, err
}

// know gathers the facts about an officer at one record. The entry names no store:
// in a small one it would tell who it is.
func (s *Service) know(tx *db.Tx, c *gate.Case, row subject.Subject) error {
	c.Subject = row.ID
	if err := s.Facts.Record(tx, c, row); err != nil {
		return err
	}
	c.Store = id.Store{}
	if err := s.Facts.Who(tx, c); err != nil {
		return err
	}
	return s.Facts.Why(tx, c)
}

func (f File) place(inst id.Institution) seal.Place {
	return seal.Place{Institution: inst, Subject: f.child, Field: "compartment." + strings.TrimPrefix(f.ID.String(), "cmp_"), Version: 1}
}

func (r Request) place(inst id.Institution, f File) seal.Place {
	return seal.Place{Institution: inst, Subject: f.child, Field: "compartment." + strings.TrimPrefix(r.ID.String(), "uns_"), Version: 1}
}

// List returns the files, the newest first, with what is asked for about each. The
// look is an entry.
func (s *Service) List(ctx context.Context, a actor.Actor) (list []Entry, err error) {
	_, err = s.Gate.Do(ctx, request(a, policy.CompartmentList), s.Facts.Who, func(tx *db.Tx, p seal.Permit, c *gate.Case) error {
		list = nil
		all, err := files(tx, a.Institution, listed)
		for _, f := range all {
			if err != nil {
				break
			}
			var e Entry
			e, err = s.entry(tx, p, a.Institution, f)
			list = append(list, e)
		}
		c.Count = len(list)
		return err
	})
	return list, err
}

// Look returns one file; NotFound compartment.unknown.
func (s *Service) Look(ctx context.Context, a actor.Actor, which id.SealedFile) (e Entry, err error) {
	_, err = s.Gate.Do(ctx, request(a, policy.CompartmentList), s.Facts.Who, func(tx *db.Tx, p seal.Permit, c *gate.Case) error {
		f, err := loadFile(tx, a.Institution, which)
		if err != nil {
			return err
		}
		c.Ref = which.String()
		e, err = s.entry(tx, p, a.Institution, f)
		return err
	})
	return e, err
}

func (s *Service) entry(tx *db.Tx, p seal.Permit, inst id.Institution, f File) (e Entry, err error) {
	e = Entry{File: f, Days: int(tx.Now().Sub(f.At) / (24 * time.Hour))}
	if e.Case, err = s.Gate.Vault.Open(tx, p, f.place(inst), f.sealed); err != nil {
		return e, err
	}
	e.Requests, err = requests(tx, inst, f.ID)
	return e, err
}

// Ask asks to open fields of a file, or to let its record out. It counts once
// another officer has agreed. The number of the case must be the file's: a wrong one
// is Denied under R-165 and written down. Errors: Invalid compartment.kind,
// compartment.fields; those of CleanCase; NotFound compartment.unknown.
func (s *Service) Ask(ctx context.Context, a actor.Actor, which id.SealedFile, k Kind, fields []string, typed secret.Text) (Request, error) {
	if err := checkAsk(k, fields); err != nil {
		return Request{}, err
	}
	number, err := CleanCase(typed)
	if err != nil {
		return Request{}, err
	}
	var r Request
	var f File
	_, err = s.Gate.Opening(ctx, request(a, policy.CompartmentAsk, fields...), func(tx *db.Tx, p seal.Permit, c *gate.Case) (err error) {
		if f, err = s.file(tx, c, which); err != nil {
			return err
		}
		held, err := s.Gate.Vault.Open(tx, p, f.place(a.Institution), f.sealed)
		c.Facts.CaseNamed = err == nil && same(held, number)
		return err
	}, func(tx *db.Tx, _ seal.Permit, c *gate.Case) (err error) {
		r = Request{ID: id.Make[id.Unsealing](tx.Now()), File: which, Kind: k, Fields: slices.Clone(fields), By: a.Staff, At: tx.Now()}
		if r.sealed, err = s.Gate.Vault.Seal(tx, r.place(a.Institution, f), number); err != nil {
			return err
		}
		c.Ref = r.ID.String()
		return insertRequest(tx, a.Institution, r)
	})
	return r, err
}

// file loads a file and gathers the facts about its record.
func (s *Service) file(tx *db.Tx, c *gate.Case, which id.SealedFile) (File, error) {
	f, err := loadFile(tx, c.Actor.Institution, which)
	if err != nil {
		return f, err
	}
	row, err := subject.LoadOwn(tx, c.Actor.Institution, f.child)
	if err != nil {
		return f, err
	}
	return f, s.know(tx, c, row)
}

// Agree is the second officer's word. Denied under R-167 for the one who asked, and
// between two of whom one made the other's account (I8). Errors: NotFound
// compartment.unknown; Conflict compartment.decided, compartment.lapsed.
func (s *Service) Agree(ctx context.Context, a actor.Actor, which id.Unsealing) (Request, error) {
	var r Request
	_, err := s.Gate.Do(ctx, request(a, policy.CompartmentAgree), func(tx *db.Tx, c *gate.Case) (err error) {
		if r, err = loadRequest(tx, a.Institution, which); err != nil {
			return err
		}
		c.Fields = r.Fields
		if _, err := s.file(tx, c, r.File); err != nil {
			return err
		}
		c.Ref, c.Facts.OwnRequest = which.String(), a.Staff == r.By
		c.Facts.OwnAppointee, err = s.appointee(tx, a.Institution, a.Staff, r.By)
		return err
	}, func(tx *db.Tx, _ seal.Permit, _ *gate.Case) error {
		if err := r.waits(tx.Now()); err != nil {
			return err
		}
		r.Second, r.Agreed = a.Staff, tx.Now()
		return agree(tx, a.Institution, r)
	})
	return r, err
}

// appointee reports whether one of two made the other's account: one person could
// then be both.
func (s *Service) appointee(tx *db.Tx, inst id.Institution, x, y id.Staff) (bool, error) {
	ofX, err := s.Facts.Accounts.MadeBy(tx, inst, x)
	if err != nil {
		return false, err
	}
	ofY, err := s.Facts.Accounts.MadeBy(tx, inst, y)
	return ofX == y || ofY == x, err
}

// Opened are the values of one field in clear: of a guardian's field one for each
// guardian.
type Opened struct {
	Values []secret.Text
	Until  time.Time
	gate.Outcome
}

// Open opens one field to the officer who asked for it, within OpenFor of the
// agreement. The entry is durable before it returns (I1), and the family reads of
// it. ApprovalNeeded under R-166 for anybody and anything else, and when it is too
// late; NotFound compartment.unknown; Unauthenticated without a fresh proof.
func (s *Service) Open(ctx context.Context, a actor.Actor, which id.Unsealing, field string) (Opened, error) {
	var out Opened
	var f File
	done, err := s.Gate.Opening(ctx, request(a, policy.CompartmentOpen, field), func(tx *db.Tx, p seal.Permit, c *gate.Case) (err error) {
		var r Request
		r, f, err = s.stand(tx, p, c, which, ToOpen)
		c.Facts.SecondPerson = c.Facts.SecondPerson && r.Reaches(field)
		return err
	}, func(tx *db.Tx, p seal.Permit, c *gate.Case) error {
		whose, err := s.holders(tx, a.Institution, f.child, field)
		if err != nil {
			return err
		}
		out.Values, c.Also = nil, nil
		for i, who := range whose {
			x, err := subject.LoadOwnSealed(tx, a.Institution, who, field)
			if err != nil {
				return err
			}
			v, err := x.OpenOwn(tx, s.Gate.Vault, p)
			if err != nil {
				return err
			}
			out.Values = append(out.Values, v)
			if i == 0 {
				c.Subject, c.Salt = who, x.Salt()
			} else {
				c.Also = append(c.Also, gate.Party{Subject: who, Salt: x.Salt()})
			}
		}
		c.Ref = which.String()
		return s.Facts.Spend(tx, c)
	})
	out.Outcome, out.Until = done, done.At.Add(ShownFor)
	if err != nil {
		return Opened{}, err
	}
	return out, nil
}

// holders are whose field it is: the child, or its guardians.
func (s *Service) holders(tx *db.Tx, inst id.Institution, child id.Subject, field string) ([]id.Subject, error) {
	if subject.Owner(field) == subject.Child {
		return []id.Subject{child}, nil
	}
	all, err := subject.Guardians(tx, inst, child)
	if err == nil && len(all) == 0 {
		err = fault.At(field, "subject.field_absent", field)
	}
	return all, err
}

// stand gathers on what the carrying out of a request stands: that another officer
// agreed to it, and that it names the case.
func (s *Service) stand(tx *db.Tx, p seal.Permit, c *gate.Case, which id.Unsealing, what Kind) (r Request, f File, err error) {
	if r, err = loadRequest(tx, c.Actor.Institution, which); err != nil {
		return r, f, err
	}
	if f, err = s.file(tx, c, r.File); err != nil {
		return r, f, err
	}
	held, err := s.Gate.Vault.Open(tx, p, f.place(c.Actor.Institution), f.sealed)
	if err != nil {
		return r, f, err
	}
	named, err := s.Gate.Vault.Open(tx, p, r.place(c.Actor.Institution, f), r.sealed)
	c.Ref, c.Facts.CaseNamed = which.String(), err == nil && same(held, named)
	c.Facts.SecondPerson = r.Ready(c.Actor.Staff, what, tx.Now())
	return r, f, err
}

// Release lets the record out, as the officer who asked for it and with the other's
// agreement: it is as before. Errors as Open.
func (s *Service) Release(ctx context.Context, a actor.Actor, which id.Unsealing) (gate.Outcome, error) {
	var f File
	return s.Gate.Opening(ctx, request(a, policy.CompartmentRelease), func(tx *db.Tx, p seal.Permit, c *gate.Case) (err error) {
		_, f, err = s.stand(tx, p, c, which, ToLetOut)
		return err
	}, func(tx *db.Tx, _ seal.Permit, _ *gate.Case) error {
		if err := subject.LetOut(tx, a.Institution, f.child); err != nil {
			return err
		}
		return endFile(tx, a.Institution, f.ID)
	})
}
