package intake

import (
	"context"
	"io"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/phone"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/roster"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/secret"
)

// problemsKept bounds how many problems are kept for the screen; the report has
// all of them.
const problemsKept = 1000

// Upload takes in a roster: it judges every line, seals the file, and keeps what
// is wrong where. No record comes of it yet. Without a document, or above Bulk
// lines, the batch is quarantined.
//
// Errors: Denied for whoever may not collect, and for everybody if the list was
// kept privately (S3-28, S3-30, BAN-07); Invalid of Source.Check, of package
// roster (an extra column is refused by its name, I7), and intake.empty.
func (s *Service) Upload(ctx context.Context, a actor.Actor, src Source, file io.ReaderAt, size int64) (Batch, error) {
	if err := src.Check(); err != nil {
		return Batch{}, err
	}
	now := s.Gate.Now()
	b := Batch{Institution: a.Institution, ID: id.Make[id.Batch](now), By: a.Staff, Source: src, ReadOn: now, CreatedAt: now, ChangedAt: now}
	if err := s.admit(ctx, a, &b); err != nil {
		return Batch{}, err
	}
	found, err := s.judge(ctx, &b, file, size)
	if err != nil {
		return Batch{}, err
	}
	sealer, err := s.Gate.Vault.Prepare(ctx, s.Gate.DB, a.Institution, seal.Holder(b.ID))
	if err != nil {
		return Batch{}, err
	}
	parts, err := sealer.SealParts(field, io.NewSectionReader(file, 0, size))
	if err != nil {
		return Batch{}, err
	}
	b.Parts, b.State = len(parts), b.settled()
	_, err = s.Gate.Do(ctx, request(a, policy.ImportUpload, b), func(tx *db.Tx, c *gate.Case) error {
		return s.know(tx, c, b)
	}, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		c.Count, c.Hash = b.Rows, b.Document.Hash
		if b.State == Quarantined {
			c.Type = ledger.ImportQuarantined
		}
		return keep(tx, b, sealer, parts, found)
	})
	if err != nil {
		return Batch{}, err
	}
	return b, nil
}

// admit asks whether the actor may bring a roster, before a long file is read.
// A refusal is an entry.
func (s *Service) admit(ctx context.Context, a actor.Actor, b *Batch) error {
	allowed := false
	req := request(a, policy.ImportUpload, *b)
	err := s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		c := gate.Case{Request: req}
		c.Facts.SameInstitution = true
		if err := s.know(tx, &c, *b); err != nil {
			return err
		}
		allowed = s.Gate.Policy.Decide(policy.Request{Role: a.Role, Act: req.Act, Purpose: req.Purpose,
			Fields: req.Fields, Facts: c.Facts}).Allow
		if !allowed {
			return nil
		}
		if err := storeOf(tx, a.Institution, b.Store); err != nil {
			return err
		}
		if b.Notice.IsZero() {
			n, err := s.Catalogue.CurrentNotice(tx, a.Institution, catalogue.EnrolmentNotice)
			b.Notice = n.ID
			return err
		}
		_, err := s.Catalogue.Notice(tx, a.Institution, b.Notice)
		return err
	})
	if err != nil || allowed {
		return err
	}
	_, err = s.Gate.Do(ctx, req, func(tx *db.Tx, c *gate.Case) error { return s.know(tx, c, *b) }, nil)
	if err == nil { // the facts changed in between
		err = fault.New(fault.Conflict, "intake.busy")
	}
	return err
}

// keep writes the batch, its key, its file and its problems.
func keep(tx *db.Tx, b Batch, key *seal.Sealer, parts [][]byte, found []roster.Problem) error {
	if err := insert(tx, b); err != nil {
		return err
	}
	if err := key.Save(tx); err != nil {
		return err
	}
	for i, sealed := range parts {
		if err := putPart(tx, b, i+1, sealed); err != nil {
			return err
		}
	}
	return putProblems(tx, b, found)
}

// open understands the header of a file as of the day of a batch, so that its
// lines are judged alike whenever that is.
func (s *Service) open(ctx context.Context, b Batch, file io.ReaderAt, size int64) (*roster.Sheet, catalogue.Budget, error) {
	var budget catalogue.Budget
	err := s.Gate.DB.View(ctx, b.Institution, func(tx *db.Tx) (err error) {
		budget, err = s.Catalogue.Budget(tx, b.Institution, catalogue.Minimal)
		return err
	})
	if err != nil {
		return nil, budget, err
	}
	schema, err := roster.SchemaFor(budget.Fields())
	if err != nil {
		return nil, budget, err
	}
	sheet, err := roster.Open(file, size, roster.Options{Schema: schema, Today: b.ReadOn.In(civil.Zone),
		Phone: func(n string) (secret.Text, error) { return phone.Normalise(secret.NewText(n)) }})
	return sheet, budget, err
}

// judge reads the whole file, counts, and returns the first problems.
func (s *Service) judge(ctx context.Context, b *Batch, file io.ReaderAt, size int64) ([]roster.Problem, error) {
	sheet, _, err := s.open(ctx, *b, file, size)
	if err != nil {
		return nil, err
	}
	b.Format = sheet.Format()
	var found []roster.Problem
	for row, err := range sheet.Rows(0) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, err
		}
		b.Rows++
		if row.OK() {
			b.Good++
		}
		found = append(found, row.Problems[:min(len(row.Problems), problemsKept-len(found))]...)
	}
	if b.Rows == 0 {
		return nil, fault.New(fault.Invalid, "intake.empty")
	}
	return found, nil
}
