package main

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
)

const (
	sweepEvery = 5 * time.Minute
	jump       = time.Hour // of the clock, at which nothing expires until somebody confirms
)

// clock notices when the wall clock is moved while the program runs. A wrong
// clock must not end consents or delete anything.
type clock struct{ start time.Time }

func newClock() clock { return clock{time.Now()} }

// moved returns how far the wall clock went beyond what passed. Round(0) drops
// the monotonic reading.
func (c clock) moved(now time.Time) time.Duration {
	return now.Round(0).Sub(c.start.Round(0)) - now.Sub(c.start)
}

// sweeper does what the calendar asks for, one institution after the other.
type sweeper struct {
	in     *installation
	faces  faces
	clock  clock
	frozen bool
}

func (s *sweeper) run(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		s.all(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (s *sweeper) all(ctx context.Context) {
	if d := s.clock.moved(time.Now()); d.Abs() > jump && !s.frozen {
		s.frozen = true
		s.in.log.Error("the clock jumped; nothing expires until a restart confirms it", "seconds", int64(d.Seconds()))
	}
	if s.frozen {
		return
	}
	ids, err := s.in.Institutions(ctx)
	if err != nil {
		s.in.log.Error("sweep", "error", err)
		return
	}
	for _, inst := range ids {
		for _, step := range []func(context.Context, id.Institution) error{s.in.House.Sweep, s.in.Accounts.Sweep, s.in.Outbox.Sweep,
			s.faces.programs.Sweep, s.scan, s.witnesses} {
			if err := step(ctx, inst); err != nil && ctx.Err() == nil {
				s.in.log.Error("sweep", "institution", inst.String(), "code", fault.CodeOf(err), "error", err)
			}
		}
	}
}
