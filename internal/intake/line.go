package intake

import (
	"context"
	"sync"

	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/roster"
	"github.com/wardfold/wardfold/internal/subject"
)

// sealers is how many goroutines seal lines while one writes them.
const sealers = 2

// ahead is how many portions wait to be sealed, and how many to be written: it
// bounds memory whatever the length of the roster.
const ahead = 4

// learner is one line, sealed and ready to be saved.
type learner struct {
	line     int
	values   subject.Values
	birth    civil.Birth
	child    *subject.Draft
	guardian *subject.Draft
}

// portion is what one transaction writes.
type portion struct {
	lines []roster.Row
	rows  []learner
	last  bool
	err   error
	done  chan struct{} // closed when rows are sealed
}

// reading reads lines, has them sealed, and hands out portions in order.
type reading struct {
	batch  Batch // as it was at the beginning
	budget catalogue.Budget
	sheet  *roster.Sheet
	work   chan *portion
	ready  chan *portion
	err    error // valid once ready is closed
	all    sync.WaitGroup
}

// read starts reading the lines after the mark. It ends when ctx does.
func (s *Service) read(ctx context.Context, r *run) (*reading, error) {
	sheet, budget, err := s.open(ctx, r.batch, r.file, r.file.Size())
	if err != nil {
		return nil, err
	}
	in := &reading{batch: r.batch, budget: budget, sheet: sheet,
		work: make(chan *portion, ahead), ready: make(chan *portion, ahead)}
	in.all.Go(func() {
		defer close(in.ready)
		defer close(in.work)
		in.err = in.lines(ctx)
	})
	for range sealers {
		in.all.Go(func() {
			for p := range in.work {
				if p.err = ctx.Err(); p.err == nil {
					p.rows, p.err = s.seal(ctx, in, p.lines)
				}
				close(p.done)
			}
		})
	}
	return in, nil
}

// lines cuts the good lines into portions. The last one is marked, and may be
// empty.
func (in *reading) lines(ctx context.Context) error {
	p := &portion{done: make(chan struct{})}
	for row, err := range in.sheet.Rows(in.batch.Mark) {
		if err != nil {
			return err
		}
		if !row.OK() {
			continue
		}
		if len(p.lines) == portionSize {
			if !in.hand(ctx, p) {
				return ctx.Err()
			}
			p = &portion{done: make(chan struct{})}
		}
		p.lines = append(p.lines, row)
	}
	p.last = true
	in.hand(ctx, p)
	return ctx.Err()
}

// hand passes a portion on. Whoever gets it from ready may wait for done: it is
// on its way to a sealer by then.
func (in *reading) hand(ctx context.Context, p *portion) bool {
	for _, to := range []chan *portion{in.work, in.ready} {
		select {
		case to <- p:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// seal makes the records of lines, without saving them. Values outside the
// budget do not get past Prepare (I7).
func (s *Service) seal(ctx context.Context, in *reading, lines []roster.Row) ([]learner, error) {
	now := s.Gate.Now()
	on := civil.DateOf(now)
	fields := in.budget.Fields()
	out := make([]learner, len(lines))
	for i, row := range lines {
		x := learner{line: row.Number, values: subject.Values{}}
		child, guardian := subject.Values{}, subject.Values{}
		for j, v := range row.Values {
			x.values[fields[j]] = v
			if subject.Owner(fields[j]) == subject.Guardian {
				guardian[fields[j]] = v
			} else {
				child[fields[j]] = v
			}
		}
		var err error
		if x.birth, err = subject.Birth(x.values[subject.LearnerBirth], on); err != nil {
			return nil, err
		}
		childID, guardianID := id.Family(now)
		draft := func(who id.Subject, k subject.Kind, st subject.State, v subject.Values) (*subject.Draft, error) {
			return subject.Prepare(ctx, s.Gate.Vault, s.Gate.DB, in.budget, subject.Subject{
				Institution: in.batch.Institution, ID: who, Kind: k, Store: in.batch.Store,
				State: st, Source: in.batch.ID.String()}, v)
		}
		st := subject.Restricted
		if in.batch.Consents() && !waits(x.birth, on) {
			st = subject.Live
		}
		if x.child, err = draft(childID, subject.Child, st, child); err != nil {
			return nil, err
		}
		if x.guardian, err = draft(guardianID, subject.Guardian, subject.Live, guardian); err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}

// waits reports whether a guardian's form alone does not do: the child is 14 or
// may be (I6).
func waits(b civil.Birth, on civil.Date) bool {
	return consent.Needs(b, on, consent.Able)&consent.ByChild != 0
}
