package release

import (
	"context"
	"crypto/sha256"
	"slices"
	"time"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/application"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/desk"
	"github.com/wardfold/wardfold/internal/facts"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/grant"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
)

// Service is the use cases. It is safe for concurrent use.
type Service struct {
	Gate   *gate.Gate
	Facts  *facts.Gatherer
	Grants *grant.Register
	Line   desk.Line // nil means that no alias can be dialled, and none is given
}

// Prepare registers an export under a granted application for one of its users,
// who has a day to collect it. Nothing is opened. Errors: fault.NotFound
// application.unknown; fault.Conflict release.not_granted; fault.Denied
// release.screen (the application is for looking, not for a file),
// release.not_source (more than Capped people from what is not their source
// system); fault.Invalid release.format, release.largest, release.no_numbers
// (aliases of no number); fault.Unavailable call.none (aliases without a relay);
// what the gate refuses.
func (s *Service) Prepare(ctx context.Context, a actor.Actor, app id.Application, f Shape) (e Export, err error) {
	switch {
	case !f.Format.valid():
		return e, fault.At("format", "release.format")
	case f.Aliases && s.Line == nil:
		return e, fault.New(fault.Unavailable, "call.none")
	}
	req := gate.Request{Actor: a, Act: policy.ExportPrepare}
	_, err = s.Gate.Do(ctx, req, func(tx *db.Tx, c *gate.Case) error {
		x, g, err := s.standing(tx, a, app)
		if err != nil {
			return err
		}
		e = Export{ID: id.Make[id.Export](tx.Now()), Institution: a.Institution, Application: app, Grant: g.ID, Collector: a.Staff,
			Store: g.Store, Purpose: g.Purpose, Fields: g.Fields, Format: f.Format, Aliases: f.Aliases, State: Prepared,
			Prepared: tx.Now(), Expires: tx.Now().Add(Within), People: x.People}
		if err := s.leave(tx, c, e, g); err != nil {
			return err
		}
		return s.allowed(tx, x, e)
	}, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		c.Ref, c.Count = e.ID.String(), e.People
		return insert(tx, e)
	})
	return e, err
}

// standing reads the application and the live grant that somebody has under it.
func (s *Service) standing(tx *db.Tx, a actor.Actor, app id.Application) (application.Application, grant.Grant, error) {
	x, err := application.Load(tx, a.Institution, app)
	switch {
	case err != nil:
		return x, grant.Grant{}, err
	case !slices.Contains(x.Users, a.Staff):
		return x, grant.Grant{}, fault.New(fault.NotFound, "application.unknown")
	case x.Case.State != application.Granted:
		return x, grant.Grant{}, fault.New(fault.Conflict, "release.not_granted")
	}
	all, err := grant.Under(tx, a.Institution, app)
	if err != nil {
		return x, grant.Grant{}, err
	}
	for _, g := range all {
		if g.Who == a.Staff && g.Live(tx.Now()) {
			return x, g, nil
		}
	}
	return x, grant.Grant{}, fault.New(fault.Conflict, "release.not_granted")
}

// allowed holds an export to what its application is for.
func (s *Service) allowed(tx *db.Tx, x application.Application, e Export) error {
	switch {
	case !x.Clear || x.Place == "screen":
		return fault.New(fault.Denied, "release.screen")
	case e.Aliases && !hasNumbers(e.Fields):
		return fault.At("aliases", "release.no_numbers")
	case x.People > Largest:
		return fault.New(fault.Invalid, "release.largest", Largest)
	case x.People <= Capped:
		return nil
	}
	source, err := fromSource(tx, e.Institution, e.Fields)
	if err == nil && !source {
		err = fault.New(fault.Denied, "release.not_source", Capped)
	}
	return err
}

// leave tells the policy what the grant covers. The rows are found through the
// grant itself, so it covers each of them; who approved the application is a
// second person.
func (s *Service) leave(tx *db.Tx, c *gate.Case, e Export, g grant.Grant) error {
	c.Purpose, c.Fields, c.Store, c.Grant = e.Purpose, e.Fields, e.Store, g.ID
	if err := s.Facts.Who(tx, c); err != nil {
		return err
	}
	if err := s.Facts.Why(tx, c); err != nil {
		return err
	}
	s.Facts.Place(c)
	if e.Store.IsZero() { // several stores: the grant says which people
		c.Facts.OwnStore = true
	}
	use := grant.Use{Staff: e.Collector, Role: c.Actor.Role, Purpose: e.Purpose, Fields: e.Fields, Store: g.Store, At: tx.Now()}
	if len(g.Subjects) > 0 {
		use.Subject = g.Subjects[0]
	}
	g.Covers(use).Fill(&c.Facts)
	c.Facts.BulkCount, c.Facts.SecondPerson = e.People, !g.Case.IsZero() && g.Decider != c.Actor.Staff
	return nil
}

