package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"errors"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/verify"
)

// stepLeaves is the most entries that one head adds: enough for any second,
// few enough to hold in memory.
const stepLeaves = 1 << 15

// behind lists the institutions with entries that no head covers. The counters
// are few: one row an institution.
func (l *Log) behind(ctx context.Context) (list []id.Institution, err error) {
	err = l.DB.View(ctx, id.Institution{}, func(tx *db.Tx) error {
		list, err = db.Column[id.Institution](tx, `SELECT institution_id FROM log_counter
WHERE next > COALESCE((SELECT MAX(size) FROM head WHERE head.institution_id = log_counter.institution_id), 0)
ORDER BY institution_id`)
		return err
	})
	return list, err
}

// Step brings the tree and the head of one institution up to date with its
// committed events. It may be interrupted at any instant and begun again: what
// is stored is only ever added to, and a head is signed over what was read back
// from the database, not over what was computed.
//
// Errors, all fault.Unavailable: ledger.behind_guard when the database has
// fewer entries than a head already signed (it was set back to an older
// state), ledger.forked when it contradicts such a head, ledger.damaged when
// stored tiles or entries do not agree with each other.
func (l *Log) Step(ctx context.Context, inst id.Institution) error {
	for {
		more, err := l.step(ctx, inst)
		l.update(inst, func(s *Status) {
			if s.Fault = fault.CodeOf(err); err != nil && s.Fault == "" {
				s.Fault = "ledger.unsigned"
			}
		})
		if err != nil || !more {
			return err
		}
	}
}

// state is what the database says about one log.
type state struct {
	next int64     // entries
	head tlog.Tree // newest signed head
}

func (l *Log) step(ctx context.Context, inst id.Institution) (more bool, err error) {
	signer, err := l.Signer(inst)
	if err != nil {
		return false, err
	}
	var s state
	var tiles []newTile
	var size int64
	guarded, err := l.guarded(signer)
	if err != nil {
		return false, err
	}
	err = l.DB.View(ctx, inst, func(tx *db.Tx) (err error) {
		if s, err = readState(tx); err != nil {
			return err
		}
		if guarded.head.Size > s.next {
			return fault.New(fault.Unavailable, "ledger.behind_guard", s.next, guarded.head.Size)
		}
		size = max(min(s.next, s.head.N+stepLeaves), guarded.head.Size)
		tiles, err = integrate(tx, s.head.N, size)
		return err
	})
	l.update(inst, func(st *Status) { st.Size, st.Waiting = s.head.N, s.next-s.head.N })
	if err != nil || size == s.head.N && guarded.head.Size <= size {
		return false, damaged(err)
	}
	if err := l.store(ctx, inst, tiles); err != nil {
		return false, err
	}
	if err := l.seal(ctx, inst, signer, guarded, size); err != nil {
		return false, err
	}
	return size < s.next, nil
}

func readState(tx *db.Tx) (s state, err error) {
	err = tx.QueryRow(`SELECT next FROM log_counter WHERE institution_id = $1`, tx.Institution().Bytes()).Scan(&s.next)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return s, err
	}
	s.head, err = readHead(tx)
	return s, err
}

func readHead(tx *db.Tx) (t tlog.Tree, err error) {
	var root []byte
	err = tx.QueryRow(`SELECT size, root FROM head WHERE institution_id = $1 ORDER BY size DESC LIMIT 1`,
		tx.Institution().Bytes()).Scan(&t.N, &root)
	if errors.Is(err, sql.ErrNoRows) {
		return tlog.Tree{}, nil
	}
	copy(t.Hash[:], root)
	return t, err
}

// newTile is a tile that has become full.
type newTile struct {
	level int
	n     int64
	root  verify.Hash
	data  []byte
}

// integrate computes the tiles that become full when the tree grows from
// before to after leaves, level by level.
func integrate(tx *db.Tx, before, after int64) ([]newTile, error) {
	var tiles []newTile
	for level := 0; after>>(8*(level+1)) > 0; level++ {
		first, last := before>>(8*(level+1)), after>>(8*(level+1))
		if first == last {
			break
		}
		hashes, err := hashesFrom(tx, level, first*tileWidth, last*tileWidth, tiles)
		if err != nil {
			return nil, err
		}
		for n := first; n < last; n++ {
			data := hashes[(n-first)*tileWidth*hashSize:][:tileWidth*hashSize]
			tiles = append(tiles, newTile{level, n, fold(data), data})
		}
	}
	return tiles, nil
}

// hashesFrom returns hashes [from, to) of a level: of leaves from the entries,
// above from tile roots, the newest of which are not stored yet.
func hashesFrom(tx *db.Tx, level int, from, to int64, fresh []newTile) ([]byte, error) {
	b := make([]byte, 0, (to-from)*hashSize)
	if level == 0 {
		err := eachBody(tx, from, to, func(body []byte) error {
			h := verify.LeafHash(body)
			b = append(b, h[:]...)
			return nil
		})
		return b, err
	}
	t := newTree(tx, 0)
	for _, f := range fresh {
		if f.level != level-1 || len(b) == cap(b) {
			continue // the last of them lie under a tile that is not full yet
		}
		if have := from + int64(len(b)/hashSize); f.n > have {
			old, err := t.roots(verify.Tile{Level: level, N: have / tileWidth, Width: int(f.n - have)})
			if err != nil {
				return nil, err
			}
			b = append(b, old...)
		}
		b = append(b, f.root[:]...)
	}
	return b, nil
}

// fold returns the root over the 256 hashes of a full tile.
func fold(data []byte) verify.Hash {
	var t verify.Tree
	for i := 0; i < len(data); i += hashSize {
		t.Add(verify.Hash(data[i : i+hashSize]))
	}
	return t.Root()
}

func (l *Log) store(ctx context.Context, inst id.Institution, tiles []newTile) error {
	if len(tiles) == 0 {
		return nil
	}
	return l.DB.Update(ctx, inst, func(tx *db.Tx) error {
		rows := make([][]any, len(tiles))
		for i, t := range tiles {
			rows[i] = []any{inst.Bytes(), t.level, t.n, t.root[:], t.data}
		}
		// A tile that is there already comes from a step that was interrupted, or
		// from another node. It is compared when the head is sealed.
		return tx.ExecMany(`INSERT INTO tile (institution_id, level, n, root, data) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (institution_id, level, n) DO NOTHING`, rows)
	})
}

// recheck reads the tiles that a step completed and the entries under them
// once more and hashes them again. A bit that flipped between hashing and
// storing, in memory or on the way to the disk, ends here and not under a
// signature (the log Yeti 2022 died of one).
func recheck(tx *db.Tx, before, after int64) error {
	want, err := integrate(tx, before, after)
	if err != nil {
		return err
	}
	t := newTree(tx, after)
	for _, w := range want {
		got, err := t.full(verify.Tile{Level: w.level, N: w.n, Width: tileWidth})
		if err != nil {
			return err
		}
		var root []byte
		err = tx.QueryRow(`SELECT root FROM tile WHERE institution_id = $1 AND level = $2 AND n = $3`,
			tx.Institution().Bytes(), w.level, w.n).Scan(&root)
		if err != nil {
			return err
		}
		if !bytes.Equal(got, w.data) || !bytes.Equal(root, w.root[:]) {
			return errors.New("ledger: a stored tile does not agree with its entries")
		}
	}
	return nil
}

// damaged turns what cannot happen in a healthy database into its fault.
func damaged(err error) error {
	if err == nil || fault.KindOf(err) != "" || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fault.New(fault.Unavailable, "ledger.damaged").Because(err)
}
