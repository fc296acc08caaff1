package main

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/consent"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/internal/subject"
)

const (
	sweepEvery = 5 * time.Minute
	sweepPage  = 500
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
		for _, step := range []func(context.Context, id.Institution) error{s.in.handOver, s.in.Accounts.Sweep, s.in.Outbox.Sweep} {
			if err := step(ctx, inst); err != nil && ctx.Err() == nil {
				s.in.log.Error("sweep", "institution", inst.String(), "code", fault.CodeOf(err), "error", err)
			}
		}
	}
}

// handOver lets authority pass to the children whose day has come (B1, S2-17).
// It runs once a day: whoever turns 14 does so at midnight in China.
func (in *installation) handOver(ctx context.Context, inst id.Institution) error {
	var swept, today civil.Date
	err := in.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		today = civil.DateOf(tx.Now())
		swept, err = consent.SweptOn(tx, inst)
		return err
	})
	if err != nil || swept == today {
		return err
	}
	var after id.Subject
	for {
		var page []id.Subject
		err := in.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
			page, err = consent.Candidates(tx, inst, after, sweepPage)
			return err
		})
		if err != nil {
			return err
		}
		for _, subj := range page {
			if err := in.handOverOne(ctx, inst, subj); err != nil {
				return err
			}
			after = subj
		}
		if len(page) < sweepPage {
			break
		}
	}
	return in.DB.Update(ctx, inst, func(tx *db.Tx) error { return consent.SetSwept(tx, inst, today) })
}

// handOverOne opens one birth inside the gate, in the name of the program, and
// shows it to nobody.
func (in *installation) handOverOne(ctx context.Context, inst id.Institution, subj id.Subject) error {
	req := gate.Request{Actor: actor.Actor{Institution: inst, Role: actor.System}, Act: policy.ConsentHandover,
		Purpose: "learner.manage", Fields: []string{subject.LearnerBirth}, Subject: subj}
	_, err := in.Gate.Do(ctx, req, func(tx *db.Tx, c *gate.Case) error {
		row, err := subject.Load(tx, inst, subj)
		if err != nil {
			return err
		}
		c.Store = row.Store
		return in.Facts.Why(tx, c)
	}, func(tx *db.Tx, p seal.Permit, c *gate.Case) error {
		v, err := subject.OpenOwn(tx, in.Vault, p, inst, subj, subject.LearnerBirth)
		if err != nil {
			return err
		}
		birth, err := subject.Birth(v, civil.DateOf(tx.Now()))
		if err != nil {
			return err
		}
		ended, err := consent.HandOver(tx, inst, subj, birth, consent.Able)
		c.Count = len(ended)
		return err
	})
	if k := fault.KindOf(err); k == fault.Erased || k == fault.NotFound {
		return nil // it went away meanwhile
	}
	return err
}
