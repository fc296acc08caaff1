package office

import (
	"context"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/catalogue"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/institution"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
)

// LintNotice judges a draft as publishing would. It stores nothing.
func (s *Service) LintNotice(ctx context.Context, a actor.Actor, n catalogue.Notice) (found []catalogue.Finding, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		purposes, err := s.Catalogue.Purposes(tx, a.Institution)
		if err != nil {
			return err
		}
		usable := map[string]catalogue.Purpose{}
		for _, p := range purposes {
			if p.Active(tx.Now()) {
				usable[p.Code] = p
			}
		}
		found = catalogue.Lint(n, usable)
		return nil
	})
	return found, err
}

// Notices lists every version of every notice, newest first within a code.
func (s *Service) Notices(ctx context.Context, a actor.Actor) (list []catalogue.Notice, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		list, err = s.Catalogue.Versions(tx, a.Institution)
		return err
	})
	return list, err
}

// EndPurpose takes a purpose out of use at once.
func (s *Service) EndPurpose(ctx context.Context, a actor.Actor, code string) error {
	return s.do(ctx, gate.Request{Actor: a, Act: policy.PurposeDefine, Purpose: code}, s.who, func(tx *db.Tx, _ *gate.Case) error {
		return s.Catalogue.EndPurpose(tx, a.Institution, a.Staff, code)
	})
}

// Purposes lists the purposes in order of code, ended ones too.
func (s *Service) Purposes(ctx context.Context, a actor.Actor) (list []catalogue.Purpose, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		list, err = s.Catalogue.Purposes(tx, a.Institution)
		return err
	})
	return list, err
}

// Schemas lists every version of every schema, newest first within a code.
func (s *Service) Schemas(ctx context.Context, a actor.Actor) (list []catalogue.Schema, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) error {
		list, err = s.Catalogue.Schemas(tx, a.Institution)
		return err
	})
	return list, err
}

// Places lists the institutions of this installation, oldest first. Their names
// are public.
func (s *Service) Places(ctx context.Context) (list []institution.Institution, err error) {
	err = s.Gate.DB.View(ctx, id.Institution{}, func(tx *db.Tx) error {
		list, err = institution.All(tx)
		return err
	})
	return list, err
}

// Stores lists the stores of an institution.
func (s *Service) Stores(ctx context.Context, inst id.Institution) (list []institution.Store, err error) {
	err = s.Gate.DB.View(ctx, inst, func(tx *db.Tx) error {
		list, err = institution.Stores(tx, inst)
		return err
	})
	return list, err
}

// do is one act without sealed values.
func (s *Service) do(ctx context.Context, r gate.Request, know gate.Facts, body func(*db.Tx, *gate.Case) error) error {
	_, err := s.Gate.Do(ctx, r, know, func(tx *db.Tx, _ seal.Permit, c *gate.Case) error { return body(tx, c) })
	return err
}
