package main

import (
	"context"
	"time"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/verify"
)

// fitToServe refuses to serve a database that is older than what was signed, one
// whose restore was broken off, and a clock that runs before the newest entry. It
// also unwraps the keys, so that no request waits for them.
func (in *installation) fitToServe(ctx context.Context, clockConfirmed bool) error {
	if err := in.Warm(ctx); err != nil {
		return err
	}
	if exists(in.folder.in(restoreMark)) {
		return refuse(exitData, "cli.restore.unfinished", string(in.folder))
	}
	ids, err := in.Institutions(ctx)
	if err != nil {
		return err
	}
	for _, inst := range ids {
		l, err := in.lostEntries(ctx, inst)
		if err != nil {
			return err
		}
		if l.count() > 0 {
			return refuse(exitData, "cli.behind", inst.String(), l.from, l.to-1, l.count())
		}
		if back := time.Since(l.newest); back < -jump && !clockConfirmed {
			return refuse(exitData, "cli.clock_back", l.newest)
		}
	}
	return nil
}

// lost says which entries were signed once and are not in the database: from the
// first that is missing to the size that the guard remembers.
type lost struct {
	from, to int64
	head     verify.Checkpoint
	newest   time.Time // when the newest entry that is there was made
}

func (l lost) count() int64 { return max(0, l.to-l.from) }

// lostEntries compares the database with the guard.
func (in *installation) lostEntries(ctx context.Context, inst id.Institution) (l lost, err error) {
	err = in.DB.View(ctx, inst, func(tx *db.Tx) error {
		page, err := ledger.List(tx, ledger.Filter{Limit: 1})
		if err == nil && len(page.Entries) > 0 {
			l.from, l.newest = page.Entries[0].Index+1, page.Entries[0].At
		}
		return err
	})
	if err != nil {
		return l, err
	}
	l.to = l.from
	signed, err := in.key.head(in.guard, inst)
	if err != nil || signed == nil {
		return l, err
	}
	signer, err := in.key.signer(inst)
	if err != nil {
		return l, err
	}
	h, err := verify.OpenHead(signed, signer.Key())
	if err != nil {
		return l, fault.New(fault.Unavailable, "ledger.forked", 0).Because(err)
	}
	l.head, l.to = h.Checkpoint, max(l.from, h.Size)
	return l, nil
}

// unseen is how long the oldest entry of a log has waited for a witness.
func (in *installation) unseen(ctx context.Context, inst id.Institution) (d time.Duration, err error) {
	err = in.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		d, err = in.Log.Unseen(tx)
		return err
	})
	return d, err
}
