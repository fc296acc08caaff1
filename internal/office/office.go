// Package office is what those do who answer for an institution: they write
// notices, define purposes, sign schemas, look for entries in the audit, have it
// verified, and see how a store is doing. None of it opens anybody's record;
// every act is one call of the gate.
package office

import (
	"context"
	"sync"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/enrol"
	"github.com/wardfold/wardfold/internal/facts"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
)

// Service holds what the use cases need.
type Service struct {
	Gate      *gate.Gate
	Facts     *facts.Gatherer
	Catalogue *catalogue.Catalogue
	Log       *ledger.Log

	counted sync.Map // id.Institution → unreceipted: promise.go
}

// who gathers the facts about the actor and the place, for acts on no record.
func (s *Service) who(tx *db.Tx, c *gate.Case) error {
	s.Facts.Place(c)
	return s.Facts.Who(tx, c)
}

// Publish makes a notice count from now on, and returns the linter's warnings.
// Errors: those of catalogue.PublishNotice; what the gate refuses.
func (s *Service) Publish(ctx context.Context, a actor.Actor, n catalogue.Notice) (catalogue.Notice, []catalogue.Finding, gate.Outcome, error) {
	var made catalogue.Notice
	var found []catalogue.Finding
	out, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.NoticePublish}, s.who,
		func(tx *db.Tx, _ seal.Permit, c *gate.Case) (err error) {
			made, found, err = s.Catalogue.PublishNotice(tx, a.Institution, a.Staff, n)
			c.Ref, c.Hash = made.ID.String(), made.Hash("zh-CN")
			return err
		})
	return made, found, out, err
}

// DefinePurpose stores a new version of a purpose. Errors: those of
// catalogue.DefinePurpose; what the gate refuses.
func (s *Service) DefinePurpose(ctx context.Context, a actor.Actor, p catalogue.Purpose) (gate.Outcome, error) {
	req := gate.Request{Actor: a, Act: policy.PurposeDefine, Purpose: p.Code, Fields: p.Fields}
	return s.Gate.Do(ctx, req, s.who, func(tx *db.Tx, _ seal.Permit, _ *gate.Case) error {
		return s.Catalogue.DefinePurpose(tx, a.Institution, a.Staff, p)
	})
}

// Propose hands in a schema for a second person to approve: until then it is no
// budget, which is why proposing needs no second person (I8). Errors: those of
// catalogue.ProposeSchema; what the gate refuses.
func (s *Service) Propose(ctx context.Context, a actor.Actor, sc catalogue.Schema) (catalogue.Schema, gate.Outcome, error) {
	var made catalogue.Schema
	out, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.SchemaExtend}, s.second,
		func(tx *db.Tx, _ seal.Permit, c *gate.Case) (err error) {
			made, err = s.Catalogue.ProposeSchema(tx, a.Institution, a.Staff, sc)
			c.Hash = made.Fingerprint()
			return err
		})
	return made, out, err
}

// Approve is the second person's yes to a schema. Errors: those of
// catalogue.ApproveSchema, among them catalogue.own_approval; what the gate
// refuses.
func (s *Service) Approve(ctx context.Context, a actor.Actor, ap catalogue.Approval) (catalogue.Schema, gate.Outcome, error) {
	var made catalogue.Schema
	out, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.SchemaExtend}, s.second,
		func(tx *db.Tx, _ seal.Permit, c *gate.Case) (err error) {
			made, err = s.Catalogue.ApproveSchema(tx, a.Institution, a.Staff, ap)
			c.Hash = made.Fingerprint()
			return err
		})
	return made, out, err
}

// second says that the act takes effect only when another person agrees.
func (s *Service) second(tx *db.Tx, c *gate.Case) error {
	c.Facts.SecondPerson = true
	return s.who(tx, c)
}

// Audit lists entries of the log. A search is an entry itself. Who works in a
// store sees what concerns that store.
func (s *Service) Audit(ctx context.Context, a actor.Actor, f ledger.Filter) (ledger.Page, error) {
	if !a.Store.IsZero() && f.Store.IsZero() {
		f.Store = a.Store
	}
	req := gate.Request{Actor: a, Act: policy.AuditSearch, Store: f.Store}
	if _, err := s.Gate.Do(ctx, req, s.who, nil); err != nil {
		return ledger.Page{}, err
	}
	var page ledger.Page
	err := s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		page = ledger.Page{}
		if !f.Subject.IsZero() {
			_, err = subject.Load(tx, a.Institution, f.Subject)
		}
		if fault.KindOf(err) == fault.NotFound {
			return nil // nobody, or nobody who is seen (S2-23†)
		}
		if err == nil {
			page, err = ledger.List(tx, f)
		}
		return err
	})
	return page, err
}

// Verify reads the whole log of the institution and checks it as an outsider
// would. It takes about a second for every half a million entries.
func (s *Service) Verify(ctx context.Context, a actor.Actor, progress func(done, total int64)) (ledger.Report, error) {
	if _, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.AuditVerify}, s.who, nil); err != nil {
		return ledger.Report{}, err
	}
	return s.Log.VerifyAll(ctx, a.Institution, progress)
}

// Figures are counts about one store; nobody can be told from them.
type Figures struct {
	Store      institution.Store
	Enrolments map[string]int64 // by state
	Since      time.Time        // of the counts: the last year
}

// Figures counts what happened at a store within a year. NotFound for a store
// that is not the actor's.
func (s *Service) Figures(ctx context.Context, a actor.Actor, store id.Store) (Figures, error) {
	if _, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.StoreView, Store: store}, s.who, nil); err != nil {
		return Figures{}, err
	}
	var f Figures
	err := s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		f = Figures{Since: tx.Now().AddDate(-1, 0, 0)}
		if f.Store, err = institution.StoreOf(tx, a.Institution, store); err != nil {
			return err
		}
		all, err := enrol.Count(tx, a.Institution, f.Store.ID, f.Since)
		f.Enrolments = map[string]int64{}
		for state, n := range all {
			f.Enrolments[string(state)] = int64(n)
		}
		return err
	})
	return f, err
}
