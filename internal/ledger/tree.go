package ledger

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/wardfold/wardfold/internal/db"
	"github.com/wardfold/wardfold/verify"
)

const (
	tileWidth = 256
	hashSize  = 32
)

// tree reads the Merkle tree of the transaction's institution as it was at size
// leaves. Full tiles are stored; partial ones are computed from what is below
// them, so nothing in the database is ever overwritten.
type tree struct {
	tx    *db.Tx
	size  int64
	tiles map[verify.Tile][]byte // read so far
}

func newTree(tx *db.Tx, size int64) *tree {
	return &tree{tx: tx, size: size, tiles: make(map[verify.Tile][]byte)}
}

// tile returns the content of a tile or entry bundle. It wraps fs.ErrNotExist
// when the tree has no such tile.
func (t *tree) tile(want verify.Tile) ([]byte, error) {
	if want.Width != t.width(want.Level, want.N) && !t.had(want) {
		return nil, fmt.Errorf("ledger: %s: %w", want.Path(), fs.ErrNotExist)
	}
	if data, ok := t.tiles[want]; ok {
		return data, nil
	}
	data, err := t.read(want)
	if err == nil {
		t.tiles[want] = data
	}
	return data, err
}

// width is how wide tile n of a level is in this tree; 0 or less if absent.
func (t *tree) width(level int, n int64) int {
	hashes := t.size >> (8 * max(level, 0))
	return int(min(tileWidth, hashes-n*tileWidth))
}

// had reports whether an earlier head had this partial tile.
func (t *tree) had(want verify.Tile) bool {
	return want.Width > 0 && want.Width <= t.width(want.Level, want.N)
}

func (t *tree) read(want verify.Tile) ([]byte, error) {
	switch {
	case want.Level == verify.Entries:
		return t.bundle(want)
	case want.Width == tileWidth:
		return t.full(want)
	case want.Level == 0:
		return t.leaves(want)
	}
	return t.roots(want)
}

func (t *tree) bundle(want verify.Tile) ([]byte, error) {
	var b []byte
	err := eachBody(t.tx, want.N*tileWidth, want.N*tileWidth+int64(want.Width), func(body []byte) (err error) {
		b, err = verify.AppendEntry(b, body)
		return err
	})
	return b, err
}

func (t *tree) leaves(want verify.Tile) ([]byte, error) {
	b := make([]byte, 0, want.Width*hashSize)
	err := eachBody(t.tx, want.N*tileWidth, want.N*tileWidth+int64(want.Width), func(body []byte) error {
		h := verify.LeafHash(body)
		b = append(b, h[:]...)
		return nil
	})
	return b, err
}

func (t *tree) full(want verify.Tile) ([]byte, error) {
	var data []byte
	err := t.tx.QueryRow(`SELECT data FROM tile WHERE institution_id = $1 AND level = $2 AND n = $3`,
		t.tx.Institution().Bytes(), want.Level, want.N).Scan(&data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("ledger: %s: %w", want.Path(), fs.ErrNotExist)
	}
	return data, err
}

// roots makes a partial tile from the roots of the full tiles below it.
func (t *tree) roots(want verify.Tile) ([]byte, error) {
	from := want.N * tileWidth
	rows, err := t.tx.Query(`SELECT n, root FROM tile WHERE institution_id = $1 AND level = $2 AND n >= $3 AND n < $4 ORDER BY n`,
		t.tx.Institution().Bytes(), want.Level-1, from, from+int64(want.Width))
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, want.Width*hashSize)
	for rows.Next() {
		var n int64
		var root []byte
		if err := rows.Scan(&n, &root); err != nil {
			return nil, err
		}
		if n != from+int64(len(b)/hashSize) || len(root) != hashSize {
			break
		}
		b = append(b, root...)
	}
	if len(b) != want.Width*hashSize {
		return nil, fmt.Errorf("ledger: %s: %w", want.Path(), fs.ErrNotExist)
	}
	return b, nil
}

// ReadHashes makes the tree a tlog.HashReader.
func (t *tree) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		at := tlog.TileForIndex(8, x)
		at.W = t.width(at.L, at.N)
		data, err := t.tile(verify.Tile{Level: at.L, N: at.N, Width: at.W})
		if err != nil {
			return nil, err
		}
		if hashes[i], err = tlog.HashFromTile(at, data, x); err != nil {
			return nil, err
		}
	}
	return hashes, nil
}

// root returns the root over the whole tree.
func (t *tree) root() (verify.Hash, error) { return tlog.TreeHash(t.size, t) }

// pageRows is how many entries are read at a time.
const pageRows = 4096

// eachBody calls fn with the entries of [from, to) in order. A gap is an error.
func eachBody(tx *db.Tx, from, to int64, fn func(body []byte) error) error {
	for from < to {
		end := min(to, from+pageRows)
		rows, err := tx.Query(`SELECT idx, body FROM event WHERE institution_id = $1 AND idx >= $2 AND idx < $3 ORDER BY idx`,
			tx.Institution().Bytes(), from, end)
		if err != nil {
			return err
		}
		for rows.Next() {
			var idx int64
			var body []byte
			if err := rows.Scan(&idx, &body); err != nil {
				return err
			}
			if idx != from {
				break
			}
			if err := fn(body); err != nil {
				return err
			}
			from++
		}
		if from != end {
			return &gapError{from}
		}
	}
	return nil
}

// gapError says that an entry that must be there is not.
type gapError struct{ idx int64 }

func (e *gapError) Error() string { return fmt.Sprintf("ledger: entry %d is missing", e.idx) }
