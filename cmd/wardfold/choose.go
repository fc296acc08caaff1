package main

import (
	"context"
	"strings"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/ledger"
)

// which is the flag of verbs that concern one institution of several.
type which struct {
	Institution string `placeholder:"ID|NAME"`
}

// all lists the institutions that the flag names: every one if it names none.
func (w which) all(ctx context.Context, in *installation) ([]institution.Institution, error) {
	list, err := in.Directory(ctx)
	if err != nil || w.Institution == "" {
		return list, err
	}
	for _, i := range list {
		if i.ID.String() == w.Institution || i.Name == w.Institution {
			return []institution.Institution{i}, nil
		}
	}
	return nil, refuse(exitUsage, "cli.no_such_institution", w.Institution)
}

// one is all for a verb that needs exactly one.
func (w which) one(ctx context.Context, in *installation) (institution.Institution, error) {
	list, err := w.all(ctx, in)
	if err != nil {
		return institution.Institution{}, err
	}
	if len(list) != 1 {
		names := make([]string, len(list))
		for i, x := range list {
			names[i] = x.Name
		}
		return institution.Institution{}, refuse(exitUsage, "cli.which_institution", strings.Join(names, ", "))
	}
	return list[0], nil
}

// open opens the installation for a verb about one institution.
func (w which) open(ctx context.Context, t *console, c *command) (*installation, institution.Institution, error) {
	in, err := t.open(ctx, c, how{})
	if err != nil {
		return nil, institution.Institution{}, err
	}
	i, err := w.one(ctx, in)
	if err != nil {
		in.Close()
		return nil, i, err
	}
	return in, i, nil
}

// record writes what the operator did into an institution's log.
func record(ctx context.Context, d *db.DB, inst id.Institution, e ledger.Event) error {
	return d.Update(ctx, inst, func(tx *db.Tx) error {
		e.ID, e.At, e.Role, e.Allow = id.Make[id.Event](tx.Now()), tx.Now(), actor.System, true
		e.HandledBy, e.InCharge = string(actor.System), inst.String()
		ledger.Append(tx, e)
		return nil
	})
}

// signed brings the heads up to date before a verb ends, unless a server does so
// all the time.
func (in *installation) signed(ctx context.Context) {
	if in.lock != nil || !in.folder.running() {
		in.Log.StepAll(ctx)
	}
}
