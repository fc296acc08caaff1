package research

import (
	"bytes"
	"context"
	"crypto/sha256"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/ledger"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
)

// Run makes a list anonymous under some settings and tries the result. The list is
// opened in one entry; what came of it is another. Afterwards the data set has
// Passed, or it has Failed, stays personal information and says why. Errors:
// fault.Invalid at columns, k and so on; Conflict research.state.… and, when
// somebody else tried it meanwhile, research.changed; what the gate refuses.
func (s *Service) Run(ctx context.Context, a actor.Actor, which id.Dataset, said []Column, set Settings) (Dataset, error) {
	if err := set.check(); err != nil {
		return Dataset{}, err
	}
	j, err := s.open(ctx, a, which, said, set)
	if err != nil {
		return Dataset{}, err
	}
	d := j.data
	key, err := s.prepare(ctx, a, &d, j)
	if err != nil {
		return Dataset{}, err
	}
	if err := j.try(ctx); err != nil {
		return Dataset{}, err
	}
	d.Report, d.State, d.Hash = j.report, Failed, [32]byte{}
	var sealed [][]byte
	if d.Report.Passed() {
		if sealed, err = key.SealParts(resultField, bytes.NewReader(j.file)); err != nil {
			return Dataset{}, err
		}
		d.State, d.Hash = Passed, sha256.Sum256(j.file)
	}
	clear(j.file)
	return d, s.settle(ctx, a, &d, key, sealed, j.people)
}

// open opens the list and what it is judged together with.
func (s *Service) open(ctx context.Context, a actor.Actor, which id.Dataset, said []Column, set Settings) (*job, error) {
	j := &job{rand: s.Rand}
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.ResearchRun}, s.know(which, &j.data), func(tx *db.Tx, permit seal.Permit, c *gate.Case) error {
		c.Type = ledger.ResearchOpened
		d := &j.data
		if err := d.require(Draft, Failed, Passed); err != nil {
			return err
		}
		if set.Presence > 0 && d.people == 0 {
			return fault.At("presence", "research.no_register")
		}
		var err error
		if d.Columns, err = settle(d.Columns, said); err != nil {
			return err
		}
		d.Settings = set
		if j.list, err = openTable(tx, s.Gate.Vault, permit, *d, sourceField, d.source); err != nil {
			return err
		}
		if j.list, err = present(tx, *d, j.list); err != nil {
			return err
		}
		if d.people > 0 {
			if j.register, err = openTable(tx, s.Gate.Vault, permit, *d, peopleField, d.people); err != nil {
				return err
			}
		}
		p, err := loadPopulation(tx, a.Institution, d.Population)
		if err != nil {
			return err
		}
		j.crowd = p.People
		j.earlier, err = released(tx, a.Institution, d.ID)
		return err
	})
	return j, err
}

// prepare makes the key of the result and the commitments of the people.
func (s *Service) prepare(ctx context.Context, a actor.Actor, d *Dataset, j *job) (*seal.Sealer, error) {
	d.holder = id.Make[id.Subject](s.Gate.Now())
	key, err := s.Gate.Vault.Prepare(ctx, s.Gate.DB, a.Institution, d.holder)
	if err != nil {
		return nil, err
	}
	if j.people, err = rollOf(key, j.list, d.Columns); err != nil {
		return nil, err
	}
	j.people.dataset, j.people.population, j.people.k = d.ID, d.Population, d.Settings.K
	d.kinds = j.people.kinds
	return key, nil
}

// settle writes what came of a try.
func (s *Service) settle(ctx context.Context, a actor.Actor, d *Dataset, key *seal.Sealer, sealed [][]byte, people *roll) error {
	holder := d.holder
	var before Dataset
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.ResearchRun}, s.know(d.ID, &before), func(tx *db.Tx, _ seal.Permit, c *gate.Case) error {
		if before.tries != d.tries || before.require(Draft, Failed, Passed) != nil {
			return fault.New(fault.Conflict, "research.changed")
		}
		if err := destroyResult(tx, s.Gate.Vault, &before); err != nil { // of an earlier try
			return err
		}
		_, sum, err := d.Report.sum()
		if err != nil {
			return err
		}
		now := *d
		now.tries, now.holder, now.result = d.tries+1, id.Subject{}, 0
		c.Hash = sum
		if err := dropRoll(tx, now); err != nil {
			return err
		}
		if d.State == Passed {
			now.holder, now.result = holder, len(sealed)
			if err := key.Save(tx); err != nil {
				return err
			}
			if err := putParts(tx, now, resultField, sealed); err != nil {
				return err
			}
			if err := putRoll(tx, now, people); err != nil {
				return err
			}
		}
		before = now
		return update(tx, now)
	})
	*d = before
	return err
}
