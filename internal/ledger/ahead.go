package ledger

import (
	"context"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/verify"
)

// aheadTiles is how many full bundles, and the tiles above them, are read at a
// time: 4096 entries, a megabyte and a half.
const aheadTiles = 16

// ahead holds bundles and tiles that were read before they were asked for. A
// verification asks for them in order.
type ahead struct {
	first   int64    // number of the first
	bundles [][]byte // nil where something is wrong: it is read again when it is asked for, in order
	tiles   [][]byte
	reader  *reader
	room    [aheadTiles][]byte // for the bundles, used again: nobody keeps one beyond the next
	done    chan error         // of a reading that goes on; nil if none does
}

func newAhead() *ahead { return &ahead{reader: newReader()} }

// settle waits for a reading that goes on.
func (a *ahead) settle() error {
	if a.done == nil {
		return nil
	}
	err := <-a.done
	a.done = nil
	return err
}

// has reports whether tile n lies in what was read.
func (a *ahead) has(n int64) bool { return n >= a.first && n < a.first+int64(len(a.bundles)) }

// readAhead returns a full bundle or a full tile of leaves if it was read before it
// was asked for, and nil if it has to be read by itself. While the caller hashes one
// part, the next is read.
func (s *source) readAhead(ctx context.Context, want verify.Tile) ([]byte, error) {
	if want.Level > 0 || want.Width != tileWidth {
		return nil, nil
	}
	if want.Level == 0 {
		if at := want.N - s.now.first; at >= 0 && at < int64(len(s.now.tiles)) {
			return s.now.tiles[at], nil
		}
		return nil, nil
	}
	if !s.now.has(want.N) {
		if err := s.turn(ctx, want.N); err != nil {
			return nil, err
		}
	}
	return s.now.bundles[want.N-s.now.first], nil
}

// turn makes what was read behind the present part the present one, and begins to
// read what comes after it.
func (s *source) turn(ctx context.Context, n int64) error {
	err := s.then.settle()
	s.now, s.then = s.then, s.now
	if err == nil && !s.now.has(n) {
		err = s.fill(ctx, s.now, n)
	}
	if next := n + aheadTiles; err == nil && next < s.size/tileWidth {
		a := s.then
		a.done = make(chan error, 1)
		go func() { a.done <- s.fill(ctx, a, next) }()
	}
	return err
}

func (s *source) fill(ctx context.Context, a *ahead, n int64) error {
	return s.l.DB.View(ctx, s.inst, func(tx *db.Tx) error { return a.read(tx, n, s.size/tileWidth) })
}

// read fills ahead from tile n on, as far as full tiles go.
func (a *ahead) read(tx *db.Tx, n, full int64) error {
	a.first, a.bundles, a.tiles = n, a.bundles[:0], a.tiles[:0]
	last := min(full, n+aheadTiles)
	rows, err := tx.Query(`SELECT n, data FROM tile WHERE institution_id = $1 AND level = 0 AND n >= $2 AND n < $3 ORDER BY n`,
		tx.Institution().Bytes(), n, last)
	if err != nil {
		return err
	}
	for rows.Next() {
		var at int64
		var data []byte
		if err := rows.Scan(&at, &data); err != nil {
			return err
		}
		if at != n+int64(len(a.tiles)) {
			break // one is missing; whoever asks for it finds out
		}
		a.tiles = append(a.tiles, data)
	}
	for k := n; k < last; k++ {
		room := &a.room[k-n]
		b, err := a.reader.bundle(tx, *room, verify.Tile{Level: verify.Entries, N: k, Width: tileWidth})
		if err == nil {
			*room = b
		}
		a.bundles = append(a.bundles, b)
	}
	return nil
}