// Collect makes the file and hands it to the person named, once. Every row has
// its entry, and all of them are durable before it returns (I1). Errors: those of
// Export.Collectable; fault.Denied grant.over when the grant has ended since;
// fault.Conflict release.pool, release.nobody; fault.Limited when the day's quota
// of the collector has no room; what the gate refuses.
func (s *Service) Collect(ctx context.Context, a actor.Actor, which id.Export, w Words) (f File, err error) {
	var e Export
	var g grant.Grant
	req := gate.Request{Actor: a, Act: policy.ExportCollect}
	_, err = s.Gate.Do(ctx, req, func(tx *db.Tx, c *gate.Case) (err error) {
		if e, err = Load(tx, a.Institution, which); err != nil {
			return err
		}
		if err := e.Collectable(a.Staff, tx.Now()); err != nil {
			return err
		}
		if g, err = grant.Load(tx, a.Institution, e.Grant); err != nil {
			return err
		}
		if !g.Live(tx.Now()) {
			return fault.New(fault.Denied, "grant.over")
		}
		return s.leave(tx, c, e, g)
	}, func(tx *db.Tx, p seal.Permit, c *gate.Case) error {
		made, err := s.make(tx, p, c, &e, g, w)
		if err != nil {
			return err
		}
		f = made
		c.Ref, c.Count, c.Hash = e.ID.String(), e.People, e.Hash
		return nil
	})
	return f, err
}

// make opens, marks, writes and registers.
func (s *Service) make(tx *db.Tx, p seal.Permit, c *gate.Case, e *Export, g grant.Grant, w Words) (File, error) {
	lines, rows, err := s.open(tx, p, c, e, g)
	if err != nil {
		return File{}, err
	}
	key, err := s.keyOf(tx, e.Institution)
	if err != nil {
		return File{}, err
	}
	lines, err = s.mark(tx, p, key, e, lines, rows)
	if err != nil {
		return File{}, err
	}
	if e.Aliases {
		w.Notice = append(slices.Clone(w.Notice), w.Dial)
	}
	f, err := write(*e, w, lines)
	if err != nil {
		return File{}, err
	}
	e.State, e.Collected, e.Hash = Collected, tx.Now(), sha256.Sum256(f.Bytes)
	f.Export = *e
	if err := insertRows(tx, *e, rows); err != nil {
		return File{}, err
	}
	if err := s.provide(tx, *e); err != nil {
		return File{}, err
	}
	return f, settle(tx, *e)
}

func write(e Export, w Words, lines []line) (f File, err error) {
	table := cells(w, e, lines)
	f.Name = e.ID.String() + "." + string(e.Format)
	if e.Format == CSV {
		f.Type = "text/csv; charset=utf-8"
		f.Bytes, err = writeCSV(table)
		return f, err
	}
	f.Type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	f.Bytes, err = writeXLSX(w, table)
	return f, err
}

// Read is one export as its collector, an officer, owner or auditor may know of
// it. NotFound: release.unknown, for anybody else too.
func (s *Service) Read(ctx context.Context, a actor.Actor, which id.Export) (e Export, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		if e, err = Load(tx, a.Institution, which); err == nil && !mayKnow(a, e) {
			err = fault.New(fault.NotFound, "release.unknown")
		}
		return err
	})
	return e, err
}

func mayKnow(a actor.Actor, e Export) bool {
	return answerable(a.Role) || !a.Staff.IsZero() && a.Staff == e.Collector
}

// answerable are the roles that see every export and provision.
func answerable(r actor.Role) bool {
	return r == actor.Officer || r == actor.Owner || r == actor.Auditor
}

// List is the exports that an actor may know of: an officer, owner or auditor
// those of the last 180 days (S1-17), anybody else their own.
func (s *Service) List(ctx context.Context, a actor.Actor) (all []Export, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		if answerable(a.Role) {
			all, err = Since(tx, a.Institution, tx.Now().Add(-180*24*time.Hour), 10_000) // every one: that many a half-year are no use of data any more
		} else {
			all, err = of(tx, a.Institution, a.Staff, 100)
		}
		return err
	})
	return all, err
}

// Sweep lets exports lapse that nobody came for.
func (s *Service) Sweep(ctx context.Context, inst id.Institution) error {
	return s.Gate.DB.Update(ctx, inst, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE release_export SET state = 'lapsed'
			WHERE institution_id = $1 AND state = 'prepared' AND expires_at <= $2`, inst, tx.Now().UnixMilli())
		return wrap("let exports lapse", err)
	})
}
