package survey

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/wardfold/wardfold/detect"
	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/scan"
	"github.com/wardfold/wardfold/internal/source"
)

// What ends a survey besides its end.
var (
	errStopped = errors.New("stopped by a person")
	errClosing = errors.New("the program ends")
)

// path is where the journal of a survey lies.
func (s *Service) path(which id.Survey) string {
	return filepath.Join(s.Folder, which.String()+".jsonl")
}

// begin runs a survey beside the request that started it.
func (s *Service) begin(v Survey) error {
	if err := os.MkdirAll(s.Folder, 0o700); err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(context.Background())
	w := &work{stop: stop}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || s.live[v.ID] != nil {
		stop(nil)
		return nil // it goes on after the next start
	}
	if s.live == nil {
		s.live = make(map[id.Survey]*work)
	}
	s.live[v.ID] = w
	s.all.Go(func() {
		defer stop(nil)
		s.run(ctx, v, w)
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.live, v.ID)
	})
	return nil
}

// run scans and writes down how it ended. A survey that the end of the program
// broke off stays running, and goes on with Resume.
func (s *Service) run(ctx context.Context, v Survey, w *work) {
	sum, err := s.scan(ctx, v, w)
	v.State = Done
	switch {
	case errors.Is(err, errClosing):
		return
	case errors.Is(err, errStopped):
		v.State = Stopped
	case err != nil:
		v.State = Failed
	}
	v.Figures = Figures{sum.Items, sum.Bytes, sum.Found, sum.Under14, sum.From14To17, sum.Problems, sum.Skipped}
	hash := s.hash(v.ID)
	// Nobody waits for this; if the database is down, the survey is resumed.
	_ = s.Gate.DB.Update(context.Background(), v.Institution, func(tx *db.Tx) error {
		v.Ended = tx.Now()
		ledger.Append(tx, ledger.Event{Type: ledger.ScanEnded, Role: actor.System, Allow: true, Ref: v.ID.String(),
			Count: int(v.Figures.Found), Hash: hash})
		return end(tx, v)
	})
}

func (s *Service) scan(ctx context.Context, v Survey, w *work) (scan.Summary, error) {
	root, err := s.root(v.Institution, v.Root)
	if err != nil {
		return scan.Summary{}, err // the configuration has changed
	}
	src, err := source.Open(ctx, root.Path, source.Options{Cache: s.Cache})
	if err != nil {
		return scan.Summary{}, err
	}
	defer src.Close()
	src.Name = root.Name // where it lies on the machine is nobody's business
	j, err := scan.OpenJournal(s.path(v.ID))
	if err != nil {
		return scan.Summary{}, err
	}
	day := civil.DateOf(s.Gate.Now())
	job := scan.Job{Source: src, Journal: j, On: day.String(), Now: time.Now, Progress: w.progress, Workers: 1, Listed: listed, Least: detect.Likely,
		Scanner: detect.New(detect.Options{On: detect.On(day.Year(), int(day.Month()), day.Day())})}
	sum, err := job.Run(ctx)
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return sum, errors.Join(err, j.Close())
}

// listed is how many findings of one file a survey lists: a report is read by a
// person.
const listed = 1000

// hash is that of the journal, so that the log can tell whether it is the one.
func (s *Service) hash(which id.Survey) (sum [32]byte) {
	f, err := os.Open(s.path(which))
	if err != nil {
		return sum
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err == nil {
		h.Sum(sum[:0])
	}
	return sum
}

// Resume goes on with what a restart broke off.
func (s *Service) Resume(ctx context.Context, institutions []id.Institution) error {
	if s.Folder == "" {
		return nil
	}
	for _, inst := range institutions {
		var list []Survey
		err := s.Gate.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
			list, err = unfinished(tx, inst)
			return err
		})
		for _, v := range list {
			err = errors.Join(err, s.begin(v))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Close breaks off what runs and waits for it.
func (s *Service) Close() {
	s.mu.Lock()
	s.closed = true
	for _, w := range s.live {
		w.stop(errClosing)
	}
	s.mu.Unlock()
	s.all.Wait()
}
