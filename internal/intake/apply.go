package intake

import (
	"bytes"
	"context"
	"slices"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
)

// portionSize is how many lines are written in one transaction: enough to share
// its commit and its entry, few enough that others wait only milliseconds.
const portionSize = 500

// run is one go at applying a batch.
type run struct {
	batch    Batch
	by       actor.Actor
	file     *bytes.Reader
	notice   catalogue.Notice
	required []string // purposes that a signed form agrees to
}

// Apply turns the good lines of a batch into records and says how far it is.
// Killed or cancelled, it goes on where it stopped when it is called again; a
// line is never taken twice. progress may be nil; it gets lines dealt with and
// lines in all, and must be quick.
//
// Errors: ApprovalNeeded without a document or, above Bulk lines, a second
// person; Conflict intake.state.…, or intake.busy if somebody else applies the
// batch at the same time. What was applied before an error stays applied.
func (s *Service) Apply(ctx context.Context, a actor.Actor, batch id.Batch, progress func(done, total int)) (Batch, error) {
	r, err := s.begin(ctx, a, batch)
	if err != nil {
		return Batch{}, err
	}
	return s.rest(ctx, r, progress)
}

// rest takes the lines of a batch that has begun.
func (s *Service) rest(ctx context.Context, r *run, progress func(done, total int)) (Batch, error) {
	ctx, stop := context.WithCancel(ctx)
	in, err := s.read(ctx, r)
	if err != nil {
		stop()
		return r.batch, err
	}
	defer in.all.Wait()
	defer stop()
	for p := range in.ready {
		<-p.done
		if p.err == nil {
			p.err = s.write(ctx, r, p)
		}
		if p.err != nil {
			return r.batch, p.err
		}
		if progress != nil {
			progress(r.batch.Done, r.batch.Good)
		}
	}
	return r.batch, in.err
}

// begin opens the file of a batch that may be applied. The entry of this act is
// durable before the first line of it is read.
func (s *Service) begin(ctx context.Context, a actor.Actor, batch id.Batch) (*run, error) {
	r := &run{by: a}
	var err error
	r.batch, _, err = s.act(ctx, a, policy.ImportApply, batch, func(tx *db.Tx, p seal.Permit, c *gate.Case, b *Batch) error {
		if err := b.require(Received, Released, Applying); err != nil {
			return err
		}
		b.State, c.Hash = Applying, b.Document.Hash
		if err := s.prepare(tx, r, *b); err != nil {
			return err
		}
		r.file, err = openFile(tx, s.Gate.Vault, p, *b)
		return err
	})
	return r, err
}

// prepare reads what every line needs.
func (s *Service) prepare(tx *db.Tx, r *run, b Batch) (err error) {
	if r.notice, err = s.Catalogue.Notice(tx, b.Institution, b.Notice); err != nil {
		return err
	}
	all, err := s.Catalogue.Purposes(tx, b.Institution)
	r.required = nil
	for _, p := range all {
		if p.Required && slices.Contains(r.notice.Purposes(), p.Code) {
			r.required = append(r.required, p.Code)
		}
	}
	return err
}

// write saves one portion: its records, the mark, and the entry, together.
func (s *Service) write(ctx context.Context, r *run, p *portion) error {
	b, _, err := s.act(ctx, r.by, policy.ImportApply, r.batch.ID, func(tx *db.Tx, permit seal.Permit, c *gate.Case, b *Batch) error {
		if b.State != Applying || b.Mark != r.batch.Mark {
			return fault.New(fault.Conflict, "intake.busy")
		}
		w := writer{s: s, tx: tx, permit: permit, run: r, batch: b}
		if err := w.all(p.rows); err != nil {
			return err
		}
		b.Done += len(p.rows)
		c.Count = w.made
		if !p.last {
			return nil
		}
		b.State = Applied
		return watch(tx, c, *b)
	})
	if err == nil {
		r.batch = b
	}
	return err
}
