package intake

import (
	"context"
	"io"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/facts"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/inventory"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/roster"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
)

// manage is the purpose of holding a learner's record at all.
const manage = "learner.manage"

// Service holds what the use cases need.
type Service struct {
	Gate      *gate.Gate
	Catalogue *catalogue.Catalogue
	Facts     *facts.Gatherer
	Rand      io.Reader

	jobs jobs
}

// request is an act on a batch: on all fields of its budget, and on nobody in
// particular.
func request(a actor.Actor, act policy.Act, b Batch) gate.Request {
	return gate.Request{Actor: a, Act: act, Purpose: manage, Store: b.Store,
		Fields: []string{subject.LearnerName, subject.LearnerBirth, subject.GuardianName, subject.GuardianPhone}}
}

// know says what there is to know about a batch and its source.
func (s *Service) know(tx *db.Tx, c *gate.Case, b Batch) error {
	c.Store, c.Ref = b.Store, b.ID.String()
	c.Facts.SourceDocument, c.Facts.BulkCount = !b.Document.Missing(), b.Rows
	c.Facts.SecondPerson = !b.ReleasedBy.IsZero() && b.ReleasedBy != b.By
	c.Facts.OwnRequest = b.By == c.Actor.Staff
	c.Facts.Quarantined = b.State == Quarantined
	c.Facts.PersonalAccount = b.Kind == Private || !c.Actor.Subject.IsZero()
	if err := s.Facts.Who(tx, c); err != nil {
		return err
	}
	s.Facts.Place(c)
	return s.Facts.Why(tx, c)
}

// act does one act on a batch that is there. The body may change the batch; it
// is saved after it.
func (s *Service) act(ctx context.Context, a actor.Actor, act policy.Act, batch id.Batch,
	body func(tx *db.Tx, p seal.Permit, c *gate.Case, b *Batch) error) (Batch, gate.Outcome, error) {
	var b Batch
	out, err := s.Gate.Do(ctx, request(a, act, Batch{}), func(tx *db.Tx, c *gate.Case) (err error) {
		if b, err = load(tx, a.Institution, batch); err != nil {
			return err
		}
		return s.know(tx, c, b)
	}, func(tx *db.Tx, p seal.Permit, c *gate.Case) error {
		if err := body(tx, p, c, &b); err != nil {
			return err
		}
		b.ChangedAt = tx.Now()
		return update(tx, b)
	})
	if err != nil {
		return Batch{}, gate.Outcome{}, err
	}
	return b, out, nil
}

// Attach adds the document of the source to a batch that came without it. A
// batch that needs nothing more leaves quarantine by it.
func (s *Service) Attach(ctx context.Context, a actor.Actor, batch id.Batch, d Document) (Batch, error) {
	if err := d.check(); err != nil {
		return Batch{}, err
	}
	if d.Missing() {
		return Batch{}, fault.At("document", "intake.document")
	}
	b, _, err := s.act(ctx, a, policy.ImportUpload, batch, func(_ *db.Tx, _ seal.Permit, c *gate.Case, b *Batch) error {
		if err := b.require(Quarantined); err != nil {
			return err
		}
		b.Document, c.Hash, c.Count = d, d.Hash, b.Rows
		b.State = b.settled()
		return nil
	})
	return b, err
}

// Release takes a batch out of quarantine: another person than the one who
// brought it has looked at the document of its source (I8). Errors: Denied for
// one's own batch, ApprovalNeeded without a document, Unauthenticated if the
// last proof of identity is too old, Conflict intake.state.….
func (s *Service) Release(ctx context.Context, a actor.Actor, batch id.Batch) (Batch, error) {
	b, _, err := s.act(ctx, a, policy.ImportRelease, batch, func(_ *db.Tx, _ seal.Permit, c *gate.Case, b *Batch) error {
		if err := b.require(Quarantined, Received); err != nil {
			return err
		}
		b.ReleasedBy, b.State = a.Staff, Released
		c.Hash, c.Count = b.Document.Hash, b.Rows
		return nil
	})
	return b, err
}

