package main

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/civil"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/inventory"
	"github.com/wardfold/wardfold/internal/ledger"
)

// scan compares once a night what is held with what was promised (S0-01). The
// result is in the log, in the next daily statement and on the officer's page.
func (s *sweeper) scan(ctx context.Context, inst id.Institution) error {
	var newest time.Time
	err := s.in.DB.View(ctx, inst, func(tx *db.Tx) error {
		k, err := inventory.Latest(tx, inst)
		newest = k.At
		if fault.KindOf(err) == fault.NotFound {
			return nil
		}
		return err
	})
	now := time.Now()
	if err != nil || !inventory.Due(newest, now, civil.Zone, now.Sub(s.clock.start)) {
		return err
	}
	k, err := inventory.Keep(ctx, s.in.DB, s.in.Catalogue, inst)
	if err == nil && k.Findings() > 0 {
		s.in.log.Warn("what is held differs from what was promised", "institution", inst.String(), "findings", k.Findings())
	}
	return err
}

// witnesses says in the program's log that no witness answers, for those who
// watch it and not the pages (R6).
func (s *sweeper) witnesses(ctx context.Context, inst id.Institution) error {
	unseen, err := s.in.unseen(ctx, inst)
	if err == nil && unseen > ledger.WitnessLate {
		s.in.log.Error("no witness has seen the log", "institution", inst.String(), "seconds", int64(unseen.Seconds()),
			"halted", unseen > ledger.WitnessHalt)
	}
	return err
}
