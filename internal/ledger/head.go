package ledger

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/verify"
)

// guarded is what the guard remembers of a log.
type guarded struct {
	head   verify.Checkpoint // of size 0 if there is none
	signed []byte
}

// guarded reads the guard. A guard file that the log's own key did not sign is
// as bad as a wrong one: ledger.forked.
func (l *Log) guarded(s Signer) (guarded, error) {
	if l.Guard == nil {
		return guarded{}, nil
	}
	signed, err := l.Guard.Load(s.Name())
	if absent(err) {
		return guarded{}, nil
	}
	if err != nil {
		return guarded{}, fault.New(fault.Unavailable, "ledger.guard").Because(err)
	}
	h, err := verify.OpenHead(signed, s.Key())
	if err != nil {
		return guarded{}, fault.New(fault.Unavailable, "ledger.forked").Because(err)
	}
	return guarded{h.Checkpoint, signed}, nil
}

// seal signs a head of size leaves after it has read everything again.
//
// The order is: copy to the mirror, sign in memory, make the guard durable, then
// publish through the mirror and the database. A crash in between leaves the guard ahead of the published
// heads but never ahead of the entries, and the next step goes on from there.
func (l *Log) seal(ctx context.Context, inst id.Institution, s Signer, g guarded, size int64) error {
	c := verify.Checkpoint{Origin: s.Name(), Size: size}
	err := l.DB.View(ctx, inst, func(tx *db.Tx) error {
		head, err := readHead(tx)
		if err != nil {
			return err
		}
		if size <= head.N {
			return nil // another node was faster
		}
		if err := recheck(tx, head.N, size); err != nil {
			return err
		}
		for _, known := range []tlog.Tree{head, {N: g.head.Size, Hash: g.head.Root}} {
			if err := continues(tx, known); err != nil {
				return err
			}
		}
		c.Root, err = newTree(tx, size).root()
		return err
	})
	if err != nil || c.Root == (verify.Hash{}) {
		return damaged(err)
	}
	if err := l.copyTo(ctx, inst, s, size); err != nil {
		return err
	}
	signed, err := s.head(c)
	if err != nil {
		return err
	}
	if l.Guard != nil && size > g.head.Size {
		if err := l.Guard.Swap(s.Name(), g.signed, signed); err != nil {
			return fault.New(fault.Unavailable, "ledger.guard").Because(err)
		}
	}
	if l.Mirror != nil {
		if err := l.Mirror.Publish(s.Name(), s.Key(), c, signed); err != nil {
			return fault.New(fault.Unavailable, "ledger.mirror").Because(err)
		}
	}
	return l.publish(ctx, inst, c, signed)
}

// continues requires that the tree contains a head that was signed before.
func continues(tx *db.Tx, known tlog.Tree) error {
	if known.N == 0 {
		return nil
	}
	root, err := newTree(tx, known.N).root()
	if err != nil {
		return err
	}
	if root != known.Hash {
		return fault.New(fault.Unavailable, "ledger.forked", known.N)
	}
	return nil
}

func (l *Log) publish(ctx context.Context, inst id.Institution, c verify.Checkpoint, signed []byte) error {
	var at time.Time
	err := l.DB.Update(ctx, inst, func(tx *db.Tx) error {
		at = tx.Now()
		_, err := tx.Exec(`INSERT INTO head (institution_id, size, root, at, note) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (institution_id, size) DO NOTHING`, inst.Bytes(), c.Size, c.Root[:], at.UnixMilli(), signed)
		return err
	})
	if err == nil {
		l.update(inst, func(s *Status) {
			s.Waiting = max(0, s.Waiting-(c.Size-s.Size))
			s.Size, s.SignedAt = c.Size, at
		})
	}
	return err
}

// none turns "no head yet" into an absent file.
func none(err error) error {
	if fault.CodeOf(err) == "ledger.unsigned" {
		return errors.Join(fs.ErrNotExist, err)
	}
	return err
}

// Head returns the newest signed head of the transaction's institution as a
// signed note, with the witnesses' lines that have come in for it. Unavailable,
// ledger.unsigned, when there is none yet.
func Head(tx *db.Tx) (signed []byte, size int64, err error) {
	return readSigned(tx, `SELECT size, note FROM head WHERE institution_id = $1 ORDER BY size DESC LIMIT 1`)
}

// WitnessedHead is Head for the newest head that any witness has cosigned.
func WitnessedHead(tx *db.Tx) (signed []byte, size int64, err error) {
	return readSigned(tx, `SELECT h.size, h.note FROM head h WHERE h.institution_id = $1 AND h.size =
(SELECT MAX(c.size) FROM cosignature c WHERE c.institution_id = $1)`)
}

func readSigned(tx *db.Tx, query string, args ...any) (signed []byte, size int64, err error) {
	inst := tx.Institution().Bytes()
	err = tx.QueryRow(query, append([]any{inst}, args...)...).Scan(&size, &signed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, 0, fault.New(fault.Unavailable, "ledger.unsigned")
	}
	if err != nil {
		return nil, 0, err
	}
	lines, err := db.Column[string](tx, `SELECT line FROM cosignature WHERE institution_id = $1 AND size = $2 ORDER BY witness`, inst, size)
	if err != nil {
		return nil, 0, err
	}
	for _, line := range lines {
		signed = append(signed, line...)
	}
	return signed, size, nil
}