// Discard destroys the key of a batch and with it all that it brought, at once
// and for good. What was applied has become records and stays; before that the
// batch is rejected.
func (s *Service) Discard(ctx context.Context, a actor.Actor, batch id.Batch) (Batch, error) {
	b, _, err := s.act(ctx, a, policy.ImportDiscard, batch, func(tx *db.Tx, _ seal.Permit, c *gate.Case, b *Batch) error {
		if err := b.require(Received, Quarantined, Released, Applying, Applied); err != nil {
			return err
		}
		if b.State != Applied {
			b.State = Rejected
		}
		c.Count = b.Rows
		return destroy(tx, s.Gate.Vault, b)
	})
	if err != nil {
		return Batch{}, err
	}
	return b, s.Gate.DB.Checkpoint(ctx)
}

// Load reads one batch: figures and codes, nobody's information. NotFound:
// intake.unknown, for another store's too.
func (s *Service) Load(ctx context.Context, a actor.Actor, batch id.Batch) (Batch, error) {
	var b Batch
	err := s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		if b, err = load(tx, a.Institution, batch); err == nil && !mine(a, b) {
			err = fault.New(fault.NotFound, "intake.unknown")
		}
		return err
	})
	return b, err
}

// List lists batches, newest first, at most limit of them.
func (s *Service) List(ctx context.Context, a actor.Actor, limit int) (out []Batch, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		all, err := newest(tx, a.Institution, limit)
		out = nil
		for _, b := range all {
			if mine(a, b) {
				out = append(out, b)
			}
		}
		return err
	})
	return out, err
}

// mine reports whether an actor may know of a batch: staff of its store, or of
// the whole institution.
func mine(a actor.Actor, b Batch) bool {
	return !a.Staff.IsZero() && (a.Store.IsZero() || a.Store == b.Store)
}

// Problems lists what is wrong in which line, at most limit of them and of the
// first thousand: columns and codes, never a value.
func (s *Service) Problems(ctx context.Context, a actor.Actor, batch id.Batch, limit int) (out []roster.Problem, err error) {
	b, err := s.Load(ctx, a, batch)
	if err != nil {
		return nil, err
	}
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		out, err = problems(tx, b, limit)
		return err
	})
	return out, err
}

// Volume compares what an institution holds with what its families declared
// (S1-04). What was imported and not confirmed yet is held and not declared.
func (s *Service) Volume(ctx context.Context, inst id.Institution) (v inventory.Volume, err error) {
	err = s.Gate.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		v, err = inventory.Volumes(tx, inst)
		return err
	})
	return v, err
}

// watch writes an alarm into the log if a batch made the volume suspicious.
func watch(tx *db.Tx, c *gate.Case, b Batch) error {
	v, err := inventory.Volumes(tx, b.Institution)
	if err == nil && v.Suspicious() {
		ledger.Append(tx, ledger.Event{Type: ledger.Alarm, Actor: c.Actor.ID(), Role: c.Actor.Role, Store: b.Store,
			Ref: b.ID.String(), Count: v.Children, Allow: true})
	}
	return err
}

// Spans after which a file is destroyed that nobody does anything with.
const (
	afterApplying = 7 * 24 * time.Hour  // for the report
	afterLooking  = 30 * 24 * time.Hour // waiting for a document, a person, a decision
)

// Tidy destroys the files whose time is over. It returns how many.
func (s *Service) Tidy(ctx context.Context, inst id.Institution) (int, error) {
	var due []Batch
	now := s.Gate.Now()
	err := s.Gate.DB.View(ctx, inst, func(tx *db.Tx) error {
		all, err := kept(tx, inst, now.Add(-afterApplying))
		due = nil
		for _, b := range all {
			if b.State == Applied || b.ChangedAt.Before(now.Add(-afterLooking)) {
				due = append(due, b)
			}
		}
		return err
	})
	for _, b := range due {
		if err != nil {
			break
		}
		_, err = s.Discard(ctx, actor.Actor{Institution: inst, Role: actor.System}, b.ID)
	}
	return len(due), err
}

// storeOf returns nil if the institution has the store.
func storeOf(tx *db.Tx, inst id.Institution, store id.Store) error {
	_, err := institution.StoreOf(tx, inst, store)
	return err
}
