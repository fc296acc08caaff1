package leak

import (
	"context"
	"crypto/sha256"
	"io"

	"github.com/wardfold/wardfold/internal/actor"
	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/evidence"
	"github.com/wardfold/wardfold/internal/facts"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/gate"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/internal/policy"
	"github.com/wardfold/wardfold/internal/seal"
	"github.com/wardfold/wardfold/verify"
)

// Service is the use cases.
type Service struct {
	Gate     *gate.Gate
	Facts    *facts.Gatherer
	Evidence *evidence.Service // makes packs
	Rand     io.Reader         // makes the key of a comparison, and the seed of a calculation
}

// who gathers the facts about the actor.
func (s *Service) who(tx *db.Tx, c *gate.Case) error {
	s.Facts.Place(c)
	return s.Facts.Who(tx, c)
}

// Receive takes in a list as an exhibit: sealed as it is, with its hash, before
// anybody reads it. Errors: Invalid leak.empty, leak.too_large, leak.format; what
// the gate refuses.
func (s *Service) Receive(ctx context.Context, a actor.Actor, file io.ReaderAt, size int64) (Case, error) {
	if err := s.admit(size); err != nil {
		return Case{}, err
	}
	head := make([]byte, min(size, 8))
	if _, err := file.ReadAt(head, 0); err != nil && err != io.EOF {
		return Case{}, err
	}
	format, err := formatOf(head)
	if err != nil {
		return Case{}, err
	}
	c := Case{Institution: a.Institution, ID: id.Make[id.Leak](s.Gate.Now()), By: a.Staff, Format: format, Size: size, State: Received}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(file, 0, size)); err != nil {
		return Case{}, err
	}
	h.Sum(c.Hash[:0])
	sealer, err := s.Gate.Vault.Prepare(ctx, s.Gate.DB, a.Institution, seal.Holder(c.ID))
	if err != nil {
		return Case{}, err
	}
	parts, err := sealer.SealParts(field, io.NewSectionReader(file, 0, size))
	if err != nil {
		return Case{}, err
	}
	c.Parts = len(parts)
	_, err = s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.LeakReceive}, s.who, func(tx *db.Tx, _ seal.Permit, gc *gate.Case) error {
		c.CreatedAt = tx.Now()
		gc.Ref, gc.Hash, gc.Count = c.ID.String(), c.Hash, 1
		if err := insert(tx, c); err != nil {
			return err
		}
		if err := sealer.Save(tx); err != nil {
			return err
		}
		for i, p := range parts {
			if err := putPart(tx, c, i+1, p); err != nil {
				return err
			}
		}
		return note(tx, c, a, "received", c.Hash)
	})
	return c, err
}

func (s *Service) admit(size int64) error {
	switch {
	case size <= 0:
		return fault.At("file", "leak.empty")
	case size > MaxSize:
		return fault.At("file", "leak.too_large", MaxSize>>20)
	}
	return nil
}

// note adds a line to the custody record.
func note(tx *db.Tx, c Case, a actor.Actor, act string, hash [32]byte) error {
	lines, err := custody(tx, c.Institution, c.ID)
	if err != nil {
		return err
	}
	who := a.ID()
	if who == "" {
		who = string(a.Role)
	}
	l := Custody{N: len(lines), At: tx.Now().UTC(), Actor: who, Act: act, Hash: hash}
	var before [32]byte
	if len(lines) > 0 {
		before = lines[len(lines)-1].Chain
	}
	l.Chain = verify.Link(before, c.ID.Bytes(), l.N, l.At, l.Hash, l.Actor, l.Act)
	return putCustody(tx, c, l)
}

// Read returns a case with its custody record. Reading the result is an entry.
// NotFound: leak.unknown.
func (s *Service) Read(ctx context.Context, a actor.Actor, which id.Leak) (Case, []Custody, error) {
	var c Case
	var lines []Custody
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.LeakRead}, s.who, func(tx *db.Tx, _ seal.Permit, gc *gate.Case) (err error) {
		if c, err = load(tx, a.Institution, which); err != nil {
			return err
		}
		gc.Ref = which.String()
		if err := note(tx, c, a, "read", sha256.Sum256(c.Result)); err != nil {
			return err
		}
		lines, err = custody(tx, a.Institution, which)
		return err
	})
	return c, lines, err
}

// List lists cases without their results, newest first. It is no reading of a
// result, so it is no entry.
func (s *Service) List(ctx context.Context, a actor.Actor, limit int) (all []Case, err error) {
	err = s.Gate.DB.View(ctx, a.Institution, func(tx *db.Tx) (err error) {
		all, err = cases(tx, a.Institution, limit)
		return err
	})
	for i := range all {
		all[i].Result = nil
	}
	return all, err
}

// Close destroys the exhibit's key and with it the file; the result stays.
// Conflict: leak.closed.
func (s *Service) Close(ctx context.Context, a actor.Actor, which id.Leak) (Case, error) {
	var c Case
	_, err := s.Gate.Do(ctx, gate.Request{Actor: a, Act: policy.LeakClose}, s.who, func(tx *db.Tx, _ seal.Permit, gc *gate.Case) (err error) {
		if c, err = load(tx, a.Institution, which); err != nil {
			return err
		}
		if c.State == Closed {
			return fault.New(fault.Conflict, "leak.closed")
		}
		c.State, c.Parts = Closed, 0
		gc.Ref, gc.Hash = which.String(), c.Hash
		if err := s.Gate.Vault.Erase(tx, a.Institution, seal.Holder(which)); err != nil {
			return err
		}
		if err := dropFile(tx, c); err != nil {
			return err
		}
		if err := update(tx, c); err != nil {
			return err
		}
		return note(tx, c, a, "closed", c.Hash)
	})
	if err != nil {
		return Case{}, err
	}
	return c, s.Gate.DB.Checkpoint(ctx)
}
