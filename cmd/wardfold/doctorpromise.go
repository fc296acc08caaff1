package main

import (
	"context"

	"github.com/wardfold/wardfold/internal/attest"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/inventory"
)

// checkPromise compares what is held with what was promised. It walks every
// record, so it is asked for.
func checkPromise(ctx context.Context, p *patient) finding {
	if !p.deep {
		return skipped()
	}
	return p.each(ctx, func(inst id.Institution) finding {
		var r inventory.Report
		err := p.in.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
			r, err = inventory.Take(tx, p.in.Catalogue, inst)
			return err
		})
		if err != nil {
			return failed(err)
		}
		if len(r.Findings) > 0 {
			first := r.Findings[0]
			return warned("found", len(r.Findings), p.t.p.T("inventory."+first.Code, first.Args...))
		}
		return ok()
	})
}

// checkStatement asks for the daily statement on technical means (S0-06).
func checkStatement(ctx context.Context, p *patient) finding {
	return p.each(ctx, func(inst id.Institution) finding {
		err := p.in.DB.View(ctx, inst, func(tx *db.Tx) error { return attest.Fresh(tx, inst) })
		if err != nil {
			return warned("old")
		}
		return ok()
	})
}
