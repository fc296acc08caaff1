package ledger

import (
	"context"
	"errors"
	"fmt"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/internal/fault"
	"github.com/wardfold/wardfold/internal/id"
	"github.com/wardfold/wardfold/verify"
)

// Mirror keeps a copy of each log outside the database (package mirror has one
// for folders).
type Mirror interface {
	// Checkpoint returns the head up to which the copy of the log called origin
	// is complete; it wraps fs.ErrNotExist when there is none.
	Checkpoint(origin string) ([]byte, error)
	// Put makes files of the log durable, by their paths in tlog-tiles.
	Put(origin string, files map[string][]byte) error
	// Publish makes a head durable whose files are there.
	Publish(origin string, key verify.Key, head verify.Checkpoint, signed []byte) error
}

// mirrorStep is how many entries are copied in one go.
const mirrorStep = 1 << 14

// copyTo brings the mirror to size leaves, before a head of that size is signed:
// so every head that anybody outside ever sees can be restored.
func (l *Log) copyTo(ctx context.Context, inst id.Institution, s Signer, size int64) error {
	if l.Mirror == nil {
		return nil
	}
	from, err := l.mirroredSize(s)
	for err == nil && from < size {
		to := min(size, from+mirrorStep)
		files := map[string][]byte{}
		err = l.DB.View(ctx, inst, func(tx *db.Tx) error { return tilesBetween(tx, from, to, size, files) })
		if err == nil {
			err = l.Mirror.Put(s.Name(), files)
		}
		from = to
	}
	if err != nil {
		return fault.New(fault.Unavailable, "ledger.mirror").Because(err)
	}
	return nil
}

// mirroredSize is how many leaves the mirror has. A checkpoint that the log's key
// did not sign is none: everything is copied again.
func (l *Log) mirroredSize(s Signer) (int64, error) {
	signed, err := l.Mirror.Checkpoint(s.Name())
	if absent(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	h, err := verify.OpenHead(signed, s.Key())
	if err != nil {
		return 0, nil
	}
	return h.Size, nil
}

// tilesBetween collects the bundles and tiles in which a tree of size leaves
// differs from one of before, as far as leaf to.
func tilesBetween(tx *db.Tx, before, to, size int64, files map[string][]byte) error {
	t := newTree(tx, size)
	for level := verify.Entries; level < 6; level++ {
		shift := 8 * max(level, 0)
		first, last := (before>>shift)/tileWidth, (to>>shift+tileWidth-1)/tileWidth
		if to>>shift == 0 {
			return nil
		}
		for n := first; n < last; n++ {
			want := verify.Tile{Level: level, N: n, Width: t.width(level, n)}
			if want.Width <= 0 {
				continue
			}
			data, err := t.tile(want)
			if err != nil {
				return err
			}
			files[want.Path()] = data
		}
	}
	return nil
}

// Missing says which entries a replay brought back, for the person who restores.
type Missing struct {
	From, To int64          // indexes [From, To)
	Types    map[Type]int64 // how many of each kind
}

// Replay appends to the log of an institution the entries that a mirror has and
// the database has not: it was restored from a backup. The mirror is verified
// whole, under the log's own key; it must contain what the database has, entry
// for entry, every head that the database and the guard know, and it must reach
// the guard's. Then the log goes on as if nothing had been lost. The acts
// themselves are lost all the same; Missing says which.
//
// Which family an entry concerns is not in a mirror, so the replayed entries are
// in nobody's list of looks.
//
// Errors: those of verify.Log; Unavailable, ledger.mirror_short, when the mirror
// ends before the guard's head; ledger.forked when it contradicts the database.
func (l *Log) Replay(ctx context.Context, inst id.Institution, src verify.Source) (Missing, error) {
	s, err := l.Signer(inst)
	if err != nil {
		return Missing{}, err
	}
	g, err := l.guarded(s)
	if err != nil {
		return Missing{}, err
	}
	own, err := l.open(ctx, inst)
	if err != nil {
		return Missing{}, err
	}
	m := Missing{From: own.next, To: own.next, Types: map[Type]int64{}}
	var fresh [][]byte
	compare := entryReader{l: l, inst: inst, size: own.next}
	head, err := verify.Log(ctx, src, verify.Options{Key: s.Key(), From: own.from(guarded{}, s.Name()), Entry: func(i int64, entry []byte) error {
		if i < own.next {
			return compare.same(ctx, i, entry)
		}
		fresh = append(fresh, append([]byte(nil), entry...))
		return nil
	}})
	switch {
	case err != nil:
		return m, err
	case head.Size < max(g.head.Size, own.next):
		return m, fault.New(fault.Unavailable, "ledger.mirror_short", head.Size, g.head.Size)
	}
	for len(fresh) > 0 {
		n := min(len(fresh), pageRows)
		if err := l.appendAgain(ctx, inst, m.To, fresh[:n], m.Types); err != nil {
			return m, err
		}
		m.To, fresh = m.To+int64(n), fresh[n:]
	}
	return m, nil
}

// appendAgain writes entries as they are, at the index where they were.
func (l *Log) appendAgain(ctx context.Context, inst id.Institution, at int64, bodies [][]byte, types map[Type]int64) error {
	list := make([]*Pending, len(bodies))
	for i, body := range bodies {
		e, err := Decode(body)
		if err != nil {
			return err
		}
		list[i] = &Pending{event: e.ID, at: e.At.UnixMilli(), kind: e.Type, actor: actorBytes(e.Actor), body: body}
	}
	err := l.DB.Update(ctx, inst, func(tx *db.Tx) error {
		first, err := takeIndexes(tx, list)
		if err != nil {
			return err
		}
		if first != at {
			return errors.New("ledger: somebody writes into the log that is being restored")
		}
		rows := make([]any, 0, 6*len(list))
		for i, p := range list {
			rows = append(rows, inst.Bytes(), first+int64(i), p.at, string(p.kind), p.actor, p.body)
		}
		return insert(tx, insertEvents, 6, rows)
	})
	for _, p := range list {
		if err == nil {
			types[p.kind]++
		}
	}
	return err
}

// entryReader compares entries of a mirror with those of the database, a page at
// a time.
type entryReader struct {
	l     *Log
	inst  id.Institution
	size  int64
	first int64
	page  [][]byte
}

func (r *entryReader) same(ctx context.Context, i int64, entry []byte) error {
	if i >= r.first+int64(len(r.page)) {
		r.first, r.page = i, nil
		err := r.l.DB.View(ctx, r.inst, func(tx *db.Tx) error {
			r.page = nil
			return eachBody(tx, i, min(r.size, i+pageRows), func(body []byte) error {
				r.page = append(r.page, append([]byte(nil), body...))
				return nil
			})
		})
		if err != nil {
			return err
		}
	}
	if string(r.page[i-r.first]) != string(entry) {
		return fault.New(fault.Unavailable, "ledger.forked", i).Because(fmt.Errorf("entry %d differs from the mirror's", i))
	}
	return nil
}
