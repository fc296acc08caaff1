package intake

import (
	"context"
	"sync"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

// jobs are the batches that this process applies behind the requests that asked
// for it. The zero value has none.
type jobs struct {
	mu     sync.Mutex
	all    sync.WaitGroup
	stop   map[id.Batch]context.CancelFunc
	failed map[id.Batch]string // code of why the last one stopped
	closed bool
}

// Launch is Apply behind the caller's back: it returns as soon as the act is
// allowed and its entry durable, and the lines are taken in the background, each
// portion an act of its own with its own entry. Load and Working tell how far it
// is; when the process ends in the middle, calling Launch or Apply again goes on.
//
// Errors: those of Apply up to the first line; Conflict intake.busy if this
// process applies the batch already.
func (s *Service) Launch(ctx context.Context, a actor.Actor, batch id.Batch) (Batch, error) {
	behind, leave, err := s.jobs.enter(ctx, batch)
	if err != nil {
		return Batch{}, err
	}
	r, err := s.begin(ctx, a, batch)
	if err != nil {
		leave("")
		return Batch{}, err
	}
	at := r.batch
	go func() {
		_, err := s.rest(behind, r, nil)
		code := ""
		if err != nil {
			if code = fault.CodeOf(err); code == "" {
				code = "intake.stopped"
			}
		}
		leave(code)
	}()
	return at, nil
}

// Working reports whether this process is applying a batch, and otherwise the
// code of what stopped it the last time, if anything did since the start.
func (s *Service) Working(batch id.Batch) (now bool, failed string) {
	s.jobs.mu.Lock()
	defer s.jobs.mu.Unlock()
	_, now = s.jobs.stop[batch]
	return now, s.jobs.failed[batch]
}

// Close stops what is applied in the background after the portion in hand, and
// waits for it. Nothing is lost: it goes on when it is asked for again.
func (s *Service) Close() {
	s.jobs.mu.Lock()
	s.jobs.closed = true
	for _, stop := range s.jobs.stop {
		stop()
	}
	s.jobs.mu.Unlock()
	s.jobs.all.Wait()
}

// enter notes a job; leave ends it.
func (j *jobs) enter(ctx context.Context, batch id.Batch) (context.Context, func(code string), error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, busy := j.stop[batch]; busy || j.closed {
		return nil, nil, fault.New(fault.Conflict, "intake.busy")
	}
	behind, stop := context.WithCancel(context.WithoutCancel(ctx))
	if j.stop == nil {
		j.stop, j.failed = map[id.Batch]context.CancelFunc{}, map[id.Batch]string{}
	}
	j.stop[batch] = stop
	delete(j.failed, batch)
	j.all.Add(1)
	return behind, func(code string) {
		j.mu.Lock()
		defer j.mu.Unlock()
		stop()
		delete(j.stop, batch)
		if code != "" {
			j.failed[batch] = code
		}
		j.all.Done()
	}, nil
}
